// Package requestbin is the hub's built-in request bin: a place to point a first
// webhook at, which shows what arrived.
//
// Everything is in memory and bounded: 200 bins, 50 requests per bin, 64 KiB
// per body and 64 MiB altogether; the bin that was used least recently gives
// way. The credentials a request carries are masked before it is recorded. Who
// may read a bin is left to the router in front: whoever knows its name can.
//
// A Bin is safe for concurrent use.
package requestbin

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// Bounds of a Bin.
const (
	maxRequests = 50 // per bin
	maxBins     = 200
	maxBody     = 64 << 10 // bytes kept of one body
	maxBytes    = 64 << 20 // kept altogether
	watchBuffer = 64       // requests a watcher may lag behind
)

// masked replaces the values of credentials.
const masked = "[[SENSITIVE]]"

// Request is a recorded request.
type Request struct {
	Time      time.Time   `json:"time"` // UTC
	Method    string      `json:"method"`
	Target    string      `json:"target"` // path and query
	Header    http.Header `json:"header"`
	Body      string      `json:"body"`
	Base64    bool        `json:"base64,omitempty"`    // Body is base64: the bytes are no text
	Truncated bool        `json:"truncated,omitempty"` // there was more
}

// What a request and its header fields take besides their texts, in bytes.
const (
	requestBytes = 256
	fieldBytes   = 160 // an entry of a map, with its slice of one value
	valueBytes   = 32
)

// size is about how many bytes r takes.
func (r *Request) size() int {
	n := requestBytes + len(r.Target) + len(r.Body)
	for name, values := range r.Header {
		n += fieldBytes + len(name)
		for _, v := range values {
			n += valueBytes + len(v)
		}
	}
	return n
}

// Bin holds all bins by name and serves them over HTTP (see ServeHTTP).
type Bin struct {
	mu       sync.Mutex
	bins     map[string]*bin
	bytes    int
	clock    uint64 // counts uses
	watchers map[string]map[chan Request]struct{}
}

// bin is what is kept under one name.
type bin struct {
	requests []Request // oldest first
	count    int       // of all requests, also those no longer kept
	bytes    int
	used     uint64
}

// New makes an empty Bin.
func New() *Bin {
	return &Bin{bins: make(map[string]*bin), watchers: make(map[string]map[chan Request]struct{})}
}

// Watch gives the requests to the named bin from now on. A request that comes
// while 64 wait to be received is left out. cancel closes the channel; it may
// be called more than once.
func (b *Bin) Watch(name string) (requests <-chan Request, cancel func()) {
	c := make(chan Request, watchBuffer)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.watchers[name] == nil {
		b.watchers[name] = make(map[chan Request]struct{})
	}
	b.watchers[name][c] = struct{}{}
	return c, sync.OnceFunc(func() { b.unwatch(name, c) })
}

func (b *Bin) unwatch(name string, c chan Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.watchers[name], c)
	if len(b.watchers[name]) == 0 {
		delete(b.watchers, name)
	}
	close(c)
}

// record keeps r and gives the number of requests the bin has had.
func (b *Bin) record(name string, r Request) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept := b.use(name)
	kept.count++
	b.keep(kept, r)
	for b.bytes > maxBytes && len(b.bins) > 1 {
		b.evict()
	}
	for c := range b.watchers[name] {
		select {
		case c <- r:
		default:
		}
	}
	return kept.count
}

// use finds or makes a bin and marks it as the one used last.
func (b *Bin) use(name string) *bin {
	kept := b.bins[name]
	if kept == nil {
		if len(b.bins) >= maxBins {
			b.evict()
		}
		kept = new(bin)
		b.bins[name] = kept
	}
	b.clock++
	kept.used = b.clock
	return kept
}

// keep appends r and drops the oldest request beyond the bound.
func (b *Bin) keep(kept *bin, r Request) {
	grown := r.size()
	if len(kept.requests) == maxRequests {
		grown -= kept.requests[0].size()
		copy(kept.requests, kept.requests[1:])
		kept.requests[maxRequests-1] = r
	} else {
		kept.requests = append(kept.requests, r)
	}
	kept.bytes += grown
	b.bytes += grown
}

// evict drops the bin used least recently.
func (b *Bin) evict() {
	oldest := ""
	for name, kept := range b.bins {
		if oldest == "" || kept.used < b.bins[oldest].used {
			oldest = name
		}
	}
	b.bytes -= b.bins[oldest].bytes
	delete(b.bins, oldest)
}

// list gives the requests of a bin, newest first.
func (b *Bin) list(name string) []Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept := b.bins[name]
	if kept == nil {
		return []Request{}
	}
	requests := make([]Request, 0, len(kept.requests))
	for i := len(kept.requests) - 1; i >= 0; i-- {
		requests = append(requests, kept.requests[i])
	}
	return requests
}

// maskHeader copies a header without the values of credentials.
func maskHeader(header http.Header) http.Header {
	h := header.Clone()
	for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie"} {
		for i := range h[name] {
			h[name][i] = masked
		}
	}
	return h
}

// validName checks 1 to 64 characters of [A-Za-z0-9_-].
func validName(name string) bool {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
	return name != "" && len(name) <= 64 && strings.Trim(name, letters) == ""
}
