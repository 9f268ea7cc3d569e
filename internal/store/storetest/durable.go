package storetest

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
)

// RunDurable checks what an engine must still know after Close. open gives an
// empty store and a function that opens the same one again.
func RunDurable(t *testing.T, open func(t *testing.T) (s Store, again func() Store)) {
	t.Run("durable/everything is there again", func(t *testing.T) {
		s, again := open(t)
		restart(t, s, again)
	})
	t.Run("durable/a closed store refuses", func(t *testing.T) {
		s, _ := open(t)
		closed(t, s)
	})
}

func restart(t *testing.T, s Store, again func() Store) {
	ann := user(1, "Ann")
	ok(t, s.SaveUser(t.Context(), ann))
	ok(t, s.InsertToken(t.Context(), token(1, ann.ID)))
	ok(t, s.InsertDevice(t.Context(), device(1, ann.ID)))
	v, err := s.InsertIntegration(t.Context(), record(1))
	ok(t, err)
	a := accept("a", "http://one:80", "http://two:80")
	f := finish(&a.Deliveries[0], "hook-sent/a")
	commit(t, s, &eventlog.Batch{Version: v, Accepts: []*eventlog.Accept{a}})
	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{f}})
	ok(t, s.Close())

	s = again()
	diff(t, "events", events(t, s), []event.Event{a.Event, f.Events[0]})
	diff(t, "pending", pending(t, s), []eventlog.Pending{{Delivery: a.Deliveries[1], Event: &a.Event}})
	diff(t, "integrations", integrations(t, s), []integration.Record{record(1)})
	diff(t, "configuration version", version(t, s), v)
	got, err := s.UserByName(t.Context(), "ann")
	ok(t, err)
	diff(t, "user", got, ann)
	_, err = s.TokenByHash(t.Context(), token(1, "").Hash)
	ok(t, err)
	_, err = s.DeviceByID(t.Context(), id("de", 1))
	ok(t, err)
	continued(t, s, v, head(t, s))
}

// continued checks that no seq is given twice and that versions still count.
func continued(t *testing.T, s Store, v, last int64) {
	t.Helper()
	b := accept("b")
	commit(t, s, &eventlog.Batch{Version: v, Accepts: []*eventlog.Accept{b}})
	if b.Event.Seq != last+1 {
		t.Errorf("first seq after the restart: got %d, want %d", b.Event.Seq, last+1)
	}
	_, err := s.InsertIntegration(t.Context(), record(1))
	refused(t, "insert of a known id", err, fault.Conflict)
	next, err := s.InsertIntegration(t.Context(), record(2))
	ok(t, err)
	if next != v+1 {
		t.Errorf("next configuration version: got %d, want %d", next, v+1)
	}
}

func closed(t *testing.T, s Store) {
	ok(t, s.Close())
	b := &eventlog.Batch{Accepts: []*eventlog.Accept{accept("a")}}
	b.Seal()
	if err := s.Commit(t.Context(), b); err == nil {
		t.Error("commit after Close: got nil, want an error")
	}
	if _, err := s.Events(t.Context(), 0, 1); err == nil {
		t.Error("events after Close: got nil, want an error")
	}
	if _, err := s.InsertIntegration(t.Context(), record(1)); err == nil {
		t.Error("insert integration after Close: got nil, want an error")
	}
}
