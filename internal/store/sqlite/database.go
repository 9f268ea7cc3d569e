package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/store/records"
)

// database lends the file to records.
type database struct{ s *Store }

// Query implements records.DB.
func (d database) Query(ctx context.Context, query string, args ...any) (records.Rows, error) {
	r, err := d.s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlite store: %w", err)
	}
	return rows{r}, nil
}

// rows closes without an error, which Err has told before.
type rows struct{ *sql.Rows }

// Close implements records.Rows.
func (r rows) Close() { _ = r.Rows.Close() }

// Change implements records.DB. A fault that do returns undoes the transaction;
// any other error drops the writer. Like Commit it does not stop halfway.
func (d database) Change(ctx context.Context, what string, do func(ctx context.Context, tx records.Tx) error) error {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	return d.s.change(ctx, what, func(ctx context.Context, tx *sql.Tx) error { return do(ctx, transaction{tx}) })
}

// Configure implements records.DB.
func (d database) Configure(ctx context.Context, what string, do func(ctx context.Context, tx records.Tx) error) (version int64, err error) {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	err = d.s.change(ctx, what, func(ctx context.Context, tx *sql.Tx) error {
		if err := do(ctx, transaction{tx}); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "UPDATE config_version SET version = version + 1 RETURNING version").Scan(&version)
	})
	if err != nil {
		return 0, err
	}
	d.s.w.version = version
	return version, nil
}

// transaction is a records.Tx.
type transaction struct{ tx *sql.Tx }

// Exec implements records.Tx.
func (t transaction) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	result, err := t.tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// Refusal implements records.DB. SQLite holds any text.
func (d database) Refusal(err error) error {
	if isCode(err, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY) || isCode(err, sqlite3.SQLITE_CONSTRAINT_UNIQUE) {
		return records.ErrTaken
	}
	return err
}

// change runs do in a transaction on the one writing connection. The caller
// holds s.mu.
func (s *Store) change(ctx context.Context, what string, do func(ctx context.Context, tx *sql.Tx) error) error {
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
