//go:build unix

package eventlog_test

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/store/sqlite"
)

// limitFiles keeps the process from writing files beyond a size, which is what
// a full disk does, and gives back what was allowed before.
func limitFiles(t *testing.T, size int64) (lift func()) {
	t.Helper()
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ) // the write fails instead
	limit := old
	limit.Cur = uint64(size)
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &old); err != nil {
			t.Error(err)
		}
	}
}

func openFile(t *testing.T, path string) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(context.Background(), sqlite.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestFullDisk publishes until the disk is full and on: nobody gets an
// acknowledgement for what is not kept, a result waits, and with room on the disk
// everything goes on, also for the next process.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hub.db")
	store := openFile(t, path)
	var told deliveries
	l := open(t, store, &fakeMatcher{target: "hook"}, told.subscribe)
	publish(t, l, "first")
	wal, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	lift := limitFiles(t, wal.Size()+200<<10)
	defer lift()
	acknowledged := map[int64]bool{}
	refused := 0
	for refused < 5 {
		seq, err := l.Append(t.Context(), named("filler"))
		switch {
		case err == nil:
			acknowledged[seq] = true
		case fault.Is(err, fault.Unavailable):
			if refused++; refused == 1 {
				finish(l, told.all[0], "hook-sent/first")
			}
		default:
			t.Fatalf("append on a full disk: %v", err)
		}
		if len(acknowledged) > 10_000 {
			t.Fatal("the disk never gets full")
		}
	}
	lift()
	last := publish(t, l, "after")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := l.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	checkKept(t, openFile(t, path), acknowledged, last)
	if n := len(told.ids(t)); n != len(acknowledged)+2 {
		t.Errorf("%d deliveries were told, want %d", n, len(acknowledged)+2)
	}
}

// checkKept looks for all that was acknowledged and for what was not.
func checkKept(t *testing.T, store eventlog.Engine, acknowledged map[int64]bool, last int64) {
	t.Helper()
	events, err := store.Events(t.Context(), 0, 20_000)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	var rest []string
	for _, e := range events {
		if acknowledged[e.Seq] {
			found++
			continue
		}
		rest = append(rest, e.Name)
		if e.Name == "after" && e.Seq != last {
			t.Errorf("the event after is %d, acknowledged as %d", e.Seq, last)
		}
	}
	if found != len(acknowledged) || len(rest) != 3 {
		t.Errorf("%d of %d acknowledged events are there, and %v", found, len(acknowledged), rest)
	}
	pending, err := store.Pending(t.Context(), 0, true, "", 20_000)
	if err != nil || len(pending) != len(acknowledged)+1 {
		t.Errorf("%d deliveries are pending, %v; want %d", len(pending), err, len(acknowledged)+1)
	}
}
