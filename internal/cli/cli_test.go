package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/fieldhook/fieldhook/internal/cli"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/store/sqlite"
)

// stopper collects output and stops the hub as soon as it says that it runs.
type stopper struct {
	mu   sync.Mutex
	b    bytes.Buffer
	stop context.CancelFunc
}

func (s *stopper) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if bytes.Contains(p, []byte("listening")) {
		s.stop()
	}
	return s.b.Write(p)
}

// run gives exit code and output of one command. A hub that starts is stopped at
// once.
func run(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &stopper{stop: cancel}
	code = cli.Main(ctx, args, cli.Streams{Out: s, Err: s})
	return code, s.b.String()
}

func TestHelpNamesEverySetting(t *testing.T) {
	code, out := run(t, "serve", "--help")
	if code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	for _, want := range []string{
		"--listen", "FIELDHOOK_LISTEN", "--store", "FIELDHOOK_STORE", "--admin-token", "FIELDHOOK_ADMIN_TOKEN",
		"--admin-password", "--allow-private-targets", "--public-url", "--log-format", "--log-level", "--config",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the help lacks %s", want)
		}
	}
	for _, arg := range []string{"version", "--version"} {
		if code, out := run(t, arg); code != 0 || !strings.HasPrefix(out, "fieldhook ") {
			t.Errorf("%s: exit code %d\n%s", arg, code, out)
		}
	}
	if code, out := run(t); code != 0 || !strings.Contains(out, "demo") {
		t.Errorf("without arguments: exit code %d\n%s", code, out)
	}
}

func TestImpossibleSettingsStopTheStart(t *testing.T) {
	cases := []struct {
		name string
		args []string
		want string
	}{
		{"unknown flag", []string{"--colour"}, "--colour"},
		{"unknown command", []string{"fly"}, "fly"},
		{"listen", []string{"--listen", "8080"}, "--listen"},
		{"store", []string{"--store", "mysql://x"}, "--store"},
		{"empty store path", []string{"--store", "sqlite:"}, "--store"},
		{"cache", []string{"--store-cache", "0"}, "--store-cache"},
		{"targets", []string{"--allow-private-targets", "10.0.0.0/33"}, "--allow-private-targets"},
		{"url", []string{"--public-url", "hub.example.org"}, "--public-url"},
		{"timeout", []string{"--call-timeout", "0s"}, "--call-timeout"},
		{"calls", []string{"--max-calls", "1"}, "--max-calls"},
		{"format", []string{"--log-format", "xml"}, "--log-format"},
		{"level", []string{"--log-level", "loud"}, "--log-level"},
		{"token with a space", []string{"--admin-token", "two words"}, "--admin-token"},
		{"endless password", []string{"--admin-password", strings.Repeat("p", 1025)}, "--admin-password"},
		{"missing file", []string{"--config", "/nowhere.yaml"}, "/nowhere.yaml"},
		{"debug", []string{"--debug-listen", "6060"}, "--debug-listen"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			args := append([]string{"serve", "--listen", "127.0.0.1:0"}, c.args...)
			if c.name == "unknown command" {
				args = c.args
			}
			code, out := run(t, args...)
			if code == 0 || !strings.Contains(out, c.want) {
				t.Errorf("exit code %d\n%s", code, out)
			}
		})
	}
}

func TestUnknownVariableStopsTheStart(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("FIELDHOOK_LISTN", "127.0.0.1:0")
	code, out := run(t, "serve", "--listen", "127.0.0.1:0")
	if code != 2 || !strings.Contains(out, "FIELDHOOK_LISTN") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

func TestConfigurationFile(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write := func(text string) string {
		path := filepath.Join(dir, "fieldhook.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("listen: 127.0.0.1:0\nstore: sqlite:./kept/hub.db\nallow-private-targets: [10.0.0.0/8, 192.168.0.0/16]\n")
	if code, out := run(t, "serve", "--config", good); code != 0 || !strings.Contains(out, "password") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "kept", "hub.db")); err != nil {
		t.Errorf("the file's store was not used: %v", err)
	}
	t.Setenv("FIELDHOOK_STORE", "sqlite:./other/hub.db") // the environment wins over the file
	if code, out := run(t, "serve", "--config", good); code != 0 {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "other", "hub.db")); err != nil {
		t.Errorf("the environment's store was not used: %v", err)
	}
	for text, want := range map[string]string{
		"listen: 127.0.0.1:0\nstoer: x\ncolor: 1\n": "color, stoer",
		"listen: [\n":                         "fieldhook.yaml",
		"listen: 127.0.0.1:0\nmax-calls: 1\n": "--max-calls",
	} {
		if code, out := run(t, "serve", "--config="+write(text)); code == 0 || !strings.Contains(out, want) {
			t.Errorf("%q: exit code %d\n%s", text, code, out)
		}
	}
}

// TestConfigurationFileKeepsTheSpelling starts with a password that YAML would
// read as a number, and a setting left empty.
func TestConfigurationFileKeepsTheSpelling(t *testing.T) {
	t.Chdir(t.TempDir())
	text := "listen: 127.0.0.1:0\npublic-url:\nadmin-password: 0123456789\nadmin-token: 12345678901234567890\n"
	if err := os.WriteFile("fieldhook.yaml", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out := run(t, "serve", "--config", "fieldhook.yaml"); code != 0 {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	store, err := sqlite.Open(t.Context(), sqlite.Options{Path: "fieldhook-data/hub.db"})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	users := identity.New(identity.Options{Users: store, Tokens: store, Clients: store})
	if _, err := users.PasswordGrant(t.Context(), identity.Login{Username: identity.Admin, Password: "0123456789"}); err != nil {
		t.Errorf("login with the password as it was written: %v", err)
	}
	if _, err := users.Authenticate(t.Context(), "12345678901234567890"); err != nil {
		t.Errorf("the token as it was written: %v", err)
	}
}

func TestFirstStartPrintsCredentialsOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	_, first := run(t, "serve", "--listen", "127.0.0.1:0")
	_, second := run(t, "serve", "--listen", "127.0.0.1:0")
	if !strings.Contains(first, "token") || strings.Contains(second, "first start") {
		t.Errorf("first\n%s\nsecond\n%s", first, second)
	}
	t.Chdir(t.TempDir())
	code, given := run(t, "serve", "--listen", "127.0.0.1:0", "--admin-token", "0123456789abcdef", "--admin-password", "correct horse")
	if code != 0 || strings.Contains(given, "0123456789abcdef") || strings.Contains(given, "correct horse") {
		t.Errorf("exit code %d, or given secrets are printed:\n%s", code, given)
	}
}

func TestGuessableSecretsAreWarnedOf(t *testing.T) {
	t.Chdir(t.TempDir())
	code, out := run(t, "serve", "--listen", "127.0.0.1:0", "--admin-token", "short", "--admin-password", "weak")
	for _, want := range []string{"--admin-token has less than 16", "--admin-password has less than 8"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("exit code %d, no warning %q in\n%s", code, want, out)
		}
	}
}
