package identity

import (
	"slices"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/scope"
)

// cache remembers valid tokens by their hash. It holds no tokens that were
// refused, so guessing cannot push the good ones out.
type cache struct {
	size  int
	trust time.Duration // 0 = for ever

	mu      sync.RWMutex
	entries map[[32]byte]entry
	devices map[string][][32]byte // tokens in entries by device
	gen     uint64                // counts revocations
}

type entry struct {
	principal *scope.Principal
	read      time.Time // when the store last confirmed it
}

func newCache(size int, trust time.Duration) *cache {
	return &cache{size: size, trust: trust, entries: map[[32]byte]entry{}, devices: map[string][][32]byte{}}
}

// get gives the remembered principal, or nil if the store must be asked. The
// lookup is by SHA-256, so its timing tells nothing about the token.
func (c *cache) get(hash [32]byte, now time.Time) *scope.Principal {
	c.mu.RLock()
	e, ok := c.entries[hash]
	c.mu.RUnlock()
	if !ok || c.trust > 0 && now.Sub(e.read) >= c.trust {
		return nil
	}
	return e.principal
}

// generation is handed to put, to notice a revocation between a read of the
// store and the put.
func (c *cache) generation() uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.gen
}

// put remembers a principal that the store confirmed. When the cache is full
// any other one is forgotten: it costs its owner one read of the store.
func (c *cache) put(hash [32]byte, p *scope.Principal, now time.Time, generation uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gen != generation {
		return
	}
	if _, known := c.entries[hash]; !known && len(c.entries) >= c.size {
		for other := range c.entries {
			c.forget(other)
			break
		}
	}
	c.entries[hash] = entry{principal: p, read: now}
	if p.Device != "" && !slices.Contains(c.devices[p.Device], hash) {
		c.devices[p.Device] = append(c.devices[p.Device], hash)
	}
}

// forget drops one token; the caller holds c.mu.
func (c *cache) forget(hash [32]byte) {
	e, ok := c.entries[hash]
	if !ok {
		return
	}
	delete(c.entries, hash)
	device := e.principal.Device
	if device == "" {
		return
	}
	left := slices.DeleteFunc(c.devices[device], func(h [32]byte) bool { return h == hash })
	if c.devices[device] = left; len(left) == 0 {
		delete(c.devices, device)
	}
}

// drop forgets the tokens, and what is being read from the store right now.
func (c *cache) drop(hashes [][32]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gen++
	for _, h := range hashes {
		c.forget(h)
	}
}

// clear forgets every token, and what is being read from the store right now.
func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gen++
	clear(c.entries)
	clear(c.devices)
}

// dropDevice forgets the tokens of a device, and what is being read from the
// store right now.
func (c *cache) dropDevice(device string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gen++
	for _, h := range slices.Clone(c.devices[device]) {
		c.forget(h)
	}
}
