package api_test

import (
	"net/http"
	"net/netip"
	"testing"

	"github.com/fieldhook/fieldhook/internal/api"
)

func TestAddressBehindProxies(t *testing.T) {
	proxies := []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"no proxy", "192.0.2.1:5", nil, "192.0.2.1"},
		{"somebody who claims to be one", "192.0.2.1:5", []string{"198.51.100.7"}, "192.0.2.1"},
		{"a proxy", "127.0.0.1:5", []string{"192.0.2.9"}, "192.0.2.9"},
		{"two proxies", "127.0.0.1:5", []string{"192.0.2.9, 10.1.2.3"}, "192.0.2.9"},
		{"what the client made up", "127.0.0.1:5", []string{"203.0.113.1", "192.0.2.9, 10.1.2.3"}, "192.0.2.9"},
		{"a proxy's own request", "127.0.0.1:5", nil, "127.0.0.1"},
		{"nonsense", "127.0.0.1:5", []string{"unknown"}, "unknown"},
		{"IPv4 written as IPv6", "[::ffff:127.0.0.1]:5", []string{"192.0.2.9"}, "192.0.2.9"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := api.AddressBehind(proxies)(r); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
		if got := api.AddressBehind(nil)(r); c.peer != "[::ffff:127.0.0.1]:5" && got != c.peer[:len(c.peer)-2] {
			t.Errorf("%s, without proxies: got %s", c.name, got)
		}
	}
}
