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
// it was stored; the next Flush finds out. Errors: the store's.
func (m *Meter) Flush(ctx context.Context) error {
	m.flushing.Lock()
	defer m.flushing.Unlock()
	if err := m.settle(ctx); err != nil {
		return err
	}
	if m.tried = m.take(); m.tried == nil {
		return nil
	}
	return m.store(ctx)
}

// settle finishes a flush that failed.
func (m *Meter) settle(ctx context.Context) error {
	if m.tried == nil {
		return nil
	}
	stored, err := m.Store.UsageMark(ctx)
	if err != nil {
		return err
	}
	if stored == m.tried.mark {
		m.mark, m.tried = stored, nil
		return nil
	}
	return m.store(ctx)
}

func (m *Meter) store(ctx context.Context) error {
	if err := m.Store.AddUsage(ctx, m.tried.rows, m.tried.mark); err != nil {
		return err
	}
	m.mark, m.tried = m.tried.mark, nil
	return nil
}

// take makes a flush of everything that was counted, nil if that is nothing.
func (m *Meter) take() *flush {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.counts) == 0 {
		return nil
	}
	f := &flush{rows: make([]Row, 0, len(m.counts)), mark: Mark{Seq: m.seq, Flush: m.mark.Flush + 1}}
	for k, c := range m.counts {
		f.rows = append(f.rows, Row{k, c})
	}
	clear(m.counts)
	return f
}
