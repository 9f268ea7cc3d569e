package replay_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/replay"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// fakeLog commits what it is given.
type fakeLog struct {
	*memory.Store
	mu   sync.Mutex
	seqs []int64
}

func (l *fakeLog) AppendTo(ctx context.Context, a *eventlog.Accept) (int64, error) {
	b := &eventlog.Batch{Accepts: []*eventlog.Accept{a}}
	b.Seal()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seqs = append(l.seqs, a.Event.Seq)
	return a.Event.Seq, l.Commit(ctx, b)
}

func (l *fakeLog) replayed() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.seqs)
}

// failed commits events, a second apart, whose deliveries became dead letters;
// every other one is of another integration.
func failed(t *testing.T, s *memory.Store, count int) {
	t.Helper()
	for i := range count {
		a := &eventlog.Accept{
			Event:      event.Event{At: int64(1000 * i), Name: fmt.Sprint("n", i), Owner: "u"},
			Deliveries: []eventlog.Delivery{{Integration: []string{"in", "other"}[i%2]}},
		}
		b := &eventlog.Batch{Accepts: []*eventlog.Accept{a}}
		b.Seal()
		_ = s.Commit(t.Context(), b)
		b = &eventlog.Batch{Results: []*eventlog.Result{{
			Delivery: &a.Deliveries[0], Dead: true, Attempt: eventlog.Attempt{Outcome: eventlog.Failure, Called: true},
		}}}
		b.Seal()
		if err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
}

func service(t *testing.T, count int) (*replay.Service, *fakeLog) {
	s := memory.New()
	failed(t, s, count)
	l := &fakeLog{Store: s}
	r := replay.New(s, l, s, new(sync.Mutex), time.Now)
	t.Cleanup(r.Close)
	return r, l
}

func TestDeadLettersAreReplayedAtTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, l := service(t, 2000)
		if _, err := r.DeadLetters("in", 100); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		if n := l.replayed(); n < 499 || n > 501 {
			t.Errorf("%d replayed after 5 s at 100/s", n)
		}
		if j := r.List("in"); len(j) != 1 || j[0].State != replay.Running || j[0].Accepted != int64(l.replayed()) {
			t.Errorf("progress %+v", j)
		}
		time.Sleep(time.Minute)
		letters, _ := l.DeadLetters(t.Context(), "in", 0, 10)
		others, _ := l.DeadLetters(t.Context(), "other", 0, 10)
		if j := r.List("in")[0]; j.State != replay.Finished || j.Accepted != 1000 || len(letters) != 0 || len(others) != 10 {
			t.Errorf("at the end %+v, %d dead letters are left, %d of another", j, len(letters), len(others))
		}
		p, _ := l.Pending(t.Context(), 0, true, "", 1)
		if len(p) != 1 || p[0].Mark != eventlog.Replay || p[0].Job == 0 {
			t.Errorf("deliveries %+v, want replays of a job", p)
		}
	})
}

func TestAReplayIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, l := service(t, 2000)
		j, err := r.DeadLetters("in", 100)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if err := r.Cancel("other", j.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("of another integration: %v", err)
		}
		if err := r.Cancel("in", j.ID); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		n := l.replayed()
		time.Sleep(time.Minute)
		letters, _ := l.DeadLetters(t.Context(), "in", 0, 2000)
		if l.replayed() != n || r.List("in")[0].State != replay.Cancelled || len(letters) != 1000-n {
			t.Errorf("%d replayed, then %d; %d dead letters are left", n, l.replayed(), len(letters))
		}
	})
}

func TestATimeRange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, l := service(t, 4000)
		if _, err := r.Between("in", 100_000, 1_500_000, 1000); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if n := l.replayed(); n != 700 {
			t.Errorf("%d replayed, want the 700 of the range", n)
		}
		for _, seq := range l.seqs {
			e, err := l.EventAt(t.Context(), seq)
			if err != nil || e.At < 100_000 || e.At >= 1_500_000 {
				t.Errorf("event %+v, error %v", e, err)
			}
		}
	})
}

func TestEventsThatAreGoneAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, l := service(t, 10)
		if err := r.One(t.Context(), "in", 999); !fault.Is(err, fault.NotFound) {
			t.Errorf("an event that is not there: %v", err)
		}
		if err := r.One(t.Context(), "in", 2); err != nil || l.replayed() != 1 {
			t.Errorf("an event that is there: %v", err)
		}
	})
}

func TestFewReplaysRunAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := service(t, 200)
		var err error
		for range 11 {
			_, err = r.DeadLetters("in", 1)
		}
		if !fault.Is(err, fault.Limited) {
			t.Errorf("the eleventh: %v", err)
		}
	})
}
