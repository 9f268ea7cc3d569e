package outbound

import (
	"errors"
	"strconv"
	"strings"

	"github.com/fieldhook/fieldhook/internal/render"
)

// target is where a request connects to. Connections with equal targets are
// interchangeable.
type target struct {
	host     string // lower case, without port and brackets
	port     uint16
	https    bool
	insecure bool // the certificate is not verified

	material fingerprint // of the integration's certificates; zero = none
}

// sameOrigin compares scheme, host and port.
func (t target) sameOrigin(o target) bool {
	return t.host == o.host && t.port == o.port && t.https == o.https
}

// targetOf reads scheme and authority of a request.
func targetOf(r *render.Request) (target, error) {
	t := target{port: 80}
	switch r.Scheme {
	case "http":
	case "https":
		t.https, t.port, t.insecure = true, 443, r.Insecure
		t.material = fingerprintOf(r.TLS)
	default:
		return t, errors.New("the scheme is not http or https")
	}
	host, port := splitAuthority(r.Host)
	if !validHost(host) {
		return t, errors.New("the host is not valid")
	}
	t.host = strings.ToLower(host)
	if port == "" {
		return t, nil
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return t, errors.New("the port is not valid")
	}
	t.port = uint16(n)
	return t, nil
}

// splitAuthority splits host:port, [IPv6]:port, or either without a port.
func splitAuthority(authority string) (host, port string) {
	host = authority
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		host, port = authority[:i], authority[i+1:]
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(inner, "]")
	}
	return host, port
}

// validHost refuses what would change the meaning of a URL or a header field.
func validHost(host string) bool {
	for i := range len(host) {
		c := host[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`/\@?#[]`, c) >= 0 {
			return false
		}
	}
	return host != ""
}
