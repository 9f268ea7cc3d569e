package outbound

import (
	"sync"
	"time"
)

// maxIdle limits the idle connections of all targets together: each holds a
// file descriptor, and the targets are chosen by users.
const maxIdle = 1024

// pool keeps idle connections, the last used first. One timer, armed while
// there are any, closes those that nobody asks for.
type pool struct {
	perTarget int
	total     int
	timeout   time.Duration

	mu     sync.Mutex
	idle   map[target][]*conn // oldest first
	count  int
	timer  *time.Timer
	closed bool
}

func newPool(perTarget int, timeout time.Duration) *pool {
	return &pool{
		perTarget: perTarget,
		total:     max(maxIdle, perTarget),
		timeout:   timeout,
		idle:      make(map[target][]*conn),
	}
}

// get takes a usable connection, or nil.
func (p *pool) get(t target, now time.Time) *conn {
	for {
		c := p.pop(t)
		if c == nil {
			return nil
		}
		if now.Sub(c.since) < p.timeout && c.usable() {
			return c
		}
		c.Close()
	}
}

func (p *pool) pop(t target) *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	stack := p.idle[t]
	if len(stack) == 0 {
		return nil
	}
	last := len(stack) - 1
	c := stack[last]
	stack[last] = nil
	p.idle[t] = stack[:last] // kept when empty, to be used again; sweep removes it
	p.count--
	return c
}

// put keeps c, or closes it when there is no room.
func (p *pool) put(t target, c *conn) {
	c.since = time.Now()
	if !p.push(t, c) {
		c.Close()
	}
}

func (p *pool) push(t target, c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	stack := p.idle[t]
	if p.closed || len(stack) >= p.perTarget || p.count >= p.total {
		return false
	}
	p.idle[t] = append(stack, c)
	p.count++
	if p.timer == nil {
		p.timer = time.AfterFunc(p.timeout/2, p.sweep)
	}
	return true
}

// sweep closes the connections that were idle for too long.
func (p *pool) sweep() {
	for _, c := range p.expired(time.Now()) {
		c.Close()
	}
}

// expired removes the old connections and rearms the timer if any remain.
func (p *pool) expired(now time.Time) []*conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	var old []*conn
	for t, stack := range p.idle {
		n := 0
		for n < len(stack) && now.Sub(stack[n].since) >= p.timeout {
			n++
		}
		old = append(old, stack[:n]...)
		p.trim(t, stack, n)
	}
	p.count -= len(old)
	p.timer = nil
	if p.count > 0 && !p.closed {
		p.timer = time.AfterFunc(p.timeout/2, p.sweep)
	}
	return old
}

// trim drops the n oldest connections of t.
func (p *pool) trim(t target, stack []*conn, n int) {
	if n == len(stack) {
		delete(p.idle, t)
		return
	}
	left := copy(stack, stack[n:])
	clear(stack[left:])
	p.idle[t] = stack[:left]
}

// close closes the idle connections, and every one that is put later.
func (p *pool) close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.count, p.closed = nil, 0, true
	if p.timer != nil {
		p.timer.Stop()
	}
	p.mu.Unlock()
	for _, stack := range idle {
		for _, c := range stack {
			c.Close()
		}
	}
}
