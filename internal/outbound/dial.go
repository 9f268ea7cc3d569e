package outbound

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/render"
)

const (
	tlsSessions = 512             // TLS sessions kept for resumption
	fairShare   = 2 * time.Second // an address gets at least this much of the time left
)

// dialer makes connections to targets that the guard permits.
type dialer struct {
	guard    guard
	resolver Resolver
	dial     func(ctx context.Context, network, address string) (net.Conn, error)
	verified *tls.Config
	insecure *tls.Config
	own      *materials
}

func newDialer(o Options) *dialer {
	d := &dialer{guard: newGuard(o.Allow), resolver: o.Resolver, dial: o.Dial, own: newMaterials()}
	if d.resolver == nil {
		d.resolver = net.DefaultResolver
	}
	if d.dial == nil {
		d.dial = new(net.Dialer).DialContext
	}
	d.verified = tlsConfig()
	d.verified.RootCAs = o.RootCAs
	d.insecure = tlsConfig()
	d.insecure.InsecureSkipVerify = true // the integration says rejectUnauthorized: false
	return d
}

// tlsConfig is what verified and insecure connections have in common. Each has
// a session cache of its own: an unverified session must not be resumed as a
// verified one.
func tlsConfig() *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		NextProtos:         []string{"http/1.1"},
		ClientSessionCache: tls.NewLRUClientSessionCache(tlsSessions),
	}
}

// connect resolves, checks, dials and, for https, shakes hands. It adds the
// time of each phase to timing. own is what the integration brings to the
// handshake, nil = nothing.
func (d *dialer) connect(ctx context.Context, t target, own *render.TLS, timing *deliver.Timing) (*conn, error) {
	if deadline, ok := ctx.Deadline(); ok {
		// Resolvers and dialers watch Done, which the caller's context may lack.
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline)
		defer cancel()
	}
	config, err := d.config(t, own)
	if err != nil {
		return nil, unsendable(err)
	}
	addrs, err := d.lookup(ctx, t.host, timing)
	if err != nil {
		return nil, connectFailure(t.host, err)
	}
	raw, err := d.dialAny(ctx, addrs, t.port, timing)
	if err != nil {
		return nil, connectFailure(t.host, err)
	}
	if !t.https {
		return newConn(raw, raw), nil
	}
	secure, err := handshake(ctx, raw, config, timing)
	if err != nil {
		raw.Close()
		return nil, connectFailure(t.host, err)
	}
	return newConn(raw, secure), nil
}

// lookup gives the addresses of host that may be dialled.
func (d *dialer) lookup(ctx context.Context, host string, timing *deliver.Timing) ([]netip.Addr, error) {
	if literal, err := netip.ParseAddr(host); err == nil {
		return d.guard.permit([]netip.Addr{literal})
	}
	start := time.Now()
	addrs, err := d.resolver.LookupNetIP(ctx, "ip", host)
	timing.DNS += time.Since(start)
	if err != nil {
		return nil, err
	}
	if len(addrs) == 0 {
		return nil, &net.DNSError{Err: "no addresses", Name: host, IsNotFound: true}
	}
	return d.guard.permit(addrs)
}

// dialAny tries the addresses in order, each with its share of the time left,
// and gives the first connection or the first error.
func (d *dialer) dialAny(ctx context.Context, addrs []netip.Addr, port uint16, timing *deliver.Timing) (net.Conn, error) {
	start := time.Now()
	defer func() { timing.Connect += time.Since(start) }()
	var first error
	for i, addr := range addrs {
		c, err := d.dialShare(ctx, netip.AddrPortFrom(addr, port), len(addrs)-i)
		if err == nil {
			return c, nil
		}
		if first == nil {
			first = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, first
}

// dialShare dials one address with 1/shares of the time left.
func (d *dialer) dialShare(ctx context.Context, addr netip.AddrPort, shares int) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok && shares > 1 {
		share := max(fairShare, time.Until(deadline)/time.Duration(shares))
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, share)
		defer cancel()
	}
	return d.dial(ctx, "tcp", addr.String())
}

// config gives the TLS settings for a target; nil for http.
func (d *dialer) config(t target, own *render.TLS) (*tls.Config, error) {
	if !t.https {
		return nil, nil
	}
	config := d.verified
	if t.insecure {
		config = d.insecure
	}
	if own != nil {
		var err error
		if config, err = d.own.config(t, own, config); err != nil {
			return nil, err
		}
	}
	config = config.Clone()
	config.ServerName = t.host
	return config, nil
}

func handshake(ctx context.Context, raw net.Conn, config *tls.Config, timing *deliver.Timing) (*tls.Conn, error) {
	start := time.Now()
	defer func() { timing.TLS += time.Since(start) }()
	secure := tls.Client(raw, config)
	return secure, secure.HandshakeContext(ctx)
}
