package api

import (
	"net/netip"
	"sync"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// maxStreams is how many streams an address may hold open (cloud API
// reference, section 12).
const maxStreams = 100

// openStreams bounds the event streams that are open at once: of an address, of
// an account and of all.
type openStreams struct {
	perAddress int // 0 = maxStreams, and no bound for the machine itself
	perAccount int // 0 = no bound
	most       int // 0 = no bound

	mu        sync.Mutex
	addresses map[netip.Addr]int
	accounts  map[string]int
	total     int
}

func newOpenStreams(perAccount, most int) *openStreams {
	return &openStreams{perAccount: perAccount, most: most, addresses: map[netip.Addr]int{}, accounts: map[string]int{}}
}

// enter counts a stream in; release counts it out. Errors: a fault Limited, or
// Unavailable when the hub holds as many as it may.
func (o *openStreams) enter(account, address string) (release func(), err error) {
	addr := addressOf(address)
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.check(account, addr); err != nil {
		err.RetryAfter = 10
		return nil, err
	}
	o.addresses[addr]++
	o.accounts[account]++
	o.total++
	return func() { o.leave(account, addr) }, nil
}

func (o *openStreams) check(account string, addr netip.Addr) *fault.Error {
	perAddress := o.perAddress
	if perAddress == 0 && !addr.IsLoopback() {
		perAddress = maxStreams
	}
	switch {
	case reached(o.addresses[addr], perAddress):
		return fault.New(fault.Limited, "This address holds %d event streams open, which is the limit. Close one first.", perAddress)
	case reached(o.accounts[account], o.perAccount):
		return fault.New(fault.Limited, "This account holds %d event streams open, which is the limit. Close one first.", o.perAccount)
	case reached(o.total, o.most):
		return fault.New(fault.Unavailable, "The hub holds %d event streams open, which is the limit.", o.most)
	}
	return nil
}

// reached says whether n is at its bound; 0 is none.
func reached(n, bound int) bool { return bound > 0 && n >= bound }

func (o *openStreams) leave(account string, addr netip.Addr) {
	o.mu.Lock()
	defer o.mu.Unlock()
	countOut(o.addresses, addr)
	countOut(o.accounts, account)
	o.total--
}

// countOut keeps no zeros.
func countOut[K comparable](m map[K]int, k K) {
	if m[k]--; m[k] == 0 {
		delete(m, k)
	}
}

// of is how many streams an account holds open.
func (o *openStreams) of(account string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.accounts[account]
}

// addressOf is the one spelling of an IP address; connections without one (as
// over a pipe) share the zero address.
func addressOf(address string) netip.Addr {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}
