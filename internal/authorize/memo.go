package authorize

import (
	"container/list"
	"context"
	"crypto/sha256"
	"sync"
	"time"
)

// Waits after failures: doubled each time, so that a key that is wrong for good
// does not ask with every event.
const (
	firstPause = time.Second
	mostPause  = time.Minute
)

// memoKey tells what is remembered apart without holding credentials.
type memoKey [sha256.Size]byte

// keyOf hashes parts with their ends marked, so that no two lists are the same
// text.
func keyOf(parts ...string) memoKey {
	h := sha256.New()
	for _, part := range parts {
		one := sha256.Sum256([]byte(part))
		h.Write(one[:])
	}
	return memoKey(h.Sum(nil))
}

// memo remembers what was asked of a service for as long as it is valid, and
// for a short time that it failed. One caller asks, the others with the same
// key wait for it. Beyond its size it forgets what was used least recently.
type memo struct {
	size int
	now  func() time.Time

	mu    sync.Mutex
	known map[memoKey]*list.Element
	order *list.List // of *entry, the one used last in front
}

// entry is one answer, or the question under way. Its fields are guarded by the
// memo's mutex.
type entry struct {
	key      memoKey
	value    string
	until    time.Time // value is valid before
	err      error     // of the last question
	failures int       // in a row
	pause    time.Time // err is the answer before
	asking   *asking   // the question under way; nil = there is none
}

// asking is a question under way and, once done is closed, its answer.
type asking struct {
	done  chan struct{}
	value string
	err   error
}

func newMemo(size int, now func() time.Time) *memo {
	return &memo{size: size, now: now, known: map[memoKey]*list.Element{}, order: list.New()}
}

// question gives a value and for how long it is valid.
type question func() (value string, valid time.Duration, err error)

// get gives the value of a key, asking for it if need be; fresh says that it,
// or the failure, was asked for during this call. Callers wait for a question
// under way, however long its answer is valid, but not after a failure: a service
// that hangs would hold up all that they hold. Errors: the question's, or the
// context's when another caller's question takes too long.
func (m *memo) get(ctx context.Context, key memoKey, ask question) (value string, fresh bool, err error) {
	m.mu.Lock()
	e := m.entry(key)
	now, under := m.now(), e.asking
	switch {
	case now.Before(e.until):
		defer m.mu.Unlock()
		return e.value, false, nil
	case now.Before(e.pause), under != nil && e.failures > 0:
		defer m.mu.Unlock()
		return "", false, e.err
	case under == nil:
		e.asking = &asking{done: make(chan struct{})}
		m.mu.Unlock()
		value, err = m.ask(e, ask)
		return value, true, err
	}
	m.mu.Unlock()
	if err := await(ctx, under.done); err != nil {
		return "", true, err
	}
	return under.value, true, under.err
}

// entry finds or makes an entry. It drops the one used least recently when
// there are too many; who waits for that still gets its answer.
func (m *memo) entry(key memoKey) *entry {
	if at := m.known[key]; at != nil {
		m.order.MoveToFront(at)
		return at.Value.(*entry)
	}
	e := &entry{key: key}
	m.known[key] = m.order.PushFront(e)
	if m.order.Len() > m.size {
		last := m.order.Remove(m.order.Back()).(*entry)
		delete(m.known, last.key)
	}
	return e
}

// ask asks and notes the answer. A panic leaves nobody waiting.
func (m *memo) ask(e *entry, ask question) (value string, err error) {
	var valid time.Duration
	err = context.Canceled // what others see after a panic
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.note(e, value, valid, err)
		e.asking.value, e.asking.err = value, err
		close(e.asking.done)
		e.asking = nil
	}()
	value, valid, err = ask()
	return value, err
}

func (m *memo) note(e *entry, value string, valid time.Duration, err error) {
	now := m.now()
	if e.err = err; err != nil {
		e.value, e.until = "", time.Time{}
		e.pause = now.Add(min(mostPause, firstPause<<min(e.failures, 10)))
		e.failures++
		return
	}
	e.value, e.until, e.failures, e.pause = value, now.Add(valid), 0, time.Time{}
}

// forget has a key asked for again, unless its value is another one by now.
func (m *memo) forget(key memoKey, value string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at := m.known[key]; at != nil && at.Value.(*entry).value == value {
		at.Value.(*entry).until = time.Time{}
	}
}

// await waits for a channel until the deadline of the context, which may have no
// Done channel.
func await(ctx context.Context, done <-chan struct{}) error {
	at, ok := ctx.Deadline()
	if !ok {
		at = time.Now().Add(mostPause)
	}
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return context.DeadlineExceeded
	}
}
