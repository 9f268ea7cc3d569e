package memory

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
)

// Commit implements eventlog.Engine. Nothing but ErrStale can go wrong.
func (s *Store) Commit(_ context.Context, b *eventlog.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.Version != 0 && b.Version != s.version {
		return eventlog.ErrStale
	}
	b.Number(s.head() + 1)
	s.high = max(s.high, b.High)
	for _, r := range b.Rows {
		s.rows = append(s.rows, eventlog.Row{Seq: r.Seq, Record: bytes.Clone(r.Record)})
	}
	for _, d := range b.New {
		kept := *d
		kept.Tag, kept.Ordered = nil, false
		s.pending = append(s.pending, kept)
	}
	for _, r := range b.Waiting {
		s.postpone(r.Delivery.ID, r.Again)
	}
	s.remove(b.Done)
	return s.keepHistory(b)
}

// head is the highest number that was ever given.
func (s *Store) head() (head int64) {
	head = s.high
	if n := len(s.rows); n > 0 {
		head = max(head, s.rows[n-1].Seq)
	}
	if n := len(s.pending); n > 0 {
		head = max(head, s.pending[n-1].ID)
	}
	return head
}

func (s *Store) postpone(id int64, a *eventlog.Again) {
	i, ok := slices.BinarySearchFunc(s.pending, id, compareID)
	if !ok {
		return
	}
	d := &s.pending[i]
	d.Origin, d.Attempt, d.Skips, d.Since, d.Due, d.Wait = a.Origin, a.Attempt, a.Skips, a.Since, a.Due, a.Wait
}

func (s *Store) remove(ids []int64) {
	if len(ids) == 0 {
		return
	}
	gone := make(map[int64]bool, len(ids))
	for _, id := range ids {
		gone[id] = true
	}
	s.pending = slices.DeleteFunc(s.pending, func(d eventlog.Delivery) bool { return gone[d.ID] })
}

func compareID(d eventlog.Delivery, id int64) int { return cmp.Compare(d.ID, id) }

func compareSeq(r eventlog.Row, seq int64) int { return cmp.Compare(r.Seq, seq) }

// Events implements eventlog.Engine.
func (s *Store) Events(_ context.Context, after int64, limit int) ([]event.Event, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i, _ := slices.BinarySearchFunc(s.rows, after+1, compareSeq)
	var out []event.Event
	for ; i < len(s.rows) && len(out) < limit; i++ {
		e, err := event.ParseRecord(s.rows[i].Seq, s.rows[i].Record)
		if err != nil {
			return nil, fmt.Errorf("event %d: %w", s.rows[i].Seq, err)
		}
		out = append(out, e)
	}
	return out, nil
}

// EventsBefore implements history.Backward.
func (s *Store) EventsBefore(_ context.Context, before int64, limit int) ([]event.Event, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i, _ := slices.BinarySearchFunc(s.rows, before, compareSeq)
	var out []event.Event
	for i--; i >= 0 && len(out) < limit; i-- {
		e, err := event.ParseRecord(s.rows[i].Seq, s.rows[i].Record)
		if err != nil {
			return nil, fmt.Errorf("event %d: %w", s.rows[i].Seq, err)
		}
		out = append(out, e)
	}
	return out, nil
}

// Pending implements eventlog.Engine.
func (s *Store) Pending(_ context.Context, after int64, all bool, origin string, limit int) ([]eventlog.Pending, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	i, _ := slices.BinarySearchFunc(s.pending, after+1, compareID)
	var out []eventlog.Pending
	for ; i < len(s.pending) && len(out) < limit; i++ {
		if !all && s.pending[i].Origin != origin {
			continue
		}
		e, err := s.event(s.pending[i].EventSeq)
		if err != nil {
			return nil, err
		}
		out = append(out, eventlog.Pending{Delivery: s.pending[i], Event: e})
	}
	return out, nil
}

// PendingOf implements eventlog.Engine.
func (s *Store) PendingOf(_ context.Context, ids []int64) ([]eventlog.Pending, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []eventlog.Pending
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		i, ok := slices.BinarySearchFunc(s.pending, id, compareID)
		if !ok {
			continue
		}
		e, err := s.event(s.pending[i].EventSeq)
		if err != nil {
			return nil, err
		}
		out = append(out, eventlog.Pending{Delivery: s.pending[i], Event: e})
	}
	return out, nil
}

func (s *Store) event(seq int64) (*event.Event, error) {
	i, ok := slices.BinarySearchFunc(s.rows, seq, compareSeq)
	if !ok {
		return nil, fmt.Errorf("event %d of a pending delivery is missing", seq)
	}
	e, err := event.ParseRecord(seq, s.rows[i].Record)
	if err != nil {
		return nil, fmt.Errorf("event %d: %w", seq, err)
	}
	return &e, nil
}

// Head implements eventlog.Engine.
func (s *Store) Head(context.Context) (int64, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.head(), nil
}
