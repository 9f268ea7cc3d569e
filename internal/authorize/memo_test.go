package authorize

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// asked is a question that counts.
type asked struct {
	count int
	err   error
}

func (a *asked) ask() (string, time.Duration, error) {
	a.count++
	return "value", time.Minute, a.err
}

// TestMemoKeeps: a value is asked for once in its time, and again after it.
func TestMemoKeeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, a := newMemo(10, time.Now), &asked{}
		for i, want := range []int{1, 1, 2} {
			value, fresh, err := m.get(t.Context(), keyOf("a"), a.ask)
			if value != "value" || err != nil || a.count != want || fresh != (i != 1) {
				t.Errorf("turn %d: got %q, %v, %v after %d questions", i, value, fresh, err, a.count)
			}
			time.Sleep(59 * time.Second)
		}
		m.forget(keyOf("a"), "another one")
		if _, fresh, _ := m.get(t.Context(), keyOf("a"), a.ask); fresh {
			t.Error("another value was forgotten")
		}
		m.forget(keyOf("a"), "value")
		if _, fresh, _ := m.get(t.Context(), keyOf("a"), a.ask); !fresh {
			t.Error("a forgotten value was given")
		}
	})
}

// TestMemoPauses: after failures nobody is asked for a while that doubles, up to
// a minute; a success ends that.
func TestMemoPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, a := newMemo(10, time.Now), &asked{err: errors.New("no")}
		get := func() error { _, _, err := m.get(t.Context(), keyOf("a"), a.ask); return err }
		for failures := range 12 {
			pause := min(time.Minute, time.Second<<failures)
			if err := get(); err == nil || a.count != failures+1 {
				t.Fatalf("failure %d: %v after %d questions", failures, err, a.count)
			}
			time.Sleep(pause - time.Millisecond)
			if err := get(); err == nil || a.count != failures+1 {
				t.Fatalf("failure %d: asked again within %v", failures, pause)
			}
			time.Sleep(time.Millisecond)
		}
		a.err = nil
		if err := get(); err != nil {
			t.Error(err)
		}
		if _, _, err := m.get(t.Context(), keyOf("b"), func() (string, time.Duration, error) { return "", 0, nil }); err != nil {
			t.Errorf("another key: %v", err)
		}
	})
}

// TestMemoAsksOnce: callers at the same time share one question, and whoever may
// not wait for it does not.
func TestMemoAsksOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, gate := newMemo(10, time.Now), make(chan struct{})
		var count, got atomic.Int32
		ask := func() (string, time.Duration, error) {
			count.Add(1)
			<-gate
			return "value", time.Minute, nil
		}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if value, _, err := m.get(t.Context(), keyOf("a"), ask); err == nil && value == "value" {
					got.Add(1)
				}
			})
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := m.get(ctx, keyOf("a"), ask); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v at the deadline", err)
		}
		close(gate)
		all.Wait()
		if count.Load() != 1 || got.Load() != 20 {
			t.Errorf("%d questions, %d answers", count.Load(), got.Load())
		}
	})
}

// TestMemoIsBounded: it forgets what was used least recently, and a panic leaves
// nobody waiting.
func TestMemoIsBounded(t *testing.T) {
	m, a := newMemo(3, time.Now), &asked{}
	for _, key := range []string{"a", "b", "c", "a", "d"} {
		_, _, _ = m.get(t.Context(), keyOf(key), a.ask)
	}
	if m.order.Len() != 3 || len(m.known) != 3 || m.known[keyOf("a")] == nil || m.known[keyOf("b")] != nil {
		t.Errorf("%d and %d are kept", m.order.Len(), len(m.known))
	}
	func() {
		defer func() { _ = recover() }()
		_, _, _ = m.get(t.Context(), keyOf("p"), func() (string, time.Duration, error) { panic("broken") })
	}()
	if _, _, err := m.get(t.Context(), keyOf("p"), a.ask); err == nil {
		t.Error("after a panic there is no pause")
	}
	if keyOf("ab", "c") == keyOf("a", "bc") {
		t.Error("two lists of parts have one key")
	}
}

// TestMemoSharesShortAnswers: an answer that is valid for no time is one for all
// that waited for it. They do not ask one after the other.
func TestMemoSharesShortAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, count, all := newMemo(10, time.Now), 0, sync.WaitGroup{}
		ask := func() (string, time.Duration, error) {
			count++
			time.Sleep(time.Second)
			return "value", 0, nil
		}
		for range 20 {
			all.Go(func() {
				if value, fresh, err := m.get(t.Context(), keyOf("a"), ask); value != "value" || !fresh || err != nil {
					t.Errorf("got %q, %v, %v", value, fresh, err)
				}
			})
		}
		all.Wait()
		if count != 1 {
			t.Errorf("20 callers at once asked %d times", count)
		}
	})
}

// TestMemoWaitsForNobodyWhoFailed: while a service that failed is asked again,
// only who asks waits for it.
func TestMemoWaitsForNobodyWhoFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, failed := newMemo(10, time.Now), errors.New("no answer")
		hang := func() (string, time.Duration, error) {
			time.Sleep(20 * time.Second)
			return "", 0, failed
		}
		_, _, _ = m.get(t.Context(), keyOf("a"), hang)
		time.Sleep(firstPause)
		go func() { _, _, _ = m.get(t.Context(), keyOf("a"), hang) }()
		synctest.Wait()
		began := time.Now()
		if _, fresh, err := m.get(t.Context(), keyOf("a"), hang); err != failed || fresh || time.Since(began) > 0 {
			t.Errorf("got %v, %v after %v, want the failure at once", err, fresh, time.Since(began))
		}
		time.Sleep(time.Minute)
		if value, fresh, err := m.get(t.Context(), keyOf("a"), (&asked{}).ask); value != "value" || !fresh || err != nil {
			t.Errorf("got %q, %v, %v when it is well again", value, fresh, err)
		}
	})
}
