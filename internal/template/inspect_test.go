package template_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/template"
)

// What can be told about a template without rendering it.
func TestInspect(t *testing.T) {
	e := &event.Event{Name: "n", Data: `{"t":1,"empty":"","none":null,"c":[{"d":2}]}`, Device: "api"}
	tests := []struct{ source, escaped, unquoted, missing string }{
		{"plain", "", "", ""},
		{"{{t}}{{{t}}}{{t}}{{&u}}{{JSON:v}}", "t", "", "u JSON:v"},
		{`{"a":{{t}},"b":"{{u}}","c":"\"{{{v}}}",{{{w}}}:{{JSON:x}}}`, "t u", "t w", "u v w JSON:x"},
		{`[{{#c}}{{d}}{{/c}}]`, "d", "d", ""},
		{`{{#t}}{"a":{{t}}}{{/t}}`, "t", "", ""},
		{"{{{empty}}}{{{none}}}{{{c.0.d}}}{{{c.1.d}}}{{{c.0.e}}}", "", "", "c.1.d c.0.e"},
		{"{{{PARTICLE_DEVICE_ID}}}{{{PRODUCT_ID}}}{{{LEDGER.l.m}}}{{{LEDGER.k.m}}}{{{KEY}}}", "", "", "PRODUCT_ID LEDGER.k.m"},
	}
	for _, test := range tests {
		tmpl, err := template.Parse(test.source)
		if err != nil {
			t.Fatal(err)
		}
		var c template.Context
		c.Reset(e)
		c.SetSecrets([]string{"KEY"}, nil)
		c.SetLedgers([]string{"l"}, []string{`{"m":1}`})
		for _, got := range []struct {
			what, want string
			names      []string
		}{{"escaped", test.escaped, tmpl.Escaped()}, {"unquoted", test.unquoted, tmpl.Unquoted()}, {"missing", test.missing, tmpl.Missing(&c)}} {
			if text := strings.Join(got.names, " "); text != got.want {
				t.Errorf("%s: %s: got %q, want %q", test.source, got.what, text, got.want)
			}
		}
	}
}

// A template of a quarter of a megabyte may have 20,000 names, and comparing each
// with all others would take seconds.
func TestInspectIsBounded(t *testing.T) {
	source := []byte("[")
	for i := range 20_000 {
		source = fmt.Appendf(source, "{{%x}},", i)
	}
	tmpl, err := template.Parse(string(source))
	if err != nil {
		t.Fatal(err)
	}
	var c template.Context
	c.Reset(&event.Event{})
	for what, names := range map[string][]string{"escaped": tmpl.Escaped(), "unquoted": tmpl.Unquoted(), "missing": tmpl.Missing(&c)} {
		if len(names) != 100 || names[0] != "0" || names[99] != "63" {
			t.Errorf("%s: got %d names, want the first 100", what, len(names))
		}
	}
}

func TestNames(t *testing.T) {
	tmpl, err := template.Parse("a {{#x.y}}{{{z}}}{{/x.y}}")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"x": true, "z": true, "y": false, "a": false} {
		if got := tmpl.Names(name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}
