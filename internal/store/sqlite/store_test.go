package sqlite_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/store/sqlite"
	"github.com/fieldhook/fieldhook/internal/store/storetest"
)

func open(t testing.TB, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), sqlite.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Store {
		return open(t, filepath.Join(t.TempDir(), "hub.db"))
	})
}

func TestDurable(t *testing.T) {
	storetest.RunDurable(t, func(t *testing.T) (storetest.Store, func() storetest.Store) {
		path := filepath.Join(t.TempDir(), "new folder", "a?b%20#.db")
		return open(t, path), func() storetest.Store { return open(t, path) }
	})
}

func TestSecondProcessIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	first := open(t, path)
	_, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
	if err == nil {
		t.Fatal("second open: got nil, want an error")
	}
	for _, want := range []string{"another Fieldhook process", path} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

func TestForeignFilesAreRefused(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name string
		make func(t *testing.T, path string)
		want string
	}{
		{"text", func(t *testing.T, path string) { write(t, path, strings.Repeat("hello ", 1000)) }, "not a SQLite database"},
		{"foreign", func(t *testing.T, path string) { run(t, path, "CREATE TABLE t (x)") }, "belongs to another program"},
		{"newer", func(t *testing.T, path string) {
			if err := open(t, path).Close(); err != nil {
				t.Fatal(err)
			}
			run(t, path, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
		}, "newer Fieldhook"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, c.name)
			c.make(t, path)
			before, _ := os.ReadFile(path)
			_, err := sqlite.Open(t.Context(), sqlite.Options{Path: path})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want an error with %q and %q", err, c.want, path)
			}
			if after, _ := os.ReadFile(path); c.name != "newer" && string(after) != string(before) {
				t.Error("the refused file was changed")
			}
		})
	}
}

func TestFilesArePrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "hub.db")
	open(t, path)
	for name, want := range map[string]os.FileMode{
		filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600, path + ".lock": 0o600,
	} {
		fi, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := fi.Mode().Perm(); got != want {
			t.Errorf("rights of %s: got %o, want %o", name, got, want)
		}
	}
}

// TestFailedCommit makes a commit fail in its middle: a record that nobody
// sealed is NULL, which the table refuses.
func TestFailedCommit(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "hub.db"))
	first := batch("first")
	if err := s.Commit(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	bad := batch("good", "bad")
	bad.Accepts[1] = &eventlog.Accept{Event: event.Event{Name: "never sealed"}}
	if err := s.Commit(t.Context(), bad); err == nil || !strings.Contains(err.Error(), "NOT NULL") {
		t.Fatalf("commit of a NULL record: got %v, want a constraint's error", err)
	}
	next := batch("next")
	if err := s.Commit(t.Context(), next); err != nil {
		t.Fatal(err)
	}
	if got := next.Accepts[0].Event.Seq; got != 2 {
		t.Errorf("seq after the failed commit: got %d, want 2", got)
	}
	es, err := s.Events(t.Context(), 0, 10)
	if err != nil || len(es) != 2 || es[1].Name != "next" {
		t.Errorf("events: got %+v, %v; want first and next", es, err)
	}
}

func TestSettings(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for pragma, want := range map[string]string{"page_size": "8192", "journal_mode": "wal", "application_id": "1180985451"} {
		var got string
		if err := db.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", pragma, got, err, want)
		}
	}
}

func BenchmarkCommit(b *testing.B) {
	storetest.Bench(b, open(b, filepath.Join(b.TempDir(), "hub.db")))
}

func batch(names ...string) *eventlog.Batch {
	b := &eventlog.Batch{}
	for _, n := range names {
		b.Accepts = append(b.Accepts, &eventlog.Accept{Event: event.Event{Name: n}})
	}
	b.Seal()
	return b
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}
