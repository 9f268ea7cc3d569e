package cli_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/fieldhook/fieldhook/internal/app"
	"github.com/fieldhook/fieldhook/internal/cli"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// The credentials of every hub under test.
const (
	hubToken    = "0123456789abcdef0123456789abcdef01234567"
	hubPassword = "correct horse battery"
)

// TestMain lets scripts run this test binary as the command fieldhook.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"fieldhook": func() {
			os.Exit(cli.Main(context.Background(), os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
		},
	})
}

// newHub starts a hub for one test and gives its address.
func newHub(t testing.TB) string {
	t.Helper()
	hub, err := app.New(context.Background(), app.Options{
		Settings: app.Settings{
			Listen: "127.0.0.1:0", AdminToken: hubToken, AdminPassword: hubPassword,
			CallTimeout: 20 * time.Second, MaxCalls: 1024, StopTimeout: 10 * time.Second, StoreCache: 16, RecentCalls: 50, RegisterUnknownDevices: "import",
		},
		Store: memory.New(),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- hub.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return hub.URL()
}

// raceDetector says that the tests run under it.
var raceDetector bool

// TestScripts runs each script against a hub of its own. The race detector has
// the other tests: a script is hundreds of short processes, which start slowly
// under it and have few goroutines to race.
func TestScripts(t *testing.T) {
	if raceDetector {
		t.Skip("scripts run without the race detector")
	}
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, script := range scripts {
		t.Run(filepath.Base(script), func(t *testing.T) {
			hub := newHub(t)
			testscript.Run(t, testscript.Params{
				Files: []string{script},
				Setup: func(e *testscript.Env) error {
					e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
					e.Setenv("HUB", hub)
					e.Setenv("HUB_TOKEN", hubToken)
					e.Setenv("HUB_PASSWORD", hubPassword)
					return nil
				},
				Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "capture": capture},
				RequireExplicitExec: true,
			})
		})
	}
}

// exits is a command of scripts: exits CODE PROGRAM ARGUMENTS….
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGUMENTS…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var ended *exec.ExitError
	switch {
	case errors.As(err, &ended):
		got = ended.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit code %d, want %s", got, args[0])
	}
}

// capture is a command of scripts: capture VARIABLE EXPRESSION sets a variable
// to the first group of a regular expression in what was printed last.
func capture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture VARIABLE EXPRESSION")
	}
	found := regexp.MustCompile("(?m)" + args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("%s is not in the output", args[1])
	}
	ts.Setenv(args[0], found[1])
}
