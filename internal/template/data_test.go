package template_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/template"
)

func TestJSONTags(t *testing.T) {
	const data = `{"n":1.50,"big":12345678901234567890,"t":true,"f":false,"z":null,"s":"<\"é\n&>","o":{"b":[1, {"c":"d"}]},"l":["x","y"],"JSON:n":"trap"}`
	deep := strings.Repeat("[", 201) + strings.Repeat("]", 201)
	tests := []struct{ name, source, data, want string }{
		{"number keeps its literal", "{{{JSON:n}}}", data, "1.50"},
		{"large integer", "{{JSON:big}}", data, "12345678901234567890"},
		{"booleans and null", "{{JSON:t}},{{JSON:f}},{{JSON:z}}", data, "true,false,null"},
		{"text, two braces", "{{JSON:s}}", data, `"<\"é\n&>"`},
		{"text, three braces", "{{{JSON:s}}}", data, `"<\"é\n&>"`},
		{"text, ampersand", "{{&JSON:s}}", data, `"<\"é\n&>"`},
		{"object", "{{JSON:o}}", data, `{"b":[1,{"c":"d"}]}`},
		{"array", "{{JSON:o.b}}", data, `[1,{"c":"d"}]`},
		{"dotted", "{{JSON:o.b.1.c}}", data, `"d"`},
		{"length", "{{JSON:l.length}}", data, "2"},
		{"missing", "{{JSON:q}} {{JSON:o.q.r}}", data, "null null"},
		{"spaces", "{{ JSON: n }}", data, "1.50"},
		{"elements", "{{#l}}{{JSON:.}};{{/l}}", data, `"x";"y";`},
		{"inner context", "{{#o}}{{JSON:b.0}}{{/o}}", data, "1"},
		{"other delimiters", "{{=<% %>=}}<%JSON:n%>", data, "1.50"},
		{"section is no JSON tag", "{{#JSON:n}}{{.}}x{{/JSON:n}}", data, "x"},
		{"other case", "[{{json:n}}]", data, "[]"},
		{"no name", "[{{JSON:}}{{JSON: }}]", data, "[]"},
		{"name", "{{{JSON:PARTICLE_EVENT_NAME}}}", data, `"temp"`},
		{"public", "{{{JSON:PARTICLE_EVENT_PUBLIC}}}", data, `false`},
		{"product", "{{{JSON:PRODUCT_ID}}} {{JSON:PRODUCT_VERSION}} {{PRODUCT_ID}}", data, `1234 3 1234`},
		{"value, object", "{{{JSON:PARTICLE_EVENT_VALUE}}}", ` {"a": [1, 2]} ` + "\n", `{"a": [1, 2]}`},
		{"value, two braces", "{{JSON:SPARK_EVENT_VALUE}}", `{"a":"<"}`, `{"a":"<"}`},
		{"value, number", "{{{JSON:PARTICLE_EVENT_VALUE}}}", `21.50`, `21.50`},
		{"value, string", "{{{JSON:PARTICLE_EVENT_VALUE}}}", `"a"`, `"a"`},
		{"value, text", "{{{JSON:PARTICLE_EVENT_VALUE}}}", `door "A" open`, `"door \"A\" open"`},
		{"value, empty", "{{{JSON:PARTICLE_EVENT_VALUE}}}", ``, `""`},
		{"value, not UTF-8", "{{{JSON:PARTICLE_EVENT_VALUE}}}", "[\"\xff\"]", "[\"\ufffd\"]"},
		{"value, too deep", "{{{JSON:PARTICLE_EVENT_VALUE}}}", deep, `"` + deep + `"`},
		{"value, a member of that name", "{{#a}}{{{JSON:PARTICLE_EVENT_VALUE}}}{{/a}}", `{"a":{"PARTICLE_EVENT_VALUE":"5"}}`, `"5"`},
	}
	var c template.Context
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c.Reset(productEvent(test.data))
			if got := renderIn(t, test.source, &c); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	silent := sandboxEvent("5")
	silent.NoData = true
	c.Reset(silent)
	if got := renderIn(t, "{{JSON:PARTICLE_EVENT_VALUE}}{{JSON:PRODUCT_ID}}", &c); got != "nullnull" {
		t.Errorf("without data: got %s", got)
	}
}

// TestJSONTagLimit checks that reading large data again and again is bounded.
func TestJSONTagLimit(t *testing.T) {
	var c template.Context
	c.Reset(sandboxEvent("[" + strings.Repeat("1,", 8000) + "1]"))
	c.Limit(10_000)
	tpl := mustParse(t, strings.Repeat("{{{JSON:PARTICLE_EVENT_VALUE}}}", 20))
	if _, err := tpl.Append(nil, &c); !errors.Is(err, template.ErrLimit) {
		t.Errorf("got %v, want ErrLimit", err)
	}
}

func TestSecrets(t *testing.T) {
	names, values := []string{"KEY", "PARTICLE_DEVICE_ID", "EMPTY"}, []string{"s<3", "mine"}
	tests := []struct{ name, source, want string }{
		{"plain", "{{{KEY}}}", "s<3"},
		{"escaped", "{{KEY}}", "s&lt;3"},
		{"as JSON", "{{JSON:KEY}}", `"s<3"`},
		{"before predefined names", "{{PARTICLE_DEVICE_ID}}", "mine"},
		{"before data, sections and responses", "{{{KEY}}}{{#o}}{{{KEY}}}{{/o}}", "s<3s<3"},
		{"strictly inside is data", "{{o.KEY}}", "inner"},
		{"nothing inside a secret", "[{{KEY.a}}]", "[]"},
		{"without a value", "[{{EMPTY}}]{{^EMPTY}}none{{/EMPTY}}", "[]none"},
		{"condition", "{{#KEY}}set{{/KEY}}", "set"},
	}
	var c template.Context
	for _, test := range tests {
		c.Reset(sandboxEvent(`{"KEY":"forged","EMPTY":"forged","o":{"KEY":"inner"}}`))
		c.SetSecrets(names, values)
		c.SetResponse([]byte(`{"KEY":"answer"}`))
		if got := renderIn(t, test.source, &c); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
	c.Reset(sandboxEvent(`{}`))
	if got := renderIn(t, "[{{KEY}}]", &c); got != "[]" {
		t.Errorf("after Reset: got %q", got)
	}
}

func TestSecretsAllocateNothing(t *testing.T) {
	tpl := mustParse(t, "{{{KEY}}}{{{PARTICLE_EVENT_VALUE}}}")
	e, names, values := sandboxEvent("21.5"), []string{"OTHER", "KEY"}, []string{"a", "b"}
	var c template.Context
	dst := make([]byte, 0, 64)
	got := testing.AllocsPerRun(100, func() {
		c.Reset(e)
		c.SetSecrets(names, values)
		dst, _ = tpl.Append(dst[:0], &c)
	})
	if got != 0 || string(dst) != "b21.5" {
		t.Errorf("%v allocations for %q", got, dst)
	}
}

func TestTag(t *testing.T) {
	tests := []struct {
		source, name string
		ok, typed    bool
	}{
		{"{{{KEY}}}", "KEY", true, false},
		{"{{ KEY }}", "KEY", true, false},
		{"{{{JSON:a.b}}}", "JSON:a.b", true, true},
		{"{{! comment }}{{{KEY}}}", "KEY", true, false},
		{" {{{KEY}}}", "", false, false},
		{"{{{KEY}}}{{{KEY}}}", "", false, false},
		{"{{#KEY}}{{/KEY}}", "", false, false},
		{"{{{JSON:a}}} ", "", false, false},
		{"KEY", "", false, false},
		{"", "", false, false},
		{"{{! comment }}", "", false, false},
	}
	for _, test := range tests {
		tpl := mustParse(t, test.source)
		if name, ok := tpl.Tag(); name != test.name || ok != test.ok || tpl.Typed() != test.typed {
			t.Errorf("%q: got %q, %v, typed %v", test.source, name, ok, tpl.Typed())
		}
	}
}

func TestDataPath(t *testing.T) {
	const object = `{"a":{"b":[1,"x",{"c":null}]},"":5,"PARTICLE_DEVICE_ID":"data","KEY":"data"}`
	tests := []struct {
		data, path string
		ok         bool
		kind       template.Kind
		text       string
	}{
		{object, "a.b.1", true, template.String, "x"},
		{object, "a.b.0", true, template.Number, "1"},
		{object, "a.b.2.c", true, template.Null, ""},
		{object, "a.b.length", true, template.Number, "3"},
		{object, "a.b.3", false, template.Null, ""},
		{object, "a.b.01", false, template.Null, ""},
		{object, "", true, template.Number, "5"},
		{object, "PARTICLE_DEVICE_ID", true, template.String, "data"},
		{object, "KEY", true, template.String, "data"},
		{object, "PARTICLE_EVENT_NAME", false, template.Null, ""},
		{object, "a.", false, template.Null, ""},
		{`["x",[2]]`, "1.0", true, template.Number, "2"},
		{`["x"]`, "length", false, template.Null, ""},
		{`5`, "0", false, template.Null, ""},
		{`{"a":1`, "a", false, template.Null, ""},
	}
	for _, test := range tests {
		var c template.Context
		c.Reset(sandboxEvent(test.data))
		c.SetSecrets([]string{"KEY"}, []string{"secret"})
		v, ok := c.Data(template.ParsePath(test.path))
		if ok != test.ok || v.Kind() != test.kind || v.Text() != test.text {
			t.Errorf("%s of %s: got %d %q, %v", test.path, test.data, v.Kind(), v.Text(), ok)
		}
	}
	var none template.Context
	if _, ok := none.Data(template.ParsePath("a")); ok {
		t.Error("the zero Context has data")
	}
}

// FuzzJSONTag checks that a JSON tag always renders one JSON value.
func FuzzJSONTag(f *testing.F) {
	f.Add("a.b", `{"a":{"b":[1,"x"]}}`)
	f.Add("PARTICLE_EVENT_VALUE", "21.5")
	f.Add("PARTICLE_EVENT_VALUE", "\xff{\"")
	f.Add("PARTICLE_EVENT_BASE64", "")
	f.Add(".", `[[1],2]`)
	f.Fuzz(func(t *testing.T, name, data string) {
		if strings.ContainsAny(name, "{}") {
			return
		}
		tag := "{{{JSON:" + name + "}}}"
		if tpl, err := template.Parse(tag); err != nil || !tpl.Typed() {
			return
		}
		var c template.Context
		c.Reset(&event.Event{Name: "temp", Data: data})
		for _, source := range []string{tag, "[{{#a}}{{#b}}" + tag + ",{{/b}}{{/a}}0]"} {
			if got, err := mustParse(t, source).Append(nil, &c); err == nil && !json.Valid(got) {
				t.Errorf("%q of %q: %q", source, data, got)
			}
		}
	})
}
