package app_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/outbound"
	"github.com/fieldhook/fieldhook/internal/render"
)

// hostileURLs lead to places where no request may go, each by a trick of its
// own. A resolver that says 127.0.0.1 to every name stands for the most
// obliging one.
var hostileURLs = []string{
	// numbers that the C library takes for addresses
	"http://2130706433/", "http://017700000001/", "http://0x7f000001/", "http://0x7f.1/", "http://0x7f.0x0.0x0.0x1/",
	"http://0177.0.0.1/", "http://0177.0.0.01/", "http://127.1/", "http://127.0.1/", "http://0/", "http://00000000177.1/",
	"http://2852039166/", "http://0xa9fea9fe/", "http://3232235521/", "http://127.0.0.1.", "http://4294967295/",
	// plain special addresses
	"http://127.0.0.1/", "http://127.0.0.1:22/", "http://127.255.255.255/", "http://0.0.0.0/", "http://0.1.2.3/", "http://10.0.0.1/",
	"http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.0.1/", "http://100.64.0.1/", "http://169.254.0.1/",
	"http://192.0.2.1/", "http://198.18.0.1/", "http://198.51.100.1/", "http://203.0.113.1/", "http://224.0.0.1/", "http://240.0.0.1/",
	"http://255.255.255.255/", "https://127.0.0.1/",
	// metadata services
	"http://169.254.169.254/latest/meta-data/", "http://169.254.170.2/v2/credentials", "http://metadata.google.internal/computeMetadata/v1/",
	"http://100.100.100.200/latest/meta-data/", "http://168.63.129.16/machine", "http://192.0.0.192/latest/", "http://[fd00:ec2::254]/latest/",
	"http://metadata/", "http://instance-data/",
	// IPv6, and IPv4 inside it
	"http://[::1]/", "http://[::]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::127.0.0.1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
	"http://[::ffff:0:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b:1::1]/",
	"http://[2002:7f00:1::]/", "http://[2001:0:7f00:1::]/", "http://[fc00::1]/", "http://[fd12:3456::1]/", "http://[fe80::1]/",
	"http://[fe80::1%25eth0]/", "http://[fe80::1%eth0]/", "http://[fec0::1]/", "http://[ff02::1]/", "http://[2001:db8::1]/", "http://[100::1]/",
	"http://[::1%25lo]/", "http://[::ffff:169.254.169.254]/",
	// names
	"http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://a.localhost/", "http://localhost.localdomain/",
	"http://127.0.0.1.nip.io/", "http://ip6-localhost/", "http://broadcasthost/", "http://host.docker.internal/", "http://kubernetes.default.svc/",
	// letters that look like others, and codings
	"http://①②⑦.⓪.⓪.①/", "http://１２７.0.0.1/", "http://127。0。0。1/", "http://ⓛocalhost/", "http://%31%32%37.0.0.1/", "http://127.0.0.1%2f@a.example/",
	"http://loc%61lhost/", "http://127.0.0.1%00.example.com/",
	// users, fragments, slashes
	"http://example.com@127.0.0.1/", "http://example.com:80@127.0.0.1/", "http://127.0.0.1#@example.com/", "http://127.0.0.1?@example.com/",
	"http://127.0.0.1\\@example.com/", "http:\\\\127.0.0.1/", "http:///127.0.0.1/", "http:127.0.0.1/", "//127.0.0.1/", "http://@127.0.0.1/",
	"http://example.com\\.127.0.0.1/",
	// ports, white space, lines
	"http://127.0.0.1:0/", "http://127.0.0.1:99999/", "http://127.0.0.1:-1/", "http://127.0.0.1:80:80/", "http://127.0.0.1:/", "http://127.0.0.1 .example.com/",
	"http://127.0.0.1\t/", "http://127.0.0.1\r\nHost: example.com/", "http://example.com\n127.0.0.1/", " http://127.0.0.1/", "http://\u200b127.0.0.1/",
	// other schemes
	"file:///etc/passwd", "gopher://127.0.0.1:6379/_", "ftp://127.0.0.1/", "dict://127.0.0.1:11211/", "ldap://127.0.0.1/", "javascript:1", "HTTP+unix://x/",
}

// obliging is a resolver that gives the same private address to every name.
type obliging struct{}

func (obliging) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if host == "public.example" {
		return []netip.Addr{netip.MustParseAddr("93.184.215.14")}, nil
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

func TestHostileURLsAreManyAndDifferent(t *testing.T) {
	seen := map[string]bool{}
	for _, u := range hostileURLs {
		if seen[u] {
			t.Errorf("%q is there twice", u)
		}
		seen[u] = true
	}
	if len(seen) < 80 {
		t.Errorf("%d hostile URLs, want at least 80", len(seen))
	}
}

// TestHostileURLsAsConfigured takes each the way of a configuration's URL.
func TestHostileURLsAsConfigured(t *testing.T) {
	for _, u := range hostileURLs {
		a, err := integration.ParseAddress(u)
		if err != nil {
			continue // refused when the integration is saved, or rendered
		}
		d := &redirecting{location: "http://public.example/"}
		c := outbound.New(outbound.Options{Resolver: obliging{}, Dial: d.dial})
		_, err = c.Send(t.Context(), &render.Request{Method: "GET", Scheme: a.Scheme, Host: a.Host, Target: a.Target})
		e, ok := err.(*deliver.CallError)
		if !ok || e.Cause != deliver.Blocked && e.Cause != deliver.Unsendable || e.Wrote || len(d.dialled) > 0 {
			t.Errorf("%q: got %v, dialled %v; want it refused", u, err, d.dialled)
		}
	}
}

// redirecting answers every connection with a redirect to a place, and counts
// them.
type redirecting struct {
	location string
	mu       sync.Mutex
	dialled  []string
}

func (d *redirecting) dial(_ context.Context, _, address string) (net.Conn, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dialled = append(d.dialled, address)
	near, far := net.Pipe()
	go func() {
		defer far.Close()
		if _, err := http.ReadRequest(bufio.NewReader(far)); err == nil {
			fmt.Fprintf(far, "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", d.location)
			io.Copy(io.Discard, far)
		}
	}()
	return near, nil
}

// TestHostileURLsAsRedirects has a public server redirect to each.
func TestHostileURLsAsRedirects(t *testing.T) {
	for _, u := range hostileURLs {
		if strings.ContainsAny(u, "\r\n") {
			continue // such a header line is no location
		}
		d := &redirecting{location: u}
		c := outbound.New(outbound.Options{Resolver: obliging{}, Dial: d.dial})
		got, err := c.Send(t.Context(), &render.Request{Method: "GET", Scheme: "http", Host: "public.example", Target: "/start"})
		for _, address := range d.dialled {
			if address != "93.184.215.14:80" {
				t.Errorf("%q: dialled %s", u, address)
			}
		}
		if err == nil && got.Status != http.StatusFound {
			t.Errorf("%q: got status %d, want the redirect itself or an error", u, got.Status)
		}
		c.Close()
	}
}
