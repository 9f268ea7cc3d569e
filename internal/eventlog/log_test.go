package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// fakeMatcher gives every event one delivery to the integration it names.
type fakeMatcher struct {
	mu        sync.Mutex
	target    string // "" = no match
	version   int64
	refreshed int
}

func (m *fakeMatcher) Match(_ *event.Event, into []eventlog.Delivery) ([]eventlog.Delivery, int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.target != "" {
		into = append(into, eventlog.Delivery{Integration: m.target, Origin: "http://a:80"})
	}
	return into, m.version
}

func (m *fakeMatcher) Refresh(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refreshed++
	m.target, m.version = "new", 0
	return nil
}

// fakeEngine is the memory store with faults.
type fakeEngine struct {
	*memory.Store
	mu      sync.Mutex
	commits int
	before  func(n int, b *eventlog.Batch) error // may refuse commit n
	after   func(n int) error                    // may deny that commit n happened
}

func (e *fakeEngine) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.commits
}

func (e *fakeEngine) Commit(ctx context.Context, b *eventlog.Batch) error {
	e.mu.Lock()
	e.commits++
	n, before, after := e.commits, e.before, e.after
	e.mu.Unlock()
	if before != nil {
		if err := before(n, b); err != nil {
			return err
		}
	}
	if err := e.Store.Commit(ctx, b); err != nil {
		return err
	}
	if after != nil {
		return after(n)
	}
	return nil
}

func open(t *testing.T, e eventlog.Engine, m eventlog.Matcher, subs ...eventlog.Subscriber) *eventlog.Log {
	t.Helper()
	l, err := eventlog.Open(t.Context(), e, m, slog.New(slog.DiscardHandler), subs...)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func named(name string) event.Event {
	return event.Event{At: 1, Name: name, Data: "1", Device: "api", Owner: "u"}
}

func TestAppendGivesAscendingSeqsAndStoresDeliveries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := memory.New()
		l := open(t, engine, &fakeMatcher{target: "hook"})
		defer l.Close(context.Background())
		var last int64
		for i := range 3 {
			seq, err := l.Append(t.Context(), named("temp"))
			if err != nil || seq <= last {
				t.Fatalf("append %d: seq %d after %d, error %v", i, seq, last, err)
			}
			last = seq
		}
		pending, err := engine.Pending(t.Context(), 0, true, "", 10)
		if err != nil || len(pending) != 3 {
			t.Fatalf("pending %v, %v", pending, err)
		}
		for _, p := range pending {
			if p.ID >= p.EventSeq || p.Event.Name != "temp" {
				t.Errorf("delivery %d of event %d (%s)", p.ID, p.EventSeq, p.Event.Name)
			}
		}
	})
}

func TestConcurrentAppendsShareCommits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		engine := &fakeEngine{Store: memory.New(), before: func(n int, _ *eventlog.Batch) error {
			if n == 1 {
				<-gate
			}
			return nil
		}}
		l := open(t, engine, &fakeMatcher{})
		defer l.Close(context.Background())
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if _, err := l.Append(t.Context(), named("temp")); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		close(gate)
		wg.Wait()
		if engine.count() > 3 {
			t.Errorf("100 concurrent appends took %d commits", engine.count())
		}
	})
}

func TestFullQueueRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		engine := &fakeEngine{Store: memory.New(), before: func(int, *eventlog.Batch) error { <-gate; return nil }}
		l := open(t, engine, &fakeMatcher{})
		defer l.Close(context.Background())
		var wg sync.WaitGroup
		for range 4096 {
			wg.Go(func() {
				if _, err := l.Append(t.Context(), named("temp")); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		_, err := l.Append(t.Context(), named("temp"))
		if f := fault.From(err); f.Code != fault.Unavailable || f.RetryAfter == 0 {
			t.Errorf("the 4,097th waiting append: %v", err)
		}
		close(gate)
		wg.Wait()
	})
}

func TestCommitErrorReachesEveryWaiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		engine := &fakeEngine{Store: memory.New(), before: func(n int, _ *eventlog.Batch) error {
			if n == 1 {
				<-gate
				return nil
			}
			if n == 2 {
				return errors.New("disk on fire")
			}
			return nil
		}}
		l := open(t, engine, &fakeMatcher{})
		defer l.Close(context.Background())
		errs := make(chan error, 11)
		appendOne := func() { _, err := l.Append(t.Context(), named("temp")); errs <- err }
		go appendOne()
		synctest.Wait()
		for range 10 {
			go appendOne()
		}
		synctest.Wait()
		close(gate)
		failed := 0
		for range 11 {
			if err := <-errs; fault.Is(err, fault.Unavailable) {
				failed++
			}
		}
		if failed != 10 {
			t.Errorf("%d of the 10 appends in the failing commit were told", failed)
		}
		if _, err := l.Append(t.Context(), named("temp")); err != nil {
			t.Errorf("after the failure: %v", err)
		}
	})
}

func TestStaleConfigurationMatchesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine, m := memory.New(), &fakeMatcher{target: "old", version: 77}
		l := open(t, engine, m)
		defer l.Close(context.Background())
		if _, err := l.Append(t.Context(), named("temp")); err != nil {
			t.Fatal(err)
		}
		pending, _ := engine.Pending(t.Context(), 0, true, "", 10)
		if len(pending) != 1 || pending[0].Integration != "new" || m.refreshed != 1 {
			t.Errorf("pending %+v after %d refreshes", pending, m.refreshed)
		}
	})
}

// finish ends the deliveries of a batch with a hook-sent event each.
func finish(l *eventlog.Log, d *eventlog.Delivery, name string) {
	l.Finish(&eventlog.Result{Delivery: d, Attempt: eventlog.Attempt{Outcome: eventlog.Success}, Events: []event.Event{
		{At: 2, Name: name, Data: "undefined", Device: event.Internal, Owner: "u", Kind: event.HookSent, Cause: d.EventSeq, Integration: d.Integration},
	}})
}

func TestResultsWaitForAPublishButNotLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := &fakeEngine{Store: memory.New()}
		var first *eventlog.Accept
		l := open(t, engine, &fakeMatcher{target: "hook"}, func(b *eventlog.Batch) {
			if len(b.Accepts) > 0 {
				first = b.Accepts[0]
			}
		})
		defer l.Close(context.Background())
		l.Append(t.Context(), named("temp"))
		start := time.Now()
		finish(l, &first.Deliveries[0], "hook-sent/temp")
		if n := engine.count(); n != 1 {
			t.Fatalf("a result alone was committed at once (%d commits)", n)
		}
		f := l.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: "u"}}}, first.Event.Seq)
		page, err := f.Next(t.Context())
		if err != nil || len(page.Events) != 1 || page.Events[0].Name != "hook-sent/temp" {
			t.Fatalf("page %+v, %v", page, err)
		}
		if waited := time.Since(start); waited > 5*time.Millisecond {
			t.Errorf("the result waited %v", waited)
		}
		if p, _ := engine.Pending(t.Context(), 0, true, "", 1); len(p) != 0 {
			t.Errorf("still pending: %+v", p)
		}
	})
}

// TestUnknownCommit denies a commit that in truth succeeded: the deliveries in it
// must still be told to subscribers, and results in it must not be repeated.
func TestUnknownCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		deny := 0
		engine := &fakeEngine{Store: memory.New()}
		engine.after = func(n int) error {
			if n == deny {
				return errors.New("connection lost")
			}
			return nil
		}
		told := map[int64]*eventlog.Delivery{}
		l := open(t, engine, &fakeMatcher{target: "hook"}, func(b *eventlog.Batch) {
			for _, a := range b.Accepts {
				for i := range a.Deliveries {
					told[a.Deliveries[i].ID] = &a.Deliveries[i]
				}
			}
		})
		defer l.Close(context.Background())
		l.Append(t.Context(), named("one"))
		deny = 2
		finish(l, told[1], "hook-sent/one")
		if _, err := l.Append(t.Context(), named("two")); !fault.Is(err, fault.Unavailable) {
			t.Fatalf("denied commit: %v", err)
		}
		if _, err := l.Append(t.Context(), named("three")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if len(told) != 3 {
			t.Errorf("subscribers were told of %d deliveries, want 3", len(told))
		}
		events, _ := engine.Events(t.Context(), 0, 100)
		var names []string
		for _, e := range events {
			names = append(names, e.Name)
		}
		if got, want := fmt.Sprint(names), "[one two hook-sent/one three]"; got != want {
			t.Errorf("log holds %v, want %v", got, want)
		}
	})
}

func TestFailedResultsAreCommittedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := &fakeEngine{Store: memory.New()}
		engine.before = func(n int, _ *eventlog.Batch) error {
			if n >= 2 && n <= 4 {
				return errors.New("disk full")
			}
			return nil
		}
		var d *eventlog.Delivery
		l := open(t, engine, &fakeMatcher{target: "hook"}, func(b *eventlog.Batch) {
			for _, a := range b.Accepts {
				d = &a.Deliveries[0]
			}
		})
		defer l.Close(context.Background())
		l.Append(t.Context(), named("one"))
		finish(l, d, "hook-sent/one")
		time.Sleep(time.Minute)
		synctest.Wait()
		if p, _ := engine.Pending(t.Context(), 0, true, "", 1); len(p) != 0 {
			t.Errorf("the result was lost: %+v", p)
		}
	})
}

func TestCloseCommitsWhatIsQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := memory.New()
		var d *eventlog.Delivery
		l := open(t, engine, &fakeMatcher{target: "hook"}, func(b *eventlog.Batch) {
			for _, a := range b.Accepts {
				d = &a.Deliveries[0]
			}
		})
		l.Append(t.Context(), named("one"))
		finish(l, d, "hook-sent/one")
		if err := l.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if p, _ := engine.Pending(t.Context(), 0, true, "", 1); len(p) != 0 {
			t.Errorf("still pending: %+v", p)
		}
		if _, err := l.Append(t.Context(), named("late")); !fault.Is(err, fault.Unavailable) {
			t.Errorf("append after close: %v", err)
		}
	})
}
