package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
)

// History is how the rooms read and prune what commits keep of attempts.
type History interface {
	attemptReader
	backward
	callReader
	deadLetterStore
	pruner
}

type attemptReader interface {
	Attempts(ctx context.Context, fromSeq, toSeq int64, limit int) ([]eventlog.Attempt, error)
	tallyStore
	EventAt(ctx context.Context, seq int64) (event.Event, error)
}

type tallyStore interface {
	Tallies(ctx context.Context, integration string, fromDay int64) ([]eventlog.Tally, error)
	TalliesOf(ctx context.Context, integrations []string, fromDay int64) ([]eventlog.Tally, error)
	FillTallies(ctx context.Context, counts []eventlog.Tally) error
}

type backward interface {
	EventsBefore(ctx context.Context, before int64, limit int) ([]event.Event, error)
}

type callReader interface {
	CallHeads(ctx context.Context, integration string) ([]eventlog.Call, error)
	Call(ctx context.Context, integration string, ring eventlog.Ring, slot int, n int64) (eventlog.Call, error)
	RingHeads(ctx context.Context, integration string) (successes, errors int64, err error)
}

type deadLetterStore interface {
	DeadLetters(ctx context.Context, integration string, after int64, limit int) ([]eventlog.DeadLetter, error)
	DeleteDeadLetters(ctx context.Context, integration string, ids []int64) (int64, error)
	Forget(ctx context.Context, integration string) error
}

type pruner interface {
	EventBytes(ctx context.Context) (int64, error)
	Prune(ctx context.Context, fromSeq, toSeq int64, limit int) (next, freed int64, err error)
	PruneHistory(ctx context.Context, day, at int64) error
}

var historyChecks = []check{
	{"history/attempts", attempts},
	{"history/counts add up", counts},
	{"history/imported counts", importedCounts},
	{"history/rings of calls", callRings},
	{"history/dead letters", deadLetters},
	{"history/forget an integration", forget},
	{"history/event by seq", eventAt},
}

func attempts(t *testing.T, s Store) {
	a, b := accept("a", "http://one:80", "http://two:80"), accept("b", "http://one:80")
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a, b}})
	first := postpone(&a.Deliveries[1], eventlog.Again{Attempt: 1, Due: at + 30_000})
	done := finish(&b.Deliveries[0])
	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{first, done}})
	d := a.Deliveries[1]
	d.Attempt = 1
	second := finish(&d)
	second.Attempt.Text, second.Attempt.Retry = "odd \x00 \xff text", true
	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{second}})

	got, err := s.Attempts(t.Context(), a.Event.Seq, b.Event.Seq, 10)
	ok(t, err)
	diff(t, "attempts of two events", got, []eventlog.Attempt{first.Attempt, second.Attempt, done.Attempt})
	if first.Attempt.N != 1 || second.Attempt.N != 2 || first.Attempt.Next != at+30_000 {
		t.Errorf("numbers %d and %d, next %d", first.Attempt.N, second.Attempt.N, first.Attempt.Next)
	}
	got, err = s.Attempts(t.Context(), b.Event.Seq, b.Event.Seq, 10)
	ok(t, err)
	diff(t, "attempts of one event", got, []eventlog.Attempt{done.Attempt})
	got, err = s.Attempts(t.Context(), 0, 1<<60, 2)
	ok(t, err)
	diff(t, "attempts, limited", len(got), 2)
	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{second}}) // repeated after a kill
}

func counts(t *testing.T, s Store) {
	a := accept("a", "http://one:80", "http://two:80", "http://three:80")
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a}})
	slow := finish(&a.Deliveries[0])
	slow.Attempt.Outcome, slow.Attempt.Timeout, slow.Attempt.Timing.Total = eventlog.Failure, true, 20*time.Second
	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{slow}})
	d := a.Deliveries[1]
	d.Integration = a.Deliveries[0].Integration
	tomorrow := finish(&d)
	tomorrow.Attempt.At += 24 * 60 * 60 * 1000
	again := finish(&d)
	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{again, tomorrow, finish(&a.Deliveries[2])}})

	day := eventlog.DayOf(at)
	in := a.Deliveries[0].Integration
	quick := eventlog.Latency + eventlog.What(eventlog.Bucket(4*time.Millisecond))
	late := eventlog.Latency + eventlog.What(eventlog.Bucket(20*time.Second))
	all := []eventlog.Tally{
		{Integration: in, Day: day, What: eventlog.Attempted, N: 2}, {Integration: in, Day: day, What: eventlog.Succeeded, N: 1},
		{Integration: in, Day: day, What: eventlog.Failed, N: 1}, {Integration: in, Day: day, What: eventlog.TimedOut, N: 1},
		{Integration: in, Day: day, What: quick, N: 1}, {Integration: in, Day: day, What: late, N: 1},
		{Integration: in, Day: day + 1, What: eventlog.Attempted, N: 1}, {Integration: in, Day: day + 1, What: eventlog.Succeeded, N: 1},
		{Integration: in, Day: day + 1, What: quick, N: 1},
	}
	got, err := s.Tallies(t.Context(), in, day)
	ok(t, err)
	diff(t, "counts", got, all)
	got, err = s.Tallies(t.Context(), in, day+1)
	ok(t, err)
	diff(t, "counts from a day on", got, all[6:])
	ok(t, s.PruneHistory(t.Context(), day+1, 0))
	got, err = s.Tallies(t.Context(), in, 0)
	ok(t, err)
	diff(t, "counts after pruning", got, all[6:])
}

// importedCounts fills days around one that was counted.
func importedCounts(t *testing.T, s Store) {
	a := accept("a", "http://one:80")
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a}})
	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{finish(&a.Deliveries[0])}})
	day, in := eventlog.DayOf(at), a.Deliveries[0].Integration
	counted, err := s.Tallies(t.Context(), in, 0)
	ok(t, err)
	quick := eventlog.Latency + eventlog.What(eventlog.Bucket(time.Millisecond))
	fresh := []eventlog.Tally{
		{Integration: in, Day: day - 2, What: eventlog.Attempted, N: 40}, {Integration: in, Day: day - 2, What: quick, N: 40},
		{Integration: in, Day: day - 1, What: eventlog.Attempted, N: 1 << 40},
	}
	apart := eventlog.Tally{Integration: eventlog.CountedFor(in, 10_007), Day: day - 2, What: eventlog.Slept, N: 3}
	known := eventlog.Tally{Integration: in, Day: day, What: eventlog.Attempted, N: 99}
	for range 2 {
		ok(t, s.FillTallies(t.Context(), append([]eventlog.Tally{known, apart}, fresh...)))
	}
	ok(t, s.FillTallies(t.Context(), nil))
	both, err := s.TalliesOf(t.Context(), []string{apart.Integration, in, "nobody's"}, 0)
	ok(t, err)
	got, err := s.Tallies(t.Context(), in, 0)
	ok(t, err)
	diff(t, "counts after an import", got, append(fresh, counted...))
	rest, err := s.Tallies(t.Context(), apart.Integration, 0)
	ok(t, err)
	want := append(append([]eventlog.Tally{}, got...), rest...)
	if len(both) > 0 && both[0].Integration == apart.Integration { // which one is first is the engine's affair
		want = append(append([]eventlog.Tally{}, rest...), got...)
	}
	diff(t, "counts of several", both, want)
	none, err := s.TalliesOf(t.Context(), nil, 0)
	ok(t, err)
	diff(t, "counts of none", none, []eventlog.Tally(nil))
	late, err := s.TalliesOf(t.Context(), []string{in, apart.Integration}, 1<<40)
	ok(t, err)
	diff(t, "counts of later days", late, []eventlog.Tally(nil))
	got, err = s.Tallies(t.Context(), apart.Integration, 0)
	ok(t, err)
	diff(t, "counts of a product after an import", got, []eventlog.Tally{apart})
	again := finish(&a.Deliveries[0])
	again.Attempt.At -= 2 * 24 * 60 * 60 * 1000
	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{again}})
	got, err = s.Tallies(t.Context(), in, day-2)
	ok(t, err)
	if len(got) == 0 || got[0].N != 41 {
		t.Errorf("what is counted later is not added to an imported count: %+v", got)
	}
}

// recorded is a finish with a record of its call.
func recorded(d *eventlog.Delivery, e *event.Event, ring eventlog.Ring, slot int, n int64) *eventlog.Result {
	r := finish(d)
	r.Attempt.At += n
	r.Call = &eventlog.Call{
		Integration: d.Integration, Ring: ring, Slot: slot, N: n, Event: e,
		Request: []byte("POST / \x00 " + fmt.Sprint(n)), ResponseCut: true,
	}
	return r
}

func callRings(t *testing.T, s Store) {
	a := accept("a", "http://one:80")
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a}})
	d, e := &a.Deliveries[0], &a.Event
	var last []*eventlog.Call
	for n := int64(1); n <= 5; n += 2 { // two of a batch for one slot, and slots that are used again
		one, two := recorded(d, e, eventlog.Successes, int(n%2), n), recorded(d, e, eventlog.Successes, int(n%2), n+1)
		bad := recorded(d, e, eventlog.Errors, int(n), n)
		last = append(last, two.Call, bad.Call)
		commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{one, two, bad}})
	}
	heads, err := s.CallHeads(t.Context(), d.Integration)
	ok(t, err)
	var got []string
	for _, c := range heads {
		got = append(got, fmt.Sprint(c.Ring, c.Slot, c.N))
		if c.Request != nil || c.Event.Name != "a" || c.Event.Device != e.Device || c.Event.Seq != e.Seq || c.Attempt.Status != 200 || !c.ResponseCut {
			t.Errorf("head %+v of event %+v", c, c.Event)
		}
	}
	diff(t, "heads, newest first", got, []string{"1 1 6", "2 5 5", "2 3 3", "2 1 1"})
	whole, err := s.Call(t.Context(), d.Integration, eventlog.Successes, 1, 6)
	ok(t, err)
	diff(t, "request", string(whole.Request), "POST / \x00 6")
	diff(t, "event", *whole.Event, *e)
	diff(t, "attempt", whole.Attempt, last[4].Attempt)
	_, err = s.Call(t.Context(), d.Integration, eventlog.Successes, 1, 4)
	refused(t, "a call that was replaced", err, fault.NotFound)
	successes, errs, err := s.RingHeads(t.Context(), d.Integration)
	ok(t, err)
	diff(t, "heads of the rings", []int64{successes, errs}, []int64{6, 5})
	successes, errs, err = s.RingHeads(t.Context(), "nobody's")
	ok(t, err)
	diff(t, "heads of no rings", []int64{successes, errs}, []int64{0, 0})
	ok(t, s.PruneHistory(t.Context(), 0, at+1+5))
	heads, err = s.CallHeads(t.Context(), d.Integration)
	ok(t, err)
	diff(t, "calls after pruning", len(heads), 2)
}

func deadLetters(t *testing.T, s Store) {
	b := &eventlog.Batch{}
	for range 3 {
		b.Accepts = append(b.Accepts, accept("a", "http://\xff:80")) // ids 1, 3, 5
	}
	commit(t, s, b)
	var results []*eventlog.Result
	var want []eventlog.DeadLetter
	for _, a := range b.Accepts {
		r := finish(&a.Deliveries[0])
		r.Attempt.Outcome, r.Attempt.Text, r.Dead = eventlog.Failure, "no \x00 answer", true
		results = append(results, r)
		want = append(want, eventlog.DeadLetter{
			Integration: id("1f", 0), ID: a.Deliveries[0].ID, EventSeq: a.Event.Seq, At: at + 1, Attempts: 1,
			Origin: "http://\xff:80", Text: "no \x00 answer",
		})
	}
	commit(t, s, &eventlog.Batch{Results: results})
	letters := func(after int64, limit int) []eventlog.DeadLetter {
		t.Helper()
		got, err := s.DeadLetters(t.Context(), id("1f", 0), after, limit)
		ok(t, err)
		return got
	}
	diff(t, "dead letters", letters(0, 10), want)
	diff(t, "dead letters, paged", letters(1, 1), want[1:2])
	again := &eventlog.Accept{Event: b.Accepts[0].Event, Old: true, Fixed: true, Revived: []int64{1}, Deliveries: []eventlog.Delivery{
		{Integration: id("1f", 0), Mark: eventlog.Replay},
	}}
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{again}})
	diff(t, "after a replay", letters(0, 10), want[1:])
	n, err := s.DeleteDeadLetters(t.Context(), id("1f", 0), []int64{3, 99})
	ok(t, err)
	diff(t, "deleted", n, int64(1))
	diff(t, "at the end", letters(0, 10), want[2:])
}

func forget(t *testing.T, s Store) {
	a := accept("a", "http://one:80", "http://two:80")
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a}})
	gone, stays := recorded(&a.Deliveries[0], &a.Event, eventlog.Errors, 0, 1), recorded(&a.Deliveries[1], &a.Event, eventlog.Errors, 0, 1)
	gone.Dead, stays.Dead = true, true
	gone.Product, stays.Product = 10001, 10001
	commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{gone, stays}})
	ok(t, s.Forget(t.Context(), a.Deliveries[0].Integration))
	for i, want := range []int{0, 1} {
		in := a.Deliveries[i].Integration
		tallies, err := s.Tallies(t.Context(), in, 0)
		ok(t, err)
		heads, err := s.CallHeads(t.Context(), in)
		ok(t, err)
		letters, err := s.DeadLetters(t.Context(), in, 0, 10)
		ok(t, err)
		apart, err := s.Tallies(t.Context(), eventlog.CountedFor(in, 10001), 0)
		ok(t, err)
		diff(t, "what is left of "+in, []int{min(len(tallies), 1), len(heads), len(letters)}, []int{want, want, want})
		diff(t, "counts for the product", len(apart), want*len(tallies))
	}
}

func eventAt(t *testing.T, s Store) {
	a := accept("a", "http://one:80")
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a}})
	got, err := s.EventAt(t.Context(), a.Event.Seq)
	ok(t, err)
	diff(t, "event", got, a.Event)
	for _, seq := range []int64{-1, 1, 3} {
		_, err = s.EventAt(t.Context(), seq)
		refused(t, "a seq that no event has", err, fault.NotFound)
	}
}

var pruneChecks = []check{{"prune/events with their attempts", prune}}

// prune spares what is unfinished and the newest event.
func prune(t *testing.T, s Store) {
	b := &eventlog.Batch{}
	for range 6 {
		b.Accepts = append(b.Accepts, accept("a", "http://one:80")) // seqs 2, 4, … 12
	}
	commit(t, s, b)
	results := &eventlog.Batch{}
	for i, a := range b.Accepts {
		if i != 2 {
			r := finish(&a.Deliveries[0])
			r.Dead = i == 1
			results.Results = append(results.Results, r)
		}
	}
	commit(t, s, results)
	size, err := s.EventBytes(t.Context())
	ok(t, err)
	freed := int64(0)
	for next, pages := int64(1), 0; next != 0; pages++ {
		if pages > 10 {
			t.Fatal("pruning does not end")
		}
		var n int64
		var err error
		next, n, err = s.Prune(t.Context(), next, 1000, 2)
		ok(t, err)
		freed += n
	}
	var got []int64
	for _, e := range events(t, s) {
		got = append(got, e.Seq)
	}
	diff(t, "events that are left", got, []int64{6, 12})
	rows, err := s.Attempts(t.Context(), 0, 1000, 100)
	ok(t, err)
	diff(t, "attempts that are left", len(rows), 1)
	letters, err := s.DeadLetters(t.Context(), id("1f", 0), 0, 10)
	ok(t, err)
	diff(t, "dead letters that are left", len(letters), 0)
	if freed < 4*50 || freed > size {
		t.Errorf("%d of %d bytes freed, want those of four records", freed, size)
	}
	if after, err := s.EventBytes(t.Context()); err != nil || after >= size {
		t.Errorf("%d bytes are left of %d, error %v", after, size, err)
	}
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{accept("b")}})
	if got := head(t, s); got != 13 {
		t.Errorf("head after pruning: got %d, want 13", got)
	}
}
