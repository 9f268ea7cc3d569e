package app_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/app"
)

// TestFirstWebhook is the README's five minutes: register a device, publish as
// that device, see the request and the answer on the stream.
func TestFirstWebhook(t *testing.T) {
	w := newWorld(t, nil)
	w.web.answer = func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, "12") }
	w.integrate(map[string]any{
		"event": "temp", "url": "https://api.thingspeak.com/update", "noDefaults": true,
		"form": map[string]string{"api_key": "K", "field1": "{{{PARTICLE_EVENT_VALUE}}}"},
	})
	const id = "3f002b000000000000000000"
	token := w.device(id)
	events := w.stream("/v1/devices/events")
	own := w.stream("/v1/devices/" + id + "/events")
	w.publish(token, "temp", "72")
	want := []streamed{
		{"temp", "72", id}, {"hook-sent/temp", "undefined", "particle-internal"}, {"hook-response/temp/0", "12", "particle-internal"},
	}
	for _, e := range want {
		if got := next(t, events); got != e {
			t.Errorf("stream: got %+v, want %+v", got, e)
		}
	}
	w.publish(token, "other", "1")
	for _, name := range []string{"temp", "other"} { // a device's own stream holds no hook events
		if got := next(t, own); got.Name != name {
			t.Errorf("device stream: got %s, want %s", got.Name, name)
		}
	}
	got := w.web.requests()
	if len(got) != 1 || got[0].URL != "https://api.thingspeak.com/update" || got[0].Body != "api_key=K&field1=72" {
		t.Errorf("requests %+v", got)
	}
}

// TestOwnBinIsReachedInProcess sends to the hub's own request bin although
// loopback targets are refused.
func TestOwnBinIsReachedInProcess(t *testing.T) {
	w := newWorld(t, nil)
	w.integrate(map[string]any{"event": "temp", "url": w.hub.URL() + "/bin/hello?body=hi"})
	w.integrate(map[string]any{"event": "steal", "url": w.hub.URL() + "/v1/user"})
	events := w.stream("/v1/devices/events")
	w.publish(adminToken, "temp", "1")
	for _, want := range []string{"temp=1", "hook-sent/temp=undefined", "hook-response/temp/0=hi"} {
		if e := next(t, events); e.Name+"="+e.Data != want {
			t.Errorf("got %s=%s, want %s", e.Name, e.Data, want)
		}
	}
	w.publish(adminToken, "steal", "1")
	next(t, events)
	if e := next(t, events); e.Name != "hook-error/steal/0" || !strings.Contains(e.Data, "private targets are not allowed") {
		t.Errorf("a request to the hub's own API gave %+v", e)
	}
}

func TestTestEndpointTellsTheWholeCall(t *testing.T) {
	w := newWorld(t, nil)
	w.web.answer = func(rw http.ResponseWriter, _ *http.Request) { http.Error(rw, "nope", 404) }
	id := w.integrate(map[string]any{"event": "temp", "url": "http://requestb.in/x", "auth": map[string]string{"username": "u", "password": "hunter2"}})
	other := w.integrate(map[string]any{"event": "temp", "url": "http://other.example/"})
	var report struct {
		OK                       bool
		Status                   int
		Request, Response, Error string
		Events                   []streamed
	}
	if s := w.call(adminToken, "POST", "/v1/integrations/"+id+"/test", map[string]any{}, &report); s != 200 {
		t.Fatalf("status %d", s)
	}
	if report.OK || report.Status != 404 || !strings.Contains(report.Response, "nope") || len(report.Events) != 2 {
		t.Errorf("report %+v", report)
	}
	if !strings.Contains(report.Request, "data=test-event") || strings.Contains(report.Request, "aHVudGVyMg") || strings.Contains(report.Request, "dTpodW50ZXIy") {
		t.Errorf("request text: %s", report.Request)
	}
	for _, r := range w.web.requests() {
		if strings.Contains(r.URL, "other.example") {
			t.Errorf("integration %s was not under test, but was called", other)
		}
	}
}

// TestChangesApplyToLaterEventsOnly publishes while an integration is switched
// off and on: an event accepted after the answer to the switch follows it.
func TestChangesApplyToLaterEventsOnly(t *testing.T) {
	w := newWorld(t, nil)
	id := w.integrate(map[string]any{"event": "temp", "url": "http://a.example/", "noDefaults": true, "body": "{{{PARTICLE_EVENT_VALUE}}}"})
	events := w.stream("/v1/devices/events/hook-sent")
	for i := range 10 {
		w.publish(adminToken, "temp", fmt.Sprint("on", i))
		if e := next(t, events); e.Name != "hook-sent/temp" {
			t.Fatalf("got %+v", e)
		}
		w.call(adminToken, "PUT", "/v1/integrations/"+id, map[string]any{"disabled": true}, nil)
		w.publish(adminToken, "temp", fmt.Sprint("off", i))
		w.call(adminToken, "PUT", "/v1/integrations/"+id, map[string]any{"disabled": nil}, nil)
	}
	for _, r := range w.web.requests() {
		if strings.HasPrefix(r.Body, "off") {
			t.Errorf("an event published while the integration was off was sent: %s", r.Body)
		}
	}
	if n := len(w.web.requests()); n != 10 {
		t.Errorf("%d requests, want 10", n)
	}
}

// TestRestartDeliversTheRest stops a hub whose target hangs, as SIGTERM does,
// and starts another one on the same store.
func TestRestartDeliversTheRest(t *testing.T) {
	path := "sqlite:" + filepath.Join(t.TempDir(), "hub.db")
	var mu sync.Mutex
	hang, seen := make(chan struct{}), map[string]int{}
	web := newWebService(t)
	web.answer = func(http.ResponseWriter, *http.Request) { <-hang }
	start := func() (hub *app.Hub, stop func()) {
		hub, err := app.New(t.Context(), app.Options{
			Settings: app.Settings{Listen: "127.0.0.1:0", Store: path, StoreCache: 4, AdminToken: adminToken, AdminPassword: "test-password",
				CallTimeout: 20 * time.Second, MaxCalls: 64, StopTimeout: 500 * time.Millisecond},
			Dial: web.dial, Resolver: everyHost{}, RootCAs: web.roots,
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- hub.Serve(ctx) }()
		return hub, func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	hub, stop := start()
	w := &world{t, hub, web}
	w.integrate(map[string]any{"event": "temp", "url": "http://a.example/", "noDefaults": true, "body": "{{{PARTICLE_EVENT_VALUE}}}"})
	for i := range 100 {
		w.publish(adminToken, "temp", fmt.Sprint(i))
	}
	stop()
	before := len(web.requests())
	web.mu.Lock()
	web.answer = nil
	web.mu.Unlock()
	close(hang)
	_, stop = start()
	defer stop()
	waitUntil(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		clear(seen)
		for _, r := range web.requests()[before:] {
			seen[r.Body]++
		}
		return len(seen) == 100
	})
}

// TestSecondProcessIsRefused starts two hubs on one file.
func TestSecondProcessIsRefused(t *testing.T) {
	store := "sqlite:" + filepath.Join(t.TempDir(), "hub.db")
	first := newProcess(t, store)
	first.start()
	_, err := app.New(t.Context(), app.Options{Settings: app.Settings{Listen: "127.0.0.1:0", Store: store, StoreCache: 4}})
	if err == nil || !strings.Contains(err.Error(), "hub.db") {
		t.Errorf("the second hub on one file: %v", err)
	}
	first.stop(syscall.SIGTERM)
}
