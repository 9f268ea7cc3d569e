package publish

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// mostBuckets is how many accounts' buckets are kept before the full ones, which
// say nothing, are let go.
const mostBuckets = 4096

// limiter bounds the events per second of each account, with bursts of ten
// seconds' worth. It is safe for concurrent use.
type limiter struct {
	rate float64
	now  func() time.Time

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
	crowd   int // so many buckets call for a sweep
}

const burstSeconds = 10

func newLimiter(perSecond float64, now func() time.Time) *limiter {
	if perSecond <= 0 {
		return nil
	}
	return &limiter{rate: perSecond, now: now, buckets: map[string]*rate.Limiter{}, crowd: mostBuckets}
}

// admit takes one event of an account. Errors: fault Limited. A nil limiter
// admits all.
func (l *limiter) admit(account string) error {
	if l == nil {
		return nil
	}
	if now := l.now(); !l.bucket(account, now).AllowN(now, 1) {
		f := fault.New(fault.Limited, "This account publishes more than %g events per second; the event was not accepted.", l.rate)
		f.RetryAfter = 1
		return f
	}
	return nil
}

func (l *limiter) bucket(account string, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[account]
	if b == nil {
		l.sweep(now)
		b = rate.NewLimiter(rate.Limit(l.rate), max(1, int(l.rate*burstSeconds)))
		l.buckets[account] = b
	}
	return b
}

// sweep lets full buckets go when there are many.
func (l *limiter) sweep(now time.Time) {
	if len(l.buckets) < l.crowd {
		return
	}
	for account, b := range l.buckets {
		if b.TokensAt(now) >= float64(b.Burst()) {
			delete(l.buckets, account)
		}
	}
	l.crowd = max(mostBuckets, 2*len(l.buckets))
}
