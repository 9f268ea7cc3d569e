// Package postgres is the storage engine that keeps everything in a PostgreSQL
// database.
//
// What Commit and the configuration writes return nil for is on the server's
// disk. All writes of a hub go through one connection under one mutex; readers
// use a pool and see only committed data.
//
// The writing connection holds an advisory lock of the database for as long as
// it lives, so a second hub on the same database is refused. If the connection
// is lost, the running call fails and the next one connects again; because it
// gets the lock only when the old session has ended, what it then reads as the
// log's head is final.
//
// Errors never contain the connection string. docs/formats/store.md describes
// the tables.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/store/records"
)

// Store is a connected database. It may be used by any number of goroutines.
type Store struct {
	*records.Store // users, tokens, devices and integrations

	config *pgx.ConnConfig // of the writing connection
	read   *pgxpool.Pool

	mu     sync.Mutex // held by whoever writes
	closed bool
	w      *writer // nil after a failure: connected again by the next write
}

var _ eventlog.Engine = (*Store)(nil)

// errAddress hides the parser's error, which may quote parts of a password.
var errAddress = errors.New("the connection string is not valid; it looks like " +
	"postgres://user:password@host:5432/database, with special characters percent-encoded")

// Open connects to the database, making its tables or bringing them up to date
// as needed. It refuses a server that would lose commits in a crash, a
// database that another hub uses and one that a newer Fieldhook wrote. The pool
// of readers follows the settings pool_max_conns and so on of dsn.
func Open(ctx context.Context, dsn string) (*Store, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("postgres store: %w", errAddress)
	}
	s := &Store{config: writeConfig(config.ConnConfig)}
	s.Store = records.New(database{s})
	config.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	if s.read, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, fmt.Errorf("postgres store: %w", err)
	}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("postgres store: %w", err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) (err error) {
	if s.w, err = connect(ctx, s.config); err != nil {
		return err
	}
	if err = checkDurability(ctx, s.w.conn); err != nil {
		return err
	}
	return migrate(ctx, s.config)
}

// Close waits for a running write and closes all connections.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.read.Close()
	if s.w == nil {
		return nil
	}
	w := s.w
	s.w = nil
	return w.close()
}

// writeConfig makes the settings of the writing connection.
func writeConfig(base *pgx.ConnConfig) *pgx.ConnConfig {
	c := base.Copy()
	for name, value := range map[string]string{
		"application_name": "fieldhook",
		// The server notices a vanished hub, and frees its lock, in 25 s.
		"tcp_keepalives_idle":     "10",
		"tcp_keepalives_interval": "5",
		"tcp_keepalives_count":    "3",
		// The writer's statements reach rows by primary key only. A plan
		// made while a table was small must not scan it when it is big.
		"enable_seqscan":  "off",
		"plan_cache_mode": "force_generic_plan",
		// A scan that cannot be avoided then counts as so costly that the
		// server would compile it: 250 ms for each commit.
		"jit": "off",
	} {
		c.RuntimeParams[name] = value
	}
	return c
}

// checkDurability refuses settings with which a committed event may be lost.
func checkDurability(ctx context.Context, conn *pgx.Conn) error {
	for _, name := range []string{"fsync", "full_page_writes", "synchronous_commit"} {
		var value string
		if err := conn.QueryRow(ctx, "SELECT current_setting($1)", name).Scan(&value); err != nil {
			return fmt.Errorf("read the setting %s: %w", name, err)
		}
		if value == "off" {
			return fmt.Errorf("the server's setting %s is off, so acknowledged events could be lost in a crash: turn it on", name)
		}
	}
	return nil
}
