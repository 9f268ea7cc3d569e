package app_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/app"
	"github.com/fieldhook/fieldhook/internal/throttle"
)

// The tests of this file are the sentences of the guide's section "Monitoring
// your webhooks", one by one. TestFirstWebhook has its last: hook events appear
// in the owner's stream and not in the device's.

// view is what GET of an integration tells about its past.
type view struct {
	Counters []struct {
		Date                                                       string
		Attempts, Success, Error, Timeout, Sleep, Retries, Dropped int64
	}
	Logs []struct {
		Type, Error, Request, Response string
		Event                          struct{ Name, Data string }
	}
}

// past waits until an integration has so many outcomes and gives its past.
func (w *world) past(id string, outcomes int64) (v view) {
	w.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		v = view{}
		w.call(adminToken, "GET", "/v1/integrations/"+id, nil, &v)
		sum := int64(0)
		for _, d := range v.Counters {
			sum += d.Success + d.Error + d.Sleep + d.Dropped
		}
		if sum >= outcomes {
			return v
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("%d of %d outcomes: %+v", sum, outcomes, v.Counters)
		}
	}
}

// "the number of attempts to send events to your webhook for the current day
// (starting at midnight UTC)", "the 30 day history".
func TestMonitoringCountsAttemptsPerUTCDayFor30Days(t *testing.T) {
	var now atomic.Int64
	now.Store(time.Date(2016, 11, 20, 23, 59, 59, 0, time.UTC).UnixMilli())
	w := newWorld(t, func() time.Time { return time.UnixMilli(now.Load()) })
	id := w.integrate(map[string]any{"event": "temp", "url": "http://web.example.com/"})
	w.publish(adminToken, "temp", "1")
	w.past(id, 1)
	now.Add(1000) // midnight
	w.publish(adminToken, "temp", "2")
	w.publish(adminToken, "temp", "3")
	v := w.past(id, 3)
	if len(v.Counters) != 30 {
		t.Fatalf("%d days, want 30", len(v.Counters))
	}
	today, yesterday := v.Counters[29], v.Counters[28]
	if today.Date != "2016-11-21" || today.Attempts != 2 || yesterday.Date != "2016-11-20" || yesterday.Attempts != 1 {
		t.Errorf("today %+v, yesterday %+v; want 2 attempts on 2016-11-21 and 1 on 2016-11-20", today, yesterday)
	}
}

// "the page shows the history, recent calls, and recent errors".
func TestMonitoringShowsRecentCallsAndErrors(t *testing.T) {
	w := newWorld(t, nil)
	w.web.answer = func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bad" {
			rw.WriteHeader(404)
		}
		fmt.Fprint(rw, "answer")
	}
	id := w.integrate(map[string]any{
		"event": "temp", "url": "http://web.example.com/{{{p}}}", "noDefaults": true, "body": "value {{{v}}}",
		"headers": map[string]string{"Authorization": "Bearer hunter2"},
	})
	for i := range 15 {
		w.publish(adminToken, "temp", fmt.Sprintf(`{"p":"good","v":%d}`, i))
	}
	w.publish(adminToken, "temp", `{"p":"bad","v":1}`)
	v := w.past(id, 16)
	var good, bad int
	for _, l := range v.Logs {
		switch {
		case l.Type == "success" && strings.HasPrefix(l.Request, "POST /good HTTP/1.1\r\n") && strings.HasSuffix(l.Response, "\r\n\r\nanswer"):
			good++
		case l.Type == "error" && l.Error == "404 Not Found" && strings.HasSuffix(l.Request, "\r\n\r\nvalue 1") && l.Event.Name == "temp":
			bad++
		default:
			t.Errorf("unexpected %+v", l)
		}
		if strings.Contains(l.Request, "hunter2") || !strings.Contains(l.Request, "Authorization: [[SENSITIVE]]") {
			t.Errorf("the request shows its credentials: %s", l.Request)
		}
	}
	if good != 10 || bad != 1 {
		t.Errorf("%d recent calls and %d recent errors, want 10 and 1", good, bad)
	}
}

// "ETIMEOUT occurs when the remote web server did not respond to a request to
// connect", "ESOCKETTIMEDOUT occurs when the remote web server did initially
// accept the connection, but did not respond". Both count as errors.
func TestMonitoringTellsTheTwoTimeouts(t *testing.T) {
	release := make(chan struct{})
	w := newWorldOf(t, func(o *app.Options) {
		o.Settings.CallTimeout = 5 * time.Second // one connects in that time, however slow the machine is
		dial := o.Dial
		o.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasSuffix(address, ":81") {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return dial(ctx, network, address)
		}
	})
	w.web.answer = func(rw http.ResponseWriter, r *http.Request) { <-release }
	defer close(release)
	ids := []string{
		w.integrate(map[string]any{"event": "connect", "url": "http://web.example.com:81/"}),
		w.integrate(map[string]any{"event": "answer", "url": "http://web.example.com/"}),
	}
	events := w.stream("/v1/devices/events/hook-error")
	w.publish(adminToken, "connect", "1")
	w.publish(adminToken, "answer", "1")
	got := map[string]string{}
	for range ids {
		e := next(t, events)
		got[e.Name] = e.Data
	}
	if got["hook-error/connect/0"] != "ETIMEOUT" || got["hook-error/answer/0"] != "ESOCKETTIMEDOUT" {
		t.Errorf("got %v, want ETIMEOUT and ESOCKETTIMEDOUT", got)
	}
	for _, id := range ids {
		today := w.past(id, 1).Counters[29]
		if today.Error != 1 || today.Timeout != 1 || today.Attempts != 1 {
			t.Errorf("counts %+v, want an error that is a time-out", today)
		}
	}
}

// "If the webhook server host does not successfully include a response,
// including timeouts and 5xx errors, the error count is incremented. If a
// sufficiently large number of errors occur for a given host name, webhook
// requests will be slowed down." "In this state, requests are counted as Sleep
// and are discarded. These requests will not be retried." "This is not specific
// to your account": any integration that sends to the host sleeps.
func TestMonitoringCountsSleepsAndDiscardsThem(t *testing.T) {
	noon := fromNoon()()
	w := newWorld(t, func() time.Time { return noon }) // no probe is due
	w.web.answer = func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(503) }
	id := w.integrate(map[string]any{"event": "temp", "url": "http://web.example.com/"})
	other := w.integrate(map[string]any{"event": "door", "url": "http://web.example.com/other"})
	for i := range 15 {
		w.publish(adminToken, "temp", fmt.Sprint(i))
		w.past(id, int64(i+1))
	}
	w.publish(adminToken, "door", "open")
	today, door := w.past(id, 15).Counters[29], w.past(other, 1).Counters[29]
	if today.Error != 10 || today.Attempts != 10 || today.Sleep != 5 {
		t.Errorf("counts %+v, want 10 errors and 5 sleeps", today)
	}
	if door.Sleep != 1 || door.Attempts != 0 {
		t.Errorf("another integration of the host: %+v, want a sleep", door)
	}
	if n := len(w.web.requests()); n != 10 {
		t.Errorf("%d requests came, want 10", n)
	}
}

// "As additional successful requests are made and the ratio of success to
// failure increases, the number of sleeps will be reduced, eventually to 0."
func TestMonitoringSleepsEndWithSuccesses(t *testing.T) {
	w := newWorldOf(t, func(o *app.Options) { o.Random = func() float64 { return 0.5 } })
	for range 10 {
		w.hub.Throttle.Report("web.example.com", throttle.Pass, throttle.Failure, "error status 503")
	}
	before := w.hub.Throttle.Probability("web.example.com")
	for range 6 {
		w.hub.Throttle.Report("web.example.com", throttle.Pass, throttle.Success, "")
	}
	between := w.hub.Throttle.Probability("web.example.com")
	for range 4 {
		w.hub.Throttle.Report("web.example.com", throttle.Pass, throttle.Success, "")
	}
	after := w.hub.Throttle.Probability("web.example.com")
	if !(before > between && between > after && after == 0) {
		t.Errorf("share of calls that sleep: %.2f, %.2f, %.2f; want it to fall to 0", before, between, after)
	}
	id := w.integrate(map[string]any{"event": "temp", "url": "http://web.example.com/"})
	w.publish(adminToken, "temp", "1")
	if today := w.past(id, 1).Counters[29]; today.Success != 1 || today.Sleep != 0 {
		t.Errorf("counts %+v, want a success and no sleep", today)
	}
}

// "Every time your webhook triggers, a hook-sent event will appear", "a
// hook-response event will also appear", "only if the web service returned
// something in the body".
func TestMonitoringShowsHookEvents(t *testing.T) {
	w := newWorld(t, nil)
	w.web.answer = func(rw http.ResponseWriter, r *http.Request) {
		fmt.Fprint(rw, strings.TrimPrefix(r.URL.Path, "/"))
	}
	w.integrate(map[string]any{"event": "temp", "url": "http://web.example.com/{{{PARTICLE_EVENT_VALUE}}}"})
	events := w.stream("/v1/devices/events/hook-")
	w.publish(adminToken, "temp", "")
	w.publish(adminToken, "temp", "x")
	got := map[string]int{}
	for range 3 {
		e := next(t, events)
		got[e.Name+"="+e.Data]++
	}
	if got["hook-sent/temp=undefined"] != 2 || got["hook-response/temp/0=x"] != 1 {
		t.Errorf("events %v, want two hook-sent and the one response that has a body", got)
	}
}
