package outbound

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/render"
)

// names is a Resolver with fixed answers.
type names map[string][]string

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	var addrs []netip.Addr
	for _, a := range n[host] {
		addrs = append(addrs, netip.MustParseAddr(a))
	}
	if addrs == nil {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	return addrs, nil
}

// recordDial notes what is dialled and refuses it.
type recordDial struct{ addresses []string }

func (d *recordDial) dial(_ context.Context, _, address string) (net.Conn, error) {
	d.addresses = append(d.addresses, address)
	return nil, syscall.ECONNREFUSED
}

func TestHostileTargets(t *testing.T) {
	// What the C library makes of spellings that are no address to Go.
	spelled := names{
		"2130706433": {"127.0.0.1"}, "017700000001": {"127.0.0.1"}, "0x7f000001": {"127.0.0.1"},
		"0x7f.1": {"127.0.0.1"}, "0177.0.0.01": {"127.0.0.1"}, "127.1": {"127.0.0.1"}, "0": {"0.0.0.0"},
		"2852039166": {"169.254.169.254"}, "0xa9fea9fe": {"169.254.169.254"},
		"localhost": {"::1", "127.0.0.1"}, "localhost.": {"127.0.0.1"}, "127.0.0.1.nip.io": {"127.0.0.1"},
		"metadata.google.internal": {"169.254.169.254"}, "mapped.example": {"::ffff:10.0.0.1"},
		"rebind.example": {"192.168.1.1"}, "zone.example": {"fe80::1%eth0"},
	}
	hosts := []string{
		"127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1",
		"169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1",
		"198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1",
		"255.255.255.255", "168.63.129.16", "192.88.99.1",
		"[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
		"[::ffff:169.254.169.254]", "[::ffff:0:127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]",
		"[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2001::1]", "[2001:db8::1]", "[fc00::1]", "[fd00:ec2::254]",
		"[fe80::1]", "[fe80::1%25eth0]", "[fe80::1%eth0]", "[fec0::1]", "[ff02::1]", "[100::1]", "[3fff::1]", "[5f00::1]",
	}
	for host := range spelled {
		hosts = append(hosts, host)
	}
	for _, host := range hosts {
		for _, authority := range []string{host, host + ":8080", strings.ToUpper(host)} {
			var dialled recordDial
			c := New(Options{Resolver: spelled, Dial: dialled.dial})
			r := &render.Request{Method: "GET", Scheme: "http", Host: authority, Target: "/"}
			_, err := c.Send(limit(t), r)
			var e *deliver.CallError
			if !errors.As(err, &e) || e.Cause != deliver.Blocked || len(dialled.addresses) > 0 {
				t.Errorf("%s: got %v, dialled %v; want it blocked", authority, err, dialled.addresses)
			}
		}
	}
}

func TestBlockedText(t *testing.T) {
	_, err := New(Options{}).Send(limit(t), get(t, "http://10.0.0.1:99/"))
	wantFailure(t, err, deliver.Blocked, "connect EACCES 10.0.0.1: private targets are not allowed", false)
}

func TestPublicTargets(t *testing.T) {
	resolver := names{
		"example.com": {"93.184.215.14"}, "mapped.example": {"::ffff:93.184.215.14"},
		"six.example":   {"2606:2800:21f:cb07:6820:80da:af6b:8b2c"},
		"mixed.example": {"10.0.0.1", "93.184.215.14", "::1", "8.8.8.8"},
	}
	tests := []struct{ host, want string }{
		{"example.com", "93.184.215.14:80"},
		{"EXAMPLE.com:8080", "93.184.215.14:8080"},
		{"8.8.8.8", "8.8.8.8:80"},
		{"[2606:4700::1111]:81", "[2606:4700::1111]:81"},
		{"six.example", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:80"},
		{"mapped.example", "93.184.215.14:80"},
		{"mixed.example", "93.184.215.14:80 8.8.8.8:80"},
	}
	for _, test := range tests {
		var dialled recordDial
		c := New(Options{Resolver: resolver, Dial: dialled.dial})
		_, _ = c.Send(limit(t), get(t, "http://"+test.host))
		if got := strings.Join(dialled.addresses, " "); got != test.want {
			t.Errorf("%s: dialled %q, want %q", test.host, got, test.want)
		}
	}
}

func TestAllow(t *testing.T) {
	allow := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8")}
	for host, want := range map[string]int{
		"10.1.2.3": 1, "[::ffff:10.1.2.3]": 1, "[fd00::1]": 1, "10.2.0.1": 0, "127.0.0.1": 0, "[fe80::1]": 0,
	} {
		var dialled recordDial
		c := New(Options{Allow: allow, Dial: dialled.dial})
		_, _ = c.Send(limit(t), get(t, "http://"+host))
		if got := len(dialled.addresses); got != want {
			t.Errorf("%s: dialled %d times, want %d", host, got, want)
		}
	}
}

// rebinding gives another address at each look-up.
type rebinding struct{ answers []string }

func (r *rebinding) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	next := r.answers[0]
	r.answers = r.answers[1:]
	return []netip.Addr{netip.MustParseAddr(next)}, nil
}

func TestRebinding(t *testing.T) {
	var dialled recordDial
	resolver := &rebinding{[]string{"93.184.215.14", "127.0.0.1"}}
	c := New(Options{Resolver: resolver, Dial: dialled.dial})
	_, err := c.Send(limit(t), get(t, "http://rebind.example/"))
	wantFailure(t, err, deliver.Refused, "connect ECONNREFUSED rebind.example", false)
	_, err = c.Send(limit(t), get(t, "http://rebind.example/"))
	wantFailure(t, err, deliver.Blocked, "connect EACCES rebind.example: private targets are not allowed", false)
	if got := strings.Join(dialled.addresses, " "); got != "93.184.215.14:80" {
		t.Errorf("dialled %q: the checked address alone may be dialled", got)
	}
}

func TestUnsendable(t *testing.T) {
	for authority, reason := range map[string]string{
		"": "host", ":80": "host", "a b": "host", "a\r\nX: y": "host", "user@host": "host", "caf\u00e9.example": "host",
		"host:0": "port", "host:65536": "port", "host:http": "port", "host:-1": "port",
	} {
		r := &render.Request{Method: "GET", Scheme: "http", Host: authority, Target: "/"}
		_, err := New(Options{}).Send(limit(t), r)
		wantFailure(t, err, deliver.Unsendable, "invalid request: the "+reason+" is not valid", false)
	}
	_, err := New(Options{}).Send(limit(t), get(t, "ftp://host/"))
	wantFailure(t, err, deliver.Unsendable, "invalid request: the scheme is not http or https", false)
}

func TestConnectFailures(t *testing.T) {
	tests := []struct {
		name  string
		err   error
		cause deliver.Cause
		text  string
	}{
		{"refused", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, deliver.Refused, "connect ECONNREFUSED known.example"},
		{"unreachable", &net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}, deliver.Refused, "connect EHOSTUNREACH known.example"},
		{"system time-out", &net.OpError{Op: "dial", Err: syscall.ETIMEDOUT}, deliver.ConnectTimeout, "ETIMEOUT"},
		{"reset", &net.OpError{Op: "dial", Err: syscall.ECONNRESET}, deliver.Reset, "read ECONNRESET"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := New(Options{Resolver: names{"known.example": {"8.8.8.8"}},
				Dial: func(context.Context, string, string) (net.Conn, error) { return nil, test.err }})
			_, err := c.Send(limit(t), get(t, "http://known.example:8080/"))
			wantFailure(t, err, test.cause, test.text, false)
			_, err = c.Send(limit(t), get(t, "http://unknown.example:8080/"))
			wantFailure(t, err, deliver.UnknownHost, "getaddrinfo ENOTFOUND unknown.example", false)
		})
	}
}

func TestRefusedByRealSocket(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	_, err = loopbackClient(t, Options{}).Send(limit(t), get(t, "http://"+l.Addr().String()))
	wantFailure(t, err, deliver.Refused, "connect ECONNREFUSED 127.0.0.1", false)
}

// hung never answers before its context ends.
type hung struct{}

func (hung) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func hungDial(ctx context.Context, _, _ string) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestConnectTimeouts(t *testing.T) {
	for name, o := range map[string]Options{
		"resolver": {Resolver: hung{}},
		"dial":     {Resolver: names{"a.example": {"8.8.8.8"}}, Dial: hungDial},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				ctx := deadlineOnly{context.Background(), start.Add(20 * time.Second)}
				_, err := New(o).Send(ctx, get(t, "http://a.example/"))
				wantFailure(t, err, deliver.ConnectTimeout, "ETIMEOUT", false)
				if took := time.Since(start); took != 20*time.Second {
					t.Errorf("took %v, want 20s", took)
				}
			})
		})
	}
}

// An address that swallows packets leaves time for the next one.
func TestSecondAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		defer far.Close()
		go readRequests(far, okAnswer)
		c := loopbackClient(t, Options{
			Resolver: names{"two.example": {"8.8.8.8", "9.9.9.9"}},
			Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
				if address == "8.8.8.8:80" {
					return hungDial(ctx, network, address)
				}
				return near, nil
			},
		})
		got, err := c.Send(limit(t), get(t, "http://two.example/"))
		if err != nil || got.Timing.Connect != 10*time.Second {
			t.Errorf("%v after %v to connect; want success after 10s", err, got.Timing.Connect)
		}
	})
}
