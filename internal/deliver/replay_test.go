package deliver_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// replay hands replays of events to the dispatcher, as a job does.
func (h *hub) replay(count int) {
	h.t.Helper()
	b := &eventlog.Batch{}
	for range count {
		b.Accepts = append(b.Accepts, &eventlog.Accept{
			Event:      event.Event{At: 1, Name: "temp", Data: "r", Device: "d", Owner: "u"},
			Deliveries: []eventlog.Delivery{{Integration: "a", Origin: "http://a:80", Mark: eventlog.Replay, Job: 1}},
		})
	}
	b.Seal()
	if err := h.store.Commit(context.Background(), b); err != nil {
		h.t.Fatal(err)
	}
	h.d.Committed(b)
}

func TestReplaysDoNotCrowdOutWhatDevicesPublish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Sender: g, MaxPending: 10})
		h.add("a", config("http://a/"))
		h.replay(30)
		if n := h.d.Replaying("a"); n != 30 {
			t.Errorf("%d replays are unfinished, want 30", n)
		}
		h.publish("a", "http://a:80", "1", "2")
		g.drain()
		if got := h.outcomes(); got != "map[success:32]" || h.d.Replaying("a") != 0 {
			t.Errorf("%s, %d replays unfinished", got, h.d.Replaying("a"))
		}
	})
}

// What was replayed from the dead letters goes back there unless it succeeds.
func TestReplaysWithoutSuccessBecomeDeadLetters(t *testing.T) {
	for name, c := range map[string]struct{ config, want string }{
		"disabled":      {`{"event":"temp","url":"http://a/","disabled":true}`, "map[dropped disabled dead:1]"},
		"without retry": {`{"event":"temp","url":"http://a/"}`, "map[error dead:1]"},
		"impossible":    {`{"event":"temp","url":"http://{{{nothing}}}/"}`, "map[error dead:1]"},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := &gate{}
			h := newHub(t, deliver.Options{Sender: g})
			h.add("a", c.config)
			h.replay(1)
			for synctest.Wait(); g.open(500) > 0; synctest.Wait() {
			}
			if got := h.outcomes(); got != c.want {
				t.Errorf("%s: %s, want %s", name, got, c.want)
			}
		})
	}
}

// moodySecrets cannot be read until they are ready.
type moodySecrets struct{ ready atomic.Bool }

func (s *moodySecrets) Resolve(_ scope.Scope, names []string, into []string) ([]string, error) {
	if !s.ready.Load() {
		return into, errors.New("the secrets cannot be read")
	}
	for range names {
		into = append(into, "hunter2")
	}
	return into, nil
}

func (s *moodySecrets) Mask(b []byte, _ []string) []byte { return b }

func TestADeliveryWaitsForItsSecrets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, s := &gate{}, &moodySecrets{}
		h := newHub(t, deliver.Options{Sender: g, Secrets: s})
		h.add("a", `{"event":"temp","url":"http://a/","noDefaults":true,"body":"x","secrets":["K"],"retry":"failed"}`)
		h.publish("a", "http://a:80", "1")
		synctest.Wait()
		if got := h.outcomes(); got != "map[error again:1]" {
			t.Errorf("without secrets: %s", got)
		}
		s.ready.Store(true)
		time.Sleep(5 * time.Second)
		g.drain()
		if got := h.outcomes(); got != "map[error again:1 success:1]" {
			t.Errorf("with secrets: %s", got)
		}
	})
}
