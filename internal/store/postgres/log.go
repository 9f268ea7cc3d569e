package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
)

// timeout bounds a write, the connecting included. After it the outcome is
// unknown and the connection is dropped.
const timeout = 30 * time.Second

// Commit implements eventlog.Engine. It is not stopped halfway by the end of
// ctx, but by a time-out of 30 s.
func (s *Store) Commit(ctx context.Context, b *eventlog.Batch) error {
	return s.write(ctx, "commit", func(ctx context.Context, w *writer) error { return w.run(ctx, b) })
}

// write gives do the writing connection, connecting again if it was lost. It
// drops the connection after an error that is not a refusal.
func (s *Store) write(ctx context.Context, what string, do func(ctx context.Context, w *writer) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.reconnect(ctx); err != nil {
		return fmt.Errorf("postgres store: %s: %w", what, err)
	}
	err := do(ctx, s.w)
	if err == nil || refusal(err) {
		return err
	}
	err = errors.Join(err, s.w.close())
	s.w = nil
	return fmt.Errorf("postgres store: %s: %w", what, err)
}

// reconnect makes s.w a writer; the caller holds s.mu.
func (s *Store) reconnect(ctx context.Context) (err error) {
	if s.closed {
		return errors.New("the store is closed")
	}
	if s.w == nil {
		s.w, err = connect(ctx, s.config)
	}
	return err
}

// Events implements eventlog.Engine. The limit is the page: a long statement
// keeps vacuum from its work.
func (s *Store) Events(ctx context.Context, after int64, limit int) ([]event.Event, error) {
	rows, err := s.read.Query(ctx, "SELECT seq, record FROM event WHERE seq > $1 ORDER BY seq LIMIT $2", after, limit)
	if err != nil {
		return nil, fmt.Errorf("postgres store: events: %w", err)
	}
	out, err := pgx.AppendRows([]event.Event(nil), rows, scanEvent)
	if err != nil {
		return nil, fmt.Errorf("postgres store: events: %w", err)
	}
	return out, nil
}

func scanEvent(row pgx.CollectableRow) (event.Event, error) {
	var seq int64
	record := row.RawValues()[1] // ParseRecord makes the one copy
	if err := row.Scan(&seq, nil); err != nil {
		return event.Event{}, err
	}
	e, err := event.ParseRecord(seq, record)
	if err != nil {
		return event.Event{}, fmt.Errorf("event %d: %w", seq, err)
	}
	return e, nil
}

// The left join makes a pending delivery without its event an error, not a
// delivery that nobody sees.
const (
	pendingFrom = "SELECT d.id, d.event_seq, d.integration, d.origin, d.attempt, d.due, d.wait, d.mark, d.skips, d.since, d.job, e.record" +
		" FROM delivery d LEFT JOIN event e ON e.seq = d.event_seq WHERE "
	pendingAll    = pendingFrom + "d.id > $1 ORDER BY d.id LIMIT $2"
	pendingOrigin = pendingFrom + "d.id > $1 AND d.origin = $3 ORDER BY d.id LIMIT $2"
	pendingIDs    = pendingFrom + "d.id = ANY($1) ORDER BY d.id"
)

// Pending implements eventlog.Engine. Deliveries of one event that follow each
// other share it.
func (s *Store) Pending(ctx context.Context, after int64, all bool, origin string, limit int) ([]eventlog.Pending, error) {
	query, args := pendingAll, []any{after, limit}
	if !all {
		query, args = pendingOrigin, []any{after, limit, []byte(origin)}
	}
	return s.pending(ctx, query, args...)
}

// PendingOf implements eventlog.Engine.
func (s *Store) PendingOf(ctx context.Context, ids []int64) ([]eventlog.Pending, error) {
	return s.pending(ctx, pendingIDs, ids)
}

func (s *Store) pending(ctx context.Context, query string, args ...any) ([]eventlog.Pending, error) {
	rows, err := s.read.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("postgres store: pending: %w", err)
	}
	var last *event.Event
	out, err := pgx.AppendRows([]eventlog.Pending(nil), rows, func(row pgx.CollectableRow) (eventlog.Pending, error) {
		p, err := scanPending(row, last)
		last = p.Event
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("postgres store: pending: %w", err)
	}
	return out, nil
}

// scanPending reads a row; last is the event of the row before, if any.
func scanPending(row pgx.CollectableRow, last *event.Event) (p eventlog.Pending, err error) {
	var origin, record []byte
	err = row.Scan(&p.ID, &p.EventSeq, &p.Integration, &origin, &p.Attempt, &p.Due, &p.Wait, &p.Mark, &p.Skips, &p.Since, &p.Job, &record)
	if err != nil {
		return p, err
	}
	p.Origin = string(origin)
	return p, p.Attach(record, last)
}

// Head implements eventlog.Engine.
func (s *Store) Head(ctx context.Context) (head int64, err error) {
	err = s.read.QueryRow(ctx, "SELECT greatest((SELECT max(seq) FROM event), (SELECT max(id) FROM delivery), (SELECT n FROM log_head))").Scan(&head)
	if err != nil {
		return 0, fmt.Errorf("postgres store: head: %w", err)
	}
	return head, nil
}
