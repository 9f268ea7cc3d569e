package app_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary builds the hub once per test run and gives its path.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "fieldhook-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "fieldhook")
	out, err := exec.Command("go", "build", "-o", path, "../../cmd/fieldhook").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// process is a hub in a process of its own, so that it can be killed.
type process struct {
	t       *testing.T
	url     string
	folder  string // where it runs, and leaves files
	args    []string
	lives   int // how often it was started
	command *exec.Cmd
	log     *bytes.Buffer
}

// newProcess prepares a hub over a store. wrap is put in front of the command.
func newProcess(t *testing.T, store string, wrap ...string) *process {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	p := &process{t: t, url: "http://" + address, folder: t.TempDir()}
	p.args = append(wrap, path, "serve", "--listen", address, "--store", store, "--admin-token", adminToken,
		"--admin-password", "test-password", "--allow-private-targets", "127.0.0.0/8", "--log-level", "warn")
	t.Cleanup(func() { p.stop(syscall.SIGKILL) })
	return p
}

// freeAddress gives an address that stays free while no hub has it: systems give
// out ports from 32768 on, or higher, to whoever wants any.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 1000 {
		l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", 20_000+rand.N(12_000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no free port was found")
	return ""
}

// start runs the hub and waits until it answers. Its requests tell by their
// User-Agent in which of its lives they were sent.
func (p *process) start() {
	p.t.Helper()
	p.log = &bytes.Buffer{}
	p.lives++
	p.command = exec.Command(p.args[0], append(p.args[1:len(p.args):len(p.args)], "--user-agent", fmt.Sprint("life/", p.lives))...)
	p.command.Dir = p.folder
	p.command.Stdout, p.command.Stderr = p.log, p.log
	p.command.Env = environment()
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := p.command.Start(); err != nil {
		p.t.Fatal(err)
	}
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		res, err := http.Get(p.url + "/health")
		if err == nil {
			res.Body.Close()
			return
		}
	}
	p.t.Fatalf("the hub did not start:\n%s", p.log)
}

// environment is ours without the hub's own settings.
func environment() (kept []string) {
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "FIELDHOOK_") {
			kept = append(kept, pair)
		}
	}
	return kept
}

// stop signals the hub's process group and waits for its end.
func (p *process) stop(sig syscall.Signal) {
	if p.command == nil {
		return
	}
	_ = syscall.Kill(-p.command.Process.Pid, sig)
	_ = p.command.Wait()
	p.command = nil
}

// post sends JSON and gives the status, 0 when there was no answer.
func (p *process) post(ctx context.Context, path, body string) int {
	req, err := http.NewRequestWithContext(ctx, "POST", p.url+path, strings.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header.Set("Authorization", "Bearer "+adminToken)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}
