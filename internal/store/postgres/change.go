package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/store"
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

// change runs do in a transaction on the writing connection. A fault that do
// returns undoes the transaction and is passed on as it is.
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

// configure is a change of the configuration: it raises the version, too, and
// returns the new one. It takes the lock that Commit takes, so the versions
// that commits compare and the order of the log agree.
func (s *Store) configure(ctx context.Context, what string, do func(ctx context.Context, tx pgx.Tx) error) (version int64, err error) {
	err = s.change(ctx, what, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(commitLock)); err != nil {
			return err
		}
		if err := do(ctx, tx); err != nil {
			return err
		}
		return tx.QueryRow(ctx, "UPDATE config_version SET version = version + 1 WHERE one = 1 RETURNING version").Scan(&version)
	})
	if err != nil {
		return 0, err
	}
	return version, nil
}

// written turns what the server refuses about a row into faults.
func written(err error, thing, key string) error {
	switch {
	case isState(err, uniqueViolation):
		return store.Taken(thing, key)
	case isState(err, badCharacter):
		return fault.New(fault.Invalid, "A %s cannot hold NUL or invalid UTF-8.", thing).Because(err)
	}
	return err
}

// affected turns a statement that changed no row into the fault NotFound.
func affected(tag pgconn.CommandTag, err error, thing string) error {
	if isState(err, badCharacter) || err == nil && tag.RowsAffected() == 0 {
		return store.Missing(thing)
	}
	return err
}

// found turns an empty answer into the fault NotFound. A key that no row can
// hold is not found either.
func found(err error, thing string) error {
	if errors.Is(err, pgx.ErrNoRows) || isState(err, badCharacter) {
		return store.Missing(thing)
	}
	if err != nil {
		return fmt.Errorf("postgres store: read %s: %w", thing, err)
	}
	return nil
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// collect reads all rows of a query with scan, which reads one.
func collect[T any](ctx context.Context, db querier, scan func(pgx.Row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	out, err := pgx.AppendRows([]T(nil), rows, func(row pgx.CollectableRow) (T, error) { return scan(row) })
	if isState(err, badCharacter) {
		return nil, nil // no row can hold such a key
	}
	return out, err
}
