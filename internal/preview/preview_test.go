package preview_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/preview"
	"github.com/fieldhook/fieldhook/internal/scope"
)

const device = "3f002b000000000000000000"

func now() time.Time { return time.UnixMilli(1_753_012_800_000) }

// draft checks a configuration that must have nothing wrong with it.
func draft(t *testing.T, sc scope.Scope, config string) preview.Draft {
	t.Helper()
	c, err := integration.Check([]byte(config), sc.Kind)
	if err != nil || len(c.Problems) > 0 {
		t.Fatalf("%s: %v, %v", config, err, c.Problems)
	}
	return preview.Draft{Integration: &integration.Integration{Scope: sc, Definition: c.Definition}, Places: c.Places}
}

// ledgers are the same for every event.
type ledgers struct{ err error }

func (l ledgers) Resolve(_ scope.Scope, _ *event.Event, names, into []string) ([]string, error) {
	for range names {
		into = append(into, `{"limit":7}`)
	}
	return into, l.err
}

func run(t *testing.T, d preview.Draft) preview.Preview {
	t.Helper()
	p := preview.Previewer{Ledgers: ledgers{}, UserAgent: "Fieldhook/test", Now: now}
	out, err := p.Preview(d)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func fields(notes []integration.Note) string {
	var all []string
	for _, n := range notes {
		all = append(all, n.Field)
	}
	return strings.Join(all, " ")
}

func TestRequest(t *testing.T) {
	const base = `{"event":"t","url":"https://h.example.com/x","noDefaults":true,`
	tests := []struct{ name, config, holds, problems, notes string }{
		{"a ledger", base + `"body":"{{{LEDGER.l.limit}}}"}`, "\r\n\r\n7", "", ""},
		{"a ledger's member that is not there", base + `"body":"{{{LEDGER.l.most}}}"}`, "Content-Length: 0", "", "body"},
		{"a secret in a form", base + `"form":{"k":"{{{K}}}"},"secrets":["K"]}`, "k=%5B%5BSENSITIVE%5D%5D", "", ""},
		{"credentials", base + `"auth":{"username":"u","password":"p"},"headers":{"Cookie":"c"}}`, "Cookie: [[SENSITIVE]]\r\nAuthorization: [[SENSITIVE]]\r\n", "", ""},
		{"a signature of a new integration", base + `"secrets":["K"],"signature":{"keys":["{{{K}}}"]}}`, "_[[INTEGRATION]]\r\nwebhook-timestamp: [[TIMESTAMP]]\r\nwebhook-signature: [[SIGNATURE]]\r\n", "", ""},
		{"signed for AWS", base + `"body":"x","auth":{"aws4":{"access_key_id":"AKID","secret_access_key":"hush","region":"eu-west-1","service":"s3"}}}`,
			"Authorization: [[SENSITIVE]]\r\nX-Amz-Date: [[TIMESTAMP]]\r\nX-Amz-Content-Sha256: [[SIGNATURE]]\r\n", "", ""},
		{"json text that is none", base + `"json":"{\"a\":{{{v}}}}"}`, `{"a":x y}`, "", "json"},
		{"an address without a host", `{"event":"t","url":"https://{{{w}}}/"}`, "", "url", "url"},
		{"too many headers", base + `"headers":{"A":"{{{long}}}","B":"{{{long}}}"}}`, "", "headers", ""},
		{"the same name twice", base + `"form":{"a":"{{{w}}}{{{w}}}","b":"{{#v}}{{{w}}}{{/v}}"}}`, "a=&b=", "", "form.a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := draft(t, scope.Of("u"), test.config)
			d.Event = &event.Event{Name: "t", Owner: "u", Device: event.API, Data: `{"v":"x y","long":"` + strings.Repeat("z", 9000) + `"}`}
			got := run(t, d)
			if !strings.Contains(string(got.Wire), test.holds) || (got.Request == nil) != (test.problems != "") {
				t.Errorf("got %s\nwant it to hold %q", got.Wire, test.holds)
			}
			if p, n := fields(got.Problems), fields(got.Notes); p != test.problems || n != test.notes {
				t.Errorf("got problems %+v, notes %+v", got.Problems, got.Notes)
			}
			if strings.Contains(string(got.Wire), "hush") {
				t.Errorf("a secret is shown: %s", got.Wire)
			}
		})
	}
}

// Settings may use more variables than anybody wants to hear of.
func TestNotesAreBounded(t *testing.T) {
	form := []string{}
	for i := range 300 {
		form = append(form, fmt.Sprintf(`"f%d":"{{{v%d}}}"`, i, i))
	}
	d := draft(t, scope.Of("u"), `{"event":"t","url":"https://h.example.com","form":{`+strings.Join(form, ",")+`}}`)
	d.Event = &event.Event{Name: "t", Owner: "u"}
	if got := run(t, d).Notes; len(got) != 100 || got[0].Field != "form.f0" {
		t.Errorf("got %d notes, want the first 100", len(got))
	}
}

// Ledgers that cannot be read are no property of the draft.
func TestLedgersThatCannotBeRead(t *testing.T) {
	d := draft(t, scope.Of("u"), `{"event":"t","url":"https://h","body":"{{{LEDGER.l.x}}}"}`)
	d.Event = &event.Event{Name: "t"}
	broken := errors.New("broken")
	p := preview.Previewer{Ledgers: ledgers{broken}, Now: now}
	if _, err := p.Preview(d); !errors.Is(err, broken) {
		t.Errorf("got %v, want the ledgers' error", err)
	}
}

func TestAnswer(t *testing.T) {
	for _, test := range []struct {
		name, config, body string
		status             int
		want               string
	}{
		{"an answer", ``, "ok", 200, "hook-sent/t=undefined hook-response/t/0=ok"},
		{"nothing to say", ``, "", 204, "hook-sent/t=undefined"},
		{"an error", ``, "no", 404, "hook-sent/t=undefined hook-error/t/0=error status 404 from h.example.com"},
		{"a template", `,"responseTemplate":"{{{a.0}}} of {{{PARTICLE_DEVICE_ID}}}","responseTopic":"r"`, `{"a":[5]}`, 200, "hook-sent/t=undefined r/0=5 of " + device},
		{"secrets are not for events", `,"secrets":["K"],"responseTopic":"r{{{K}}}"`, "x", 200, "hook-sent/t=undefined r/0=x"},
		{"no topic", `,"responseTopic":""`, "x", 200, "hook-sent/t=undefined"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := draft(t, scope.Of("u"), `{"event":"t","url":"https://h.example.com"`+test.config+`}`)
			d.Event = &event.Event{Name: "t", Owner: "u", Device: device}
			d.Answer = &deliver.Answer{Status: test.status, Header: http.Header{}, Body: []byte(test.body)}
			var got []string
			for _, e := range run(t, d).Events {
				got = append(got, e.Name+"="+e.Data)
			}
			if text := strings.Join(got, " "); text != test.want {
				t.Errorf("got %s\nwant %s", text, test.want)
			}
		})
	}
}

func TestMatches(t *testing.T) {
	org, product := scope.OfOrganization("acme"), scope.OfProduct(10001)
	const hook = `{"event":"t","url":"https://h"`
	for _, test := range []struct {
		name   string
		sc     scope.Scope
		config string
		e      event.Event
		why    string // part of the reason; "" = it matches
	}{
		{"own", scope.Of("u"), hook + `}`, event.Event{Name: "temp", Owner: "u"}, ""},
		{"somebody else's", scope.Of("u"), hook + `}`, event.Event{Name: "temp", Owner: "v"}, "does not belong to this sandbox"},
		{"another name", scope.Of("u"), hook + `}`, event.Event{Name: "Temp", Owner: "u"}, "does not begin with t."},
		{"of the product", product, hook + `}`, event.Event{Name: "t", Product: 10001}, ""},
		{"of another product", product, hook + `}`, event.Event{Name: "t", Product: 10002}, "does not belong to this product"},
		{"of a listed product", org, hook + `,"product_ids":[10001]}`, event.Event{Name: "t", Product: 10001, Org: "acme"}, ""},
		{"of a product that is not listed", org, hook + `,"product_ids":[10001]}`, event.Event{Name: "t", Product: 10002, Org: "acme"}, "not in the integration's list"},
		{"published into the organization", org, hook + `,"product_ids":[10001]}`, event.Event{Name: "t", Org: "acme"}, ""},
		{"a hook event", scope.Of("u"), hook + `}`, event.Event{Name: "t", Owner: "u", Kind: event.HookResponse}, "never trigger"},
		{"disabled", scope.Of("u"), hook + `,"disabled":true}`, event.Event{Name: "t", Owner: "u"}, "disabled"},
		{"filtered", scope.Of("u"), hook + `,"filter":{"devices":["` + device + `"]}}`, event.Event{Name: "t", Owner: "u", Device: "api"}, "filter"},
	} {
		t.Run(test.name, func(t *testing.T) {
			matches, why := preview.Matches(draft(t, test.sc, test.config).Integration, &test.e)
			if matches != (test.why == "") || !strings.Contains(why, test.why) || matches && why != "" {
				t.Errorf("got %v, %q", matches, why)
			}
		})
	}
}
