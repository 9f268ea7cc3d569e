package postgres_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/store/postgres/pgtest"
)

// gate is the advisory lock that commits of events wait for.
const gate = 4711

// gatedCommits makes each commit of events wait at the gate.
var gatedCommits = fmt.Sprintf(`
CREATE FUNCTION wait_at_the_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(%d); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER gated AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_at_the_gate();`, gate)

// untilCommitting waits until a session is in such a commit.
const untilCommitting = `
DO $$ BEGIN
	WHILE NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
		AND pid <> pg_backend_pid() AND query = 'COMMIT' AND wait_event = 'advisory') LOOP
		PERFORM pg_sleep(0.01), pg_stat_clear_snapshot();
	END LOOP;
END $$`

// closeGate shuts the gate and gives what opens it.
func closeGate(t *testing.T, dsn string) (open func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "SELECT pg_advisory_lock($1)", gate); err != nil {
		t.Fatal(err)
	}
	return func() { // the lock goes with the session
		if err := conn.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
}

// TestConnectionLostInACommit cuts the connection while the server is
// committing, which it goes on with: the publisher is not acknowledged, but the
// delivery is in the store and must be told of.
func TestConnectionLostInACommit(t *testing.T) {
	dsn := pgtest.New(t)
	p := startProxy(t, dsn)
	store := open(t, p.dsn)
	pgtest.Exec(t, dsn, gatedCommits)
	var mu sync.Mutex
	told := map[string]int{}
	l, err := eventlog.Open(t.Context(), store, oneMatch{}, slog.New(slog.DiscardHandler), func(b *eventlog.Batch) {
		mu.Lock()
		defer mu.Unlock()
		for _, a := range b.Accepts {
			told[a.Event.Name] += len(a.Deliveries)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close(context.Background())
	openGate := closeGate(t, dsn)
	answer := make(chan error, 1)
	go func() {
		_, err := l.Append(context.Background(), event.Event{Name: "late"})
		answer <- err
	}()
	pgtest.Exec(t, dsn, untilCommitting)
	p.cut()
	err = <-answer
	openGate()
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("cut commit: got %v, want a fault %s", err, fault.Unavailable)
	}
	_, err = l.Append(t.Context(), event.Event{Name: "next"})
	for end := time.Now().Add(time.Minute); err != nil && time.Now().Before(end); { // until the lost sessions are replaced
		_, err = l.Append(t.Context(), event.Event{Name: "next"})
	}
	if err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if told["late"] != 1 || told["next"] != 1 {
		t.Errorf("deliveries that were told: got %v, want one each of late and next", told)
	}
}

// oneMatch gives each event one delivery.
type oneMatch struct{}

func (oneMatch) Match(_ *event.Event, into []eventlog.Delivery) ([]eventlog.Delivery, int64) {
	return append(into, eventlog.Delivery{Integration: "1f0000000000000000000001", Origin: "http://a:80"}), 0
}

func (oneMatch) Refresh(context.Context) error { return nil }

// proxy stands between a store and its server.
type proxy struct {
	dsn string

	mu    sync.Mutex
	conns []net.Conn
}

func startProxy(t *testing.T, dsn string) *proxy {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	server := u.Host
	u.Host = listener.Addr().String()
	p := &proxy{dsn: u.String()}
	go p.serve(listener, server)
	return p
}

func (p *proxy) serve(l net.Listener, server string) {
	for {
		in, err := l.Accept()
		if err != nil {
			return
		}
		go p.connect(in, server)
	}
}

// connect passes a connection on, unless it asks to cancel a statement: the
// network that lost the first connection loses that, too.
func (p *proxy) connect(in net.Conn, server string) {
	const cancelRequest = 80877102
	var start [8]byte // length and code of the first message
	_, err := io.ReadFull(in, start[:])
	if err != nil || binary.BigEndian.Uint32(start[4:]) == cancelRequest {
		in.Close()
		return
	}
	out, err := net.Dial("tcp", server)
	if err != nil {
		in.Close()
		return
	}
	p.mu.Lock()
	p.conns = append(p.conns, in, out)
	p.mu.Unlock()
	go pipe(out, in)
	if _, err := out.Write(start[:]); err == nil {
		pipe(in, out)
	}
}

// pipe copies until one side ends; then both do.
func pipe(from, to net.Conn) {
	_, _ = io.Copy(to, from)
	from.Close()
	to.Close()
}

// cut ends every connection that is open now.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}
