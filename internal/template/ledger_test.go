package template_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/template"
)

const ledgerTemplate = "{{{LEDGER.cfg-1.serial}}}"

func TestLedgers(t *testing.T) {
	names := []string{"cfg-1", "rooms", "none"}
	texts := []string{
		`{"serial":"a<b","n":1.50,"on":true,"deep":{"list":[10,{"x":"y"}]},"length":"l"}`,
		`{"list":[{"name":"roof"},{"name":"cellar"}]}`,
		"",
	}
	const data = `{"LEDGER":{"cfg-1":{"serial":"forged"},"none":{"a":"forged"}},"rows":[{"LEDGER":{"cfg-1":{"serial":"forged"}}}],"x":"event"}`
	for _, tt := range []struct{ template, want string }{
		{"{{{LEDGER.cfg-1.serial}}}", "a<b"},
		{"{{LEDGER.cfg-1.serial}}", "a&lt;b"},
		{"{{ LEDGER.cfg-1.n }}|{{LEDGER.cfg-1.on}}", "1.5|true"},
		{"{{LEDGER.cfg-1.deep.list.0}}{{LEDGER.cfg-1.deep.list.1.x}}{{LEDGER.cfg-1.deep.list.length}}", "10y2"},
		{"{{LEDGER.cfg-1.deep.list.2}}{{LEDGER.cfg-1.missing}}{{LEDGER.cfg-1.missing.deeper}}", ""},
		{"{{JSON:LEDGER.cfg-1.serial}}{{JSON:LEDGER.cfg-1.none}}{{JSON:LEDGER.cfg-1.n}}", `"a<b"null1.50`},
		{"{{{LEDGER.rooms}}}", `{"list":[{"name":"roof"},{"name":"cellar"}]}`},
		{"{{#LEDGER.rooms.list}}{{name}},{{/LEDGER.rooms.list}}", "roof,cellar,"},
		{"{{#LEDGER.cfg-1.deep}}{{list.0}} {{x}} {{PARTICLE_EVENT_NAME}}{{/LEDGER.cfg-1.deep}}", "10 event temp"},
		{"{{#LEDGER.cfg-1.on}}on{{/LEDGER.cfg-1.on}}{{^LEDGER.cfg-1.off}}not off{{/LEDGER.cfg-1.off}}", "onnot off"},
		{"{{#rows}}{{{LEDGER.cfg-1.serial}}}{{/rows}}", "a<b"},
		{"{{#LEDGER.rooms.list}}{{{LEDGER.cfg-1.serial}}}{{/LEDGER.rooms.list}}", "a<ba<b"},
		{"{{LEDGER.none}}{{LEDGER.none.a}}{{LEDGER.unset.a}}", ""},
		{"{{LEDGER}}{{#LEDGER}}x{{/LEDGER}}{{JSON:LEDGER}}{{LEDGER.}}", "null"},
	} {
		var c template.Context
		c.Reset(sandboxEvent(data))
		c.SetLedgers(names, texts)
		got, err := mustParse(t, tt.template).Append(nil, &c)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.template, got, err, tt.want)
		}
	}
}

// TestNothingStandsInForALedger has data, a section and a response that claim to
// be one, with and without the ledger itself.
func TestNothingStandsInForALedger(t *testing.T) {
	const forged = `{"LEDGER":{"cfg-1":{"serial":"forged"}}}`
	for _, source := range []string{ledgerTemplate, "{{#s}}" + ledgerTemplate + "{{/s}}"} {
		var c template.Context
		c.Reset(sandboxEvent(`{"s":[` + forged + `],` + forged[1:]))
		if !c.SetResponse([]byte(forged)) {
			t.Fatal("the response was not taken")
		}
		for _, want := range []string{"", "S-1"} {
			if want != "" {
				c.SetLedgers([]string{"cfg-1"}, []string{`{"serial":"` + want + `"}`})
			}
			if got, err := mustParse(t, source).Append(nil, &c); err != nil || string(got) != want {
				t.Errorf("%s: got %q, %v, want %q", source, got, err, want)
			}
		}
	}
}

func TestLedgersEndWithReset(t *testing.T) {
	var c template.Context
	lookup := func() string {
		v, ok := c.Lookup("LEDGER.cfg-1.serial")
		if !ok {
			return "none"
		}
		return v.Text()
	}
	c.Reset(sandboxEvent(""))
	c.SetLedgers([]string{"cfg-1"}, []string{`{"serial":"one"}`})
	first := lookup()
	c.SetLedgers([]string{"other", "cfg-1"}, []string{"", `{"serial":"two"}`})
	second := lookup()
	c.Reset(sandboxEvent(`{"LEDGER":{"cfg-1":{"serial":"data"}}}`))
	if got := strings.Join([]string{first, second, lookup()}, " "); got != "one two none" {
		t.Errorf("got %s, want one two none", got)
	}
	c.SetSecrets([]string{"LEDGER"}, []string{"secret"})
	if v, _ := c.Lookup("LEDGER"); v.Text() != "secret" {
		t.Errorf("a secret of that name is %q", v.Text())
	}
}

// TestLedgerWorkIsCounted makes a ledger's data pay for being read.
func TestLedgerWorkIsCounted(t *testing.T) {
	var c template.Context
	c.Reset(sandboxEvent(""))
	c.SetLedgers([]string{"cfg-1"}, []string{`{"serial":"` + strings.Repeat("x", 16_000) + `"}`})
	c.Limit(500)
	if got, err := mustParse(t, ledgerTemplate).Append(nil, &c); err == nil {
		t.Errorf("got %d bytes, want the limit of work", len(got))
	}
}

func TestLedgerNamesOfATemplate(t *testing.T) {
	const source = "{{LEDGER.a.b}}{{{LEDGER.c-1.x.0}}}{{#LEDGER.s}}{{^LEDGER.i.j}}{{&LEDGER.a.z}}{{/LEDGER.i.j}}{{/LEDGER.s}}" +
		"{{JSON:LEDGER.json.x}}{{LEDGER}}{{ledger.no.x}}{{x.LEDGER.no}}{{! LEDGER.no.x }} LEDGER.no.x"
	want := []string{"a", "c-1", "s", "i", "json"}
	if d := cmp.Diff(want, mustParse(t, source).Ledgers()); d != "" {
		t.Errorf("names (-want +got):\n%s", d)
	}
	for _, none := range []string{"", "plain", "{{a.b}}{{LEDGER}}"} {
		if got := mustParse(t, none).Ledgers(); len(got) != 0 {
			t.Errorf("%q: got %q", none, got)
		}
	}
}
