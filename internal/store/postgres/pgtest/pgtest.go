// Package pgtest gives tests a PostgreSQL database. It starts a throw-away
// cluster from the binaries that are installed, once per test binary and only
// when a test asks, with the durability settings that a hub insists on. The
// cluster ends with the test binary, also when that is killed.
package pgtest

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

//go:embed start.sh
var script string

var errMissing = errors.New("no server binaries found in /usr/lib/postgresql or the PATH")

// New makes an empty database and gives its connection string. The database
// goes with the cluster: dropping it would cost a checkpoint. Without server
// binaries the test is skipped, or fails if the environment says
// REQUIRE_POSTGRES=1.
func New(t testing.TB) (dsn string) {
	t.Helper()
	c, err := cluster()
	if errors.Is(err, errMissing) && os.Getenv("REQUIRE_POSTGRES") != "1" {
		t.Skipf("PostgreSQL: %v", err)
	}
	if err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
	name := fmt.Sprintf("test_%d", databases.Add(1))
	Exec(t, c.address("postgres"), "CREATE DATABASE "+name)
	return c.address(name)
}

// Exec runs SQL, which may be several statements, on a connection of its own.
func Exec(t testing.TB, dsn, sql string) {
	t.Helper()
	ctx := context.Background() // usable in cleanups, too
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.PgConn().Exec(ctx, sql).ReadAll(); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// Dump gives every row of every table as text, bytes in hexadecimal.
func Dump(t testing.TB, dsn string) string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	tables := lines(t, conn, "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
	var all strings.Builder
	for _, table := range tables {
		for _, row := range lines(t, conn, "SELECT t::text FROM "+table+" AS t") {
			all.WriteString(table + " " + row + "\n")
		}
	}
	return all.String()
}

// lines gives the one column of a query's rows.
func lines(t testing.TB, conn *pgx.Conn, sql string) []string {
	t.Helper()
	rows, _ := conn.Query(context.Background(), sql) // CollectRows has the error, too
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return all
}

// One cluster per test binary: starting one takes seconds.
var (
	cluster   = sync.OnceValues(start)
	databases atomic.Int64
)

// server is a running cluster. It runs for as long as life is open, so life
// must stay referenced: the garbage collector closes files.
type server struct {
	port int
	life io.Closer
}

func (s *server) address(database string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", s.port, database)
}

// start tries a few ports, since another process may take a free one first.
func start() (s *server, err error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	for range 3 {
		if s, err = run(bin); err == nil {
			return s, nil
		}
	}
	return nil, err
}

// binaries gives the folder of the newest server.
func binaries() (string, error) {
	found, best := "", -1
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is well formed
	for _, file := range dirs {
		bin := filepath.Dir(file)
		if v, err := strconv.Atoi(filepath.Base(filepath.Dir(bin))); err == nil && v > best {
			found, best = bin, v
		}
	}
	if found != "" {
		return found, nil
	}
	file, err := exec.LookPath("initdb")
	if err != nil {
		return "", errMissing
	}
	return filepath.Dir(file), nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// run makes a folder for a cluster and starts the script in it.
func run(bin string) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "fieldhook-pg-")
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("sh", "-c", script, "sh", bin, dir, strconv.Itoa(port))
	cmd.Dir = dir
	err = unprivileged(cmd, dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	life, err := await(cmd)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &server{port, life}, nil
}

// await starts the command and returns its standard input once the cluster
// accepts connections.
func await(cmd *exec.Cmd) (io.Closer, error) {
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	out := bufio.NewReader(stdout)
	line, _ := out.ReadString('\n')
	if line == "ready\n" {
		return stdin, nil
	}
	stdin.Close()
	rest, _ := io.ReadAll(out)
	text := strings.TrimSpace(line + string(rest))
	return nil, errors.Join(fmt.Errorf("the cluster does not start: %s", text), cmd.Wait())
}
