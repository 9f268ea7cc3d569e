// Package records keeps what the rooms save in SQL, one text for all engines:
// users and tokens, devices, integrations.
//
// An engine lends its connections as a DB and embeds the Store, which
// implements integration.Store, identity.Users, identity.Tokens and
// fleet.Devices. The statements use $1 and the words that SQLite and
// PostgreSQL share; the tables are in the engines' migrations. The log, whose
// statements must be fast, stays with the engines.
package records

import (
	"context"
	"errors"
	"fmt"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/store"
)

// What an engine may refuse about a statement; see DB.Refusal.
var (
	ErrTaken = errors.New("a key is taken")
	ErrText  = errors.New("text that the engine cannot hold")
)

// DB is an engine's database.
type DB interface {
	// Query reads committed data with one statement.
	Query(ctx context.Context, sql string, args ...any) (Rows, error)
	// Change runs do in a transaction on the one writing connection. A fault
	// that do returns undoes it and is passed on. Errors name what.
	Change(ctx context.Context, what string, do func(ctx context.Context, tx Tx) error) error
	// Configure is Change and raises the configuration version, which it
	// returns.
	Configure(ctx context.Context, what string, do func(ctx context.Context, tx Tx) error) (version int64, err error)
	// Refusal gives ErrTaken or ErrText if that is what a driver's error
	// means, or else the error.
	Refusal(err error) error
}

// Tx executes statements in a transaction.
type Tx interface {
	Exec(ctx context.Context, sql string, args ...any) (changed int64, err error)
}

// Rows are the rows of an answer.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// Store keeps records in a DB. It may be used by any number of goroutines.
type Store struct{ db DB }

var (
	_ integration.Store = (*Store)(nil)
	_ identity.Users    = (*Store)(nil)
	_ identity.Tokens   = (*Store)(nil)
	_ identity.Clients  = (*Store)(nil)
	_ fleet.Store       = (*Store)(nil)
)

// New makes a Store in db.
func New(db DB) *Store { return &Store{db} }

// written turns what the engine refuses about a new row into faults.
func (s *Store) written(err error, thing, key string) error {
	switch err := s.db.Refusal(err); {
	case errors.Is(err, ErrTaken):
		return store.Taken(thing, key)
	case errors.Is(err, ErrText):
		return fault.New(fault.Invalid, "A %s cannot hold NUL or invalid UTF-8.", thing).Because(err)
	default:
		return err
	}
}

// affected turns a statement that changed no row into the fault NotFound. A
// key that no row can hold is not found either.
func (s *Store) affected(changed int64, err error, thing string) error {
	err = s.db.Refusal(err)
	if errors.Is(err, ErrText) || err == nil && changed == 0 {
		return store.Missing(thing)
	}
	return err
}

// collect reads all rows of a query with scan, which reads one.
func collect[T any](ctx context.Context, s *Store, thing string, scan func(Rows) (T, error), query string, args ...any) ([]T, error) {
	out, err := rows(ctx, s.db, scan, query, args...)
	switch err = s.db.Refusal(err); {
	case errors.Is(err, ErrText):
		return nil, nil // no row can hold such a key
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", thing, err)
	}
	return out, nil
}

func rows[T any](ctx context.Context, db DB, scan func(Rows) (T, error), query string, args ...any) (out []T, err error) {
	r, err := db.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for r.Next() {
		v, err := scan(r)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, r.Err()
}

// one reads the row of a query that finds one at the most. Errors: the fault
// NotFound.
func one[T any](ctx context.Context, s *Store, thing string, scan func(Rows) (T, error), query string, keys ...any) (v T, err error) {
	all, err := collect(ctx, s, thing, scan, query, keys...)
	if err != nil {
		return v, err
	}
	if len(all) == 0 {
		return v, store.Missing(thing)
	}
	return all[0], nil
}

// count reads the one number that a query answers with.
func (s *Store) count(ctx context.Context, thing, query string, args ...any) (int, error) {
	scan := func(r Rows) (n int64, err error) {
		err = r.Scan(&n)
		return n, err
	}
	counts, err := collect(ctx, s, thing, scan, query, args...)
	if err != nil || len(counts) == 0 {
		return 0, err
	}
	return int(counts[0]), nil
}
