package usage

import (
	"context"
	"time"
)

// Run stores the counts from time to time until ctx ends; failed is told of
// errors, after which the next round tries again.
func (m *Meter) Run(ctx context.Context, failed func(error)) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-m.full:
		case <-tick.C:
		}
		if err := m.Flush(ctx); err != nil && ctx.Err() == nil {
			failed(err)
			<-tick.C // spares a failing store
		}
	}
}

// Flush stores what was counted so far. After an error it is not known whether
// all of it was stored; the next Flush tries again. Errors: the store's.
func (m *Meter) Flush(ctx context.Context) error {
	m.flushing.Lock()
	defer m.flushing.Unlock()
	if err := m.store(ctx); err != nil {
		return err
	}
	m.take()
	return m.store(ctx)
}

// store stores what waits, part by part.
func (m *Meter) store(ctx context.Context) error {
	for len(m.waiting) > 0 {
		if err := m.Store.AddUsage(ctx, m.waiting[0].rows, m.waiting[0].mark); err != nil {
			return err
		}
		m.waiting = m.waiting[1:]
	}
	m.waiting = nil
	return nil
}

// take makes parts of everything that was counted.
func (m *Meter) take() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.counts) == 0 {
		return
	}
	rows := make([]Row, 0, len(m.counts))
	for k, c := range m.counts {
		rows = append(rows, Row{k, c})
	}
	m.counts = map[Key]Count{} // a cleared one would keep the room of its largest time
	m.waiting = parts(rows, m.seq, m.part)
	m.part = m.waiting[len(m.waiting)-1].mark.Part
}
