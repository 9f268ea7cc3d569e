package eventlog

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
)

// write is the one goroutine that commits. head is the highest seq that the
// subscribers have seen.
func (l *Log) write(head int64) {
	defer close(l.done)
	w := writer{log: l, head: head, timer: time.NewTimer(time.Hour)}
	for {
		g := w.next()
		if g == nil {
			return
		}
		g.err = w.commit(g)
		l.settled(g)
	}
}

// writer is the state of the committing goroutine.
type writer struct {
	log   *Log
	head  int64
	lost  bool // the outcome of an earlier commit is unknown
	timer *time.Timer
}

// next blocks until a group should be committed: at once when it holds an
// event, for results only once the oldest has lingered. It gives nil when the
// log is closing and empty.
func (w *writer) next() *group {
	for {
		g, wait := w.take()
		if g != nil || wait < 0 {
			return g
		}
		w.timer.Reset(wait)
		select {
		case <-w.log.wake:
		case <-w.timer.C:
		}
	}
}

// take gives the group that is ready, or how long to wait for one; a negative
// wait means that there will be none.
func (w *writer) take() (*group, time.Duration) {
	l := w.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		if l.closing {
			return nil, -1
		}
		return nil, time.Hour
	}
	g := l.queue[0]
	if len(g.batch.Accepts) == 0 && !l.closing && !g.full(0) {
		if left := linger - time.Since(g.oldest); left > 0 {
			return nil, left
		}
	}
	l.queue = l.queue[1:]
	return g, 0
}

// settled wakes everybody who waited for the group.
func (l *Log) settled(g *group) {
	l.mu.Lock()
	l.accepts -= len(g.batch.Accepts)
	for _, a := range g.batch.Accepts {
		l.bytes -= len(a.record)
		a.record = nil
	}
	if n := len(g.batch.Finishes) + len(g.batch.Postpones); n > 0 {
		l.results -= n
		l.room.Broadcast()
	}
	l.spare = g.batch.emptied()
	l.mu.Unlock()
	close(g.done)
}

// emptied gives a batch that uses the slices of b again.
func (b *Batch) emptied() Batch {
	clear(b.Accepts)
	clear(b.Finishes)
	clear(b.Rows)
	clear(b.New)
	return Batch{
		Accepts: b.Accepts[:0], Finishes: b.Finishes[:0], Postpones: b.Postpones[:0],
		Rows: b.Rows[:0], New: b.New[:0], Done: b.Done[:0],
	}
}

// commit writes the group's batch and tells the subscribers. If it fails, the
// publishers get the error and the results are committed later.
func (w *writer) commit(g *group) error {
	ctx := context.Background()
	err := w.recover(ctx, g)
	if err == nil {
		err = w.try(ctx, &g.batch)
	}
	if err == nil {
		return nil
	}
	w.log.logger.Error("commit failed", "error", err, "events", len(g.batch.Accepts), "results", len(g.batch.Finishes))
	w.lost = true
	w.requeue(g)
	time.Sleep(backoff) // spares a failing store; publishers collect meanwhile
	return unavailable("The store failed; it is not known whether the event was accepted.")
}

// try commits a batch, matching its events again for as long as the
// configuration has moved on.
func (w *writer) try(ctx context.Context, b *Batch) error {
	for {
		b.Version = oldest(b.Accepts)
		err := w.log.engine.Commit(ctx, b)
		if err == nil {
			w.tell(b)
			return nil
		}
		if !errors.Is(err, ErrStale) {
			return err
		}
		if err := w.log.matcher.Refresh(ctx); err != nil {
			return err
		}
		w.rematch(b)
	}
}

func oldest(accepts []*Accept) (version int64) {
	for _, a := range accepts {
		if !a.Fixed && (version == 0 || a.Version < version) {
			version = a.Version
		}
	}
	return version
}

func (w *writer) rematch(b *Batch) {
	for _, a := range b.Accepts {
		if !a.Fixed {
			a.Deliveries, a.Version = w.log.matcher.Match(&a.Event, a.one[:0])
		}
	}
}

func (w *writer) tell(b *Batch) {
	if n := len(b.Rows); n > 0 {
		w.head = b.Rows[n-1].Seq
	}
	w.log.live.publish(b, w.head)
	for _, sub := range w.log.subs {
		sub(b)
	}
}

// requeue keeps the results of a failed group for the next try.
func (w *writer) requeue(g *group) {
	l := w.log
	if len(g.batch.Finishes)+len(g.batch.Postpones) == 0 {
		return
	}
	keep := &group{done: make(chan struct{}), tried: true}
	keep.batch.Finishes = slices.Clone(g.batch.Finishes)
	keep.batch.Postpones = slices.Clone(g.batch.Postpones)
	l.mu.Lock()
	l.results += len(keep.batch.Finishes) + len(keep.batch.Postpones)
	l.queue = append([]*group{keep}, l.queue...)
	l.mu.Unlock()
}

// recover finds out what became of a commit with an unknown outcome: what is in
// the store after all is told to the subscribers, and results that
// were committed are not committed again.
func (w *writer) recover(ctx context.Context, g *group) error {
	if !w.lost {
		return nil
	}
	b, err := w.reread(ctx)
	if err != nil {
		return err
	}
	if len(b.Rows) > 0 {
		w.tell(b)
	}
	if g.tried {
		if err := w.dropCommitted(ctx, g); err != nil {
			return err
		}
	}
	w.lost = false
	return nil
}

// reread builds a batch of everything in the store above the head that the
// subscribers know.
func (w *writer) reread(ctx context.Context) (*Batch, error) {
	const page = 1000
	b := &Batch{}
	accepts := map[int64]*Accept{}
	for after := w.head; ; {
		events, err := w.log.engine.Events(ctx, after, page)
		if err != nil {
			return nil, err
		}
		for i := range events {
			e := &events[i]
			after = e.Seq
			b.Rows = append(b.Rows, Row{Seq: e.Seq})
			b.adopt(*e, accepts)
		}
		if len(events) < page {
			break
		}
	}
	return b, w.rereadDeliveries(ctx, accepts)
}

// adopt adds a committed event to a batch that is built from the store.
func (b *Batch) adopt(e event.Event, accepts map[int64]*Accept) {
	if e.Kind != event.Published {
		b.Finishes = append(b.Finishes, &Finish{Delivery: &Delivery{}, Events: []event.Event{e}})
		return
	}
	a := &Accept{Event: e}
	accepts[e.Seq] = a
	b.Accepts = append(b.Accepts, a)
}

func (w *writer) rereadDeliveries(ctx context.Context, accepts map[int64]*Accept) error {
	const page = 1000
	for after := w.head; ; {
		pending, err := w.log.engine.Pending(ctx, after, true, "", page)
		if err != nil {
			return err
		}
		for _, p := range pending {
			after = p.ID
			if a := accepts[p.EventSeq]; a != nil {
				a.Deliveries = append(a.Deliveries, p.Delivery)
			}
		}
		if len(pending) < page {
			return nil
		}
	}
}

// dropCommitted drops the results that were tried before and whose deliveries
// are gone from the store: their commit had succeeded.
func (w *writer) dropCommitted(ctx context.Context, g *group) error {
	kept := make([]*Finish, 0, len(g.batch.Finishes))
	for _, f := range g.batch.Finishes {
		p, err := w.log.engine.Pending(ctx, f.Delivery.ID-1, true, "", 1)
		if err != nil {
			return err
		}
		if len(p) == 1 && p[0].ID == f.Delivery.ID {
			kept = append(kept, f)
		}
	}
	w.log.shrink(g, kept)
	return nil
}

func (l *Log) shrink(g *group, kept []*Finish) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.results -= len(g.batch.Finishes) - len(kept)
	g.batch.Finishes = kept
}
