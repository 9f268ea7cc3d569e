package app_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestDiskBeforeAnswer watches the hub's system calls: between the write of an
// event to the store's file and the publisher's answer the file is synced.
func TestDiskBeforeAnswer(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed: the order of write, sync and answer was not watched")
	}
	dir := t.TempDir()
	trace := filepath.Join(dir, "trace")
	p := newProcess(t, "sqlite:"+filepath.Join(dir, "hub.db"),
		strace, "-f", "-y", "-s", "20000", "-e", "trace=write,pwrite64,fsync,fdatasync", "-o", trace)
	p.start()
	const mark = "disk-before-answer-mark"
	if s := p.post(t.Context(), "/v1/devices/events", `{"name":"synced","data":"`+mark+`"}`); s != 200 {
		t.Fatalf("publish: status %d", s)
	}
	p.stop(syscall.SIGTERM)
	raw, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	written, synced, answered := order(strings.Split(string(raw), "\n"), mark)
	if written < 0 || answered < 0 {
		t.Fatalf("the trace lacks the write (line %d) or the answer (line %d)", written, answered)
	}
	if synced < 0 || synced > answered {
		t.Errorf("write at line %d, sync at %d, answer at %d: the answer came before the disk", written, synced, answered)
	}
}

// order finds the lines at which the event was written to the WAL, the first sync
// of the WAL after that returned, and the answer after the write was sent.
func order(lines []string, mark string) (written, synced, answered int) {
	written, synced, answered = -1, -1, -1
	syncing := map[string]bool{} // threads whose sync of the WAL began after the write
	for i, line := range lines {
		thread, call, _ := strings.Cut(line, " ")
		call = strings.TrimSpace(call)
		switch {
		case written < 0:
			if strings.HasPrefix(call, "pwrite64(") && strings.Contains(call, "hub.db-wal>") && strings.Contains(call, mark) {
				written = i
			}
		case synced < 0 && isSync(call) && strings.Contains(call, "hub.db-wal>"):
			syncing[thread] = true
			if strings.HasSuffix(call, "= 0") {
				synced = i
			}
		case synced < 0 && syncing[thread] && strings.Contains(call, "resumed>") && strings.HasSuffix(call, "= 0"):
			synced = i
		case answered < 0 && strings.HasPrefix(call, "write(") && strings.Contains(call, `HTTP/1.1 200 OK`):
			answered = i
		}
	}
	return written, synced, answered
}

func isSync(call string) bool {
	return strings.HasPrefix(call, "fsync(") || strings.HasPrefix(call, "fdatasync(")
}
