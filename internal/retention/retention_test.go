package retention_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/retention"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// fill commits events of given ages, oldest first; every fifth has an
// unfinished delivery.
func fill(t *testing.T, s *memory.Store, count int, age func(i int) time.Duration) {
	t.Helper()
	b := &eventlog.Batch{}
	for i := range count {
		a := &eventlog.Accept{Event: event.Event{
			At: time.Now().Add(-age(i)).UnixMilli(), Name: fmt.Sprint("n", i), Data: strings.Repeat("x", 1000), Device: "d", Owner: "u",
		}}
		if i%5 == 0 {
			a.Deliveries = []eventlog.Delivery{{Integration: "in"}}
		}
		b.Accepts = append(b.Accepts, a)
	}
	b.Seal()
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
}

func left(t *testing.T, s *memory.Store) (busy, idle int) {
	t.Helper()
	pending, _ := s.Pending(t.Context(), 0, true, "", 100_000)
	events, err := s.Events(t.Context(), 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	return len(pending), len(events) - len(pending)
}

func keeper(t *testing.T, s *memory.Store, o retention.Options) *retention.Keeper {
	o.Store, o.Log, o.Now, o.Error = s, s, time.Now, func(err error) { t.Error(err) }
	return retention.New(o)
}

func TestOldEventsGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		fill(t, s, 3000, func(i int) time.Duration { return time.Duration(3000-i) * time.Hour })
		k := keeper(t, s, retention.Options{Age: 1000 * time.Hour})
		for range 2 {
			if err := k.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if busy, idle := left(t, s); busy != 600 || idle != 800 {
				t.Errorf("%d busy and %d idle events are left, want all 600 and the 800 young ones", busy, idle)
			}
		}
	})
}

func TestTooManyBytesGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		fill(t, s, 3000, func(int) time.Duration { return 0 })
		if err := keeper(t, s, retention.Options{Bytes: 1_500_000}).Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		size, _ := s.EventBytes(t.Context())
		if busy, _ := left(t, s); busy != 600 || size > 1_500_000 || size < 800_000 {
			t.Errorf("%d busy events and %d bytes are left, want 600 and somewhat less than 1,500,000", busy, size)
		}
	})
}

func TestNothingGoesUnasked(t *testing.T) {
	s := memory.New()
	fill(t, s, 10, func(int) time.Duration { return 10_000 * time.Hour })
	if err := keeper(t, s, retention.Options{}).Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if busy, idle := left(t, s); busy+idle != 10 {
		t.Errorf("%d events are left, want 10", busy+idle)
	}
}

// generous tells of more than it freed, as stores do that spared some events.
type generous struct{ *memory.Store }

func (s generous) Prune(ctx context.Context, fromSeq, toSeq int64, limit int) (next, freed int64, err error) {
	next, freed, err = s.Store.Prune(ctx, fromSeq, toSeq, limit)
	return next, freed + freed/3, err
}

func TestTheBoundHoldsBesideEventsThatAreSpared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		fill(t, s, 3000, func(int) time.Duration { return 0 })
		k := retention.New(retention.Options{Store: generous{s}, Log: s, Now: time.Now, Bytes: 1_500_000, Error: func(err error) { t.Error(err) }})
		if err := k.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if size, _ := s.EventBytes(t.Context()); size > 1_500_000 {
			t.Errorf("%d bytes are left, want at most 1,500,000", size)
		}
	})
}
