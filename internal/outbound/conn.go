package outbound

import (
	"net"
	"syscall"
	"time"
)

// conn is a connection to a target. It belongs to one call or to the pool.
type conn struct {
	net.Conn          // what is written to: raw, or TLS over it
	raw      net.Conn // the transport
	since    time.Time
	armed    time.Time // the deadline that raw has
	abort    func()    // makes reads and writes under way fail at once

	control syscall.RawConn // of raw; nil when it has no descriptor
	probe   func(fd uintptr)
	quiet   bool // what probe found
}

func newConn(raw, top net.Conn) *conn {
	c := &conn{Conn: top, raw: raw}
	c.abort = func() { _ = raw.SetDeadline(time.Unix(1, 0)) }
	if s, ok := raw.(syscall.Conn); ok {
		c.control, _ = s.SyscallConn()
	}
	c.probe = func(fd uintptr) { c.quiet = quiet(fd) }
	return c
}

// grain is how late, at most, the deadline of a call may strike. Calls of the
// same grain share a deadline, so that a busy connection seldom sets a timer.
const grain = 250 * time.Millisecond

// arm makes reads and writes fail after the deadline, rounded up to the grain;
// the zero time means never.
func (c *conn) arm(deadline time.Time, grain time.Duration) error {
	if !deadline.IsZero() && grain > 0 {
		deadline = deadline.Truncate(grain).Add(grain)
	}
	if deadline.Equal(c.armed) {
		return nil
	}
	c.armed = deadline
	return c.raw.SetDeadline(deadline)
}

// Close closes the transport. TLS gets no farewell: every answer is complete by
// its framing, and writing to a peer that does not read would block.
func (c *conn) Close() error { return c.raw.Close() }

// usable says whether an idle connection is still open and has nothing to say.
// Bytes that come unasked are a farewell (TLS close, status 408) or belong to
// no request; either way the connection is of no use.
func (c *conn) usable() bool {
	if c.control == nil {
		return true
	}
	c.quiet = false
	// Control, not Read: Read refuses to work after an old deadline.
	return c.control.Control(c.probe) == nil && c.quiet
}
