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
	accepted := &marks{seen: map[string]time.Time{}}
	var kills []time.Time
	for round := range rounds {
		stop := p.load(round, accepted)
		time.Sleep(300*time.Millisecond + rand.N(500*time.Millisecond))
		kills = append(kills, time.Now())
		p.stop(syscall.SIGKILL)
		stop()
		p.start()
	}
	waitUntil(t, time.Minute, func() bool { return target.missing(accepted) == 0 })
	p.stop(syscall.SIGTERM)
	doubles := target.doubles(t, kills)
	t.Logf("%d kills, %d events accepted, %d reached the target twice", rounds, accepted.count(), doubles)
	if accepted.count() < rounds*4 {
		t.Errorf("only %d events were accepted: the test had no load", accepted.count())
	}
	if doubles > rounds*2*mostSlots {
		t.Errorf("%d duplicates for %d kills", doubles, rounds)
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
				if p.post(ctx, "/v1/devices/events", fmt.Sprintf(`{"name":"kill","data":%q}`, mark)) == 200 {
					accepted.add(mark)
				}
			}
		})
	}
	return func() { cancel(); wg.Wait() }
}

// marks is a set of event marks with the time they were first seen.
type marks struct {
	mu   sync.Mutex
	seen map[string]time.Time
}

// add says whether the mark is new.
func (m *marks) add(mark string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.seen[mark]; ok {
		return false
	}
	m.seen[mark] = time.Now()
	return true
}

func (m *marks) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.seen)
}

// slowTarget is a web service that answers late and counts what it sees.
type slowTarget struct {
	server *httptest.Server
	first  marks
	mu     sync.Mutex
	again  []time.Time // first arrival of what came again
}

func newSlowTarget() *slowTarget {
	s := &slowTarget{first: marks{seen: map[string]time.Time{}}}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if !s.first.add(string(body)) {
			s.note(string(body))
		}
		time.Sleep(killDelay)
	}))
	return s
}

func (s *slowTarget) note(mark string) {
	s.first.mu.Lock()
	at := s.first.seen[mark]
	s.first.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.again = append(s.again, at)
}

func (s *slowTarget) missing(accepted *marks) (n int) {
	accepted.mu.Lock()
	defer accepted.mu.Unlock()
	s.first.mu.Lock()
	defer s.first.mu.Unlock()
	for mark := range accepted.seen {
		if _, ok := s.first.seen[mark]; !ok {
			n++
		}
	}
	return n
}

// doubles counts what came twice, and checks that each was in flight at a kill:
// its first copy arrived shortly before one.
func (s *slowTarget) doubles(t *testing.T, kills []time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, at := range s.again {
		explained := false
		for _, kill := range kills {
			explained = explained || kill.Sub(at) < 5*time.Second && at.Sub(kill) < time.Second
		}
		if !explained {
			t.Errorf("an event came twice although it was not in flight at a kill")
		}
	}
	return len(s.again)
}

func waitUntil(t *testing.T, limit time.Duration, done func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if done() {
			return
		}
	}
	t.Errorf("accepted events are missing after %v", limit)
}
