package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
)

var logChecks = []check{
	{"log/empty", emptyLog},
	{"log/empty batch", emptyBatch},
	{"log/numbering", numbering},
	{"log/a number is never used again", neverAgain},
	{"log/paging", paging},
	{"log/batch sizes", batchSizes},
	{"log/records byte for byte", exactRecords},
	{"log/stale batch changes nothing", stale},
	{"log/commit outlives its context", commitCancelled},
}

func emptyLog(t *testing.T, s Store) {
	if got := head(t, s); got != 0 {
		t.Errorf("head of an empty log: got %d, want 0", got)
	}
	if got := len(events(t, s)) + len(pending(t, s)); got != 0 {
		t.Errorf("an empty log has %d records, want 0", got)
	}
}

func emptyBatch(t *testing.T, s Store) {
	commit(t, s, &eventlog.Batch{})
	commit(t, s, &eventlog.Batch{Version: version(t, s)})
	err := s.Commit(t.Context(), &eventlog.Batch{Version: version(t, s) + 1})
	if !errors.Is(err, eventlog.ErrStale) {
		t.Errorf("empty batch of another version: got %v, want ErrStale", err)
	}
	if got := head(t, s); got != 0 {
		t.Errorf("head after empty batches: got %d, want 0", got)
	}
}

// The delivery of a replay leaves nothing behind when it ends without an event.
func neverAgain(t *testing.T, s Store) {
	a := accept("a")
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a}})
	var given []int64
	for range 2 {
		old := &eventlog.Accept{Event: a.Event, Old: true, Fixed: true, Deliveries: []eventlog.Delivery{{Integration: id("1f", 1), Mark: eventlog.Replay}}}
		commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{old}})
		end := finish(&old.Deliveries[0])
		end.Attempt = eventlog.Attempt{Outcome: eventlog.Dropped}
		commit(t, s, &eventlog.Batch{Results: []*eventlog.Result{end}})
		given = append(given, old.Deliveries[0].ID)
	}
	b := accept("b")
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{b}})
	diff(t, "numbers of two replays and the next event", append(given, b.Event.Seq, head(t, s)), []int64{2, 3, 4, 4})
}

func numbering(t *testing.T, s Store) {
	a, b := accept("a", "http://one:80", "http://two:80"), accept("b")
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{a, b}})
	got := []int64{a.Deliveries[0].ID, a.Deliveries[1].ID, a.Deliveries[0].EventSeq, a.Event.Seq, b.Event.Seq}
	diff(t, "numbers of the first batch", got, []int64{1, 2, 3, 3, 4})

	f := finish(&a.Deliveries[0], "hook-sent/a", "hook-response/a/0")
	c := accept("c", "http://one:80")
	commit(t, s, &eventlog.Batch{Accepts: []*eventlog.Accept{c}, Results: []*eventlog.Result{f}})
	got = []int64{c.Deliveries[0].ID, c.Event.Seq, f.Events[0].Seq, f.Events[1].Seq, head(t, s)}
	diff(t, "numbers of the second batch", got, []int64{5, 6, 7, 8, 8})

	want := []event.Event{a.Event, b.Event, c.Event, f.Events[0], f.Events[1]}
	diff(t, "the log", events(t, s), want)
}

func paging(t *testing.T, s Store) {
	b := &eventlog.Batch{}
	for i := range 10 {
		b.Accepts = append(b.Accepts, accept(fmt.Sprint("n", i), "http://h:80")) // event seqs 2, 4, … 20
	}
	commit(t, s, b)
	for _, c := range []struct {
		after int64
		limit int
		want  []int64
	}{
		{0, 3, []int64{2, 4, 6}},
		{5, 2, []int64{6, 8}},
		{6, 2, []int64{8, 10}},
		{16, 100, []int64{18, 20}},
		{20, 100, nil},
		{1 << 60, 100, nil},
		{0, 0, nil},
	} {
		es, err := s.Events(t.Context(), c.after, c.limit)
		ok(t, err)
		var got []int64
		for _, e := range es {
			got = append(got, e.Seq)
		}
		diff(t, fmt.Sprintf("seqs after %d, limit %d", c.after, c.limit), got, c.want)
	}
	for _, c := range []struct {
		before int64
		limit  int
		want   []int64
	}{
		{1 << 62, 3, []int64{20, 18, 16}},
		{6, 100, []int64{4, 2}},
		{5, 1, []int64{4}},
		{2, 100, nil},
		{0, 100, nil},
		{20, 0, nil},
	} {
		es, err := s.EventsBefore(t.Context(), c.before, c.limit)
		ok(t, err)
		var got []int64
		for _, e := range es {
			got = append(got, e.Seq)
		}
		diff(t, fmt.Sprintf("seqs before %d, limit %d", c.before, c.limit), got, c.want)
	}
}

// batchSizes crosses the sizes at which engines change their statements.
func batchSizes(t *testing.T, s Store) {
	var want []event.Event
	var open []*eventlog.Delivery
	for _, size := range []int{1, 3, 4, 5, 21, 64, 85, 129, 4096} {
		b := &eventlog.Batch{}
		for i := range size {
			b.Accepts = append(b.Accepts, accept(fmt.Sprintf("size/%d/%d", size, i), "http://h:80"))
		}
		for i, d := range open {
			b.Results = append(b.Results, finish(d, fmt.Sprint("hook-response/", i)))
		}
		commit(t, s, b)
		open = open[:0]
		for _, a := range b.Accepts {
			want, open = append(want, a.Event), append(open, &a.Deliveries[0])
		}
		for _, f := range b.Results {
			want = append(want, f.Events...)
		}
	}
	diff(t, "the log", events(t, s), want)
	if got := len(pending(t, s)); got != 4096 {
		t.Errorf("pending deliveries: got %d, want those 4096 of the last batch", got)
	}
}

func exactRecords(t *testing.T, s Store) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	b := &eventlog.Batch{}
	for _, data := range []string{"", "\x00", string(every), "\xff\xfe", "é😀", strings.Repeat("x\x00", event.MaxData/2)} {
		a := accept(`'; DROP TABLE event; --`)
		a.Event.Data, a.Event.ContentType = data, "application/octet-stream"
		a.Event.Product, a.Event.Firmware, a.Event.TTL = 1<<40, 65535, 0
		b.Accepts = append(b.Accepts, a)
	}
	none := accept("none")
	none.Event.Data, none.Event.NoData = "", true
	b.Accepts = append(b.Accepts, none)
	commit(t, s, b)
	var want []event.Event
	for _, a := range b.Accepts {
		want = append(want, a.Event)
	}
	diff(t, "the log", events(t, s), want)
}

func stale(t *testing.T, s Store) {
	first := accept("first", "http://h:80")
	old := version(t, s)
	commit(t, s, &eventlog.Batch{Version: old, Accepts: []*eventlog.Accept{first}})
	_, err := s.InsertIntegration(t.Context(), record(1))
	ok(t, err)

	b := &eventlog.Batch{
		Version: old,
		Accepts: []*eventlog.Accept{accept("second", "http://h:80")},
		Results: []*eventlog.Result{finish(&first.Deliveries[0], "hook-sent/x"), postpone(&first.Deliveries[0], eventlog.Again{Attempt: 7})},
	}
	b.Seal()
	before := pending(t, s)
	if err := s.Commit(t.Context(), b); !errors.Is(err, eventlog.ErrStale) {
		t.Fatalf("commit with an old version: got %v, want ErrStale", err)
	}
	diff(t, "events after the stale batch", events(t, s), []event.Event{first.Event})
	diff(t, "pending after the stale batch", pending(t, s), before)

	b.Results, b.Version = b.Results[:1], version(t, s)
	commit(t, s, b)
	diff(t, "seqs after matching again", []int64{b.Accepts[0].Event.Seq, head(t, s)}, []int64{4, 5})
	commit(t, s, &eventlog.Batch{Version: 0, Accepts: []*eventlog.Accept{accept("never compared")}})
}

func commitCancelled(t *testing.T, s Store) {
	b := &eventlog.Batch{Accepts: []*eventlog.Accept{accept("a", "http://h:80")}}
	b.Seal()
	ok(t, s.Commit(cancelled(t), b))
	if got := head(t, s); got != 2 {
		t.Errorf("head: got %d, want 2", got)
	}
}
