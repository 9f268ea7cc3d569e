// Package outbound carries rendered requests to their targets over HTTP/1.1.
//
// Client is the deliver.Sender at the bottom of the stack. It writes one
// request at a time on a connection, keeps connections for reuse, follows the
// redirects of a GET and decodes gzip. Every address is checked after the name
// was resolved and the checked address is the one dialled, so neither a
// redirect nor a changing name reaches a private network (design decision 14).
// Proxy settings of the environment are never used.
//
// A call runs on its caller's goroutine; no connection has one of its own. A
// Client and a Local are safe for concurrent use. Retrying, throttling, call
// slots and the recording of calls belong to other senders, with one exception:
// a kept connection that turns out to be closed is replaced once.
package outbound

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/render"
)

// Defaults of Options.
const (
	defaultIdlePerOrigin = 128 // as many as an origin may have call slots (design, section 3 rule 4)
	defaultIdleTimeout   = 90 * time.Second
)

// Resolver turns a host name into its addresses; net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Options set up a Client. The zero value is ready for production.
type Options struct {
	Allow    []netip.Prefix // private targets opened by the operator
	Resolver Resolver       // nil = net.DefaultResolver
	// Dial connects to an address that was checked, as IP:port; nil = a
	// net.Dialer's DialContext.
	Dial          func(ctx context.Context, network, address string) (net.Conn, error)
	RootCAs       *x509.CertPool // nil = the system's
	IdlePerOrigin int            // connections kept per origin; 0 = 128
	IdleTimeout   time.Duration  // how long a connection is kept; 0 = 90 s
}

// Client sends requests to the network.
type Client struct {
	dialer *dialer
	idle   *pool
	calls  sync.Pool // of *call
}

var _ deliver.Sender = (*Client)(nil)

// New makes a Client. Close it to give up its idle connections.
func New(o Options) *Client {
	if o.IdlePerOrigin <= 0 {
		o.IdlePerOrigin = defaultIdlePerOrigin
	}
	if o.IdleTimeout <= 0 {
		o.IdleTimeout = defaultIdleTimeout
	}
	c := &Client{dialer: newDialer(o), idle: newPool(o.IdlePerOrigin, o.IdleTimeout)}
	c.calls.New = func() any { return newCall(c) }
	return c
}

// Close closes the idle connections. Calls under way finish, and their
// connections are closed after them.
func (c *Client) Close() { c.idle.close() }

// Send writes r to its target and reads the answer, following up to five
// redirects of a GET. It returns a *deliver.CallError unless a complete answer
// came (for a body beyond deliver.MaxResponse, that much of it).
//
// The deadline of ctx limits the whole call. A context that can also be
// cancelled (Done is not nil) costs a registration per call; a cancelled call
// reports the time-out of its phase and wraps context.Canceled.
func (c *Client) Send(ctx context.Context, r *render.Request) (deliver.Answer, error) {
	x := c.calls.Get().(*call)
	x.begin(ctx)
	answer, err := x.follow(r)
	x.timing.Total = time.Since(x.start)
	answer.Timing = x.timing
	if err != nil {
		err = x.failed(err)
	}
	x.end()
	c.calls.Put(x)
	return answer, err
}
