package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/demo"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// screen collects output and calls seen, once, when it holds a text.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
	want string
	seen func()
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.text.Write(p)
	if s.seen != nil && bytes.Contains(s.text.Bytes(), []byte(s.want)) {
		s.seen()
		s.seen = nil
	}
	return n, err
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// runDemo runs the demo until its output holds want, and gives the output.
func runDemo(t *testing.T, want string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, errs := &screen{want: want, seen: cancel}, new(screen)
	code := Main(ctx, append([]string{"demo"}, args...), Streams{Out: out, Err: errs})
	if code != 0 || !strings.Contains(out.String(), want) {
		t.Fatalf("code %d, output\n%s\nerrors\n%s", code, out, errs)
	}
	return out.String()
}

// lineWith gives the first line of text that holds part.
func lineWith(text, part string) string {
	for l := range strings.Lines(text) {
		if strings.Contains(l, part) {
			return l
		}
	}
	return ""
}

// TestDemo starts the demo twice in the same folder and waits for an answer to
// come back to a device.
func TestDemo(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "demo")
	args := []string{"--folder", folder, "--listen", "127.0.0.1:0", "--rate", "50"}
	const answer = `← hook-response  {"ok":true,"celsius":"`
	first := runDemo(t, answer, args...)
	for _, want := range []string{"(new)", "http://127.0.0.1:", "→ POST ", "/bin/demo {", "· hook-sent", "Stopped after ", folder} {
		if !strings.Contains(first, want) {
			t.Errorf("%q is missing in\n%s", want, first)
		}
	}
	if strings.Contains(first, "\x1b") {
		t.Errorf("colours in output that is no terminal:\n%s", first)
	}
	second := runDemo(t, answer, args...)
	if !strings.Contains(second, "(of an earlier start)") {
		t.Errorf("the second start did not find the first:\n%s", second)
	}
	for _, kept := range []string{"Token ", "Login ", "Devices "} {
		if got, want := lineWith(second, kept), lineWith(first, kept); got != want || got == "" {
			t.Errorf("the second start says %q, the first said %q", got, want)
		}
	}
}

func TestDemoTakesAFreePort(t *testing.T) {
	if usual, err := net.Listen("tcp", demoListen); err == nil {
		defer usual.Close()
	} // else somebody has it already, which serves as well
	out := runDemo(t, "Ctrl-C", "--folder", t.TempDir())
	if usual, err := net.Listen("tcp", demoListen); err == nil { // that somebody has ended, perhaps too soon
		defer usual.Close()
		out = runDemo(t, "Ctrl-C", "--folder", t.TempDir())
	}
	if want := demoListen + " is taken, so the hub listens on a free port."; !strings.Contains(out, want) {
		t.Errorf("%q is missing in\n%s", want, out)
	}
	if strings.Contains(lineWith(out, "Hub "), demoListen) {
		t.Errorf("the hub claims the port that is taken:\n%s", out)
	}
}

func TestDemoRefusals(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	damaged := t.TempDir()
	if err := os.WriteFile(filepath.Join(damaged, "access.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		code int
		want string
	}{
		{"rate", []string{"--rate", "0"}, 2, "--rate: 0 is not between 0.1 and 100"},
		{"no number", []string{"--rate", "NaN"}, 2, "--rate: NaN is not between 0.1 and 100"},
		{"devices", []string{"--devices", "25"}, 2, "--devices: 25 is not between 1 and 24"},
		{"folder", []string{"--folder", ""}, 2, "--folder: it must not be empty"},
		{"listen", []string{"--listen", "nowhere", "--folder", t.TempDir()}, 1, `--listen: "nowhere" is not of the form host:port`},
		{"chosen port", []string{"--listen", taken.Addr().String(), "--folder", t.TempDir()}, 1, "--listen: "},
		{"damaged folder", []string{"--folder", damaged}, 1, "access.json is damaged"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			code := Main(ctx, append([]string{"demo"}, tt.args...), Streams{Out: &out, Err: &errs})
			if code != tt.code || !strings.Contains(errs.String(), tt.want) {
				t.Errorf("code %d, error %q, want %d and %q", code, errs.String(), tt.code, tt.want)
			}
		})
	}
}

func TestColumnsOf(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "no-terminal"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tests := []struct {
		variable string
		want     int
	}{{"", 100}, {"wide", 100}, {"-1", 100}, {"132", 132}}
	for _, tt := range tests {
		t.Setenv("COLUMNS", tt.variable)
		for _, out := range []*os.File{nil, f} {
			if got := columnsOf(out); got != tt.want || isTerminal(out) {
				t.Errorf("COLUMNS=%q: %d columns, terminal %t, want %d, false", tt.variable, got, isTerminal(out), tt.want)
			}
		}
	}
}

// TestDemoKeepsAccess checks that what is shown is what is kept.
func TestDemoKeepsAccess(t *testing.T) {
	folder := t.TempDir()
	out := runDemo(t, "Ctrl-C", "--folder", folder, "--listen", "127.0.0.1:0")
	raw, err := os.ReadFile(filepath.Join(folder, "access.json"))
	if err != nil {
		t.Fatal(err)
	}
	var kept struct{ User, Password, Token string }
	if err := json.Unmarshal(raw, &kept); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{kept.User, kept.Password, kept.Token} {
		if want == "" || !strings.Contains(out, want) {
			t.Errorf("%q of access.json is not in\n%s", want, out)
		}
	}
}

// TestDemoHidesCredentials shows an integration without a name: the live log is
// no place for the password in its URL.
func TestDemoHidesCredentials(t *testing.T) {
	access, _, err := demo.OpenAccess(t.TempDir(), identity.Admin)
	if err != nil {
		t.Fatal(err)
	}
	hub, err := (&demoFolder{folder: t.TempDir(), access: access, logs: io.Discard}).openAt(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer hub.Close()
	config := []byte(`{"event":"temp","url":"https://ann:secret@example.org/{{a}}"}`)
	in, _, err := hub.Integrations.Create(t.Context(), scope.Of("u"), config)
	if err != nil {
		t.Fatal(err)
	}
	d := demonstration{hub: hub}
	if got, want := d.nameOf(in.ID), "https://example.org/{{a}}"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
