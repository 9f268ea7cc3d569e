package demo

import (
	"encoding/json"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// The hosts of the stand-in web services. Each has a name of its own, because
// the throttle rates hosts by name. Names below localhost are nobody's on any
// network: a hub that is no demo refuses to call them.
const (
	healthyHost = "http://healthy.demo.localhost"
	slowHost    = "http://slow.demo.localhost"
	failingHost = "http://failing.demo.localhost"
	flakyHost   = "http://flaky.demo.localhost"
	strictHost  = "http://strict.demo.localhost"
)

// How the stand-ins behave.
const (
	slowness   = 2 * time.Second
	outage     = 8 * time.Second // of the flaky service
	cycle      = time.Minute     // from one outage to the next
	strictness = 8               // of so many events the strict service refuses one
	maxRequest = 64 << 10        // bytes of a body that are read
)

// quick is how long the others work at the least; some calls take five times as
// long.
const quick = 20 * time.Millisecond

// worked lets some time pass before a service answers.
func worked(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := rand.Float64()
		if wait(r.Context(), quick+time.Duration(4*x*x*float64(quick))) {
			next.ServeHTTP(w, r)
		}
	})
}

// Services are the web services that the demo's integrations call, by the
// beginning of their URLs. They answer in the demo's own process and listen
// nowhere; see app.Options.Local.
func Services(now func() time.Time) map[string]http.Handler {
	return map[string]http.Handler{
		healthyHost: worked(&healthy{}),
		slowHost:    http.HandlerFunc(slow),
		failingHost: worked(http.HandlerFunc(failing)),
		flakyHost:   worked(&flaky{now: now}),
		strictHost:  worked(&strict{}),
	}
}

// healthy stores whatever comes.
type healthy struct{ stored atomic.Int64 }

// ServeHTTP implements http.Handler.
func (h *healthy) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{"ok": true, "stored": h.stored.Add(1)})
}

// slow thinks for a while.
func slow(w http.ResponseWriter, r *http.Request) {
	if wait(r.Context(), slowness) {
		answer(w, http.StatusOK, map[string]any{"ok": true, "queued": true})
	}
}

// failing has a fault that nobody mends.
func failing(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusInternalServerError, map[string]any{"error": "The disk is full."})
}

// flaky is out of order when its first request comes, and for a while in each
// cycle after that.
type flaky struct {
	now   func() time.Time
	once  sync.Once
	began time.Time
}

// ServeHTTP implements http.Handler.
func (f *flaky) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	f.once.Do(func() { f.began = f.now() })
	if f.now().Sub(f.began)%cycle < outage {
		answer(w, http.StatusServiceUnavailable, map[string]any{"error": "Down for maintenance, back in a moment."})
		return
	}
	answer(w, http.StatusOK, map[string]any{"ok": true})
}

// strict refuses the first event that it sees and some of the later ones, each
// of them whenever it comes again.
type strict struct {
	mu    sync.Mutex
	first string // id of that event
}

// ServeHTTP implements http.Handler.
func (s *strict) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var sent struct{ Event string }
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxRequest))
	switch {
	case err != nil:
		answer(w, http.StatusBadRequest, map[string]any{"error": "The body could not be read."})
	case json.Unmarshal(raw, &sent) != nil || s.refuses(sent.Event):
		answer(w, http.StatusUnprocessableEntity, map[string]any{"error": "No device of this serial number has a contract."})
	default:
		answer(w, http.StatusOK, map[string]any{"ok": true})
	}
}

func (s *strict) refuses(event string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.first == "" {
		s.first = event
	}
	sum := fnv.New32a()
	_, _ = io.WriteString(sum, event) // a hash takes everything
	return event == s.first || sum.Sum32()%strictness == 0
}

func answer(w http.ResponseWriter, status int, body map[string]any) {
	raw, err := json.Marshal(body)
	if err != nil {
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(raw) // whoever called has gone: nobody is left to tell
}
