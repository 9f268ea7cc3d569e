package app_test

import (
	"fmt"
	"net/http"
	"testing"
)

// A preview is, byte for byte, what the call records afterwards, and its events
// are those that the answer causes.
func TestPreviewIsWhatIsSent(t *testing.T) {
	w := newWorld(t, nil)
	w.web.answer = func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, `{"r":[1,{"s":"é"}]}`) }
	if s := w.call(adminToken, "PUT", "/v1/secrets/KEY", map[string]any{"value": "v-e-r-y-secret"}, nil); s != 200 {
		t.Fatalf("secret: status %d", s)
	}
	settings := map[string]any{
		"event": "temp", "url": "http://h.example.com/in?a=1", "requestType": "PUT", "query": map[string]any{"q": "{{{PARTICLE_EVENT_VALUE}}}&"},
		"json": map[string]any{"n": 1.50, "{{{PARTICLE_EVENT_NAME}}}": "{{{JSON:PARTICLE_EVENT_VALUE}}}", "k": "{{{KEY}}}"}, "noDefaults": true,
		"headers": map[string]any{"X-Key": "{{{KEY}}}", "X-Odd": "a{{{PARTICLE_DEVICE_ID}}}b"}, "auth": map[string]any{"username": "u", "password": "p"},
		"secrets": []string{"KEY"}, "responseTemplate": "{{{r.1.s}}}-{{{r.0}}}",
	}
	id := w.integrate(settings)
	var report struct {
		OK      bool
		Request string
		Events  []streamed
	}
	if s := w.call(adminToken, "POST", "/v1/integrations/"+id+"/test", map[string]any{"data": "21.5"}, &report); s != 200 || !report.OK {
		t.Fatalf("test: status %d, %+v", s, report)
	}
	answer := map[string]any{"status": 200, "body": `{"r":[1,{"s":"é"}]}`}
	for name, body := range map[string]map[string]any{
		"saved":   {"id": id, "event": map[string]any{"data": "21.5"}, "response": answer},
		"unsaved": {"integration": settings, "event": map[string]any{"data": "21.5"}, "response": answer},
	} {
		var got struct {
			OK       bool
			Request  struct{ Raw string }
			Response struct{ Events []streamed }
		}
		if s := w.call(adminToken, "POST", "/v1/integrations/preview", body, &got); s != 200 || !got.OK {
			t.Fatalf("%s: status %d, %+v", name, s, got)
		}
		if got.Request.Raw != report.Request {
			t.Errorf("%s: got\n%s\nwant what was sent\n%s", name, got.Request.Raw, report.Request)
		}
		for i, e := range report.Events {
			if i >= len(got.Response.Events) || got.Response.Events[i].Name != e.Name || got.Response.Events[i].Data != e.Data {
				t.Errorf("%s: got events %+v, want %+v", name, got.Response.Events, report.Events)
				break
			}
		}
	}
	if n := len(w.web.requests()); n != 1 {
		t.Errorf("%d requests were sent, want that of the test only", n)
	}
}
