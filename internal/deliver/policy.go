package deliver

import (
	"net/http"
	"strconv"
	"time"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/integration"
)

// Times of the retry policies (webhook engine reference, section 11).
const (
	skipWait  = 30 * time.Second // retry: skipped tries 30 s and 60 s after the skip
	skipTries = 2
	firstWait = 2 * time.Second // retry: failed waits at random up to this, doubled each time
	mostWait  = 10 * time.Minute
	leastWait = 100 * time.Millisecond
	retryAge  = 24 * time.Hour // default of Options.RetryAge
)

// plan says whether and when a delivery is attempted again.
type plan struct {
	policy   integration.RetryPolicy
	age      time.Duration // since the first attempt; retry: failed only
	attempts int           // calls at the most; 0 = as many as the age allows
	random   func() float64
}

// planOf gives the plan of a delivery. Somebody waits for the one attempt of a
// test.
func (d *Dispatcher) planOf(in *integration.Integration, mark eventlog.Mark) plan {
	r := in.Definition.Retry
	p := plan{policy: r.Policy, age: r.MaxAge, attempts: r.MaxAttempts, random: d.Random}
	if p.policy == integration.RetryDefault {
		p.policy = d.Retry
	}
	if p.age == 0 {
		p.age = d.RetryAge
	}
	if mark == eventlog.Test {
		p.policy = integration.RetryNone
	}
	return p
}

// skipped says what becomes of a delivery that the throttle held back now:
// postponed, or not, and then dead or simply over. A delivery that is on record
// as waiting already, and may go on waiting, is kept.
func (p *plan) skipped(d *eventlog.Delivery, now time.Time) (again *eventlog.Again, kept, dead bool) {
	switch {
	case p.policy == integration.RetrySkipped && d.Skips < skipTries:
		a := put(d, now, skipWait)
		a.Skips++
		a.Firm = true
		return a, false, false
	case p.policy != integration.RetryFailed:
		return nil, false, false
	case d.Since != 0 && now.UnixMilli()-d.Since >= p.age.Milliseconds():
		return nil, false, true
	case d.Since != 0:
		return nil, true, false
	}
	a := put(d, now, 0) // the throttle says when
	a.Skips++
	return a, false, false
}

// failed says what becomes of a delivery whose call failed: postponed, or not,
// and then dead or simply over. The target may have asked for a time to wait.
func (p *plan) failed(d *eventlog.Delivery, now time.Time, asked time.Duration) (again *eventlog.Again, dead bool) {
	if p.policy != integration.RetryFailed {
		return nil, false
	}
	wait := max(p.backoff(d.Attempt), asked)
	a := put(d, now, wait)
	a.Attempt++
	a.Firm = asked > 0
	tooOld := now.Add(wait).UnixMilli()-a.Since > p.age.Milliseconds()
	if tooOld || p.attempts > 0 && a.Attempt >= p.attempts {
		return nil, true
	}
	return a, false
}

// backoff is exponential with full jitter, so that what failed together does
// not come again together. before is how often the delivery had failed.
func (p *plan) backoff(before int) time.Duration {
	most := mostWait
	if before < 10 {
		most = min(most, firstWait<<before)
	}
	return max(leastWait, time.Duration(p.random()*float64(most)))
}

func put(d *eventlog.Delivery, now time.Time, wait time.Duration) *eventlog.Again {
	a := &eventlog.Again{
		Origin: d.Origin, Attempt: d.Attempt, Skips: d.Skips, Since: d.Since,
		Due: now.Add(wait).UnixMilli(), Wait: wait.Milliseconds(),
	}
	if a.Since == 0 {
		a.Since = now.UnixMilli()
	}
	return a
}

// retryAfter reads the Retry-After field of an answer (RFC 9110, section
// 10.2.3): seconds or a date. 0 = it asks for nothing.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if text == "" {
		return 0
	}
	if s, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(s) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return max(0, at.Sub(now))
}
