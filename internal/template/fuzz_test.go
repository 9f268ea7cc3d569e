package template_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/template"
)

// FuzzParseAppend checks that no template and data panic, that output is
// bounded, and that rendering twice gives the same.
func FuzzParseAppend(f *testing.F) {
	f.Add("{{a}} {{{b.c}}} {{&d.0}}", `{"a":1,"b":{"c":"x"},"d":[true]}`, `{"a":null}`)
	f.Add("{{#a}}\n{{.}}{{^b}}-{{/b}}\n{{/a}}", `{"a":[1,[2],{}]}`, "")
	f.Add("{{=<% %>=}}<%a%><%={{ }}=%>{{{a}}x{{=}}", `[1,2]`, "[]")
	f.Add("{{$a}}{{$a}}{{/a}}{{/a}}{{<p}}{{$b}}{{/b}}{{/p}}{{>q}}", "", "x")
	f.Add("no tags }}", "\xff", "1")
	f.Add("{{#LEDGER.l.a}}{{b}}{{JSON:LEDGER.l.c.0}}{{/LEDGER.l.a}}{{LEDGER.l}}{{{LEDGER.m.x}}}", `{"a":[{"b":1}],"c":["x"]}`, "{")
	f.Fuzz(func(t *testing.T, source, data, response string) {
		tpl, err := template.Parse(source)
		if err != nil {
			checkSyntaxError(t, source, err)
			return
		}
		var c template.Context
		c.Reset(&event.Event{Name: "temp", Data: data})
		c.SetLedgers([]string{"l", "m"}, []string{data, response})
		if c.SetResponse([]byte(response)) && !json.Valid([]byte(response)) {
			t.Errorf("SetResponse took %q", response)
		}
		first, err := tpl.Append([]byte("pre"), &c)
		if len(first) > len("pre")+template.MaxOutput || !strings.HasPrefix(string(first), "pre") {
			t.Errorf("got %d bytes beginning with %.10q", len(first), first)
		}
		second, again := tpl.Append([]byte("pre"), &c)
		if string(first) != string(second) || !errors.Is(again, err) {
			t.Errorf("first %q, %v, then %q, %v", first, err, second, again)
		}
		if text, ok := tpl.Literal(); ok && (text != source || string(first) != "pre"+source) {
			t.Errorf("Literal gives %q, Append %q, source %q", text, first, source)
		}
	})
}

func checkSyntaxError(t *testing.T, source string, err error) {
	t.Helper()
	var s *template.SyntaxError
	if !errors.As(err, &s) {
		t.Fatalf("got %v, want a SyntaxError", err)
	}
	lines := strings.Split(source, "\n")
	if s.Line < 1 || s.Line > len(lines) || s.Column < 1 || s.Column > utf8.RuneCountInString(lines[s.Line-1])+1 {
		t.Errorf("%q is at line %d, column %d of %q", s.Text, s.Line, s.Column, source)
	}
}

// FuzzParseValue checks ParseValue against encoding/json.
func FuzzParseValue(f *testing.F) {
	for _, s := range []string{`{"a":[1,-0.5e+3,"x\u00e9\n"],"b":{},"a":null}`, `"\ud83d\ude00\ud800"`, "[ ]", "1e400", "tru", "\"\xff\"", strings.Repeat("[", 201) + strings.Repeat("]", 201)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, ok := template.ParseValue(text)
		if !ok {
			if json.Valid([]byte(text)) && strings.Count(text, "[")+strings.Count(text, "{") <= 200 {
				t.Fatalf("refused %q", text)
			}
			return
		}
		if !utf8.ValidString(text) && strings.Contains(text, "{") {
			return // names that differ in such bytes only are one for encoding/json
		}
		// cmp.Diff would take twice as long with each level of nesting.
		want := decode(t, text)
		if got := plain(v); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %#v, encoding/json has %#v", text, got, want)
		}
		if got := decode(t, string(v.AppendJSON(nil))); !reflect.DeepEqual(got, want) {
			t.Errorf("%q printed as JSON: got %#v, want %#v", text, got, want)
		}
	})
}

// decode reads JSON with encoding/json, numbers as json.Number.
func decode(t *testing.T, text string) (v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}

// plain turns a Value into what decode gives.
func plain(v template.Value) any {
	switch v.Kind() {
	case template.False, template.True:
		return v.Kind() == template.True
	case template.Number:
		return json.Number(v.Text())
	case template.String:
		return valid(v.Text())
	case template.Array:
		list := []any{}
		for _, e := range v.Elements() {
			list = append(list, plain(e))
		}
		return list
	case template.Object:
		members := map[string]any{}
		for name, m := range v.Members() {
			members[valid(name)] = plain(m)
		}
		return members
	}
	return nil
}

// valid replaces every byte that is not UTF-8 by U+FFFD, as encoding/json does.
func valid(s string) string { return string([]rune(s)) }
