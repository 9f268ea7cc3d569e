package app_test

import (
	"testing"
	"time"
)

// A device is online while its own stream is open, and that is an event like
// others: it reaches the owner's stream and triggers integrations.
func TestOnlineAndOffline(t *testing.T) {
	const porch = "111111111111111111111111"
	w := newWorld(t, nil)
	token := w.device(porch)
	w.integrate(map[string]any{"event": "spark/status", "url": "http://web.example.com/status", "requestType": "POST"})
	owner := w.stream("/v1/devices/events/spark")
	device := w.streamAs(token, "/v1/devices/"+porch+"/events/spark")
	if e := next(t, owner); e != (streamed{"spark/status", "online", porch}) {
		t.Fatalf("got %+v, want online", e)
	}
	shown := func() (got struct {
		Online    bool
		LastHeard *time.Time `json:"last_heard"`
		IP        string     `json:"last_ip_address"`
	}) {
		w.call(adminToken, "GET", "/v1/devices/"+porch, nil, &got)
		return got
	}
	if d := shown(); !d.Online || d.LastHeard == nil || d.IP != "127.0.0.1" {
		t.Errorf("online: %+v", d)
	}
	if s := w.call(adminToken, "DELETE", "/v1/devices/"+porch, nil, nil); s != 200 { // ends its token and its stream
		t.Fatalf("remove: status %d", s)
	}
	for range device { // until the stream ends
	}
	if e := next(t, owner); e != (streamed{"spark/status", "offline", porch}) {
		t.Fatalf("got %+v, want offline", e)
	}
	for deadline := time.Now().Add(time.Minute); len(w.web.requests()) < 2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the integration was triggered %d times, want twice", len(w.web.requests()))
		}
	}
}
