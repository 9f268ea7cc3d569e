package history_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/history"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// fill appends n events of an owner.
func fill(t *testing.T, s *memory.Store, n int, owner, data string) {
	t.Helper()
	b := &eventlog.Batch{}
	for i := range n {
		b.Accepts = append(b.Accepts, &eventlog.Accept{Event: event.Event{At: noon, Name: fmt.Sprint(owner, "/", i), Owner: owner, Data: data}})
	}
	commit(t, s, b)
}

var anns = eventlog.Filter{Seats: []eventlog.Seat{{Owner: "ann"}}}

// A search ends after so many rows, and the next one goes on where it ended.
func TestSearchIsBounded(t *testing.T) {
	s := memory.New()
	fill(t, s, 2, "ann", "")
	fill(t, s, eventlog.ResumeRows+500, "bob", "")
	fill(t, s, 1, "ann", "")
	r := history.New(s, clock)
	first, err := r.Search(t.Context(), anns, 0, 10)
	if err != nil || len(first.Events) != 1 || first.Next != 504 { // the rows after the 503rd were looked at
		t.Fatalf("got %d events, next %d, %v", len(first.Events), first.Next, err)
	}
	second, err := r.Search(t.Context(), anns, first.Next, 10)
	if err != nil || len(second.Events) != 2 || second.Events[0].Name != "ann/1" || second.Next != 0 {
		t.Errorf("got %+v, %v", second, err)
	}
}

// A search gathers so many bytes only, and loses nothing on the way.
func TestSearchPages(t *testing.T) {
	s := memory.New()
	fill(t, s, 100, "ann", strings.Repeat("x", 10_000))
	r, before, seen, pages := history.New(s, clock), int64(0), int64(101), 0
	for {
		found, err := r.Search(t.Context(), anns, before, 100)
		if err != nil || len(found.Events) > 30 {
			t.Fatalf("got %d events of 10 kB, %v", len(found.Events), err)
		}
		for _, e := range found.Events {
			if seen--; e.Seq != seen {
				t.Fatalf("got event %d, want %d", e.Seq, seen)
			}
		}
		if before, pages = found.Next, pages+1; before == 0 {
			break
		}
	}
	if seen != 1 || pages < 4 {
		t.Errorf("ended at %d after %d pages", seen, pages)
	}
}
