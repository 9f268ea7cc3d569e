package integration_test

import (
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// fields are the fields of notes.
func fields(notes []integration.Note) string {
	var all []string
	for _, n := range notes {
		all = append(all, n.Field)
	}
	return strings.Join(all, " ")
}

// A check finds all that is wrong at once, each fault at its own place.
func TestCheckFindsEverything(t *testing.T) {
	tests := []struct{ name, config, want string }{
		{"nothing wrong", `{"event":"a","url":"https://h"}`, ""},
		{"empty", `{}`, "event url"},
		{"all at once", `{"event":"","url":"ftp://h","headers":{"A":"{{#x}}","B":{},"C":"ok"},"query":{"q":"{{/y}}"},"json":{"n":"{{#z}}"},
			"auth":{"bearer":1,"username":[]},"responseTopic":"{{#r}}","retry":"often"}`,
			"event url headers.A headers.B auth.username query.q json.n responseTopic retry"},
		{"two formats", `{"event":"a","url":"https://h","json":{},"body":"x"}`, "body"},
		{"another spelling", `{"eventName":"","url":"https://h","method":"HEAD"}`, "eventName method"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := integration.Check([]byte(test.config), scope.Sandbox)
			if err != nil {
				t.Fatal(err)
			}
			if got := fields(c.Problems); got != test.want {
				t.Errorf("got %s\nwant %s", got, test.want)
			}
			if (c.Definition == nil) != (test.want != "") {
				t.Errorf("got definition %v", c.Definition)
			}
			for _, p := range c.Problems {
				if !strings.HasPrefix(p.Text, p.Field) {
					t.Errorf("%s: %q does not name its field", p.Field, p.Text)
				}
			}
		})
	}
	if _, err := integration.Check([]byte(`{"event":`), scope.Sandbox); !fault.Is(err, fault.Invalid) {
		t.Errorf("no JSON: got %v", err)
	}
}

// A check and a parsing agree: what the one finds nothing wrong with, the other
// takes, and the first problem is the other's error.
func TestCheckAgreesWithParse(t *testing.T) {
	for _, more := range []string{``, `"json":{"a":"{{#b}}"}`, `"headers":{"A B":"x"},"form":[]`, `"tls":{"key":"x"}`, `"maxAge":"x","ordering":"y"`, `"body":"{\"a\":{{a}}}"`} {
		config := []byte(hook(more))
		c, err := integration.Check(config, scope.Product)
		if err != nil {
			t.Fatal(err)
		}
		d, warnings, err := integration.Parse(config, scope.Product)
		switch {
		case err != nil && (len(c.Problems) == 0 || c.Problems[0].Text != fault.From(err).Text):
			t.Errorf("%s: check says %+v, parse %v", more, c.Problems, err)
		case err == nil && (c.Definition == nil || string(c.Definition.JSON()) != string(d.JSON())):
			t.Errorf("%s: check says %+v, parse nothing", more, c.Problems)
		case err == nil && strings.Join(integration.Texts(c.Notes), "\n") != strings.Join(warnings, "\n"):
			t.Errorf("%s: check says %+v, parse %+v", more, c.Notes, warnings)
		}
	}
}

// Notes stand at the place that they are about.
func TestNotes(t *testing.T) {
	c, err := integration.Check([]byte(hook(`"body":"{\"a\":{{{x}}},\"b\":\"{{{y}}}\",\"c\":{{{JSON:z}}}}","headers":{"Host":"h"},"responseTemplate":"[{{{q}}}]"`)), scope.Sandbox)
	if err != nil {
		t.Fatal(err)
	}
	if got := fields(c.Notes); got != "headers.Host body responseTemplate" {
		t.Errorf("got notes at %s: %+v", got, c.Notes)
	}
	for _, n := range c.Notes {
		if comment := n.Field != "headers.Host"; n.Comment != comment {
			t.Errorf("%q: is a comment: %v, want %v", n.Text, n.Comment, comment)
		}
	}
	if len(c.Places) != 2 || c.Places[0].Field != "body" || c.Places[1].Field != "responseTemplate" {
		t.Errorf("got templates at %v", c.Places)
	}
}

// Numbers of an answer may stand between two braces, as documented; text may not.
func TestNumbersInResponseTemplates(t *testing.T) {
	for template, want := range map[string]string{`{\"a\":{{x}}}`: "", `{\"a\":{{x}},\"b\":\"{{y}}\"}`: "{{y}}"} {
		_, warnings, err := integration.Parse([]byte(hook(`"responseTemplate":"`+template+`"`)), scope.Sandbox)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(warnings, " "); want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q in it", template, got, want)
		}
	}
}

func TestAnswersAll(t *testing.T) {
	for more, want := range map[string]bool{
		``: false, `"responseTopic":"x"`: true, `"responseTopic":""`: false, `"responseTopic":"{{{PARTICLE_DEVICE_ID}}}/x"`: false, `"responseTopic":"{{SPARK_CORE_ID}}"`: false,
		`"responseTopic":"{{coreid}}/x"`: true,
	} {
		d, _ := parse(t, hook(more), scope.Product)
		if got := d.AnswersAll(); got != want {
			t.Errorf("%s: got %v, want %v", more, got, want)
		}
	}
}

// A draft is checked like what is saved, and changes nothing.
func TestDraft(t *testing.T) {
	index := &fakeIndex{}
	r, sandbox := newRegistry(t, memory.New(), index), scope.Of("u")
	saved, _, err := r.Create(t.Context(), sandbox, []byte(hook(`"json":{"a":1}`)))
	if err != nil {
		t.Fatal(err)
	}
	in, c, err := r.Draft(t.Context(), sandbox, saved.ID, []byte(`{"body":"x","name":"N"}`))
	if err != nil || in == nil || in.ID != saved.ID || in.Definition.Name != "N" || len(c.Notes) > 0 {
		t.Errorf("a change: got %+v, %+v, %v", in, c, err)
	}
	if in, _, err := r.Draft(t.Context(), sandbox, saved.ID, nil); err != nil || string(in.Definition.JSON()) != string(saved.Definition.JSON()) {
		t.Errorf("no change: got %+v, %v", in, err)
	}
	if in, c, err := r.Draft(t.Context(), sandbox, "", []byte(hook(``))); err != nil || in.ID != "" || fields(c.Notes) != "url" {
		t.Errorf("a new one like a saved one: got %+v, %+v, %v", in, c.Notes, err)
	}
	if in, c, err := r.Draft(t.Context(), sandbox, saved.ID, []byte(`{"url":"x"}`)); err != nil || in != nil || fields(c.Problems) != "url" {
		t.Errorf("a wrong change: got %+v, %+v, %v", in, c.Problems, err)
	}
	if _, _, err := r.Draft(t.Context(), scope.Of("somebody else"), saved.ID, nil); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody else's: got %v", err)
	}
	if _, c, err := r.Draft(t.Context(), scope.OfOrganization("o1"), "", []byte(hook(`"product_ids":[99]`))); err != nil || fields(c.Problems) != "product_ids" {
		t.Errorf("a foreign product: got %+v, %v", c.Problems, err)
	}
	if len(index.told) != 2 {
		t.Errorf("the index was told %q", index.told)
	}
	if all := r.List(sandbox); len(all) != 1 || all[0] != saved {
		t.Errorf("a draft changed what is saved: %v", all)
	}
}

// Whatever is written, a check ends without a panic, and agrees with a parsing.
func FuzzCheck(f *testing.F) {
	for _, config := range []string{
		hook(""), everything(), `{}`, `[]`, `{"event":`,
		`{"event":"","url":"x{{#","json":{"a":"{{#b}}"},"query":{"{{/q}}":[1,{"x":"{{^y}}"}]},"headers":{"{{#n}}":"{{/v}}","B":{}},"auth":{"aws4":{"region":"{{#r}}"}}}`,
		`{"event":"a","integration_type":"AzureIotHub","hub_name":"{{#h}}","policy_key":[]}`, `{"event":"a","integration_type":"GoogleMaps","api_key":"{{/k}}","url":"x"}`,
		`{"event":"a","integration_type":"GoogleCloudPubSub","topic":"x","service_account":"{{{K}}}","secrets":["K",5]}`,
		hook(`"signature":{"keys":["{{#k}}"]},"tls":{"key":"{{#k}}","certificate":"x"},"secrets":["k"],"responseTemplate":{"a":"{{#b}}"},"responseTopic":"{{#c}}","errorResponseTopic":5`),
		hook(`"form":"{","json":5,"body":"x","filter":{"data":5},"retry":7,"ordering":"x","maxAge":"y","maxPending":"z","product_ids":5,"deviceID":"x"`),
	} {
		f.Add([]byte(config))
	}
	f.Fuzz(func(t *testing.T, config []byte) {
		for _, kind := range []scope.Kind{scope.Sandbox, scope.Organization} {
			c, err := integration.Check(config, kind)
			d, _, wrong := integration.Parse(config, kind)
			switch {
			case err == nil && (c.Definition == nil) != (wrong != nil):
				t.Fatalf("check finds %+v, parse %v", c.Problems, wrong)
			case err != nil && wrong == nil, err == nil && (c.Definition == nil) != (len(c.Problems) > 0):
				t.Fatalf("check: %v, %+v; parse: %v", err, c, wrong)
			case wrong == nil && string(c.Definition.JSON()) != string(d.JSON()):
				t.Fatalf("check makes %s, parse %s", c.Definition.JSON(), d.JSON())
			}
		}
	})
}
