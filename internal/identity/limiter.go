package identity

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// Limits of logins per address (cloud API reference, section 2.2).
const (
	maxFailures  = 10 // in a row
	lockTime     = 30 * time.Minute
	maxRequests  = 100 // in one window
	window       = 5 * time.Minute
	maxAddresses = 10_000 // remembered at once; the one not seen longest goes first
)

// limiter slows down whoever guesses passwords. It counts by address; IPv6
// addresses count by their /64, because one host owns all of those.
//
// The limit of requests spares loopback addresses, where scripts and tests
// live. The limit of failures spares nobody.
type limiter struct {
	size int

	mu    sync.Mutex
	known map[string]*list.Element // of *visitor
	order *list.List               // most recently seen first
}

type visitor struct {
	address  string
	opened   time.Time // when the window of requests began
	requests int
	failures int // in a row
	pending  int // logins whose outcome is not known yet
	locked   time.Time
}

func newLimiter(size int) *limiter {
	return &limiter{size: size, known: make(map[string]*list.Element), order: list.New()}
}

// begin counts a login. It returns a fault Limited if the address may not try
// now; otherwise the caller reports the outcome with end. Logins under way
// count as failures until then, so that many at once cannot pass the limit.
func (l *limiter) begin(address string, now time.Time) error {
	key, loopback := addressKey(address)
	l.mu.Lock()
	defer l.mu.Unlock()
	v := l.visit(key)
	if now.Before(v.locked) {
		return limited("Too many failed logins. Try again later.", v.locked.Sub(now))
	}
	if now.Sub(v.opened) >= window || now.Before(v.opened) {
		v.opened, v.requests = now, 0
	}
	v.requests++
	if v.requests > maxRequests && !loopback {
		return limited("Too many logins from this address. Try again later.", v.opened.Add(window).Sub(now))
	}
	if v.failures+v.pending >= maxFailures {
		return limited("Too many logins at once. Try again later.", time.Second)
	}
	v.pending++
	return nil
}

// outcome is how a login that began has ended.
type outcome int

const (
	succeeded outcome = iota
	refused           // wrong user name or password
	unknown           // it could not be checked
)

// end reports the outcome of a login that begin let pass.
func (l *limiter) end(address string, now time.Time, o outcome) {
	key, _ := addressKey(address)
	l.mu.Lock()
	defer l.mu.Unlock()
	v := l.visit(key)
	v.pending = max(0, v.pending-1) // 0 already if the address was forgotten meanwhile
	switch o {
	case succeeded:
		v.failures = 0
	case refused:
		v.failures++
		if v.failures >= maxFailures {
			v.failures, v.locked = 0, now.Add(lockTime)
		}
	}
}

// visit gives the visitor of that key, new or known.
func (l *limiter) visit(key string) *visitor {
	if e, ok := l.known[key]; ok {
		l.order.MoveToFront(e)
		return e.Value.(*visitor)
	}
	if l.order.Len() >= l.size {
		last := l.order.Back()
		delete(l.known, last.Value.(*visitor).address)
		l.order.Remove(last)
	}
	v := &visitor{address: key}
	l.known[key] = l.order.PushFront(v)
	return v
}

// addressKey is what an address counts under. Text that is no address counts
// as it is.
func addressKey(address string) (key string, loopback bool) {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address, false
	}
	ip = ip.Unmap().WithZone("")
	if ip.IsLoopback() || ip.Is4() {
		return ip.String(), ip.IsLoopback()
	}
	return netip.PrefixFrom(ip, 64).Masked().String(), false
}

// limited is the fault for a limit that ends after wait, rounded up to seconds.
func limited(text string, wait time.Duration) error {
	f := fault.New(fault.Limited, "%s", text)
	f.RetryAfter = int((wait + time.Second - 1) / time.Second)
	return f
}
