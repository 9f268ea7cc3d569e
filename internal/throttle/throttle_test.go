package throttle_test

import (
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/throttle"
)

const host = "example.com"

// fake is a throttle with a clock and a random source that a test turns by hand.
type fake struct {
	*throttle.Throttle
	now    time.Time
	random float64
}

func newFake(o throttle.Options) *fake {
	f := &fake{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	o.Now = func() time.Time { return f.now }
	o.Random = func() float64 { return f.random }
	f.Throttle = throttle.New(o)
	return f
}

// play runs a script of words:
//
//	S3 F3 N3   three ordinary calls end with success, failure, neutrally
//	PS PF PN   a probe ends so
//	+12s       time goes by; also -1h
//	pass probe skip   Admit must say so, with the random source at 0: what may be
//	           skipped, is
func (f *fake) play(t *testing.T, script string) {
	t.Helper()
	for word := range strings.FieldsSeq(script) {
		switch word {
		case "pass", "probe", "skip":
			if got := name(f.Admit(host)); got != word {
				t.Fatalf("%s in %q: got %s; %s", word, script, got, f.State(host).Reason)
			}
		default:
			f.step(t, word)
		}
	}
}

func (f *fake) step(t *testing.T, word string) {
	t.Helper()
	results := map[byte]throttle.Result{'S': throttle.Success, 'F': throttle.Failure, 'N': throttle.Neutral}
	if word[0] == '+' || word[0] == '-' {
		d, err := time.ParseDuration(word)
		if err != nil {
			t.Fatal(err)
		}
		f.now = f.now.Add(d)
		return
	}
	if word[0] == 'P' {
		f.Report(host, throttle.Probe, results[word[1]], "")
		return
	}
	n := 1
	if _, err := fmt.Sscanf(word[1:], "%d", &n); err != nil && len(word) > 1 {
		t.Fatal(err)
	}
	for range n {
		f.Report(host, throttle.Pass, results[word[0]], "")
	}
}

func name(v throttle.Verdict) string {
	return map[throttle.Verdict]string{throttle.Pass: "pass", throttle.Probe: "probe", throttle.Skip: "skip"}[v]
}

// TestAdmit has a script for every sentence of section 10.
func TestAdmit(t *testing.T) {
	tests := []struct{ name, script string }{
		{"an unknown host is open", "pass pass"},
		{"fewer than ten calls make no rating", "F9 pass F1 skip"},
		{"half successes keep it open", "S10 F10 pass F1 skip"},
		{"one failure fewer is not enough to open", "S10 F11 skip S1 pass"},
		{"neutral ends do not count", "F9 N20 pass F1 skip"},

		{"the window is 60 s in buckets", "F10 +50s probe PN +9.999s probe PN +1ms pass"},
		{"old successes leave the window, too", "S10 +30s F9 +4s pass +26s pass F1 skip"},
		{"a long pause empties the window", "F10 +1h pass S1 F9 skip"},

		{"the cooldown is 5 s", "F10 skip +4.999s skip +1ms probe"},
		{"any failure begins the cooldown anew", "F10 +4s F1 +4s skip +1s probe"},
		{"one probe at a time", "F10 +5s probe skip +1s skip +53s skip"},
		{"a success of a probe halves the failures", "F40 +5s probe PS probe PS probe PS pass S5 F10 skip"},
		{"an ordinary success halves nothing", "F40 +5s probe S4 skip"},
		{"a failure of a probe begins the cooldown anew", "F10 +5s probe +2s PF skip +4.999s skip +1ms probe"},
		{"a probe that was not made gives its place back", "F10 +5s probe skip PN probe"},
		{"an ordinary neutral end does not give it back", "F10 +5s probe N1 skip"},
		{"a lost probe makes room after 60 s", "F10 +5s probe F1 +30s F20 +29.999s skip +1ms probe skip"},
		{"a lost probe does not excuse the cooldown", "F10 +5s probe +58s F10 +2s skip +3s probe"},
		{"a probe of a host that has opened counts as well", "F10 +5s probe S10 pass PS pass F6 pass"},

		{"a clock that goes back stops no cooldown", "F10 -1h skip +4.999s skip +1ms probe"},
		{"a clock that goes back keeps no probe", "F10 +5s probe -1h skip +50s F10 +9.999s skip +1ms probe"},
		{"a clock that goes back keeps no failures", "F10 -1h skip +60s pass"},
		{"a clock that jumps ahead forgets", "F10 +2000000h pass F10 skip"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { newFake(throttle.Options{}).play(t, tt.script) })
	}
}

func TestProbesAreLostWhenTheOptionsSaySo(t *testing.T) {
	newFake(throttle.Options{Lost: 20 * time.Second}).play(t, "F10 +5s probe +19.999s skip +1ms probe")
}

func TestProbability(t *testing.T) {
	tests := []struct {
		script string
		want   float64
	}{
		{"", 0},
		{"F9", 0},
		{"F10", 10. / 11},
		{"S5 F5", 0},
		{"S5 F6", 1. / 12},
		{"S2 F12", 10. / 15},
		{"S2 F12 +1h", 0},
		{"F1000", 1000. / 1001},
		{"F7 +10s F7 +5s PS", 0},                // 3+3 failures and a success are no rating
		{"F15 +10s F15 +5s PS", (14. - 1) / 16}, // each bucket rounds down
	}
	for _, tt := range tests {
		t.Run(tt.script, func(t *testing.T) {
			f := newFake(throttle.Options{})
			f.play(t, tt.script)
			got := f.Probability(host)
			if math.Abs(got-tt.want) > 1e-12 {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if skip := f.State(host).Skip; skip != got {
				t.Errorf("State says %v, Probability %v", skip, got)
			}
		})
	}
}

// TestRandomDecides lets the random source run through [0,1): exactly the
// numbers below the probability skip.
func TestRandomDecides(t *testing.T) {
	f := newFake(throttle.Options{})
	f.play(t, "S2 F12") // 10/15
	skipped := 0
	for i := range 1500 {
		f.random = float64(i) / 1500
		if f.Admit(host) == throttle.Skip {
			skipped++
		}
	}
	if want := 1000; skipped != want {
		t.Errorf("%d of 1500 calls were skipped, want %d", skipped, want)
	}
}

func TestHostsAreRatedApart(t *testing.T) {
	f := newFake(throttle.Options{})
	f.play(t, "F10 skip")
	for _, key := range []string{"other.example.com", "Example.com", "acc/" + host, ""} {
		if got := f.Admit(key); got != throttle.Pass {
			t.Errorf("%q: got %s, want pass", key, name(got))
		}
	}
}

func TestReportTellsWhenToAskAgain(t *testing.T) {
	tests := []struct {
		script  string
		verdict throttle.Verdict
		result  throttle.Result
		want    bool
	}{
		{"", throttle.Pass, throttle.Success, false},
		{"S5", throttle.Pass, throttle.Success, false},
		{"S5 F1", throttle.Pass, throttle.Success, true},
		{"S5 F1 +1h", throttle.Pass, throttle.Success, false},
		{"F10", throttle.Pass, throttle.Success, true},
		{"F10", throttle.Pass, throttle.Failure, false},
		{"F10", throttle.Pass, throttle.Neutral, false},
		{"F10 +5s probe", throttle.Probe, throttle.Success, true},
		{"F10 +5s probe", throttle.Probe, throttle.Failure, false},
		{"F10 +5s probe", throttle.Probe, throttle.Neutral, true},
		{"F10 +5s probe", throttle.Pass, throttle.Neutral, false},
		{"F10 +5s probe +59s", throttle.Probe, throttle.Neutral, false}, // open by now
		{"F10", throttle.Skip, throttle.Success, false},
		{"", throttle.Probe, throttle.Neutral, false},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			f := newFake(throttle.Options{})
			f.play(t, tt.script)
			if got := f.Report(host, tt.verdict, tt.result, ""); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestSkipHasNoEnd(t *testing.T) {
	f := newFake(throttle.Options{})
	f.Report(host, throttle.Skip, throttle.Failure, "")
	if got := len(f.States()); got != 0 {
		t.Errorf("%d hosts are known, want none", got)
	}
}

func TestRate(t *testing.T) {
	const s, f, n = throttle.Success, throttle.Failure, throttle.Neutral
	tests := []struct {
		status          int
		strict, lenient throttle.Result
	}{
		{0, f, f}, {-1, f, f},
		{101, s, s}, {200, s, s}, {204, s, s}, {302, s, s}, {399, s, s},
		{400, f, n}, {401, f, n}, {404, f, n}, {410, f, n}, {499, f, n},
		{408, f, f}, {429, f, f},
		{500, f, f}, {503, f, f}, {599, f, f}, {999, f, f},
	}
	strict, lenient := throttle.New(throttle.Options{}), throttle.New(throttle.Options{Lenient: true})
	for _, tt := range tests {
		if got := strict.Rate(tt.status); got != tt.strict {
			t.Errorf("%d: got %d, want %d", tt.status, got, tt.strict)
		}
		if got := lenient.Rate(tt.status); got != tt.lenient {
			t.Errorf("%d, lenient: got %d, want %d", tt.status, got, tt.lenient)
		}
	}
}

func TestIdleHostsAreForgotten(t *testing.T) {
	f := newFake(throttle.Options{})
	for i := range 100 {
		f.Report(fmt.Sprint("h", i), throttle.Pass, throttle.Failure, "")
	}
	f.play(t, "+9m S1 +59.999s")
	if got := len(f.States()); got != 101 {
		t.Errorf("before 10 minutes: %d hosts, want 101", got)
	}
	f.play(t, "+1ms")
	if got := len(f.States()); got != 1 {
		t.Errorf("after 10 minutes: %d hosts are shown, want 1", got)
	}
	for range 50 { // each report sweeps two
		f.play(t, "S1")
	}
	if got := f.Known(); got != 1 {
		t.Errorf("after 50 reports: %d hosts are in memory, want 1", got)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	f := newFake(throttle.Options{})
	const most, more = 65_536, 10
	for i := range most + more {
		f.Report(fmt.Sprint("h", i), throttle.Pass, throttle.Success, "")
		f.Report("h0", throttle.Pass, throttle.Success, "") // is never idle
	}
	if got := f.Known(); got != most {
		t.Errorf("%d hosts are known, want %d", got, most)
	}
	for key, want := range map[string]bool{"h0": true, "h1": false, "h10": false, "h11": true, fmt.Sprint("h", most): true} {
		if got := f.State(key).Success > 0; got != want {
			t.Errorf("%s is known: got %v, want %v", key, got, want)
		}
	}
}

// TestReportAfterTheSweep ends a probe whose host was forgotten meanwhile.
func TestReportAfterTheSweep(t *testing.T) {
	for _, end := range []string{"PS", "PF", "PN"} {
		f := newFake(throttle.Options{})
		f.play(t, "F10 +5s probe +10m")
		f.Report("other", throttle.Pass, throttle.Success, "")
		if got := f.Known(); got != 1 {
			t.Fatalf("%d hosts are known, want the other one", got)
		}
		f.play(t, end+" pass F10 skip +5s probe")
	}
}

// TestOneOfManyIsTheProbe has many ask at once: exactly one may probe.
func TestOneOfManyIsTheProbe(t *testing.T) {
	const askers = 50
	f := newFake(throttle.Options{})
	f.play(t, "F10 +5s")
	verdicts := make(chan throttle.Verdict, askers)
	for range askers {
		go func() { verdicts <- f.Admit(host) }()
	}
	got := map[throttle.Verdict]int{}
	for range askers {
		got[<-verdicts]++
	}
	if got[throttle.Probe] != 1 || got[throttle.Skip] != askers-1 {
		t.Errorf("%d probes, %d skips; want 1 and %d", got[throttle.Probe], got[throttle.Skip], askers-1)
	}
}

// TestConcurrentUse is for the race detector; it checks that no closed host has
// two probes at a time, and that all open in the end.
func TestConcurrentUse(t *testing.T) {
	const workers, calls, keys = 8, 2000, 3
	var lock sync.Mutex
	now := time.Now()
	th := throttle.New(throttle.Options{Lost: time.Hour, Now: func() time.Time {
		lock.Lock()
		defer lock.Unlock()
		now = now.Add(20 * time.Millisecond)
		return now
	}})
	var probes [keys]sync.Mutex
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range calls {
				k := (w + i) % keys
				key := fmt.Sprint("h", k)
				v := th.Admit(key)
				if v == throttle.Probe && !probes[k].TryLock() {
					t.Errorf("two probes of %s", key)
					return
				}
				result := throttle.Failure
				if i > calls/2 {
					result = throttle.Success
				}
				if v == throttle.Probe {
					probes[k].Unlock()
				}
				th.Report(key, v, result, "error status 503")
				if i%100 == 0 {
					th.States()
				}
			}
		})
	}
	wg.Wait()
	for _, s := range th.States() {
		if s.Closed {
			t.Errorf("%s: %s", s.Key, s.Reason)
		}
	}
}
