package postgres_test

import (
	"context"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/store/postgres"
	"github.com/fieldhook/fieldhook/internal/store/postgres/pgtest"
	"github.com/fieldhook/fieldhook/internal/store/storetest"
)

func open(t testing.TB, dsn string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Store { return open(t, pgtest.New(t)) })
}

func TestDurable(t *testing.T) {
	storetest.RunDurable(t, func(t *testing.T) (storetest.Store, func() storetest.Store) {
		dsn := pgtest.New(t)
		return open(t, dsn), func() storetest.Store { return open(t, dsn) }
	})
}

func TestSecondHubIsRefused(t *testing.T) {
	dsn := pgtest.New(t)
	first := open(t, dsn)
	_, err := postgres.Open(t.Context(), dsn)
	if err == nil || !strings.Contains(err.Error(), "another Fieldhook hub") {
		t.Fatalf("second open: got %v, want an error that names the other hub", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dsn)
}

// TestLostConnection ends all sessions at the server: one call may fail, the
// next one works and goes on counting.
func TestLostConnection(t *testing.T) {
	dsn := pgtest.New(t)
	s := open(t, dsn)
	commit(t, s, "first")
	pgtest.Exec(t, dsn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"+
		" WHERE datname = current_database() AND pid <> pg_backend_pid()")
	if err := s.Commit(t.Context(), batch("lost")); err == nil {
		t.Error("commit on a lost connection: got nil, want an error")
	}
	commit(t, s, "second")
	es, err := s.Events(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range es {
		got = append(got, e.Name)
	}
	if strings.Join(got, " ") != "first second" || es[1].Seq != 2 {
		t.Errorf("events: got %q up to %d, want first and second up to 2", got, es[len(es)-1].Seq)
	}
}

// TestFailedCommit makes a commit fail in its middle: a record that nobody
// sealed is NULL, which the table refuses.
func TestFailedCommit(t *testing.T) {
	s := open(t, pgtest.New(t))
	bad := batch("good", "bad")
	bad.Accepts[1] = &eventlog.Accept{Event: event.Event{Name: "never sealed"}}
	if err := s.Commit(t.Context(), bad); err == nil || !strings.Contains(err.Error(), "23502") {
		t.Fatalf("commit of a NULL record: got %v, want a constraint's error", err)
	}
	commit(t, s, "next")
	if head, err := s.Head(t.Context()); err != nil || head != 1 {
		t.Errorf("head: got %d, %v; want 1", head, err)
	}
}

func TestUnsafeServersAreRefused(t *testing.T) {
	dsn := pgtest.New(t)
	pgtest.Exec(t, dsn, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`)
	_, err := postgres.Open(t.Context(), dsn)
	if err == nil || !strings.Contains(err.Error(), "synchronous_commit is off") {
		t.Errorf("got %v, want an error that names the setting", err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	dsn := pgtest.New(t)
	if err := open(t, dsn).Close(); err != nil {
		t.Fatal(err)
	}
	pgtest.Exec(t, dsn, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
	_, err := postgres.Open(t.Context(), dsn)
	if err == nil || !strings.Contains(err.Error(), "newer Fieldhook") {
		t.Errorf("got %v, want an error about a newer Fieldhook", err)
	}
}

func TestUnstorableTextIsAFault(t *testing.T) {
	s := open(t, pgtest.New(t))
	err := s.InsertDevice(t.Context(), fleet.Device{ID: "1", Name: "a\x00b"})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("a NUL in a name: got %v, want a fault %s", err, fault.Invalid)
	}
	commit(t, s, "the connection still works")
}

func TestErrorsHideThePassword(t *testing.T) {
	for _, dsn := range []string{
		"postgres://ann:s3cr#et@127.0.0.1:1/db",
		"postgres://ann:s3cr%zzet@127.0.0.1:1/db",
		"postgres://ann:s3cr%23et@127.0.0.1:1/db",
		"postgres://ann:s3cret@127.0.0.1:99999/db",
		"postgres://ann:s3cret@127.0.0.1:1/db?sslmode=nonsense",
		"host=127.0.0.1 port=1 user=ann password=s3cret",
		"host=127.0.0.1 port=x user=ann password=s3cret",
	} {
		_, err := postgres.Open(t.Context(), dsn)
		if err == nil {
			t.Errorf("%s: got nil, want an error", dsn)
		} else if strings.Contains(err.Error(), "s3cr") {
			t.Errorf("%s: the error shows the password: %v", dsn, err)
		}
	}
}

func BenchmarkCommit(b *testing.B) {
	storetest.Bench(b, open(b, pgtest.New(b)))
}

func batch(names ...string) *eventlog.Batch {
	b := &eventlog.Batch{}
	for _, n := range names {
		b.Accepts = append(b.Accepts, &eventlog.Accept{Event: event.Event{Name: n}})
	}
	b.Seal()
	return b
}

func commit(t *testing.T, s *postgres.Store, name string) {
	t.Helper()
	if err := s.Commit(t.Context(), batch(name)); err != nil {
		t.Fatal(err)
	}
}
