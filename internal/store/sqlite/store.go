// Package sqlite is the storage engine of a single hub: one SQLite file in
// write-ahead mode.
//
// What Commit and the configuration writes return nil for is on disk
// (synchronous=FULL). All writes go through one connection under one mutex, so
// there is never a second writer: Commit and the configuration writes see each
// other's results in full or not at all. Readers use connections of their own,
// never wait for the writer and see only committed data.
//
// A lock file keeps a second process away. docs/formats/store.md describes the
// tables.
package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"modernc.org/sqlite"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/store/records"
)

// Options say where the store is and how much memory it may use.
type Options struct {
	Path     string // of the database file; its folder is made if it is missing
	CacheKiB int    // page cache of the writer in KiB; 0 = 16384
}

// readers is how many connections read at the same time.
const readers = 4

// Store is an open SQLite file. It may be used by any number of goroutines.
type Store struct {
	*records.Store // users, tokens, devices and integrations

	lock  *os.File
	write *sql.DB // at most one connection, which w holds
	read  *sql.DB

	mu sync.Mutex // held by whoever writes
	w  *writer    // nil after a failure: opened again by the next write
}

var _ eventlog.Engine = (*Store)(nil)

// Open opens the file, making it or bringing its tables up to date as needed.
// It refuses a file that another process has open, that belongs to another
// program or that a newer Fieldhook wrote.
func Open(ctx context.Context, o Options) (*Store, error) {
	path, err := prepareFile(o.Path)
	if err != nil {
		return nil, fmt.Errorf("sqlite store: %w", err)
	}
	lock, err := lockFile(path)
	if err != nil {
		return nil, fmt.Errorf("sqlite store: %w", err)
	}
	s := &Store{lock: lock}
	s.Store = records.New(database{s})
	if err := s.open(ctx, path, cmp.Or(o.CacheKiB, 16384)); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite store %s: %w", path, err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string, cacheKiB int) (err error) {
	if err = claim(ctx, path); err != nil {
		return err
	}
	if s.write, err = openPool(path, writeSettings(cacheKiB), 1); err != nil {
		return err
	}
	if s.read, err = openPool(path, readSettings(), readers); err != nil {
		return err
	}
	if err = migrate(ctx, s.write); err != nil {
		return err
	}
	s.w, err = openWriter(ctx, s.write)
	return err
}

// Close waits for a running write, closes the file and lets other processes
// have it.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	if s.w != nil {
		errs = append(errs, s.w.close())
		s.w = nil
	}
	for _, db := range []*sql.DB{s.read, s.write} { // the last one checkpoints
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, s.lock.Close())...)
}

// prepareFile makes the folder and the file, readable by their owner only: the
// file holds hashes of passwords and secrets of integrations. SQLite gives its
// side files the same rights.
func prepareFile(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", err
	}
	return path, f.Close()
}

// errLocked refuses a file that is in use.
var errLocked = errors.New("another Fieldhook process has this file open")

// lockFile takes the lock that keeps other processes away. The lock goes with
// the returned file, also when the process is killed; the file itself stays.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	switch err := tryLock(f); {
	case errors.Is(err, errLocked):
		return nil, errors.Join(fmt.Errorf("%w: %s (lock file %s.lock)", errLocked, path, path), f.Close())
	case err != nil:
		return nil, errors.Join(fmt.Errorf("lock file %s.lock: %w", path, err), f.Close())
	}
	return f, nil
}

// writeSettings follow the storage reference, section 8; claim sets the page
// size.
func writeSettings(cacheKiB int) url.Values {
	return url.Values{
		"_txlock": {"immediate"},
		"_pragma": {
			"busy_timeout(5000)",
			"journal_mode(WAL)",
			"synchronous(FULL)",
			"wal_autocheckpoint(4000)",
			"journal_size_limit(67108864)",
			"foreign_keys(on)",
			"cache_size(-" + strconv.Itoa(cacheKiB) + ")",
		},
	}
}

func readSettings() url.Values {
	return url.Values{"_pragma": {"busy_timeout(5000)", "query_only(on)"}}
}

func openPool(path string, settings url.Values, size int) (*sql.DB, error) {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: settings.Encode()}
	c, err := sqlite.NewConnector(u.String())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}
