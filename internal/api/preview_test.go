package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// preview asks for a preview.
func (h *hub) preview(body string) map[string]any {
	h.t.Helper()
	return object(h.t, h.send("POST", "/v1/integrations/preview", body, 200))
}

// at walks into nested objects and arrays.
func at(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			a, _ := v.([]any)
			if step >= len(a) {
				return nil
			}
			v = a[step]
		}
	}
	return v
}

// notes are the fields of errors or warnings.
func notes(v any) string {
	var fields []string
	all, _ := v.([]any)
	for _, n := range all {
		fields = append(fields, fmt.Sprint(at(n, "field")))
	}
	return strings.Join(fields, " ")
}

func TestPreview(t *testing.T) {
	h := newHub(t)
	got := h.preview(`{"integration":{"event":"temp","url":"https://example.com/in","json":{"c":"{{{t}}}"},"headers":{"X-Key":"k","Authorization":"Bearer hush-hush"}},
		"event":{"name":"temp/kitchen","data":{"t":21.50},"deviceID":"` + annDevice + `","published_at":"2026-03-01T12:00:00.803Z"},
		"response":{"status":200,"body":"` + strings.Repeat("x", 600) + `"}}`)
	body := `{"c":"21.5","event":"temp/kitchen","data":"{\"t\":21.50}","published_at":"2026-03-01T12:00:00.803Z","coreid":"` + annDevice + `"}`
	raw := "POST /in HTTP/1.1\r\nHost: example.com\r\nUser-Agent: Fieldhook/test\r\nAccept: application/json\r\nContent-Type: application/json\r\n" +
		"X-Key: k\r\nAuthorization: [[SENSITIVE]]\r\nContent-Length: " + fmt.Sprint(len(body)) + "\r\n\r\n" + body
	if at(got, "request", "raw") != raw || at(got, "request", "body") != body {
		t.Errorf("got request\n%v\nwant\n%s", at(got, "request", "raw"), raw)
	}
	wantMembers(t, got, map[string]any{"ok": true, "matches": true, "response_topic": "hook-response/temp/kitchen", "error_response_topic": "hook-error/temp/kitchen"})
	if size := fmt.Sprint(at(got, "request", "size_bytes")); size != fmt.Sprint(len(raw)) {
		t.Errorf("got size %s, want %d", size, len(raw))
	}
	if at(got, "request", "method") != "POST" || at(got, "request", "url") != "https://example.com/in" || at(got, "request", "headers", 4, 0) != "X-Key" || at(got, "request", "headers", 4, 1) != "k" {
		t.Errorf("got %v", at(got, "request"))
	}
	names := fmt.Sprint(at(got, "response", "events", 0, "name"), at(got, "response", "events", 1, "name"), at(got, "response", "events", 2, "name"))
	if names != "hook-sent/temp/kitchenhook-response/temp/kitchen/0hook-response/temp/kitchen/1" || fmt.Sprint(at(got, "response", "data_operations")) != "2" || fmt.Sprint(at(got, "response", "size_bytes")) != "600" {
		t.Errorf("got response %v", at(got, "response"))
	}
	if len(h.events()) != 0 || h.tester.id != "" {
		t.Error("a preview stored or sent something")
	}
}

// events are the events of the log.
func (h *hub) events() []event.Event {
	h.t.Helper()
	all, err := h.store.Events(context.Background(), 0, 10)
	h.must(err)
	return all
}

func TestPreviewErrorsAndWarnings(t *testing.T) {
	h := newHub(t)
	h.must(h.api.Secrets.Put(t.Context(), scope.Of(ann), "KEY", "s3cret-value"))
	tests := []struct{ name, body, errors, warnings string }{
		{"all that is wrong", `{"integration":{"event":"","url":"x","headers":{"A":"{{#b}}"},"query":{"q":"{{/b}}"},"json":{"j":"{{#c}}"}}}`, "event url headers.A query.q json.j", ""},
		{"a host that does not come out", `{"integration":{"event":"a","url":"https://{{{host}}}/x"}}`, "url", "url"},
		{"a secret in the host", `{"integration":{"event":"a","url":"https://{{{KEY}}}.example.com/","secrets":["KEY"]}}`, "url", ""},
		{"a method that does not come out", `{"integration":{"event":"a","url":"https://h","requestType":"{{{m}}}"},"event":{"data":{"m":"HEAD"}}}`, "requestType", ""},
		{"http with credentials", `{"integration":{"event":"a","url":"http://h.example.com","auth":{"bearer":"b"}}}`, "", "url"},
		{"escapes, and no such variable", `{"integration":{"event":"a","url":"https://h.example.com","json":{"a":"{{b}}"}}}`, "", "json.a json.a"},
		{"no JSON", `{"integration":{"event":"a","url":"https://h.example.com","body":"{\"a\":{{{b}}}}","headers":{"Content-Type":"application/json"}},"event":{"data":{"b":"x y"}}}`, "", "body body"},
		{"JSON", `{"integration":{"event":"a","url":"https://h.example.com","body":"{\"a\":{{{b}}}}","headers":{"Content-Type":"application/json"}},"event":{"data":{"b":1}}}`, "", "body"},
		{"a secret and a ledger that are not there", `{"integration":{"event":"a","url":"https://h.example.com","body":"{{{NONE}}}{{{LEDGER.nothing.x}}}","secrets":["NONE"]}}`, "", "body secrets "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := h.preview(test.body)
			if e, w := notes(got["errors"]), notes(got["warnings"]); e != test.errors || w != test.warnings {
				t.Errorf("got errors %v\nwarnings %v\nwant %q, %q", got["errors"], got["warnings"], test.errors, test.warnings)
			}
			if got["ok"] != (test.errors == "") || (got["request"] == nil) != (test.errors != "") {
				t.Errorf("got ok %v, request %v", got["ok"], got["request"])
			}
		})
	}
	kind := at(h.preview(tests[7].body), "warnings", 0, "kind")
	if kind != "comment" {
		t.Errorf("a tag outside of quotes: got kind %v", kind)
	}
}

func TestPreviewRefused(t *testing.T) {
	h := newHub(t)
	const settings = `"integration":{"event":"a","url":"https://h"}`
	for body, want := range map[string]struct {
		status int
		text   string
	}{
		`{`:                                     {400, "not valid JSON"},
		`{}`:                                    {400, `"field":"integration"`},
		`{"integration":"x"}`:                   {400, `"field":"integration"`},
		`{"integration":{},"id":5}`:             {400, `"field":"id"`},
		`{"id":"` + nowhere + `"}`:              {404, "not_found"},
		`{` + settings + `,"event":[]}`:         {400, `"field":"event"`},
		`{` + settings + `,"event":{"name":5}}`: {400, `"field":"event.name"`},
		`{` + settings + `,"event":{"published_at":"noon"}}`:                                 {400, `"field":"event.published_at"`},
		`{` + settings + `,"event":{"deviceID":"shed"}}`:                                     {404, "not_found"},
		`{` + settings + `,"event":{"data":"` + strings.Repeat("x", event.MaxData+1) + `"}}`: {400, `"field":"event.data"`},
		`{` + settings + `,"event_id":"77"}`:                                                 {404, "not_found"},
		`{` + settings + `,"event_id":"x"}`:                                                  {404, "not_found"},
		`{` + settings + `,"event_id":7}`:                                                    {400, "event_id: It must be a text."},
		`{` + settings + `,"response":"ok"}`:                                                 {400, "response: It must be an object."},
		`{` + settings + `,"response":{"status":"200"}}`:                                     {400, "response.status: It must be a whole number."},
		`{` + settings + `,"response":{"status":100}}`:                                       {400, `"field":"response.status"`},
	} {
		resp, text := h.do(h.request("POST", "/v1/integrations/preview", "application/json", body))
		if resp.StatusCode != want.status || !strings.Contains(text, want.text) {
			t.Errorf("%.80s: got %d %s, want %d with %s", body, resp.StatusCode, text, want.status, want.text)
		}
	}
}

// A preview says why an event would not trigger the integration.
func TestPreviewMatches(t *testing.T) {
	h := newHub(t)
	for want, body := range map[string]string{
		"":                          `"integration":{"event":"a","url":"https://h"},"event":{"name":"abc"}`,
		"does not begin with":       `"integration":{"event":"a","url":"https://h"},"event":{"name":"b"}`,
		"disabled":                  `"integration":{"event":"a","url":"https://h","disabled":true}`,
		"never trigger":             `"integration":{"event":"hook-sent/a","url":"https://h"}`,
		"for the device":            `"integration":{"event":"a","url":"https://h","deviceID":"` + bobDevice + `"},"event":{"deviceID":"` + annDevice + `"}`,
		"the conditions of the fil": `"integration":{"event":"a","url":"https://h","filter":{"data":[{"path":"t","op":">","value":20}]}},"event":{"data":{"t":19}}`,
	} {
		got := h.preview("{" + body + "}")
		why, _ := got["why_not"].(string)
		if got["matches"] != (want == "") || !strings.Contains(why, want) || got["ok"] != true {
			t.Errorf("%s: got %v", body, got)
		}
	}
}

// A saved integration is the beginning of a preview, and a recorded event, by
// either id, its event. Secrets stand masked; signatures have no values.
func TestPreviewOfSaved(t *testing.T) {
	h := newHub(t)
	h.must(h.api.Secrets.Put(t.Context(), scope.Of(ann), "KEY", "s3cret-value-that-nobody-sees"))
	id := h.create(`{"event":"a","url":"https://h.example.com/{{{KEY}}}","secrets":["KEY"],"signature":{"keys":["{{{KEY}}}"]},"body":"{{{PARTICLE_EVENT_VALUE}}}"}`)
	h.append(event.Event{Name: "a", Data: "seven", Owner: ann, Device: annDevice, At: 1})
	e := h.events()[0]
	for _, event := range []string{e.ID(), fmt.Sprint(e.Seq)} {
		text := h.send("POST", "/v1/integrations/preview", `{"id":"`+id+`","integration":{"query":{"q":"{{{KEY}}}"},"auth":{"bearer":"{{{KEY}}}"}},"event_id":"`+event+`"}`, 200)
		got := object(t, text)
		raw, _ := at(got, "request", "raw").(string)
		for _, want := range []string{
			"POST /[[SENSITIVE]]?q=%5B%5BSENSITIVE%5D%5D HTTP/1.1\r\n", "Authorization: [[SENSITIVE]]\r\n", "webhook-id: msg_" + e.ID() + "_" + id + "\r\n",
			"webhook-timestamp: [[TIMESTAMP]]\r\n", "webhook-signature: [[SIGNATURE]]\r\n", "\r\n\r\nseven",
		} {
			if !strings.Contains(raw, want) {
				t.Errorf("got %s\nwant it to hold %q", raw, want)
			}
		}
		if strings.Contains(text, "s3cret") || at(got, "event", "id") != e.ID() {
			t.Errorf("got %s", text)
		}
	}
	r := h.request("POST", "/v1/integrations/preview", "application/json", `{"id":"`+id+`"}`)
	as(bobToken)(r)
	if resp, text := h.do(r); resp.StatusCode != http.StatusNotFound {
		t.Errorf("somebody else's integration: got %d %s", resp.StatusCode, text)
	}
	r = h.request("POST", "/v1/integrations/preview", "application/json", `{"integration":{"event":"a","url":"https://h"},"event_id":"`+e.ID()+`"}`)
	as(bobToken)(r)
	if resp, text := h.do(r); resp.StatusCode != http.StatusNotFound {
		t.Errorf("somebody else's event: got %d %s", resp.StatusCode, text)
	}
}

// The types that know their service are previewed like webhooks, their
// credentials masked.
func TestPreviewOfServices(t *testing.T) {
	h := newHub(t)
	for config, want := range map[string][]string{
		`{"integration_type":"GoogleMaps","api_key":"literal-maps-key"}`: {
			"POST /geolocation/v1/geolocate?key=%5B%5BSENSITIVE%5D%5D HTTP/1.1\r\n", "Host: www.googleapis.com\r\n", `"macAddress":"aa:bb:cc:dd:ee:ff"`},
		`{"integration_type":"AzureIotHub","event":"deviceLocator","hub_name":"my-hub","policy_name":"p","policy_key":"bGl0ZXJhbC1tYXBzLWtleQ=="}`: {
			"/messages/events?api-version=2021-04-12 HTTP/1.1\r\n", "Authorization: [[SENSITIVE]]\r\n", `"event":"deviceLocator"`},
	} {
		text := h.send("POST", "/v1/integrations/preview", `{"integration":`+config+`,"event":{"name":"deviceLocator","data":"{\"w\":{\"a\":[{\"m\":\"aa:bb:cc:dd:ee:ff\"}]}}"}}`, 200)
		raw, _ := at(object(t, text), "request", "raw").(string)
		for _, part := range want {
			if !strings.Contains(raw, part) {
				t.Errorf("got %s\nwant it to hold %q", text, part)
			}
		}
		if strings.Contains(text, "literal-maps-key") || strings.Contains(text, "bGl0ZXJhbC") {
			t.Errorf("got %s", text)
		}
	}
	text := h.send("POST", "/v1/integrations/preview", `{"integration":{"integration_type":"GoogleMaps","api_key":"k"},"event":{"name":"deviceLocator","data":"here"}}`, 200)
	if !strings.Contains(text, "not a list of cells or access points") {
		t.Errorf("other data: got %s", text)
	}
}

// In a product and an organization a response topic without a device's id is
// heard by the whole fleet.
func TestPreviewFanOut(t *testing.T) {
	h := newHub(t)
	ctx := t.Context()
	h.must(h.store.SaveOrganization(ctx, team.Organization{ID: myOrg, Slug: "mine", Name: "Mine"}))
	h.must(h.store.SaveMember(ctx, team.Member{Scope: scope.OfOrganization(myOrg), User: ann, Role: team.Owner}))
	p, err := h.store.InsertProduct(ctx, fleet.Product{Slug: "lamps", Name: "Lamps", Owner: scope.OfOrganization(myOrg), Settings: "{}"})
	h.must(err)
	for i := range 3 {
		h.must(h.store.InsertDevice(ctx, fleet.Device{ID: fmt.Sprintf("c0000000000000000000000%d", i), Product: p.ID}))
	}
	for path, more := range map[string]string{"/v1/products/lamps": "", "/v1/orgs/mine": fmt.Sprintf(`,"product_ids":[%d]`, p.ID)} {
		body := `{"integration":{"event":"a","url":"https://h","responseTopic":"all/{{{PARTICLE_EVENT_NAME}}}"` + more + `},"event":{"deviceID":"c00000000000000000000001"}}`
		got := object(t, h.send("POST", path+"/integrations/preview", body, 200))
		if message, _ := at(got, "warnings", 0, "message").(string); notes(got["warnings"]) != "responseTopic" || !strings.HasSuffix(message, "up to 3.") || got["matches"] != true {
			t.Errorf("%s: got %v", path, got)
		}
		body = strings.Replace(body, "all/", "{{{PARTICLE_DEVICE_ID}}}/", 1)
		got = object(t, h.send("POST", path+"/integrations/preview", body, 200))
		if notes(got["warnings"]) != "" || got["response_topic"] != "c00000000000000000000001/a" {
			t.Errorf("%s: got %v", path, got)
		}
		saved := object(t, h.send("POST", path+"/integrations", `{"event":"a","url":"https://h","responseTopic":"all"`+more+`}`, 201))
		if text := fmt.Sprint(saved["warnings"]); !strings.Contains(text, "up to 3.") {
			t.Errorf("%s: saved with warnings %s", path, text)
		}
	}
	for name, c := range map[string]struct{ id, want string }{"its product's": {"lamps", "200"}, "an unknown product's": {"tables", "404"}} {
		body := `{"integration":{"event":"a","url":"https://h","product_ids":[]},"event":{"product_id":"` + c.id + `"}}`
		resp, text := h.do(h.request("POST", "/v1/orgs/mine/integrations/preview", "application/json", body))
		if fmt.Sprint(resp.StatusCode) != c.want {
			t.Errorf("%s event: got %d %s", name, resp.StatusCode, text)
		}
	}
}
