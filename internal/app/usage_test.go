package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/app"
)

// used is a row of GET /v1/usage.
type used struct {
	Device     string `json:"device_id"`
	Events     int64
	Published  int64
	Received   int64
	Operations int64
	Refused    int64 `json:"refused_events"`
}

func (w *world) usage() map[string]used {
	w.t.Helper()
	var answer struct{ Usage []used }
	w.call(adminToken, "GET", "/v1/usage?by=device", nil, &answer)
	all := map[string]used{}
	for _, u := range answer.Usage {
		all[u.Device] = u
	}
	return all
}

// TestDataOperations has the rule of the webhook engine reference, section 13:
// one for an event that a device publishes, one for each part of the answer for
// each device that subscribes to it, and nothing else.
func TestDataOperations(t *testing.T) {
	const porch, attic = "111111111111111111111111", "222222222222222222222222"
	w := newWorld(t, nil)
	w.web.answer = func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, strings.Repeat("x", 5000)) }
	w.integrate(map[string]any{"event": "temp", "url": "http://web.example.com/"})
	porchToken, atticToken := w.device(porch), w.device(attic)
	events := w.streamAs(porchToken, "/v1/devices/events/hook-response")
	w.stream("/v1/devices/events")
	w.publish(atticToken, "temp", strings.Repeat("y", 2000))
	for range 10 {
		if e := next(t, events); !strings.HasPrefix(e.Name, "hook-response/temp/") {
			t.Fatalf("an unexpected %s", e.Name)
		}
	}
	want := map[string]used{
		porch: {Device: porch, Received: 10, Operations: 10},
		attic: {Device: attic, Events: 1, Published: 1, Operations: 1},
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		got := w.usage() // what a stream wrote is counted after it was written
		if got[porch] == want[porch] && got[attic] == want[attic] && len(got) == 2 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("used %+v, want %+v", got, want)
		}
	}
}

func TestRefusedEventsAreCounted(t *testing.T) {
	noon := fromNoon()()
	w := newWorldOf(t, func(o *app.Options) { // no time goes by in which an event may be published
		o.Settings.PublishRate, o.Now = 0.1, func() time.Time { return noon }
	})
	w.publish(adminToken, "temp", "1")
	for range 3 {
		if s := w.call(adminToken, "POST", "/v1/devices/events", map[string]any{"name": "temp"}, nil); s != 429 {
			t.Errorf("status %d, want 429", s)
		}
	}
	if u := w.usage()["api"]; u.Events != 1 || u.Refused != 3 {
		t.Errorf("used %+v, want 1 event and 3 refused", u)
	}
}
