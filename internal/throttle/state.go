package throttle

import (
	"fmt"
	"slices"
	"time"
)

// State shows one host to people.
type State struct {
	Key string

	// The calls of the last minute, as rated: a probe's success halves Failure.
	Success, Failure int

	Skip        float64   // the probability with which a call is skipped, 0 to below 1
	Closed      bool      // whether calls are skipped at all
	Probing     bool      // a closed host's probe is in flight
	LastFailure time.Time // zero if the host did not fail lately
	LastError   string    // why it failed then
	ProbeAt     time.Time // see Throttle.ProbeAt
	Reason      string    // all this in a sentence
}

// Probability tells with which probability a call to the host of key is skipped,
// probes apart: 0 when it is open, always below 1.
func (t *Throttle) Probability(key string) float64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.hosts[key]
	if h == nil || !h.window.troubled() {
		return 0
	}
	return h.window.rating(t.clock.read()).skip()
}

// ProbeAt tells when it is worth asking Admit for a probe of a closed host: not
// before the host has been without a failure for 5 s. It is the zero time when a
// call may pass at once, as a probe or because the host is open. While a probe is
// in flight it is at most 5 s from now; if that probe ends well before, Report
// says so.
func (t *Throttle) ProbeAt(key string) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := t.hosts[key]
	if h == nil {
		return time.Time{}
	}
	return t.probeAt(h, t.clock.read())
}

func (t *Throttle) probeAt(h *host, now time.Duration) time.Time {
	next := h.nextProbe(now, t.options.Lost)
	if next <= now || !h.window.rating(now).closed() {
		return time.Time{}
	}
	return t.clock.outer(next)
}

// State shows the host of key. One that is not known, or was idle for 10 minutes,
// is open and has no calls.
func (t *Throttle) State(key string) State {
	s, _ := t.state(key)
	s.Reason = s.reason()
	return s
}

// States shows every host that had a call in the last 10 minutes, sorted by key.
// Each is shown as of its own instant, so that calls need not wait for the list.
func (t *Throttle) States() []State {
	keys := t.keys()
	slices.Sort(keys)
	all := make([]State, 0, len(keys))
	for _, key := range keys {
		if s, ok := t.state(key); ok {
			s.Reason = s.reason()
			all = append(all, s)
		}
	}
	return all
}

func (t *Throttle) keys() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	keys := make([]string, 0, len(t.hosts))
	for key := range t.hosts {
		keys = append(keys, key)
	}
	return keys
}

// state shows a host without the sentence, and says whether it is known.
func (t *Throttle) state(key string) (s State, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s.Key = key
	now := t.clock.read()
	h := t.hosts[key]
	if h == nil || h.forgotten(now) {
		return s, false
	}
	r := h.window.rating(now)
	s.Success, s.Failure = r.success, r.failure
	s.Skip, s.Closed = r.skip(), r.closed()
	s.Probing = s.Closed && h.probing(now, t.options.Lost)
	s.ProbeAt = t.probeAt(h, now)
	if s.LastError = h.text; h.failed != 0 {
		s.LastFailure = t.clock.outer(h.failed)
	}
	return s, true
}

// reason puts a state into a sentence.
func (s *State) reason() string {
	calls := s.Success + s.Failure
	switch {
	case calls == 0:
		return "no call was rated in the last minute; all calls pass"
	case !s.Closed:
		return fmt.Sprintf("%d of %s rated in the last minute failed; all calls pass", s.Failure, counted(calls))
	}
	return fmt.Sprintf("%d of %s rated in the last minute failed; %d %% of calls are skipped, %s",
		s.Failure, counted(calls), percent(s.Skip), s.outlook())
}

// outlook says what a closed host waits for.
func (s *State) outlook() string {
	switch {
	case s.Probing:
		return "and a probe is on its way"
	case s.ProbeAt.IsZero():
		return "and the next call is let through as a probe"
	}
	return fmt.Sprintf("and after %d s without a failure one call is let through as a probe", int(cooldown.Seconds()))
}

func counted(calls int) string {
	if calls == 1 {
		return "1 call"
	}
	return fmt.Sprintf("%d calls", calls)
}

// percent rounds a skip probability such that neither none nor all calls seem to
// be skipped.
func percent(skip float64) int {
	return min(max(int(100*skip+0.5), 1), 99)
}
