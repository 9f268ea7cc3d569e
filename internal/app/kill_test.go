package app_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/store/postgres/pgtest"
)

// TestKillSQLite and TestKillPostgres kill a loaded hub with a backlog again
// and again: every accepted event must reach its target, and only calls that
// were in flight at a kill may reach it twice. KILL_ROUNDS sets how often.
func TestKillSQLite(t *testing.T) {
	killLoop(t, "sqlite:"+filepath.Join(t.TempDir(), "hub.db"))
}

func TestKillPostgres(t *testing.T) {
	killLoop(t, pgtest.New(t))
}

const (
	killPublishers = 16
	killDelay      = 60 * time.Millisecond // of the target's answers, so that a backlog stands
	mostSlots      = 128                   // calls at once to one origin
)

func killLoop(t *testing.T, store string) {
	rounds := 5
	if n, err := strconv.Atoi(os.Getenv("KILL_ROUNDS")); err == nil {
		rounds = n
	}
	target := newSlowTarget()
	defer target.server.Close()
	p := newProcess(t, store)
	p.start()
	config := fmt.Sprintf(`{"event":"kill","url":%q,"noDefaults":true,"body":"{{{PARTICLE_EVENT_VALUE}}}"}`, target.server.URL)
	if s := p.post(t.Context(), "/v1/integrations", config); s != 201 {
		t.Fatalf("create: status %d", s)
	}
	accepted := &marks{seen: map[string]bool{}}
	for round := range rounds {
		stop := p.load(round, accepted)
		time.Sleep(300*time.Millisecond + rand.N(500*time.Millisecond))
		waitUntil(t, func() bool { return accepted.count() >= (round+1)*killPublishers }) // however slow the disk is
		p.stop(syscall.SIGKILL)
		stop()
		p.start()
	}
	waitUntil(t, func() bool { return target.missing(accepted) == 0 })
	p.stop(syscall.SIGTERM)
	again, twice := target.doubles()
	t.Logf("%d kills, %d events accepted, %d reached the target twice", rounds, accepted.count(), again)
	if twice > 0 {
		t.Errorf("%d events came twice although the hub was not killed between", twice)
	}
	if most := rounds * accepted.unrecorded(); again > most {
		t.Errorf("%d duplicates for %d kills, want at most %d", again, rounds, most)
	}
}

// load publishes from many connections until the returned function is called.
func (p *process) load(round int, accepted *marks) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for n := range killPublishers {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				mark := fmt.Sprintf("r%d.%d.%d", round, n, i)
				began := time.Now()
				if p.post(ctx, "/v1/devices/events", fmt.Sprintf(`{"name":"kill","data":%q}`, mark)) == 200 {
					accepted.add(mark)
				}
				accepted.waited(time.Since(began))
			}
		})
	}
	return func() { cancel(); wg.Wait() }
}

// marks are the events that were accepted.
type marks struct {
	mu      sync.Mutex
	seen    map[string]bool
	slowest time.Duration // of the answers to publishers
}

func (m *marks) add(mark string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.seen[mark] = true
}

func (m *marks) waited(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.slowest = max(m.slowest, d)
}

func (m *marks) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.seen)
}

// unrecorded is how many calls may have been made, or be in flight, of which
// nothing is on record yet: those of the slots, and those that they made while
// the disk was busy with two commits, for which publishers wait as well.
func (m *marks) unrecorded() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return mostSlots * (2 + int(2*m.slowest/killDelay))
}

// slowTarget is a web service that answers late and counts what it sees.
type slowTarget struct {
	server *httptest.Server
	mu     sync.Mutex
	lives  map[string]string // by mark: the life of the hub that sent it last
	again  int               // came from a later life, too
	twice  int               // came from one life twice
}

func newSlowTarget() *slowTarget {
	s := &slowTarget{lives: map[string]string{}}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		s.note(string(body), r.UserAgent())
		time.Sleep(killDelay)
	}))
	return s
}

func (s *slowTarget) note(mark, life string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch before, known := s.lives[mark]; {
	case known && before == life:
		s.twice++
	case known:
		s.again++
	}
	s.lives[mark] = life
}

func (s *slowTarget) missing(accepted *marks) (n int) {
	accepted.mu.Lock()
	defer accepted.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for mark := range accepted.seen {
		if _, ok := s.lives[mark]; !ok {
			n++
		}
	}
	return n
}

// doubles tells how many events came again after a kill, and how many without
// one.
func (s *slowTarget) doubles() (again, twice int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.again, s.twice
}

// waitUntil waits for a condition, for as long as a slow machine may need.
func waitUntil(t *testing.T, done func() bool) {
	t.Helper()
	const limit = 2 * time.Minute
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Errorf("what the test waits for did not come in %v", limit)
}
