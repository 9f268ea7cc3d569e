package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/store"
)

// change runs do in a transaction on the one writing connection. A fault that
// do returns undoes the transaction and is passed on as it is; any other error
// drops the writer. Like Commit it does not stop halfway.
func (s *Store) change(ctx context.Context, what string, do func(ctx context.Context, tx *sql.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changeLocked(ctx, what, do)
}

func (s *Store) changeLocked(ctx context.Context, what string, do func(ctx context.Context, tx *sql.Tx) error) error {
	ctx = context.WithoutCancel(ctx)
	w, err := s.writer(ctx)
	if err != nil {
		return err
	}
	err = transact(ctx, w, do)
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	return s.failed(what, err)
}

func transact(ctx context.Context, w *writer, do func(ctx context.Context, tx *sql.Tx) error) error {
	tx, err := w.conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(ctx, tx); err != nil {
		if undo := tx.Rollback(); undo != nil {
			return fmt.Errorf("roll back after %v: %w", err, undo)
		}
		return err
	}
	return tx.Commit()
}

// configure is a change of the configuration: it raises the version, too, and
// returns the new one.
func (s *Store) configure(ctx context.Context, what string, do func(ctx context.Context, tx *sql.Tx) error) (version int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err = s.changeLocked(ctx, what, func(ctx context.Context, tx *sql.Tx) error {
		if err := do(ctx, tx); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "UPDATE config_version SET version = version + 1 RETURNING version").Scan(&version)
	})
	if err != nil {
		return 0, err
	}
	s.w.version = version
	return version, nil
}

// unique turns the violation of a key into the fault Conflict.
func unique(err error, thing, key string) error {
	if isCode(err, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY) || isCode(err, sqlite3.SQLITE_CONSTRAINT_UNIQUE) {
		return store.Taken(thing, key)
	}
	return err
}

// affected turns a statement that changed no row into the fault NotFound.
func affected(r sql.Result, err error, thing string) error {
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		return store.Missing(thing)
	}
	return err
}

// found turns an empty answer into the fault NotFound.
func found(err error, thing string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.Missing(thing)
	}
	if err != nil {
		return fmt.Errorf("sqlite store: read %s: %w", thing, err)
	}
	return nil
}

// collect reads all rows of a query with scan, which reads one.
func collect[T any](ctx context.Context, db querier, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// querier is a *sql.DB or a *sql.Tx.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(dest ...any) error }
