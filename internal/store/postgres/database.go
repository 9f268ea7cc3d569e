package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/store/records"
)

// SQLSTATEs that are answers, not failures.
const (
	uniqueViolation = "23505"
	badCharacter    = "22021" // TEXT holds neither NUL nor invalid UTF-8
)

// refusal says whether the store works and only refuses this input.
func refusal(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) || errors.Is(err, eventlog.ErrStale)
}

// database lends the server to records.
type database struct{ s *Store }

// Query implements records.DB.
func (d database) Query(ctx context.Context, query string, args ...any) (records.Rows, error) {
	rows, err := d.s.read.Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("postgres store: %w", err)
	}
	return rows, nil
}

// Change implements records.DB. A fault that do returns undoes the transaction.
func (d database) Change(ctx context.Context, what string, do func(ctx context.Context, tx records.Tx) error) error {
	return d.s.change(ctx, what, func(ctx context.Context, tx pgx.Tx) error { return do(ctx, transaction{tx}) })
}

// Configure implements records.DB. It takes the lock that Commit takes, so the
// versions that commits compare and the order of the log agree.
func (d database) Configure(ctx context.Context, what string, do func(ctx context.Context, tx records.Tx) error) (version int64, err error) {
	err = d.s.change(ctx, what, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(commitLock)); err != nil {
			return err
		}
		if err := do(ctx, transaction{tx}); err != nil {
			return err
		}
		return tx.QueryRow(ctx, "UPDATE config_version SET version = version + 1 WHERE one = 1 RETURNING version").Scan(&version)
	})
	if err != nil {
		return 0, err
	}
	return version, nil
}

// transaction is a records.Tx.
type transaction struct{ tx pgx.Tx }

// Exec implements records.Tx.
func (t transaction) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	tag, err := t.tx.Exec(ctx, query, args...)
	return tag.RowsAffected(), err
}

// Refusal implements records.DB.
func (d database) Refusal(err error) error {
	switch {
	case isState(err, uniqueViolation):
		return records.ErrTaken
	case isState(err, badCharacter):
		return records.ErrText
	}
	return err
}

// change runs do in a transaction on the writing connection.
func (s *Store) change(ctx context.Context, what string, do func(ctx context.Context, tx pgx.Tx) error) error {
	return s.write(ctx, what, func(ctx context.Context, w *writer) error {
		tx, err := w.conn.Begin(ctx)
		if err != nil {
			return err
		}
		if err := do(ctx, tx); err != nil {
			if undo := tx.Rollback(ctx); undo != nil {
				return fmt.Errorf("roll back after %v: %w", err, undo)
			}
			return err
		}
		return tx.Commit(ctx)
	})
}
