package app_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestTypedEvents publishes what is no text, and looks at the stream and at what
// an integration sends.
func TestTypedEvents(t *testing.T) {
	w := newWorld(t, nil)
	w.web.answer = func(http.ResponseWriter, *http.Request) {}
	w.integrate(map[string]any{"event": "t", "url": "http://h.example/", "body": "{{{PARTICLE_EVENT_VALUE}}} {{{a.b}}}"})
	events := w.stream("/v1/devices/events")
	photo := strings.Repeat("/", 21844) + "/w==" // 16,384 bytes
	for _, c := range []struct {
		in         map[string]any
		data, body string
	}{
		{map[string]any{"data": "21.5", "content_type": "text/plain; charset=utf-8"}, "21.5", "21.5 "},
		{map[string]any{"data": "/+8=", "content_type": 22}, "data:image/jpeg;base64,/+8=", "data:image/jpeg;base64,/+8= "},
		{map[string]any{"data": photo, "content_type": "image/png"}, "data:image/png;base64," + photo, "data:image/png;base64," + photo + " "},
		{map[string]any{"data": map[string]any{"a": map[string]any{"b": 1.5}}, "content_type": "65001"}, `{"a":{"b":1.5}}`, `{"a":{"b":1.5}} 1.5`},
		{map[string]any{"data": `{"_type":"buffer","_data":"/+8="}`, "content_type": "structured"}, `{"_type":"buffer","_data":"/+8="}`, `{"_type":"buffer","_data":"/+8="} `},
	} {
		c.in["name"] = "t"
		if s := w.call(adminToken, "POST", "/v1/devices/events", c.in, nil); s != 200 {
			t.Fatalf("%.60v: status %d", c.in, s)
		}
		if e := next(t, events); e.Name != "t" || e.Data != c.data {
			t.Errorf("%.60v: the stream has %.80s", c.in, e.Data)
		}
		until(t, events, "hook-sent/t")
		all := w.web.requests()
		if got := all[len(all)-1].Body; got != c.body {
			t.Errorf("%.60v: sent %.80s", c.in, got)
		}
	}
	for _, in := range []map[string]any{
		{"name": "t", "data": photo + "AAAA", "content_type": 42}, {"name": "t", "data": "?", "content_type": "binary"}, {"name": "t", "data": "{", "content_type": "structured"},
	} {
		if s := w.call(adminToken, "POST", "/v1/devices/events", in, nil); s != 400 {
			t.Errorf("%.60v: status %d, want 400", in, s)
		}
	}
}
