package storetest

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
)

var pendingChecks = []check{
	{"pending/life cycle", lifeCycle},
	{"pending/paging and origins", pendingPaging},
	{"pending/by ids", pendingOf},
	{"pending/of events in the log", oldEvents},
	{"pending/unknown ids are passed over", unknownIDs},
	{"pending/origins byte for byte", exactOrigins},
}

func lifeCycle(t *testing.T, s Store) {
	a := accept("a", "https://one:443", "https://two:443")
	a.Deliveries[0].Tag = "somebody waits"
	a.Deliveries[1].Mark = eventlog.Test
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a}})
	a.Deliveries[0].Tag = nil
	want := []eventlog.Pending{{Delivery: a.Deliveries[0], Event: &a.Event}, {Delivery: a.Deliveries[1], Event: &a.Event}}
	diff(t, "after the accept", pending(t, s), want)

	p := eventlog.Again{Origin: "https://moved:8443", Attempt: 2, Skips: 1, Since: at, Due: at + 30_000, Wait: 30_000}
	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{postpone(&a.Deliveries[1], p)}})
	d := &want[1].Delivery
	d.Origin, d.Attempt, d.Skips, d.Since, d.Due, d.Wait = p.Origin, p.Attempt, p.Skips, p.Since, p.Due, p.Wait
	diff(t, "after the postpone", pending(t, s), want)
	if got := head(t, s); got != a.Event.Seq {
		t.Errorf("head after a postpone: got %d, want %d", got, a.Event.Seq)
	}

	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{finish(&a.Deliveries[0], "hook-sent/a")}})
	diff(t, "after the first finish", pending(t, s), want[1:])
	dropped := &eventlog.Result{Delivery: &a.Deliveries[1], Attempt: eventlog.Attempt{Outcome: eventlog.Dropped, Text: eventlog.Deleted}}
	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{dropped}})
	diff(t, "after the second finish", len(pending(t, s)), 0)
	if got := len(events(t, s)); got != 2 {
		t.Errorf("events at the end: got %d, want 2", got)
	}
}

func pendingPaging(t *testing.T, s Store) {
	b := &eventlog.Batch{}
	for range 4 {
		b.Accepts = append(b.Accepts, accept("a", "http://one:80", "http://two:80")) // ids 1 2, 4 5, 7 8, 10 11
	}
	commit(t, s, b)
	for _, c := range []struct {
		after  int64
		all    bool
		origin string
		limit  int
		want   []int64
	}{
		{0, true, "", 3, []int64{1, 2, 4}},
		{4, true, "http://one:80", 3, []int64{5, 7, 8}},
		{10, true, "", 3, []int64{11}},
		{0, false, "http://two:80", 3, []int64{2, 5, 8}},
		{5, false, "http://two:80", 9, []int64{8, 11}},
		{0, false, "", 9, nil},
		{0, false, "http://three:80", 9, nil},
	} {
		ps, err := s.Pending(t.Context(), c.after, c.all, c.origin, c.limit)
		ok(t, err)
		var got []int64
		for _, p := range ps {
			got = append(got, p.ID)
			if p.Event == nil || p.Event.Seq != p.EventSeq {
				t.Errorf("delivery %d of event %d comes with event %+v", p.ID, p.EventSeq, p.Event)
			}
		}
		diff(t, "ids", got, c.want)
	}
}

func pendingOf(t *testing.T, s Store) {
	a, b := accept("a", "http://one:80", "http://two:80"), accept("b", "http://one:80") // ids 1 2, 4
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a, b}})
	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{finish(&a.Deliveries[0])}})
	got, err := s.PendingOf(t.Context(), []int64{4, 99, 1, 2})
	ok(t, err)
	want := []eventlog.Pending{{Delivery: a.Deliveries[1], Event: &a.Event}, {Delivery: b.Deliveries[0], Event: &b.Event}}
	diff(t, "pending deliveries among the ids", got, want)
	none, err := s.PendingOf(t.Context(), nil)
	ok(t, err)
	diff(t, "no ids", len(none), 0)
}

// oldEvents gives an event that is in the log already more deliveries.
func oldEvents(t *testing.T, s Store) {
	a := accept("a", "http://one:80") // id 1, seq 2
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a}})
	again := &eventlog.Accept{Event: a.Event, Old: true, Fixed: true, Deliveries: []eventlog.Delivery{{
		Integration: id("1f", 0), Origin: "http://one:80", Mark: eventlog.Replay, Job: 7,
	}}}
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{again}})
	want := []eventlog.Pending{{Delivery: a.Deliveries[0], Event: &a.Event}, {Delivery: again.Deliveries[0], Event: &a.Event}}
	diff(t, "pending", pending(t, s), want)
	diff(t, "events", events(t, s), []event.Event{a.Event})
	if got := head(t, s); got != again.Deliveries[0].ID || got != 3 {
		t.Errorf("head: got %d, want the replay's delivery, 3", got)
	}
	b := accept("b")
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{b}})
	if b.Event.Seq != 4 {
		t.Errorf("next seq: got %d, want 4", b.Event.Seq)
	}
}

func unknownIDs(t *testing.T, s Store) {
	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{
		finish(&eventlog.Delivery{ID: 99, EventSeq: 100}, "hook-sent/a"), postpone(&eventlog.Delivery{ID: 98}, eventlog.Again{}),
	}})
	if got := len(pending(t, s)); got != 0 {
		t.Errorf("pending: got %d, want 0", got)
	}
	if got := head(t, s); got != 1 {
		t.Errorf("head: got %d, want 1", got)
	}
}

// exactOrigins guards the batch: one odd host name must not fail the commit of
// everybody else's events.
func exactOrigins(t *testing.T, s Store) {
	odd := []string{"", "http://\xff:80", "http://a\x00b:80", "http://é:80"}
	a := accept("a", odd...)
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a}})
	moved := eventlog.Again{Origin: "http://\xfe\x00:80"}
	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{postpone(&a.Deliveries[0], moved)}})
	var got []string
	for _, p := range pending(t, s) {
		got = append(got, p.Origin)
	}
	diff(t, "origins", got, append([]string{moved.Origin}, odd[1:]...))
}
