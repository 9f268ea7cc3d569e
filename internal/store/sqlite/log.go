package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
)

// Commit implements eventlog.Engine. It is not stopped halfway by the end of
// ctx. After a failure the next write opens the connection again and reads the
// log's head from the file.
func (s *Store) Commit(ctx context.Context, b *eventlog.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx = context.WithoutCancel(ctx)
	w, err := s.writer(ctx)
	if err != nil {
		return err
	}
	if b.Version != 0 && b.Version != w.version {
		return eventlog.ErrStale
	}
	if len(b.Accepts)+len(b.Results) == 0 {
		b.Number(w.head + 1)
		return nil
	}
	if err := w.run(ctx, b); err != nil {
		return s.failed("commit", err)
	}
	return nil
}

// writer gives the open writer; the caller holds s.mu.
func (s *Store) writer(ctx context.Context) (*writer, error) {
	if s.w != nil {
		return s.w, nil
	}
	w, err := openWriter(ctx, s.write)
	if err != nil {
		return nil, fmt.Errorf("sqlite store: open again: %w", err)
	}
	s.w = w
	return w, nil
}

// failed drops the writer; the caller holds s.mu.
func (s *Store) failed(what string, err error) error {
	err = errors.Join(err, s.w.close())
	s.w = nil
	return fmt.Errorf("sqlite store: %s: %w", what, err)
}

// Events implements eventlog.Engine. The limit is the page: a reader holds
// back the checkpoint for as long as it reads.
func (s *Store) Events(ctx context.Context, after int64, limit int) ([]event.Event, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT seq, record FROM event WHERE seq > ? ORDER BY seq LIMIT ?", after, limit)
	if err != nil {
		return nil, fmt.Errorf("sqlite store: events: %w", err)
	}
	defer rows.Close()
	var out []event.Event
	for rows.Next() {
		e, err := scanEvent(rows)
		if err != nil {
			return nil, fmt.Errorf("sqlite store: events: %w", err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

func scanEvent(rows *sql.Rows) (event.Event, error) {
	var seq int64
	var record sql.RawBytes // ParseRecord makes the one copy
	if err := rows.Scan(&seq, &record); err != nil {
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
	pendingAll    = pendingFrom + "d.id > ? ORDER BY d.id LIMIT ?"
	pendingOrigin = pendingFrom + "d.id > ? AND d.origin = ? ORDER BY d.id LIMIT ?"
)

// Pending implements eventlog.Engine. Deliveries of one event that follow each
// other share it.
func (s *Store) Pending(ctx context.Context, after int64, all bool, origin string, limit int) ([]eventlog.Pending, error) {
	query, args := pendingAll, []any{after, limit}
	if !all {
		query, args = pendingOrigin, []any{after, origin, limit}
	}
	return s.pending(ctx, query, args...)
}

// PendingOf implements eventlog.Engine.
func (s *Store) PendingOf(ctx context.Context, ids []int64) ([]eventlog.Pending, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	places := strings.TrimSuffix(strings.Repeat("?,", len(ids)), ",")
	return s.pending(ctx, pendingFrom+"d.id IN ("+places+") ORDER BY d.id", args...)
}

func (s *Store) pending(ctx context.Context, query string, args ...any) (out []eventlog.Pending, err error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlite store: pending: %w", err)
	}
	defer rows.Close()
	var last *event.Event
	for rows.Next() {
		p, err := scanPending(rows, last)
		if err != nil {
			return nil, fmt.Errorf("sqlite store: pending: %w", err)
		}
		out, last = append(out, p), p.Event
	}
	return out, rows.Err()
}

// scanPending reads a row; last is the event of the row before, if any.
func scanPending(rows *sql.Rows, last *event.Event) (p eventlog.Pending, err error) {
	var record sql.RawBytes
	err = rows.Scan(&p.ID, &p.EventSeq, &p.Integration, &p.Origin, &p.Attempt, &p.Due, &p.Wait, &p.Mark, &p.Skips, &p.Since, &p.Job, &record)
	if err != nil {
		return p, err
	}
	return p, p.Attach(record, last)
}

// Head implements eventlog.Engine.
func (s *Store) Head(ctx context.Context) (head int64, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT max((SELECT coalesce(max(seq), 0) FROM event), (SELECT coalesce(max(id), 0) FROM delivery), (SELECT n FROM log_head))").Scan(&head)
	if err != nil {
		return 0, fmt.Errorf("sqlite store: head: %w", err)
	}
	return head, nil
}
