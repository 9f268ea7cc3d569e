package eventlog

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
)

// TestAudienceIsWhoseFilterMatches compares the index with asking each filter.
func TestAudienceIsWhoseFilterMatches(t *testing.T) {
	pick := func(of ...string) string { return of[rand.IntN(len(of))] }
	seat := func() Seat {
		return [...]Seat{
			{Owner: pick("ann", "bob")}, {Product: 1 + rand.Int64N(2)}, {Org: pick("acme", "other")},
		}[rand.IntN(3)]
	}
	seats := func() (all []Seat) {
		for range 1 + rand.IntN(3) {
			at := seat()
			if at.Device = pick("", "d1", "d2"); !slices.Contains(all, at) {
				all = append(all, at)
			}
		}
		return all
	}
	a := newAudience()
	var all []*Follower
	for range 500 {
		f := &Follower{wake: make(chan struct{}, 1), filter: Filter{
			Seats: seats(), Prefix: pick("", "t", "temp", "temp/in", "hook-", "d1/hook-response/temp"),
		}}
		a.add(f)
		all = append(all, f)
	}
	for i := range all[:200] {
		if !a.remove(all[i]) || a.remove(all[i]) {
			t.Fatal("a follower is removed once")
		}
	}
	if got := len(a.all()); got != 300 {
		t.Errorf("%d followers, want each of the 300 once", got)
	}
	here := all[200:]
	for i := range 300 {
		e := &event.Event{Seq: int64(i + 1), Owner: pick("", "ann", "bob", "carl"), Product: rand.Int64N(4), Org: pick("", "acme", "other", "third"), Device: pick("", "d1", "d2", "d3"), Name: pick("t", "temp", "temp/in/1", "hook-sent/temp", "d1/hook-response/temp/0", "")}
		a.push(e)
		for _, f := range here {
			if got := len(f.buffer) == 1; got != f.filter.Match(e) || len(f.buffer) > 1 {
				t.Fatalf("%+v to %+v: pushed %v", e, f.filter, got)
			}
			f.buffer = nil
		}
	}
	for _, f := range here {
		a.remove(f)
	}
	if got := fmt.Sprint(a.count, len(a.seats), len(a.all())); got != "0 0 0" {
		t.Errorf("at the end: %s", got)
	}
}
