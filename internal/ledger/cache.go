package ledger

import (
	"sync"

	"github.com/fieldhook/fieldhook/internal/scope"
)

// Bounds of the cache.
const (
	maxCached = 16 << 20 // bytes of instances, keys and all
	maxOwners = 10_000
	perText   = 256 // bytes that an instance takes besides its data
)

// cache remembers what templates look up, also that there is nothing. It is safe
// for concurrent use.
//
// Whoever changes the store calls forget afterwards, before the change is
// acknowledged. A reader that was under way meanwhile must not put in what it
// read before: so each look-up tells the cache's age, each forget raises it, and
// what comes with an earlier age is not taken.
type cache struct {
	mu     sync.RWMutex
	age    uint64
	owners map[scope.Scope]map[string]Definition
	texts  map[Key]string
	size   int // about how many bytes texts takes
}

func newCache() *cache {
	return &cache{owners: map[scope.Scope]map[string]Definition{}, texts: map[Key]string{}}
}

func (c *cache) owner(s scope.Scope) (known map[string]Definition, age uint64, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	known, ok = c.owners[s]
	return known, c.age, ok
}

func (c *cache) putOwner(s scope.Scope, known map[string]Definition, age uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age != c.age {
		return
	}
	if len(c.owners) >= maxOwners {
		clear(c.owners)
	}
	c.owners[s] = known
}

func (c *cache) forgetOwner(s scope.Scope) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.age++
	delete(c.owners, s)
}

func (c *cache) text(k Key) (text string, age uint64, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	text, ok = c.texts[k]
	return text, c.age, ok
}

// putText makes room by dropping whatever comes first.
func (c *cache) putText(k Key, text string, age uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age != c.age {
		return
	}
	c.drop(k)
	for other := range c.texts {
		if c.size+perText+len(text) <= maxCached {
			break
		}
		c.drop(other)
	}
	c.texts[k] = text
	c.size += perText + len(text)
}

func (c *cache) forget(k Key) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.age++
	c.drop(k)
}

// clear forgets everything.
func (c *cache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.age++
	clear(c.owners)
	clear(c.texts)
	c.size = 0
}

func (c *cache) drop(k Key) {
	if text, ok := c.texts[k]; ok {
		delete(c.texts, k)
		c.size -= perText + len(text)
	}
}
