package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/app"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// TestLocalServices calls services in the hub's process by their host names,
// while the guard keeps their neighbours out.
func TestLocalServices(t *testing.T) {
	says := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, text+" "+r.URL.Path) })
	}
	w := newWorldOf(t, func(o *app.Options) {
		o.Dial, o.Resolver = nil, nil
		o.Local = map[string]http.Handler{"http://one.demo.localhost": says("one"), "http://two.demo.localhost": says("two")}
	})
	events := w.stream("/v1/devices/events/hook-")
	for _, tt := range []struct{ event, url, want string }{
		{"a", "http://one.demo.localhost/x/y", "hook-response/a/0=one /x/y"},
		{"b", "http://TWO.demo.localhost:80/", "hook-response/b/0=two /"},
		{"c", "http://one.demo.localhost:8080/", "hook-error/c/0="},
		{"d", "https://one.demo.localhost/", "hook-error/d/0="},
		{"e", "http://127.0.0.1:1/", "hook-error/e/0="},
	} {
		w.integrate(map[string]any{"event": tt.event, "url": tt.url})
		w.publish(adminToken, tt.event, "1")
		e := next(t, events)
		for strings.HasPrefix(e.Name, "hook-sent/") {
			e = next(t, events)
		}
		if got := e.Name + "=" + e.Data; !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: got %s, want %s", tt.url, got, tt.want)
		}
	}
}

func TestSimulatedDevices(t *testing.T) {
	w := newWorld(t, nil)
	const id = "3f002b000000000000000001"
	w.device(id)
	own, door := &scope.Principal{User: w.user(), Device: id}, w.hub.Simulated()
	events := w.stream("/v1/devices/events")
	leave, err := door.Connect(t.Context(), own)
	if err != nil {
		t.Fatal(err)
	}
	if e := next(t, events); e != (streamed{"spark/status", "online", id}) {
		t.Errorf("after it connected: %+v", e)
	}
	if err := door.Publish(t.Context(), own, publish.Input{Name: "temp", Data: "21"}); err != nil {
		t.Fatal(err)
	}
	if e := next(t, events); e != (streamed{"temp", "21", id}) {
		t.Errorf("after it published: %+v", e)
	}
	var shown struct {
		Online bool
		Heard  *string `json:"last_heard"`
	}
	if w.call(adminToken, "GET", "/v1/devices/"+id, nil, &shown); !shown.Online || shown.Heard == nil {
		t.Errorf("the device is shown as %+v", shown)
	}
	if leave(); next(t, events).Data != "offline" {
		t.Error("it does not go offline")
	}
	for _, p := range []*scope.Principal{{Device: id}, {User: "bbbbbbbbbbbbbbbbbbbbbbbb", Device: id}, {User: w.user(), Device: "3f002b0000000000000000ff"}} {
		if err := door.Publish(t.Context(), p, publish.Input{Name: "temp"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("as %+v: %v, want a fault NotFound", p, err)
		}
		if _, err := door.Connect(t.Context(), p); !fault.Is(err, fault.NotFound) {
			t.Errorf("as %+v: %v, want a fault NotFound", p, err)
		}
	}
}

// user is the administrator's id.
func (w *world) user() string {
	w.t.Helper()
	p, err := w.hub.Identity.Authenticate(w.t.Context(), adminToken)
	if err != nil {
		w.t.Fatal(err)
	}
	return p.User
}

func TestImportCounts(t *testing.T) {
	w := newWorld(t, nil)
	id := w.integrate(map[string]any{"event": "temp", "url": "http://a.example/"})
	today := eventlog.DayOf(time.Now().UnixMilli())
	past := eventlog.Tally{Integration: id, Day: today - 3, What: eventlog.Attempted, N: 7}
	for _, day := range []int64{today, today + 1} {
		late := past
		late.Day = day
		if err := w.hub.ImportCounts(t.Context(), []eventlog.Tally{past, late}); !fault.Is(err, fault.Invalid) {
			t.Errorf("day %d, today is %d: %v, want a fault Invalid", day, today, err)
		}
	}
	counters := func() (n int) {
		var got struct{ Counters []struct{ Attempts int } }
		w.call(adminToken, "GET", "/v1/integrations/"+id+"/counters?days=30", nil, &got)
		for _, c := range got.Counters {
			n += c.Attempts
		}
		return n
	}
	if got := counters(); got != 0 {
		t.Errorf("a refused import stored %d attempts", got)
	}
	for range 2 {
		if err := w.hub.ImportCounts(t.Context(), []eventlog.Tally{past}); err != nil {
			t.Fatal(err)
		}
		if got := counters(); got != 7 {
			t.Errorf("%d attempts, want 7", got)
		}
	}
}
