package replay_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
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
	mu    sync.Mutex
	seqs  []int64
	calls int
	fail  func(n int) (before, after bool) // whether the n-th append fails, before or after its commit
}

func (l *fakeLog) AppendTo(ctx context.Context, a *eventlog.Accept) (int64, error) {
	b := &eventlog.Batch{Accepts: []*eventlog.Accept{a}}
	b.Seal()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls++
	before, after := false, false
	if l.fail != nil {
		before, after = l.fail(l.calls)
	}
	if before {
		return 0, errors.New("not now")
	}
	l.seqs = append(l.seqs, a.Event.Seq)
	err := l.Commit(ctx, b)
	if after {
		return 0, errors.New("who knows")
	}
	return a.Event.Seq, err
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
	return begin(t, l), l
}

// begin starts a service over a log, as a hub does.
func begin(t *testing.T, l *fakeLog) *replay.Service {
	t.Helper()
	r, err := replay.Open(t.Context(), replay.Options{
		Store: l, Jobs: l, Log: l, Finder: l, Keep: new(sync.Mutex), Now: time.Now, Error: func(err error) { t.Error(err) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func TestDeadLettersAreReplayedAtTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, l := service(t, 2000)
		if _, err := r.DeadLetters(t.Context(), "in", 100); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
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
		j, err := r.DeadLetters(t.Context(), "in", 100)
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
		if _, err := r.Between(t.Context(), "in", replay.Range, 100_000, 1_500_000, 1000); err != nil {
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
			_, err = r.Between(t.Context(), "in", replay.Range, 0, 1<<50, 1)
		}
		if !fault.Is(err, fault.Limited) {
			t.Errorf("the eleventh: %v", err)
		}
	})
}

// once says how often each event was replayed, if not once.
func (l *fakeLog) once(t *testing.T, want int) {
	t.Helper()
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	times := map[int64]int{}
	for _, seq := range l.seqs {
		times[seq]++
	}
	for seq, n := range times {
		if n != 1 {
			t.Errorf("event %d was replayed %d times", seq, n)
		}
	}
	if len(times) != want {
		t.Errorf("%d events were replayed, want %d", len(times), want)
	}
}

func TestJobsGoOnAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, l := service(t, 2000)
		if _, err := r.DeadLetters(t.Context(), "in", 100); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Between(t.Context(), "other", replay.Range, 0, 1<<50, 100); err != nil {
			t.Fatal(err)
		}
		for range 6 {
			time.Sleep(1995 * time.Millisecond)
			r.Close()
			r = begin(t, l)
		}
		time.Sleep(time.Minute)
		l.once(t, 2000)
		for _, in := range []string{"in", "other"} {
			if j := r.List(in); len(j) != 1 || j[0].State != replay.Finished || j[0].Accepted != 1000 || j[0].Percent() != 100 {
				t.Errorf("%s: %+v", in, j)
			}
		}
		r.Close()
		if j := begin(t, l).List("in"); len(j) != 1 || j[0].State != replay.Finished {
			t.Errorf("after one more restart: %+v", j)
		}
	})
}

func TestJobsGoOnWhenTheStoreRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, l := service(t, 2000)
		l.fail = func(n int) (before, after bool) { return n%7 == 3, n%7 == 5 }
		if _, err := r.Between(t.Context(), "in", replay.Range, 0, 1<<50, 100); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		l.once(t, 1000)
		if j := r.List("in")[0]; j.State != replay.Finished || j.Accepted != 1000 {
			t.Errorf("at the end %+v", j)
		}
		synctest.Wait()
		var fails atomic.Bool
		fails.Store(true)
		l.fail = func(int) (before, after bool) { return fails.Load(), false }
		if _, err := r.Between(t.Context(), "in", replay.Range, 0, 1<<50, 100); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if j := r.List("in")[0]; j.State != replay.Running {
			t.Errorf("with a store that fails for ten minutes: %+v", j)
		}
		fails.Store(false)
		time.Sleep(time.Minute)
		if j := r.List("in")[0]; j.State != replay.Finished || j.Accepted != 1000 {
			t.Errorf("after that: %+v", j)
		}
	})
}

func TestDeadLettersAreReplayedByOneJobAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, l := service(t, 200)
		if _, err := r.DeadLetters(t.Context(), "in", 50); err != nil {
			t.Fatal(err)
		}
		if _, err := r.DeadLetters(t.Context(), "in", 50); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second job: %v, want a fault Conflict", err)
		}
		if _, err := r.DeadLetters(t.Context(), "other", 50); err != nil {
			t.Errorf("of another integration: %v", err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := l.replayed(); n != 200 {
			t.Errorf("%d replays of 200 letters", n)
		}
		if _, err := r.DeadLetters(t.Context(), "in", 50); err != nil {
			t.Errorf("after the first has ended: %v", err)
		}
	})
}

func TestDeletedLettersAreNotReplayed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, l := service(t, 200)
		if _, err := r.DeadLetters(t.Context(), "in", 10); err != nil {
			t.Fatal(err)
		}
		time.Sleep(550 * time.Millisecond)
		synctest.Wait()
		before := l.replayed()
		letters, _ := l.Store.DeadLetters(t.Context(), "in", 0, 1000)
		var ids []int64
		for i := range letters {
			ids = append(ids, letters[i].ID)
		}
		if _, err := l.DeleteDeadLetters(t.Context(), "in", ids); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := l.replayed(); n != before || r.List("in")[0].State != replay.Finished {
			t.Errorf("%d replays, want the %d before the letters were deleted; %+v", n, before, r.List("in"))
		}
	})
}

func TestJobsWaitWhileTooManyReplaysAreUnfinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		failed(t, s, 200)
		l := &fakeLog{Store: s}
		var unfinished atomic.Int64
		unfinished.Store(1000)
		r, err := replay.Open(t.Context(), replay.Options{
			Store: l, Jobs: l, Log: l, Finder: l, Keep: new(sync.Mutex), Now: time.Now,
			Unfinished: func(string) int { return int(unfinished.Load()) }, Error: func(err error) { t.Error(err) },
		})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if _, err := r.DeadLetters(t.Context(), "in", 100); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := l.replayed(); n != 0 {
			t.Errorf("%d replays beside 1000 unfinished ones", n)
		}
		unfinished.Store(999)
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := l.replayed(); n != 100 {
			t.Errorf("%d replays, want 100", n)
		}
	})
}

// TestFailuresOnly has events whose deliveries ended in different ways.
func TestFailuresOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		type ends []eventlog.Attempt
		failure, success := eventlog.Attempt{Outcome: eventlog.Failure}, eventlog.Attempt{Outcome: eventlog.Success}
		want := map[int64]bool{}
		for i, c := range []struct {
			attempts ends
			again    bool
		}{
			{ends{failure}, true}, {ends{success}, false}, {ends{failure, success}, false}, {ends{failure, failure}, true},
			{ends{{Outcome: eventlog.Sleep}}, true}, {ends{{Outcome: eventlog.Dropped}}, true},
			{ends{{Outcome: eventlog.Failure, Next: 5}}, false}, // it is to be tried again
		} {
			a := &eventlog.Accept{Event: event.Event{At: int64(i), Name: "n"}, Deliveries: []eventlog.Delivery{{Integration: "in"}, {Integration: "other"}}}
			attempted(t, s, a, c.attempts)
			want[a.Event.Seq] = c.again
		}
		l := &fakeLog{Store: s}
		r := begin(t, l)
		if _, err := r.Between(t.Context(), "in", replay.Failures, 0, 100, 1000); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		for _, seq := range l.seqs {
			if !want[seq] {
				t.Errorf("event %d was replayed", seq)
			}
		}
		l.once(t, 4)
	})
}

// attempted commits an event and rows of attempts at its first delivery; those
// at the second one failed.
func attempted(t *testing.T, s *memory.Store, a *eventlog.Accept, attempts []eventlog.Attempt) {
	t.Helper()
	b := &eventlog.Batch{Accepts: []*eventlog.Accept{a}}
	b.Seal()
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	other := eventlog.Attempt{Outcome: eventlog.Failure}
	for i, at := range append(attempts, other) {
		d := a.Deliveries[0]
		if i == len(attempts) {
			d = a.Deliveries[1]
		}
		d.Attempt = i
		r := &eventlog.Result{Delivery: &d, Attempt: at}
		if at.Next != 0 {
			r.Again = &eventlog.Again{Due: at.Next}
		}
		b := &eventlog.Batch{Results: []*eventlog.Result{r}}
		b.Seal()
		if err := s.Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAnEventWithManyAttemptsIsReplayedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := memory.New()
		for _, n := range []int{1, 499, 500, 1300, 1} {
			a := &eventlog.Accept{Event: event.Event{Name: "n"}, Deliveries: []eventlog.Delivery{{Integration: "in"}, {Integration: "other"}}}
			attempted(t, s, a, make([]eventlog.Attempt, n))
		}
		l := &fakeLog{Store: s}
		r := begin(t, l)
		if _, err := r.Between(t.Context(), "in", replay.Range, -5, -1, 1000); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if j := r.List("in")[0]; len(l.seqs) != 0 || j.State != replay.Finished {
			t.Errorf("an empty range replayed %v: %+v", l.seqs, j)
		}
		if _, err := r.Between(t.Context(), "in", replay.Range, 0, 100, 1000); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		l.once(t, 5)
	})
}

func TestJobsOfADeletedIntegrationAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, l := service(t, 200)
		for _, in := range []string{"in", "other"} {
			if _, err := r.DeadLetters(t.Context(), in, 10); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second)
		if err := r.Forget(t.Context(), "in"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		stored, err := l.Replays(t.Context())
		if len(r.List("in")) != 0 || len(r.List("other")) != 1 || len(stored) != 1 || err != nil {
			t.Errorf("left: %+v, %+v, error %v", r.List("in"), stored, err)
		}
	})
}
