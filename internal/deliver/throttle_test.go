package deliver_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/throttle"
)

// always is a random source that skips whatever may be skipped.
func always() float64 { return 0 }

func TestFailingHostSleepsUntilAProbeSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		status, calls := 500, 0
		send := senderFunc(func(context.Context, *render.Request) (deliver.Answer, error) {
			calls++
			return deliver.Answer{Status: status, Reason: fmt.Sprint(status)}, nil
		})
		h := newHub(t, deliver.Options{Sender: send, Throttle: throttle.New(throttle.Options{Random: always})})
		h.add("a", config("http://a/"))
		h.add("other-port", config("https://A:8443/"))
		for range 10 {
			h.publish("a", "http://a:80", "x")
			synctest.Wait()
		}
		h.publish("a", "http://a:80", "x")
		h.publish("other-port", "https://a:8443", "x")
		synctest.Wait()
		if calls != 10 {
			t.Errorf("%d calls, want 10: whatever the port, the host sleeps", calls)
		}
		last := h.results[len(h.results)-1]
		if last.Attempt.Outcome != eventlog.Sleep || len(last.Events) != 1 {
			t.Fatalf("the last delivery ended as %v with %d events, want a sleep with one", last.Attempt.Outcome, len(last.Events))
		}
		if e := last.Events[0]; e.Name != "hook-error/temp/0" || e.Data != "Sleeping, too many errors, please wait and try again" {
			t.Errorf("event %q %q is not the documented one", e.Name, e.Data)
		}

		status = 200
		time.Sleep(5 * time.Second)
		for range 20 {
			h.publish("a", "http://a:80", "x")
			synctest.Wait()
		}
		if calls < 20 || h.results[len(h.results)-1].Attempt.Outcome != eventlog.Success {
			t.Errorf("%d calls after the host was well again, the last ended as %v", calls, h.results[len(h.results)-1].Attempt.Outcome)
		}
	})
}

func TestRefusedTargetsDoNotRateTheirHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rated, n := throttle.New(throttle.Options{Random: always}), atomic.Int32{}
		causes := []deliver.Cause{deliver.Blocked, deliver.Unsendable, deliver.NoToken, deliver.Remembered}
		send := senderFunc(func(context.Context, *render.Request) (deliver.Answer, error) {
			return deliver.Answer{}, &deliver.CallError{Cause: causes[int(n.Add(1))%len(causes)], Text: "connect EACCES a"}
		})
		h := newHub(t, deliver.Options{Sender: send, Throttle: rated})
		h.add("a", config("http://a/"))
		h.publish("a", "http://a:80", numbers(30)...)
		synctest.Wait()
		if s := rated.State("a"); s.Failure != 0 || s.Closed {
			t.Errorf("the host has %d failures, want 0: nothing was sent to it", s.Failure)
		}
	})
}

func TestAccountsRateHostsForThemselves(t *testing.T) {
	for _, per := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			rated := throttle.New(throttle.Options{Random: always})
			h := newHub(t, deliver.Options{Sender: newTarget(500), Throttle: rated, PerAccount: per})
			h.add("mine", config("http://a/"))
			h.add("yours", config("http://a/"))
			h.all["yours"].Scope = scope.Of("other")
			for range 12 {
				h.publish("mine", "http://a:80", "x")
				synctest.Wait()
			}
			h.publish("yours", "http://a:80", "x")
			synctest.Wait()
			last, want := h.results[len(h.results)-1].Attempt.Outcome, eventlog.Sleep
			if per {
				want = eventlog.Failure
			}
			if last != want {
				t.Errorf("per account %v: another account's delivery ended as %v, want %v", per, last, want)
			}
		})
	}
}
