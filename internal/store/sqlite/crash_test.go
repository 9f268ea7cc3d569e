package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const crashPath = "FIELDHOOK_TEST_CRASH_PATH"

// TestKilledWriter kills a process that commits without end, at a different
// moment each time, and looks for every event that it had acknowledged.
func TestKilledWriter(t *testing.T) {
	if path := os.Getenv(crashPath); path != "" {
		commitForever(t, path)
	}
	path := filepath.Join(t.TempDir(), "hub.db")
	for round := range 3 {
		acknowledged := runAndKill(t, path, 20+37*round)
		s := open(t, path)
		for _, want := range acknowledged {
			es, err := s.Events(t.Context(), want-1, 1)
			if err != nil || len(es) != 1 || es[0].Seq != want || es[0].Name != "kept" {
				t.Fatalf("round %d: event %d was acknowledged, got %+v, %v", round, want, es, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// commitForever is the process to be killed. It prints each seq after its
// commit.
func commitForever(t *testing.T, path string) {
	s := open(t, path)
	for {
		b := batch("kept")
		if err := s.Commit(context.Background(), b); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(os.Stderr, "committed", b.Accepts[0].Event.Seq)
	}
}

// runAndKill starts this test binary as the writer and kills it once it has
// acknowledged n commits. It gives all that the writer acknowledged.
func runAndKill(t *testing.T, path string, n int) (seqs []int64) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWriter$")
	cmd.Env = append(os.Environ(), crashPath+"="+path)
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var seq int64
		if !strings.HasPrefix(lines.Text(), "committed ") {
			continue
		}
		if _, err := fmt.Sscanf(lines.Text(), "committed %d", &seq); err != nil {
			break // the kill cut the line
		}
		if seqs = append(seqs, seq); len(seqs) == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd.Wait() // it was killed: its error says no more
	if len(seqs) < n {
		t.Fatalf("the writer acknowledged %d commits, want at least %d", len(seqs), n)
	}
	return seqs
}
