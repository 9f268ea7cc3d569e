package template_test

import (
	"slices"
	"testing"

	"github.com/fieldhook/fieldhook/internal/template"
)

func parseValue(t *testing.T, text string) template.Value {
	t.Helper()
	v, ok := template.ParseValue(text)
	if !ok {
		t.Fatalf("ParseValue(%q) refused", text)
	}
	return v
}

func TestValueJSON(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"compact, order and literals kept", " { \"b\" : [ 1.50 , -0 , 1E+2 ] , \"a\" : { } , \"c\" : [ ] } ", `{"b":[1.50,-0,1E+2],"a":{},"c":[]}`},
		{"same name: place of the first, value of the last", `{"a":[1,2],"b":3,"a":{"x":4},"a":5}`, `{"a":5,"b":3}`},
		{"same name in different spelling", `{"a":1,"\u0061":2}`, `{"a":2}`},
		{"same name far apart", `{"k":0,"1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"10":10,"11":11,"12":12,"k":"last"}`,
			`{"k":"last","1":1,"2":2,"3":3,"4":4,"5":5,"6":6,"7":7,"8":8,"9":9,"10":10,"11":11,"12":12}`},
		{"escapes", `"\"\\\/\b\f\n\r\t\u0001\u00e9\ud83d\ude00<&"`, `"\"\\/\b\f\n\r\t\u0001é😀<&"`},
		{"lone surrogates", `"\ud800x\udc00\ud800\u0041\ud83d\ud83d\ude00"`, "\"\ufffdx\ufffd\ufffdA\ufffd😀\""},
		{"upper-case hexadecimal", `"\u00E9\uABCD"`, `"é` + "\uabcd" + `"`},
		{"not UTF-8", "\"a\xffb\"", "\"a\ufffdb\""},
		{"scalars", "[true,false,null]", "[true,false,null]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(parseValue(t, tt.text).AppendJSON(nil)); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestValueWalk(t *testing.T) {
	v := parseValue(t, `{"a":[10,"x",{"y":1}],"b":null,"a2":true,"b":2}`)
	var names []string
	for name := range v.Members() {
		names = append(names, name)
	}
	if want := []string{"a", "b", "a2"}; !slices.Equal(names, want) || v.Len() != len(want) {
		t.Errorf("members: got %q, Len %d, want %q", names, v.Len(), want)
	}
	list, ok := v.Member("a")
	if !ok || list.Kind() != template.Array || list.Len() != 3 {
		t.Fatalf(`Member("a"): got kind %d, Len %d, %v`, list.Kind(), list.Len(), ok)
	}
	var elements []string
	for i, e := range list.Elements() {
		if i == 2 {
			break
		}
		elements = append(elements, e.Text())
	}
	if want := []string{"10", "x"}; !slices.Equal(elements, want) {
		t.Errorf("elements: got %q, want %q", elements, want)
	}
}

func TestValueOfOtherKind(t *testing.T) {
	for _, text := range []string{"null", "1", `"a"`, "[1]"} {
		v := parseValue(t, text)
		if _, ok := v.Member("a"); ok {
			t.Errorf("%s has a member", text)
		}
		for name := range v.Members() {
			t.Errorf("%s has a member %q", text, name)
		}
	}
	for i := range parseValue(t, `{"a":1}`).Elements() {
		t.Errorf("an object has an element %d", i)
	}
	if got := string(template.Value{}.AppendJSON(nil)); got != "null" {
		t.Errorf("zero Value: got %s, want null", got)
	}
}

func TestParseValueRefuses(t *testing.T) {
	for _, text := range []string{"", " ", "{", "[1,]", "{a:1}", "01", "1 2", "'a'", "\ufeff1", "nul", `"\x"`, "\"\n\""} {
		if _, ok := template.ParseValue(text); ok {
			t.Errorf("ParseValue(%q) took it", text)
		}
	}
}
