package publish

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// mostBuckets is how many accounts' buckets are kept before the full ones, which
// say nothing, are let go.
const mostBuckets = 4096

// account is who a publish counts against: the principal's user, or, where there
// is none, the product or organization it goes into.
type account struct {
	user    string
	product int64
	org     string
}

func accountOf(p *scope.Principal, by stamp) account {
	if p.User != "" {
		return account{user: p.User}
	}
	if by.product != 0 {
		return account{product: by.product}
	}
	return account{org: by.org}
}

// limiter bounds the events per second of each account, with bursts of ten
// seconds' worth. It is safe for concurrent use.
type limiter struct {
	rate float64
	now  func() time.Time

	mu      sync.Mutex
	buckets map[account]*rate.Limiter
	crowd   int // so many buckets call for a sweep
}

const burstSeconds = 10

func newLimiter(perSecond float64, now func() time.Time) *limiter {
	if perSecond <= 0 {
		return nil
	}
	return &limiter{rate: perSecond, now: now, buckets: map[account]*rate.Limiter{}, crowd: mostBuckets}
}

// admit takes one event of an account. Errors: fault Limited. A nil limiter
// admits all.
func (l *limiter) admit(of account) error {
	if l == nil {
		return nil
	}
	if now := l.now(); !l.bucket(of, now).AllowN(now, 1) {
		f := fault.New(fault.Limited, "This account publishes more than %g events per second; the event was not accepted.", l.rate)
		f.RetryAfter = 1
		return f
	}
	return nil
}

func (l *limiter) bucket(of account, now time.Time) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[of]
	if b == nil {
		l.sweep(now)
		b = rate.NewLimiter(rate.Limit(l.rate), max(1, int(l.rate*burstSeconds)))
		l.buckets[of] = b
	}
	return b
}

// sweep lets full buckets go when there are many.
func (l *limiter) sweep(now time.Time) {
	if len(l.buckets) < l.crowd {
		return
	}
	for of, b := range l.buckets {
		if b.TokensAt(now) >= float64(b.Burst()) {
			delete(l.buckets, of)
		}
	}
	l.crowd = max(mostBuckets, 2*len(l.buckets))
}
