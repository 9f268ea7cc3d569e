package presence

import (
	"context"
	"time"
)

const (
	flushEvery = 5 * time.Second
	page       = 200 // devices that one transaction stores, so that none holds up the log
)

// save waits until a status is stored, together with those of other devices.
func (t *Tracker) save(s Status) error {
	t.mu.Lock()
	t.statuses[s.Device] = s
	r := t.round
	t.mu.Unlock()
	select {
	case t.wake <- struct{}{}:
	default:
	}
	select {
	case <-r.done:
		return r.err
	case <-t.ctx.Done():
		return t.ctx.Err()
	}
}

// run stores statuses at once and times now and then.
func (t *Tracker) run() {
	defer close(t.ended)
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-t.ctx.Done():
			return
		case <-t.wake:
			t.flush(t.ctx, false)
		case <-tick.C:
			t.flush(t.ctx, true)
		}
	}
}

// Flush stores everything.
func (t *Tracker) Flush(ctx context.Context) { t.flush(ctx, true) }

func (t *Tracker) flush(ctx context.Context, times bool) {
	heard, statuses, r := t.take(times)
	r.err = t.store(ctx, heard, statuses)
	if r.err != nil {
		t.Error(r.err)
		t.putBack(heard)
	}
	close(r.done)
}

func (t *Tracker) take(times bool) (heard []Heard, statuses []Status, r *round) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.statuses {
		statuses = append(statuses, s)
	}
	clear(t.statuses)
	if times {
		for device, h := range t.heard {
			heard = append(heard, Heard{device, h.at, h.ip})
		}
		clear(t.heard)
	}
	r, t.round = t.round, newRound()
	return heard, statuses, r
}

func (t *Tracker) store(ctx context.Context, heard []Heard, statuses []Status) error {
	for len(heard) > 0 || len(statuses) > 0 {
		h, s := min(page, len(heard)), min(page, len(statuses))
		if err := t.Store.SavePresence(ctx, heard[:h], statuses[:s]); err != nil {
			return err
		}
		heard, statuses = heard[h:], statuses[s:]
	}
	return nil
}

// putBack keeps times that could not be stored, unless there are later ones.
func (t *Tracker) putBack(heard []Heard) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, h := range heard {
		if _, later := t.heard[h.Device]; !later {
			t.heard[h.Device] = place{h.At, h.IP}
		}
	}
}

// Close waits for changes that are being published, until ctx ends, and stores
// what is left. No stream may be open or open any more.
func (t *Tracker) Close(ctx context.Context) {
	settled := make(chan struct{})
	go func() { t.busy.Wait(); close(settled) }()
	select {
	case <-settled:
	case <-ctx.Done():
	}
	t.cancel()
	<-t.ended
	t.Flush(context.WithoutCancel(ctx))
}
