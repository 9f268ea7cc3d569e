package api

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// AddressBehind gives a function that tells the IP address a request comes
// from: the peer's or, when that is a trusted proxy, the last one in
// X-Forwarded-For that is not. Whatever stands before it may be made up.
func AddressBehind(proxies []netip.Prefix) func(*http.Request) string {
	if len(proxies) == 0 {
		return peerAddress
	}
	return func(r *http.Request) string {
		address := peerAddress(r)
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(hops) {
			if !within(address, proxies) {
				break
			}
			if hop = strings.TrimSpace(hop); hop == "" {
				break
			}
			address = hop
		}
		return address
	}
}

func within(address string, networks []netip.Prefix) bool {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	ip = ip.Unmap().WithZone("")
	return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(ip) })
}

// peerAddress is the IP address at the other end of the connection.
func peerAddress(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
