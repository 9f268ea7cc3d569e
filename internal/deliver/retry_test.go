package deliver_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/respond"
	"github.com/fieldhook/fieldhook/internal/throttle"
)

// target is a sender whose answer changes while the test runs.
type target struct {
	mu     sync.Mutex
	status int
	header http.Header
	took   time.Duration
	bodies []string        // of the calls that it answered well
	calls  []time.Duration // when each call came, since the target was made
	began  time.Time
}

func newTarget(status int) *target { return &target{status: status, began: time.Now()} }

func (t *target) Send(_ context.Context, r *render.Request) (deliver.Answer, error) {
	body := string(r.Body)
	t.mu.Lock()
	took := t.took
	t.mu.Unlock()
	if took > 0 {
		time.Sleep(took)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.calls = append(t.calls, time.Since(t.began))
	if t.status < 400 {
		t.bodies = append(t.bodies, body)
	}
	return deliver.Answer{Status: t.status, Reason: fmt.Sprint(t.status), Header: t.header}, nil
}

func (t *target) answers(status int) { t.takes(status, 0) }

// takes sets the status and the time of the calls to come.
func (t *target) takes(status int, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.status, t.took = status, took
}

func (t *target) received() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.bodies)
}

func (t *target) times() []time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.calls)
}

// most is a random source that waits for as long as the backoff allows.
func most() float64 { return 0.999999 }

// with is config with further settings.
func with(url, settings string) string {
	return strings.TrimSuffix(config(url), "}") + "," + settings + "}"
}

// restart makes a new dispatcher on the store of h, as a new process would.
func (h *hub) restart(o deliver.Options) *hub {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	h.d.Stop(ctx)
	n := &hub{t: h.t, store: h.store, all: h.all}
	o.Integrations, o.Backlog, o.Responder = n, n.store, respond.New(time.Now)
	n.d = deliver.New(o)
	if _, err := n.d.Start(h.t.Context(), n); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { n.d.Stop(context.Background()) })
	return n
}

func TestFailedDeliveriesAreRepeatedWithBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newTarget(500)
		h := newHub(t, deliver.Options{Sender: target, Random: most})
		h.add("a", with("http://a/", `"retry":"failed"`))
		h.publish("a", "http://a:80", "1")
		time.Sleep(15 * time.Second) // attempts after 0, 2, 6 and 14 s
		target.answers(200)
		time.Sleep(time.Minute)
		if got, want := h.outcomes(), "map[error again:4 success:1]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		last := h.results[len(h.results)-1]
		if last.Attempt.N != 5 || !last.Attempt.Retry {
			t.Errorf("the last attempt is %+v, want number 5, a retry", last.Attempt)
		}
		want := []time.Duration{0, 2, 6, 14, 30}
		for i, at := range target.times() {
			if got := at.Round(time.Second); got != want[i]*time.Second {
				t.Errorf("attempt %d after %v, want %v", i+1, got, want[i]*time.Second)
			}
		}
	})
}

func TestRetryAfterIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newTarget(503)
		target.header = http.Header{"Retry-After": {"120"}}
		h := newHub(t, deliver.Options{Sender: target, Random: most})
		h.add("a", with("http://a/", `"retry":"failed"`))
		h.add("b", config("http://a/"))
		h.publish("a", "http://a:80", "1")
		time.Sleep(time.Second)
		target.answers(200)
		h.publish("b", "http://a:80", numbers(20)...) // well again, but a time was asked for
		time.Sleep(118 * time.Second)
		if n := len(target.received()); n != 20 {
			t.Fatalf("%d calls succeeded before the time was up, want 20", n)
		}
		time.Sleep(2 * time.Second)
		if n := len(target.received()); n != 21 {
			t.Errorf("%d calls succeeded, want 21", n)
		}
	})
}

func TestGivenUpDeliveriesAreDeadLetters(t *testing.T) {
	cases := []struct{ name, retry, want string }{
		{"count", `"retry":{"policy":"failed","maxAttempts":3}`, "map[error again:2 error dead:1]"},
		{"age", `"retry":{"policy":"failed","maxAge":"10s"}`, "map[error again:2 error dead:1]"},
		{"none", `"retry":"none"`, "map[error:1]"},
		{"skipped", `"retry":"skipped"`, "map[error:1]"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHub(t, deliver.Options{Sender: newTarget(500), Random: most})
				h.add("a", with("http://a/", c.retry))
				h.publish("a", "http://a:80", "1")
				time.Sleep(time.Hour)
				if got := h.outcomes(); got != c.want {
					t.Errorf("got %s, want %s", got, c.want)
				}
			})
		})
	}
}

func TestRequestsThatCannotBeMadeAreNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, deliver.Options{Sender: newTarget(200)})
		h.add("a", with("{{{PARTICLE_EVENT_VALUE}}}", `"retry":"failed"`))
		h.publish("a", "", "no url")
		time.Sleep(time.Hour)
		if got, want := h.outcomes(), "map[error dead:1]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// tired gives a throttle whose host a sleeps.
func tired() *throttle.Throttle {
	th := throttle.New(throttle.Options{Random: always})
	for range 50 {
		th.Report("a", throttle.Pass, throttle.Failure, "error status 500")
	}
	return th
}

func TestSkippedDeliveriesAreTriedTwiceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		th := tired()
		h := newHub(t, deliver.Options{Sender: newTarget(200), Throttle: awake{th}})
		h.add("a", with("http://a/", `"retry":"skipped"`))
		h.publish("a", "http://a:80", "1")
		for _, step := range []struct {
			after time.Duration
			want  string
		}{
			{time.Second, "map[sleep again:1]"},
			{30 * time.Second, "map[sleep again:2]"},
			{30 * time.Second, "map[sleep:1 sleep again:2]"},
			{time.Hour, "map[sleep:1 sleep again:2]"},
		} {
			time.Sleep(step.after)
			if got := h.outcomes(); got != step.want {
				t.Errorf("got %s, want %s", got, step.want)
			}
		}
		events := 0
		for _, r := range h.results {
			events += len(r.Events)
		}
		if events != 1 {
			t.Errorf("%d events told of the sleep, want 1", events)
		}
	})
}

// awake is a throttle that skips every call and never probes.
type awake struct{ deliver.Throttle }

func (awake) Admit(string) throttle.Verdict { return throttle.Skip }

func TestSchedulesSurviveRestartsAndClockJumps(t *testing.T) {
	for _, jump := range []time.Duration{0, time.Hour, -time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				target := newTarget(503)
				target.header = http.Header{"Retry-After": {"100"}}
				o := deliver.Options{Sender: target, Random: most}
				h := newHub(t, o)
				h.add("a", with("http://a/", `"retry":"failed"`))
				h.publish("a", "http://a:80", "1")
				time.Sleep(40 * time.Second)
				target.answers(200)
				o.Now = func() time.Time { return time.Now().Add(jump) }
				h.restart(o)
				left := 60 * time.Second // by the wall clock, or what it was to wait
				switch {
				case jump > 0:
					left = 0
				case jump < 0:
					left = 100 * time.Second
				}
				time.Sleep(left - time.Second)
				if n := len(target.received()); n != 0 && jump <= 0 {
					t.Errorf("delivered before its time")
				}
				time.Sleep(3 * time.Second)
				if n := len(target.received()); n != 1 {
					t.Errorf("%d calls succeeded, want 1", n)
				}
			})
		})
	}
}

func TestDroppedIntegrationsDropTheirRetries(t *testing.T) {
	for _, what := range []string{"disabled", "deleted"} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHub(t, deliver.Options{Sender: newTarget(500), Random: most})
				h.add("a", with("http://a/", `"retry":"failed"`))
				h.publish("a", "http://a:80", "1")
				time.Sleep(time.Second)
				if what == "disabled" {
					h.add("a", with("http://a/", `"retry":"failed","disabled":true`))
				} else {
					h.mu.Lock()
					delete(h.all, "a")
					h.mu.Unlock()
				}
				time.Sleep(time.Minute)
				if got, want := h.outcomes(), "map[dropped "+what+":1 error again:1]"; got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			})
		})
	}
}

// TestBacklogComesSoonAfterRecovery: an outage of 10 s with the real throttle,
// 200 events a second. Everything is delivered within 3 s of the throttle's
// letting go, and nothing is delivered twice.
func TestBacklogComesSoonAfterRecovery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newTarget(500)
		target.took = time.Millisecond
		random := uint32(1)
		var mu sync.Mutex
		dice := func() float64 {
			mu.Lock()
			defer mu.Unlock()
			random = random*1664525 + 1013904223
			return float64(random>>8) / (1 << 24)
		}
		th := throttle.New(throttle.Options{Random: dice})
		h := newHub(t, deliver.Options{Sender: target, Random: dice, Throttle: th})
		h.add("a", with("http://a/", `"retry":"failed"`))
		var all []string
		for letGo := false; !letGo; time.Sleep(5 * time.Millisecond) {
			all = append(all, fmt.Sprint(len(all)))
			h.publish("a", "http://a:80", all[len(all)-1])
			if len(all) == 2000 {
				target.takes(200, time.Millisecond)
			}
			letGo = len(all) > 2000 && th.Probability("a") == 0
		}
		open := time.Now()
		behind := len(all) - len(target.received())
		for len(target.received()) < len(all) && time.Since(open) < time.Hour {
			time.Sleep(10 * time.Millisecond)
		}
		took := time.Since(open)
		t.Logf("%d of %d behind, caught up %v after the throttle let go", behind, len(all), took)
		if took > 3*time.Second {
			t.Errorf("caught up %v after the throttle let go, want 3 s", took)
		}
		got := target.received()
		slices.Sort(got)
		slices.Sort(all)
		if !slices.Equal(got, all) {
			t.Errorf("%d delivered, want each of %d once", len(got), len(all))
		}
	})
}

func TestRetriesDoNotStarveFirstAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newTarget(500)
		h := newHub(t, deliver.Options{Sender: target, Random: most})
		h.add("old", with("http://a/", `"retry":"failed"`))
		h.add("new", config("http://a/"))
		h.publish("old", "http://a:80", numbers(500)...)
		time.Sleep(1500 * time.Millisecond)
		target.takes(200, 100*time.Millisecond)
		first := make([]string, 100)
		for i := range first {
			first[i] = fmt.Sprint("first", i)
		}
		time.Sleep(600 * time.Millisecond) // the retries are at it
		h.publish("new", "http://a:80", first...)
		time.Sleep(4 * time.Second)
		done := 0
		for _, b := range target.received() {
			if strings.HasPrefix(b, "first") {
				done++
			}
		}
		if done != len(first) {
			t.Errorf("%d of %d first attempts were made while retries waited", done, len(first))
		}
	})
}

func TestDefaultPolicyIsTheHubs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, deliver.Options{Sender: newTarget(500), Random: most, Retry: integration.RetryFailed, RetryAge: 10 * time.Second})
		h.add("a", config("http://a/"))
		h.publish("a", "http://a:80", "1")
		time.Sleep(time.Minute)
		if got, want := h.outcomes(), "map[error again:2 error dead:1]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestOverflowAndExpiryAreRecordedDrops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Sender: g, Timeout: time.Hour})
		h.add("a", with("http://a/", `"maxPending":30,"maxAge":"60s"`))
		start := time.Now()
		b := h.commit("a", "http://a:80", numbers(50)...)
		for _, a := range b.Accepts {
			a.Event.At = start.UnixMilli()
		}
		h.d.Committed(b)
		synctest.Wait()
		if got, want := h.outcomes(), "map[dropped overflow:20]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		time.Sleep(61 * time.Second)
		for synctest.Wait(); g.open(200) > 0; synctest.Wait() {
		}
		if got, want := h.outcomes(), "map[dropped expired:10 dropped overflow:20 success:20]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if p, err := h.store.Pending(t.Context(), 0, true, "", 100); err != nil || len(p) != 0 {
			t.Errorf("%d deliveries are left, error %v", len(p), err)
		}
	})
}
