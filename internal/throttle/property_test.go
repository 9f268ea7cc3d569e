package throttle_test

import (
	"flag"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/fieldhook/fieldhook/internal/throttle"
)

// init makes the properties' runs the same every time; flags of the command line
// still win.
func init() {
	for name, value := range map[string]string{"rapid.seed": "1", "rapid.checks": "500", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
}

// model rates one host the plain way: a list of calls by bucket, never thrown
// away.
type model struct {
	*fake
	elapsed time.Duration // for the throttle; steps back do not count
	success map[int64]int
	failure map[int64]int
	failed  time.Duration
	probes  []time.Duration // when those in flight were let through
}

func (m *model) bucket() int64 { return int64(m.elapsed / (10 * time.Second)) }

func (m *model) sums() (s, e int) {
	for n := m.bucket() - 5; n <= m.bucket(); n++ {
		s, e = s+m.success[n], e+m.failure[n]
	}
	return s, e
}

func (m *model) skip() float64 {
	s, e := m.sums()
	if s >= e || s+e < 10 {
		return 0
	}
	return float64(e-s) / float64(s+e+1)
}

// inFlight leaves out probes that are lost.
func (m *model) inFlight() (n int) {
	for _, at := range m.probes {
		if m.elapsed-at < time.Minute {
			n++
		}
	}
	return n
}

func (m *model) wait(t *rapid.T) {
	d := time.Duration(rapid.SampledFrom([]int64{1, 7, 999, 4_000, 5_000, 11_000, 35_000, 65_000}).Draw(t, "ms")) * time.Millisecond
	m.now, m.elapsed = m.now.Add(d), m.elapsed+d
}

func (m *model) goBack(t *rapid.T) {
	m.Probability(host) // the throttle knows the time that is left
	m.State(host)
	m.now = m.now.Add(-time.Duration(rapid.Int64Range(1, 1e13).Draw(t, "ns back")))
	m.State(host)
}

func (m *model) admit(t *rapid.T) {
	m.random = rapid.Float64Range(0, 0.999999).Draw(t, "random")
	flying, skip := m.inFlight(), m.skip()
	want := throttle.Skip
	switch {
	case skip == 0:
		want = throttle.Pass
	case flying == 0 && m.elapsed-m.failed >= 5*time.Second:
		want = throttle.Probe
	case m.random >= skip:
		want = throttle.Pass
	}
	got := m.Admit(host)
	if got != want {
		t.Fatalf("got %s, want %s", name(got), name(want))
	}
	if got == throttle.Probe {
		m.probes = []time.Duration{m.elapsed} // a lost one never reports here
	}
}

func (m *model) report(t *rapid.T, v throttle.Verdict) {
	r := rapid.SampledFrom([]throttle.Result{throttle.Success, throttle.Failure, throttle.Failure, throttle.Neutral}).Draw(t, "result")
	_, e := m.sums()
	if got, want := m.Report(host, v, r, "text"), r == throttle.Success && e > 0 ||
		r == throttle.Neutral && v == throttle.Probe && m.skip() > 0; got != want {
		t.Fatalf("worth asking again: got %v, want %v", got, want)
	}
	if v == throttle.Probe {
		m.probes = nil
	}
	switch r {
	case throttle.Success:
		m.success[m.bucket()]++
		if v == throttle.Probe {
			for n := range m.failure {
				m.failure[n] /= 2
			}
		}
	case throttle.Failure:
		m.failure[m.bucket()]++
		m.failed = m.elapsed
	}
}

// check compares what is shown with the model.
func (m *model) check(t *rapid.T) {
	s, e := m.sums()
	got := m.State(host)
	if got.Success != s || got.Failure != e || got.Closed != (m.skip() > 0) || math.Abs(got.Skip-m.skip()) > 1e-12 {
		t.Fatalf("got %+v, want %d successes, %d failures, skip %v", got, s, e, m.skip())
	}
	if p := m.Probability(host); p < 0 || p >= 1 || s >= e && p != 0 {
		t.Fatalf("probability %v with %d successes and %d failures", p, s, e)
	}
	if at := m.ProbeAt(host); at.Sub(m.now) > 5*time.Second {
		t.Fatalf("asks to wait for %v", at.Sub(m.now))
	}
}

// TestModel plays at random against the model: the same numbers, the same
// verdicts, never two probes in flight, and no skips while successes are at least
// half.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{fake: newFake(throttle.Options{}), success: map[int64]int{}, failure: map[int64]int{}}
		many := rapid.IntRange(1, 20)
		t.Repeat(map[string]func(*rapid.T){
			"wait":    m.wait,
			"go back": m.goBack,
			"admit":   m.admit,
			"report": func(t *rapid.T) {
				for range many.Draw(t, "calls") {
					m.report(t, throttle.Pass)
				}
			},
			"end probe": func(t *rapid.T) {
				if m.inFlight() == 0 {
					t.Skip("no probe is in flight")
				}
				m.report(t, throttle.Probe)
			},
			"": m.check,
		})
	})
}

// TestSuccessesOpenTheHost closes a host in any way and lets it succeed from then
// on: the probability never rises with a success, and falls to 0 after as many
// probes as it takes to halve the failures away.
func TestSuccessesOpenTheHost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newFake(throttle.Options{})
		f.random = 0 // what may be skipped, is
		for range rapid.IntRange(1, 6).Draw(t, "buckets") {
			for range rapid.IntRange(0, 20).Draw(t, "successes") {
				f.Report(host, throttle.Pass, throttle.Success, "")
			}
			for range rapid.IntRange(0, 300).Draw(t, "failures") {
				f.Report(host, throttle.Pass, throttle.Failure, "")
			}
			f.now = f.now.Add(9 * time.Second)
		}
		for n := 0; f.Probability(host) > 0; n++ {
			before := f.Probability(host)
			v := f.Admit(host)
			if n == 12 || v != throttle.Probe {
				t.Fatalf("success %d: %s, and still closed: %s", n, name(v), f.State(host).Reason)
			}
			if !f.Report(host, v, throttle.Success, "") {
				t.Fatal("a closed host's success is worth asking again")
			}
			if after := f.Probability(host); after >= before {
				t.Fatalf("the probability rose from %v to %v", before, after)
			}
		}
	})
}
