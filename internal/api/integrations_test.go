package api_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
)

// object reads a JSON object; numbers keep their text.
func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var m map[string]any
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return m
}

// wantMembers compares the members that want names; a nil means null.
func wantMembers(t *testing.T, got, want map[string]any) {
	t.Helper()
	for name, v := range want {
		g, ok := got[name]
		if diff := cmp.Diff(v, g); diff != "" || !ok {
			t.Errorf("member %q (there: %v): want -, got +:\n%s", name, ok, diff)
		}
	}
}

// TestCreate sends what the known clients send when they create a webhook.
func TestCreate(t *testing.T) {
	tests := []struct {
		name, path, contentType, body string
		status                        int
		want                          map[string]any
	}{
		{"older command line tool", "/v1/webhooks", "application/json",
			`{"event":"temp","url":"http://192.0.2.1/x"}`, 200,
			map[string]any{"event": "temp", "url": "http://192.0.2.1/x", "requestType": "POST", "integration_type": "Webhook", "name": nil, "disabled": false}},
		{"newer command line tool", "/v1/integrations", "application/json",
			`{"event":"temp","url":"http://192.0.2.1/x","integration_type":"Webhook"}`, 201,
			map[string]any{"event": "temp", "integration_type": "Webhook"}},
		{"method and device", "/v1/webhooks", "application/json",
			`{"event":"temp","url":"http://192.0.2.1/x","deviceid":"` + annDevice + `","requestType":"GET"}`, 200,
			map[string]any{"deviceID": annDevice, "requestType": "GET"}},
		{"JavaScript client, createWebhook", "/v1/webhooks", "application/json; charset=utf-8",
			`{"event":"temp","url":"http://192.0.2.1/x","deviceId":"` + annDevice + `","requestType":"POST","noDefaults":true}`, 200,
			map[string]any{"deviceID": annDevice, "noDefaults": true}},
		{"file with all sorts of things", "/v1/integrations", "application/json",
			`{"_":"comment","eventName":"temp","event":"temp","url":"https://x.example/{{{a}}}","headers":{"Authorization":"Bearer s3"},"json":{"v":"{{{PARTICLE_EVENT_VALUE}}}","n":1.50},"form":null,"mydevices":true}`, 201,
			map[string]any{"headers": map[string]any{"Authorization": "Bearer s3"}, "json": map[string]any{"v": "{{{PARTICLE_EVENT_VALUE}}}", "n": json.Number("1.50")}}},
		{"demo page", "/v1/integrations", "application/json",
			`{"event":"WebhookDemo01","integration_type":"Webhook","headers":{"X":"y"},"url":"http://192.0.2.1/x","noDefaults":true,"method":"POST","body":"{\"a\":{{{t}}}}","responseTopic":"r","errorResponseTopic":"e"}`, 201,
			map[string]any{"requestType": "POST", "responseTopic": "r", "errorResponseTopic": "e", "body": `{"a":{{{t}}}}`}},
		{"form", "/v1/webhooks", "application/x-www-form-urlencoded",
			"event=temp&url=http%3A%2F%2F192.0.2.1%2Fx&requestType=put&json%5Bv%5D=%7B%7Bv%7D%7D&headers=%7B%22X%22%3A%22y%22%7D&noDefaults=true&access_token=" + annToken, 200,
			map[string]any{"requestType": "PUT", "json": map[string]any{"v": "{{v}}"}, "headers": map[string]any{"X": "y"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHub(t)
			resp, text := h.do(h.request("POST", tt.path, tt.contentType, tt.body))
			if resp.StatusCode != tt.status {
				t.Fatalf("got %d %s, want %d", resp.StatusCode, text, tt.status)
			}
			got := object(t, text)
			id, _ := got["id"].(string)
			if !event.IsID(id) {
				t.Errorf("got id %q, want 24 hexadecimal digits", id)
			}
			if _, bad := got["error"]; bad {
				t.Error("a created integration has a member error, which clients take for a failure")
			}
			wantMembers(t, got, tt.want)
			wantMembers(t, got, map[string]any{"ok": true, "hookUrl": "https://hub.example.org/v1/webhooks/" + id})
			if at, _ := got["created_at"].(string); len(at) != 24 || at[23] != 'Z' {
				t.Errorf("got created_at %q, want ISO 8601 with milliseconds", at)
			}
		})
	}
}

func TestCreateWarnings(t *testing.T) {
	h := newHub(t)
	const config = `{"event":"temp","url":"http://192.0.2.1/x","dta":"OFF"}`
	got := object(t, h.send("POST", "/v1/webhooks", config, 200))
	if w, _ := got["warnings"].([]any); len(w) != 1 || !strings.Contains(w[0].(string), "dta") {
		t.Errorf("got warnings %v, want one about dta", got["warnings"])
	}
	got = object(t, h.send("POST", "/v1/integrations", `{"event":"other","url":"http://192.0.2.1/x"}`, 201))
	if w, ok := got["warnings"]; ok {
		t.Errorf("got warnings %v, want no such member", w)
	}
}

func TestCreateRefused(t *testing.T) {
	tests := []struct {
		name, contentType, body string
		status                  int
		want                    string
	}{
		{"no body", "", "", 400, "The body is missing"},
		{"no event", "application/json", `{"url":"http://192.0.2.1/"}`, 400, `"field":"event"`},
		{"no url", "application/json", `{"event":"e"}`, 400, `"field":"url"`},
		{"malformed", "application/json", "{\"event\":\"e\",\n}", 400, "line 2, column 1"},
		{"twice", "application/json", `{"event":"e","event":"f","url":"http://192.0.2.1/"}`, 400, `"field":"event"`},
		{"form field twice", "application/x-www-form-urlencoded", "event=a&event=b&url=http://192.0.2.1/", 400, `"field":"event"`},
		{"array", "application/json", `[]`, 400, "must be a JSON object"},
		{"unknown type", "application/json", `{"event":"e","integration_type":"AzureIoT"}`, 400, "integration_type"},
		{"a type's own setting is missing", "application/json", `{"event":"e","integration_type":"AzureIotHub","hub_name":"my-hub"}`, 400, "policy_name"},
		{"not a setting of the type", "application/json", `{"integration_type":"GoogleMaps","api_key":"k","url":"https://example.com"}`, 400, "url"},
		{"two formats", "application/json", `{"event":"e","url":"http://192.0.2.1/","json":{},"body":"x"}`, 400, "body"},
	}
	h := newHub(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, path := range []string{"/v1/webhooks", "/v1/integrations"} {
				resp, text := h.do(h.request("POST", path, tt.contentType, tt.body))
				if resp.StatusCode != tt.status || !strings.Contains(text, tt.want) {
					t.Errorf("%s: got %d %s, want %d with %s", path, resp.StatusCode, text, tt.status, tt.want)
				}
			}
		})
	}
	if got := h.send("GET", "/v1/webhooks", "", 200); got != "[]\n" {
		t.Errorf("refused ones were kept: %s", got)
	}
}

// create makes an integration and gives its id.
func (h *hub) create(config string) string {
	h.t.Helper()
	id, _ := object(h.t, h.send("POST", "/v1/integrations", config, 201))["id"].(string)
	return id
}

func TestListIntegrations(t *testing.T) {
	h := newHub(t)
	first := h.create(`{"event":"a","url":"http://192.0.2.1/a","deviceID":"` + annDevice + `","name":"First","disabled":true}`)
	second := h.create(`{"event":"b","url":"http://192.0.2.1/b","auth":{"username":"u","password":"p"}}`)
	for _, path := range []string{"/v1/webhooks", "/v1/integrations", "/v1/integrations/"} {
		var got []map[string]any
		if err := json.Unmarshal([]byte(h.send("GET", path, "", 200)), &got); err != nil || len(got) != 2 {
			t.Fatalf("%s: got %v, %v, want two", path, got, err)
		}
		wantMembers(t, got[0], map[string]any{"id": first, "event": "a", "integration_type": "Webhook", "url": "http://192.0.2.1/a",
			"requestType": "POST", "name": "First", "deviceID": annDevice, "disabled": true})
		wantMembers(t, got[1], map[string]any{"id": second, "event": "b", "name": nil, "disabled": false,
			"auth": map[string]any{"username": "u", "password": "p"}, "hookUrl": "https://hub.example.org/v1/webhooks/" + second})
		if _, ok := got[0]["created_at"].(string); !ok {
			t.Errorf("%s: no created_at", path)
		}
	}
	r := h.request("GET", "/v1/webhooks", "", "")
	as(bobToken)(r)
	if _, text := h.do(r); text != "[]\n" {
		t.Errorf("another user sees %s", text)
	}
}

func TestGetIntegration(t *testing.T) {
	h := newHub(t)
	id := h.create(`{"event":"a","url":"http://192.0.2.1/a","json":{"n":1.00}}`)
	want := map[string]any{"id": id, "event": "a", "json": map[string]any{"n": json.Number("1.00")}}
	for path, wrapper := range map[string]string{"/v1/webhooks/": "webhook", "/v1/integrations/": "integration", "//v1//webhooks/": "webhook"} {
		got := object(t, h.send("GET", path+id, "", 200))
		wantMembers(t, got, want)
		inner, _ := got[wrapper].(map[string]any)
		wantMembers(t, inner, want)
	}
}

func TestUpdateIntegration(t *testing.T) {
	h := newHub(t)
	id := h.create(`{"event":"a","url":"http://192.0.2.1/a","json":{"v":1},"name":"N","noDefaults":true}`)
	steps := []struct {
		name, patch string
		want        map[string]any
		gone        string
	}{
		{"merge", `{"event":"b","headers":{"X":"y"}}`, map[string]any{"event": "b", "url": "http://192.0.2.1/a", "noDefaults": true, "headers": map[string]any{"X": "y"}}, ""},
		{"null removes", `{"name":null,"headers":null}`, map[string]any{"name": nil, "event": "b"}, "headers"},
		{"another format", `{"body":"x"}`, map[string]any{"body": "x"}, "json"},
		{"JavaScript client", `{"event":"c","deviceid":"` + annDevice + `","url":"http://192.0.2.1/c"}`, map[string]any{"event": "c", "deviceID": annDevice, "url": "http://192.0.2.1/c", "body": "x"}, ""},
	}
	for i, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			path := []string{"/v1/integrations/", "/v1/webhooks/"}[i%2]
			got := object(t, h.send("PUT", path+id, step.patch, 200))
			wantMembers(t, got, step.want)
			wantMembers(t, got, map[string]any{"id": id, "ok": true})
			if v, ok := got[step.gone]; ok {
				t.Errorf("got %s %v, want none", step.gone, v)
			}
		})
	}
	h.send("PUT", "/v1/integrations/"+id, `{"integration_type":"GoogleMaps"}`, 400)
	h.send("PUT", "/v1/integrations/"+id, ``, 400)
	wantMembers(t, object(t, h.send("GET", "/v1/webhooks/"+id, "", 200)), map[string]any{"event": "c", "integration_type": "Webhook"})
}

func TestDeleteIntegration(t *testing.T) {
	tests := []struct {
		path, want string
		status     int
	}{
		{"/v1/webhooks/", `{"ok":true}`, 200},
		{"/v1/integrations/", "", 204},
	}
	for _, tt := range tests {
		h := newHub(t)
		id := h.create(`{"event":"a","url":"http://192.0.2.1/a"}`)
		if got := h.send("DELETE", tt.path+id, "{}", tt.status); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.path, got, tt.want)
		}
		h.send("GET", tt.path+id, "", 404)
		h.send("DELETE", tt.path+id, "", 404)
	}
}

// TestForeignIntegration checks that another user's integration looks exactly
// like one that does not exist.
func TestForeignIntegration(t *testing.T) {
	h := newHub(t)
	id := h.create(`{"event":"a","url":"http://192.0.2.1/a"}`)
	for _, family := range []string{"/v1/webhooks/", "/v1/integrations/"} {
		for _, call := range []struct{ method, end string }{{"GET", ""}, {"PUT", ""}, {"DELETE", ""}, {"POST", "/test"}} {
			var answers [2]string
			for i, target := range []string{id, "f00000000000000000000009"} {
				r := h.request(call.method, family+target+call.end, "application/json", `{"event":"stolen"}`)
				as(bobToken)(r)
				resp, text := h.do(r)
				if resp.StatusCode != http.StatusNotFound {
					t.Errorf("%s %s: got %d, want 404", call.method, family, resp.StatusCode)
				}
				answers[i] = text
			}
			if answers[0] != answers[1] {
				t.Errorf("%s %s: a foreign one answers %s, an unknown one %s", call.method, family, answers[0], answers[1])
			}
		}
	}
	wantMembers(t, object(t, h.send("GET", "/v1/webhooks/"+id, "", 200)), map[string]any{"event": "a"})
	if h.tester.id != "" {
		t.Error("a foreign integration was tested")
	}
}

func TestTestIntegration(t *testing.T) {
	tests := []struct {
		name, contentType, body string
		data, device            string
	}{
		{"no body", "", "", "test-event", ""},
		{"empty object", "application/json", `{}`, "test-event", ""},
		{"blank device", "application/json", `{"data":"25","deviceID":""}`, "25", ""},
		{"nulls", "application/json", `{"data":null,"deviceID":null}`, "test-event", ""},
		{"empty data", "application/json", `{"data":""}`, "", ""},
		{"object", "application/json", `{"data":{"t": 25.0}}`, `{"t":25.0}`, ""},
		{"device", "application/json", `{"data":"x","deviceID":"` + annDevice + `"}`, "x", annDevice},
		{"device by name", "application/json", `{"coreid":"porch"}`, "test-event", annDevice},
		{"api", "application/json", `{"coreid":"api"}`, "test-event", ""},
		{"form", "application/x-www-form-urlencoded", "data=a+b&deviceid=" + annDevice, "a b", annDevice},
	}
	h := newHub(t)
	id := h.create(`{"event":"a","url":"http://192.0.2.1/a"}`)
	h.tester.report = deliver.Report{
		OK: true, Status: 200, Request: "POST / HTTP/1.1\r\n\r\n{\"a\":\"<b>\"}", Response: "HTTP/1.1 200 OK\r\n\r\n",
		Events: []event.Event{{Name: "hook-sent/a", Data: "undefined", Device: event.Internal, TTL: 60, At: 1}},
		Timing: deliver.Timing{Connect: 3 * time.Millisecond, FirstByte: 40 * time.Millisecond, Total: 41500 * time.Microsecond},
	}
	const want = `{"ok":true,"status":200,"request":"POST / HTTP/1.1\r\n\r\n{\"a\":\"<b>\"}","response":"HTTP/1.1 200 OK\r\n\r\n",` +
		`"events":[{"data":"undefined","ttl":60,"published_at":"1970-01-01T00:00:00.001Z","coreid":"particle-internal","name":"hook-sent/a"}],` +
		`"timing_ms":{"dns":0,"connect":3,"tls":0,"first_byte":40,"total":41.5}}` + "\n"
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, family := range []string{"/v1/webhooks/", "/v1/integrations/"} {
				resp, got := h.do(h.request("POST", family+id+"/test", tt.contentType, tt.body))
				if resp.StatusCode != 200 || got != want {
					t.Errorf("got %d %s, want 200 %s", resp.StatusCode, got, want)
				}
				if h.tester.id != id || h.tester.data != tt.data || h.tester.device != tt.device {
					t.Errorf("tested %s with %q, %q, want %s with %q, %q", h.tester.id, h.tester.data, h.tester.device, id, tt.data, tt.device)
				}
			}
		})
	}
}

func TestTestIntegrationFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t)
		id := h.create(`{"event":"a","url":"http://192.0.2.1/a"}`)
		path := "/v1/integrations/" + id + "/test"

		h.tester.report = deliver.Report{Request: "POST", Error: "ETIMEOUT"}
		const want = `{"ok":false,"status":0,"error":"ETIMEOUT","request":"POST","response":"","events":[]}` + "\n"
		if got := h.send("POST", path, "", 200); got != want {
			t.Errorf("failed call: got %s, want %s", got, want)
		}
		if got := h.send("POST", path, `{"deviceID":5}`, 400); !strings.Contains(got, `"field":"deviceID"`) {
			t.Errorf("device number: got %s", got)
		}
		h.send("POST", path, `{"deviceID":"`+bobDevice+`"}`, 404)

		h.tester.err = errors.New("disk on fire")
		if got := h.send("POST", path, "", 500); strings.Contains(got, "disk") {
			t.Errorf("the answer tells an internal error: %s", got)
		}
		h.tester.wait = true
		h.send("POST", path, "", 503)
	})
}

func TestDeviceTokenMayNotTouchIntegrations(t *testing.T) {
	h := newHub(t)
	id := h.create(`{"event":"a","url":"http://192.0.2.1/a"}`)
	for _, call := range []struct{ method, path string }{
		{"GET", ""}, {"POST", ""}, {"GET", "/" + id}, {"PUT", "/" + id}, {"DELETE", "/" + id}, {"POST", "/" + id + "/test"},
	} {
		r := h.request(call.method, "/v1/webhooks"+call.path, "application/json", `{}`)
		as(annDeviceToken)(r)
		if resp, text := h.do(r); resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s %s: got %d %s, want 403", call.method, call.path, resp.StatusCode, text)
		}
	}
}

// The older list has webhooks only: its clients delete all of it at a word, and
// know no other type.
func TestOlderListHasWebhooksOnly(t *testing.T) {
	h := newHub(t)
	hook := h.create(`{"event":"a","url":"http://192.0.2.1/a"}`)
	maps := h.create(`{"integration_type":"GoogleMaps","api_key":"k"}`)
	if got := h.send("GET", "/v1/webhooks", "", 200); !strings.Contains(got, hook) || strings.Contains(got, maps) {
		t.Errorf("the older list is %s", got)
	}
	if got := h.send("GET", "/v1/integrations", "", 200); !strings.Contains(got, hook) || !strings.Contains(got, maps) {
		t.Errorf("the list is %s", got)
	}
	h.send("GET", "/v1/webhooks/"+maps, "", 200)
}
