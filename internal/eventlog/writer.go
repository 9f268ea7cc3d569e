package eventlog

import (
	"context"
	"errors"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
)

// write is the one goroutine that commits. head is the highest seq that the
// subscribers have seen.
func (l *Log) write(head int64) {
	defer close(l.done)
	defer l.end()
	w := writer{log: l, head: head, timer: time.NewTimer(time.Hour)}
	for g := w.next(); g != nil; g = w.next() {
		w.commit(g)
	}
}

// end refuses what comes after the writer.
func (l *Log) end() {
	l.mu.Lock()
	left := l.queue
	l.queue, l.ended = nil, true
	l.room.Broadcast()
	l.mu.Unlock()
	for _, g := range left {
		l.settle(g, unavailable("The hub is stopping; the event was not accepted."))
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
	switch {
	case l.ended, l.closing && len(l.queue) == 0:
		return nil, -1
	case len(l.queue) == 0:
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

// settle tells everybody who waited for the group what became of it.
func (l *Log) settle(g *group, err error) {
	l.mu.Lock()
	for _, a := range g.batch.Accepts {
		l.accepts.bytes -= len(a.record)
		a.record = nil
	}
	l.accepts.records -= len(g.batch.Accepts)
	for _, r := range g.batch.Results {
		l.results.bytes -= r.size()
		r.records, r.row, r.Call = nil, nil, nil
	}
	if n := len(g.batch.Results); n > 0 {
		l.results.records -= n
		l.room.Broadcast()
	}
	l.spare = g.batch.emptied()
	l.mu.Unlock()
	g.err = err
	close(g.done)
}

// emptied gives a batch that uses the slices of b again.
func (b *Batch) emptied() Batch {
	clear(b.Accepts)
	clear(b.Results)
	clear(b.Rows)
	clear(b.New)
	clear(b.Waiting)
	clear(b.Attempts)
	clear(b.Tallies)
	clear(b.Calls)
	clear(b.Dead)
	e := *b
	e.Version, e.Accepts, e.Results = 0, b.Accepts[:0], b.Results[:0]
	e.unnumber()
	return e
}

// commit writes the group's batch and tells the subscribers. If it fails, the
// publishers get the error and the results are committed later.
func (w *writer) commit(g *group) {
	err := w.recover(g)
	if err == nil {
		err = w.try(&g.batch)
	}
	if err == nil {
		w.log.settle(g, nil)
		return
	}
	w.log.logger.Error("commit failed", "error", err, "events", len(g.batch.Accepts), "results", len(g.batch.Results))
	w.lost = true
	w.log.giveUp(g)
	time.Sleep(backoff) // spares a failing store
}

// giveUp answers the publishers of a failed group and all that wait behind it:
// nobody is to wait for a store that may be down for long. The results stay in
// the queue.
func (l *Log) giveUp(failed *group) {
	l.mu.Lock()
	waiting := l.queue
	l.queue = nil
	l.keepResults(failed, true)
	for _, g := range waiting {
		l.keepResults(g, g.tried)
	}
	l.mu.Unlock()
	l.settle(failed, unavailable("The store failed; it is not known whether the event was accepted."))
	for _, g := range waiting {
		l.settle(g, unavailable("The store fails; the event was not accepted."))
	}
}

// keepResults moves the results of a group into one of their own.
func (l *Log) keepResults(g *group, tried bool) {
	if len(g.batch.Results) == 0 {
		return
	}
	keep := &group{done: make(chan struct{}), tried: tried, oldest: g.oldest, bytes: g.bytes}
	keep.batch.Results, g.batch.Results = g.batch.Results, nil
	l.queue = append(l.queue, keep)
}

// try commits a batch, matching its events again for as long as the
// configuration has moved on. Usually the index knows the new one already, and
// only the events were matched before it did.
func (w *writer) try(b *Batch) error {
	ctx := context.Background()
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
		if w.rematch(b); oldest(b.Accepts) != b.Version {
			continue
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
	for _, r := range b.Rows {
		w.head = max(w.head, r.Seq)
	}
	for _, d := range b.New {
		w.head = max(w.head, d.ID)
	}
	w.log.live.publish(b, w.head)
	for _, sub := range w.log.subs {
		sub(b)
	}
}

// recover finds out what became of a commit with an unknown outcome: what is in
// the store after all is told to the subscribers, and results that were
// committed are not committed again. The empty commit comes first, for it ends
// the uncertainty: see Engine.
func (w *writer) recover(g *group) error {
	if !w.lost {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := w.log.engine.Commit(ctx, &Batch{}); err != nil {
		return err
	}
	b, err := w.reread(ctx)
	if err != nil {
		return err
	}
	if len(b.Rows)+len(b.New) > 0 {
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
	return b, w.rereadDeliveries(ctx, b, accepts)
}

// adopt adds a committed event to a batch that is built from the store.
func (b *Batch) adopt(e event.Event, accepts map[int64]*Accept) {
	if e.Kind != event.Published {
		b.Results = append(b.Results, &Result{Delivery: &Delivery{}, Events: []event.Event{e}})
		return
	}
	a := &Accept{Event: e}
	accepts[e.Seq] = a
	b.Accepts = append(b.Accepts, a)
}

func (w *writer) rereadDeliveries(ctx context.Context, b *Batch, accepts map[int64]*Accept) error {
	const page = 1000
	for after := w.head; ; {
		pending, err := w.log.engine.Pending(ctx, after, true, "", page)
		if err != nil {
			return err
		}
		for _, p := range pending {
			after = p.ID
			b.adoptDelivery(p, accepts)
		}
		if len(pending) < page {
			return nil
		}
	}
}

// adoptDelivery adds a committed delivery to a batch that is built from the
// store; its event is new as well, or it is that of a replay.
func (b *Batch) adoptDelivery(p Pending, accepts map[int64]*Accept) {
	a := accepts[p.EventSeq]
	if a == nil {
		a = &Accept{Event: *p.Event, Fixed: true, Old: true}
		accepts[p.EventSeq] = a
		b.Accepts = append(b.Accepts, a)
	}
	d := p.Delivery
	a.Deliveries = append(a.Deliveries, d)
	b.New = append(b.New, &d)
}

// dropCommitted drops the results that were tried before and committed after
// all: those whose deliveries are gone from the store, or wait there as the
// result says.
func (w *writer) dropCommitted(ctx context.Context, g *group) error {
	var kept, dropped []*Result
	for _, r := range g.batch.Results {
		p, err := w.log.engine.PendingOf(ctx, []int64{r.Delivery.ID})
		if err != nil {
			return err
		}
		if len(p) == 0 || r.Again != nil && r.Again.stored(&p[0].Delivery) {
			dropped = append(dropped, r)
		} else {
			kept = append(kept, r)
		}
	}
	if len(dropped) == 0 {
		return nil
	}
	done := &group{done: make(chan struct{})}
	g.batch.Results, done.batch.Results = kept, dropped
	w.tell(ends(dropped))
	w.log.settle(done, nil)
	return nil
}

// stored says whether the store has the delivery waiting as a says: each
// postponement counts one attempt or one skip more.
func (a *Again) stored(d *Delivery) bool { return d.Attempt == a.Attempt && d.Skips == a.Skips }

// ends tells what results did to their deliveries; their events were told when
// they were read from the store.
func ends(results []*Result) *Batch {
	b := &Batch{}
	for _, r := range results {
		if r.Again != nil {
			b.Waiting = append(b.Waiting, r)
		} else {
			b.Done = append(b.Done, r.Delivery.ID)
		}
	}
	return b
}
