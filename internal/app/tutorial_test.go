package app_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/app"
)

// demoPage is an open session of the interactive demo.
type demoPage struct {
	SessionID, URL, Token string
	lines                 *bufio.Scanner
}

// demo opens a session.
func (w *world) demo() *demoPage {
	w.t.Helper()
	req, _ := http.NewRequestWithContext(w.t.Context(), "GET", w.hub.URL()+"/demo/stream", nil)
	req.Header.Set("Authorization", "Bearer "+adminToken)
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != 200 {
		w.t.Fatalf("open the demo: %v %v", res, err)
	}
	w.t.Cleanup(func() { res.Body.Close() })
	d := &demoPage{lines: bufio.NewScanner(res.Body)}
	d.lines.Buffer(nil, 1<<20)
	d.until(w.t, "start", d)
	return d
}

// until skips to the next message of a name.
func (d *demoPage) until(t *testing.T, name string, v any) {
	t.Helper()
	for d.lines.Scan() {
		if d.lines.Text() == "event: "+name && d.lines.Scan() {
			if err := json.Unmarshal([]byte(strings.TrimPrefix(d.lines.Text(), "data: ")), v); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("the stream of the demo ended before %s", name)
}

// TestInteractiveDemo is what the page of the demo does: a product's webhook to
// its session, an event, and answers of all kinds. The hub lets no integration
// reach a private address here.
func TestInteractiveDemo(t *testing.T) {
	w := newWorldOf(t, func(o *app.Options) {
		o.Settings.RegisterUnknownDevices, o.Settings.CallTimeout = "import", 5*time.Second // more than a slow machine needs for an answer
	})
	base := fmt.Sprint("/v1/products/", w.product("lamps").ID)
	d := w.demo()
	w.integrateIn(base, map[string]any{
		"integration_type": "Webhook", "event": "WebhookDemo01", "url": d.URL, "requestType": "POST", "noDefaults": true,
		"headers":            map[string]any{"Content-Type": "application/json", "Authorization": "Bearer " + d.Token},
		"body":               `{ "deviceId":"{{{PARTICLE_DEVICE_ID}}}", "ts":"{{{PARTICLE_PUBLISHED_AT}}}", "sensor":{{{PARTICLE_EVENT_VALUE}}} }`,
		"responseTopic":      "{{{PARTICLE_DEVICE_ID}}}/hook-response/{{{PARTICLE_EVENT_NAME}}}",
		"errorResponseTopic": "{{{PARTICLE_DEVICE_ID}}}/hook-error/{{{PARTICLE_EVENT_NAME}}}",
	})
	token, events := w.productDevice(base, claimedLamp, false), w.stream(base+"/events")
	answer, failure := claimedLamp+"/hook-response/WebhookDemo01/", claimedLamp+"/hook-error/WebhookDemo01/0"
	kilobytes := strings.Repeat("0123456789abcdef", 128)
	for _, step := range []struct {
		control map[string]any
		want    []string // names of the events that follow
		data    string   // of the last one
	}{
		{map[string]any{"op": "ping"}, []string{answer + "0"}, `{"ok":true,"id":7}`},
		{map[string]any{"op": "hookResponse", "body": kilobytes}, []string{answer + "0", answer + "1", answer + "2", answer + "3"}, kilobytes[:512]},
		{map[string]any{"op": "hookResponse", "status": 404}, []string{failure}, "error status 404 from 127.0.0.1"},
		{map[string]any{"op": "hookResponse", "delay_ms": 25_000}, []string{failure}, "ESOCKETTIMEDOUT"},
		{map[string]any{"op": "hookResponse", "authorization": "another"}, []string{failure}, "error status 401 from 127.0.0.1"},
		{map[string]any{"op": "hookResponse", "authorization": d.Token}, []string{answer + "0"}, `{"ok":true,"id":7}`},
	} {
		if s := w.call(adminToken, "POST", "/demo/control/"+d.SessionID, step.control, nil); s != 200 {
			t.Fatalf("control: status %d", s)
		}
		w.publish(token, "WebhookDemo01", `{"id":7,"t":21.5}`)
		for _, name := range append([]string{"WebhookDemo01", "hook-sent/WebhookDemo01"}, step.want...) {
			e := nextOf(t, events)
			if e.Name != name || name == step.want[len(step.want)-1] && e.Data != step.data {
				t.Fatalf("%v: got the event %+v, want %s with %.60s", step.control, e, name, step.data)
			}
		}
		var hook struct{ Body string }
		if d.until(t, "hook", &hook); !strings.Contains(hook.Body, `"deviceId":"`+claimedLamp+`"`) || !strings.Contains(hook.Body, `"sensor":{"id":7,"t":21.5}`) {
			t.Errorf("%v: the page was told of %s", step.control, hook.Body)
		}
		var told struct {
			StatusCode int
			Unsent     bool
		}
		if d.until(t, "hookResponse", &told); told.Unsent != (step.data == "ESOCKETTIMEDOUT") {
			t.Errorf("%v: the page was told %+v", step.control, told)
		}
	}
}

// nextOf waits for an event that is not the hub's own about devices.
func nextOf(t *testing.T, events <-chan streamed) streamed {
	t.Helper()
	for {
		if e := next(t, events); !strings.HasPrefix(e.Name, "spark/") {
			return e
		}
	}
}
