package eventlog_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// deliveries collects the deliveries that a log tells of.
type deliveries struct {
	mu  sync.Mutex
	all []*eventlog.Delivery
}

func (d *deliveries) subscribe(b *eventlog.Batch) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, a := range b.Accepts {
		for i := range a.Deliveries {
			d.all = append(d.all, &a.Deliveries[i])
		}
	}
}

// ids says which deliveries were told of, in order, and fails if one was twice.
func (d *deliveries) ids(t *testing.T) (ids []int64) {
	t.Helper()
	seen := map[int64]bool{}
	for _, one := range d.all {
		if seen[one.ID] {
			t.Errorf("delivery %d was told twice", one.ID)
		}
		seen[one.ID] = true
		ids = append(ids, one.ID)
	}
	return ids
}

func names(t *testing.T, e eventlog.Engine) (names []string) {
	t.Helper()
	events, err := e.Events(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		names = append(names, e.Name)
	}
	return names
}

// TestNobodyWaitsForAStoreThatIsDown lets results wait for a store that is
// down for a minute. Publishers are told within a moment, and nothing is lost.
func TestNobodyWaitsForAStoreThatIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var down sync.Mutex
		isDown := false
		engine := &fakeEngine{Store: memory.New(), before: func(int, *eventlog.Batch) error {
			down.Lock()
			defer down.Unlock()
			if isDown {
				return errors.New("connection refused")
			}
			return nil
		}}
		var told deliveries
		l := open(t, engine, &fakeMatcher{target: "hook"}, told.subscribe)
		defer l.Close(context.Background())
		publish(t, l, "one", "two")
		down.Lock()
		isDown = true
		down.Unlock()
		finish(l, told.all[0], "hook-sent/one")
		finish(l, told.all[1], "hook-sent/two")
		for range 30 {
			start := time.Now()
			if _, err := l.Append(t.Context(), named("lost")); !fault.Is(err, fault.Unavailable) {
				t.Fatalf("append while the store is down: %v", err)
			}
			if waited := time.Since(start); waited > time.Second {
				t.Fatalf("the publisher waited %v", waited)
			}
			time.Sleep(2 * time.Second)
		}
		down.Lock()
		isDown = false
		down.Unlock()
		publish(t, l, "three")
		time.Sleep(time.Second)
		synctest.Wait()
		got := names(t, engine)
		if len(got) != 5 || strings.Count(fmt.Sprint(got), "hook-sent") != 2 || strings.Contains(fmt.Sprint(got), "lost") {
			t.Errorf("the log holds %v", got)
		}
		if n := len(told.ids(t)); n != 3 {
			t.Errorf("%d deliveries were told, want 3", n)
		}
	})
}

// lateEngine is a server that goes on committing after its client lost the
// connection: the batch appears when the next session begins.
type lateEngine struct {
	*memory.Store
	cut  func(b *eventlog.Batch) bool
	late *eventlog.Batch
}

func (e *lateEngine) Commit(ctx context.Context, b *eventlog.Batch) error {
	if e.late != nil {
		if err := e.Store.Commit(ctx, e.late); err != nil {
			return err
		}
		e.late = nil
	}
	if e.cut(b) {
		e.late = &eventlog.Batch{Results: append([]*eventlog.Result(nil), b.Results...)}
		for _, a := range b.Accepts { // the log's own must not be numbered behind its back
			same := *a
			same.Deliveries = append([]eventlog.Delivery(nil), a.Deliveries...)
			e.late.Accepts = append(e.late.Accepts, &same)
		}
		return errors.New("connection lost")
	}
	return e.Store.Commit(ctx, b)
}

// TestCommitThatSucceedsLate loses the connection in a commit that the server
// completes later: it is in force by the next commit, so its deliveries must be
// told then and its results must not be written again.
func TestCommitThatSucceedsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cut := false
		engine := &lateEngine{Store: memory.New()}
		engine.cut = func(*eventlog.Batch) bool { was := cut; cut = false; return was }
		var told deliveries
		l := open(t, engine, &fakeMatcher{target: "hook"}, told.subscribe)
		defer l.Close(context.Background())
		publish(t, l, "one")
		cut = true
		finish(l, told.all[0], "hook-sent/one")
		if _, err := l.Append(t.Context(), named("two")); !fault.Is(err, fault.Unavailable) {
			t.Fatalf("cut commit: %v", err)
		}
		publish(t, l, "three")
		time.Sleep(time.Second)
		synctest.Wait()
		if got, want := fmt.Sprint(names(t, engine)), "[one two hook-sent/one three]"; got != want {
			t.Errorf("the log holds %s, want %s", got, want)
		}
		if n := len(told.ids(t)); n != 3 {
			t.Errorf("%d deliveries were told, want 3", n)
		}
	})
}

// TestPostponementThatSucceedsLate does the same with a postponement: it must be
// counted once, and the dispatcher must be told once.
func TestPostponementThatSucceedsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cut := false
		engine := &lateEngine{Store: memory.New()}
		engine.cut = func(*eventlog.Batch) bool { was := cut; cut = false; return was }
		var told deliveries
		waiting := 0
		l := open(t, engine, &fakeMatcher{target: "hook"}, told.subscribe, func(b *eventlog.Batch) { waiting += len(b.Waiting) })
		defer l.Close(context.Background())
		publish(t, l, "one")
		cut = true
		l.Finish(&eventlog.Result{
			Delivery: told.all[0], Attempt: eventlog.Attempt{Outcome: eventlog.Failure},
			Again: &eventlog.Again{Attempt: 1, Since: 1, Wait: 1000},
		})
		if _, err := l.Append(t.Context(), named("two")); !fault.Is(err, fault.Unavailable) {
			t.Fatalf("cut commit: %v", err)
		}
		publish(t, l, "three")
		time.Sleep(time.Second)
		synctest.Wait()
		tallies, err := engine.Tallies(t.Context(), "hook", 0)
		if err != nil || len(tallies) != 2 || tallies[0].N != 1 {
			t.Errorf("counts %+v, error %v; want one attempt, one error", tallies, err)
		}
		if waiting != 1 {
			t.Errorf("%d postponements were told, want 1", waiting)
		}
		p, err := engine.PendingOf(t.Context(), []int64{told.all[0].ID})
		if err != nil || len(p) != 1 || p[0].Attempt != 1 {
			t.Errorf("pending %+v, error %v; want the delivery after one attempt", p, err)
		}
	})
}

// TestStaleBatchTriesTheIndexFirst changes the configuration between match and
// commit, as every edit does: the index knows it, nothing needs to be read anew.
func TestStaleBatchTriesTheIndexFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &fakeMatcher{target: "old", version: 1}
		engine := &fakeEngine{Store: memory.New(), before: func(n int, _ *eventlog.Batch) error {
			if n > 1 {
				return nil
			}
			m.mu.Lock()
			defer m.mu.Unlock()
			m.target, m.version = "new", 0
			return eventlog.ErrStale
		}}
		l := open(t, engine, m)
		defer l.Close(context.Background())
		publish(t, l, "temp")
		p, err := engine.Pending(t.Context(), 0, true, "", 10)
		if err != nil || len(p) != 1 || p[0].Integration != "new" || m.refreshed != 0 {
			t.Errorf("pending %+v, %v, after %d refreshes; want one of new after none", p, err, m.refreshed)
		}
	})
}

// TestResultsWaitForRoom lets a store hang: results have room for a bounded
// number of bytes, then calls pause.
func TestResultsWaitForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size, limit = 100 << 10, 16 << 20
		gate := make(chan struct{})
		engine := &fakeEngine{Store: memory.New(), before: func(int, *eventlog.Batch) error { <-gate; return nil }}
		l := open(t, engine, &fakeMatcher{})
		defer l.Close(context.Background())
		var mu sync.Mutex
		taken := 0
		data := strings.Repeat("x", size)
		var wg sync.WaitGroup
		for range 2 * limit / size {
			wg.Go(func() {
				l.Finish(&eventlog.Result{Delivery: &eventlog.Delivery{}, Events: []event.Event{{Name: "r", Data: data, Kind: event.HookResponse}}})
				mu.Lock()
				defer mu.Unlock()
				taken++
			})
		}
		synctest.Wait()
		if taken > limit/size || taken < limit/size-2 {
			t.Errorf("%d results of %d bytes are queued, want about %d", taken, size, limit/size)
		}
		close(gate)
		wg.Wait()
	})
}

// TestCloseGivesUpOnAFailingStore says that a log whose store fails ends all
// the same, and that nobody waits for it afterwards.
func TestCloseGivesUpOnAFailingStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		engine := &fakeEngine{Store: memory.New(), before: func(int, *eventlog.Batch) error { return errors.New("disk full") }}
		l := open(t, engine, &fakeMatcher{})
		finish(l, &eventlog.Delivery{ID: 1}, "hook-sent/x")
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := l.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("close: %v", err)
		}
		time.Sleep(time.Second)
		tries := engine.count()
		for range 10_000 { // more than there is room for
			finish(l, &eventlog.Delivery{ID: 1}, "hook-sent/x")
		}
		time.Sleep(time.Minute)
		if engine.count() != tries {
			t.Errorf("the writer went on trying after the close")
		}
	})
}
