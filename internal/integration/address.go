package integration

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Address is a URL taken apart as a request needs it.
type Address struct {
	Scheme string // "http" or "https"
	Host   string // the authority as written: host or host:port
	Target string // path and query, beginning with "/"
}

// What can be wrong with a URL. The texts hold nothing of it, for a rendered
// URL may hold a secret.
var (
	errScheme      = errors.New("url is not an absolute http or https address")
	errHost        = errors.New("url has no usable host")
	errPort        = errors.New("url has an invalid port")
	errUserinfo    = errors.New("url holds credentials, which belong in auth")
	errHostUnicode = errors.New("url has a host outside ASCII; write it in its xn-- form")
	errURLSize     = errors.New("url is longer than 8192 bytes")
	errMethod      = errors.New("request type is not GET, POST, PUT or DELETE")
)

// ParseAddress takes a URL apart. Surrounding white space and the fragment are
// dropped, an empty path becomes "/", and characters that no URL may hold are
// percent-encoded in path and query; everything else stays as written.
func ParseAddress(text string) (Address, error) {
	text = trimSpace(text)
	if len(text) > MaxURL {
		return Address{}, errURLSize
	}
	scheme, rest := cutScheme(text)
	if scheme == "" {
		return Address{}, errScheme
	}
	rest, _, _ = strings.Cut(rest, "#")
	host, target := rest, ""
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		host, target = rest[:i], rest[i:]
	}
	if err := checkHost(host); err != nil {
		return Address{}, err
	}
	if target = encodeTarget(target); len(scheme)+3+len(host)+len(target) > MaxURL {
		return Address{}, errURLSize
	}
	return Address{scheme, host, target}, nil
}

// trimSpace removes what browsers remove around a pasted URL.
func trimSpace(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
}

func cutScheme(text string) (scheme, rest string) {
	for _, s := range [...]string{"http", "https"} {
		if n := len(s) + len("://"); len(text) > n && strings.EqualFold(text[:len(s)], s) && text[len(s):n] == "://" {
			return s, text[n:]
		}
	}
	return "", ""
}

func checkHost(host string) error {
	if strings.Contains(host, "@") {
		return errUserinfo
	}
	name, port, ok := splitPort(host)
	if err := checkName(name); err != nil {
		return err
	}
	if _, valid := portNumber(port); !ok || !valid {
		return errPort
	}
	return nil
}

// splitPort separates "name:port"; without a port the latter is "".
func splitPort(host string) (name, port string, ok bool) {
	end := strings.LastIndexByte(host, ']') + 1 // after an IPv6 address
	i := strings.IndexByte(host[end:], ':')
	if i < 0 {
		return host, "", len(host) == end || end == 0
	}
	return host[:end+i], host[end+i+1:], end == 0 || i == 0
}

// portNumber reads a port; "" gives 0, the scheme's own.
func portNumber(port string) (uint64, bool) {
	if port == "" {
		return 0, true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return n, err == nil && n > 0
}

func checkName(name string) error {
	if inside, ok := strings.CutPrefix(name, "["); ok {
		ip, err := netip.ParseAddr(strings.TrimSuffix(inside, "]"))
		if err != nil || !ip.Is6() || ip.Zone() != "" || !strings.HasSuffix(name, "]") {
			return errHost
		}
		return nil
	}
	if strings.Trim(name, ".") == "" || len(name) > 254 {
		return errHost
	}
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 0x80:
			return errHostUnicode
		case !isWord(c) && c != '-' && c != '.':
			return errHost
		}
	}
	return nil
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// notInURL says whether a byte may stand nowhere in a URL (RFC 3986, section
// 2, which leaves out space, controls, everything outside ASCII and these ten).
func notInURL(c byte) bool {
	return c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>\\^`{|}", c) >= 0
}

// mustEncode says whether target[i] would make a URL invalid: a byte that URLs
// do not have, or a percent sign that begins no escape.
func mustEncode(target string, i int) bool {
	if target[i] != '%' {
		return notInURL(target[i])
	}
	return i+2 >= len(target) || !isHex(target[i+1]) || !isHex(target[i+2])
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// encodeTarget makes path and query fit for a request line.
func encodeTarget(target string) string {
	if target == "" {
		return "/"
	}
	bad := 0
	for i := range len(target) {
		if mustEncode(target, i) {
			bad++
		}
	}
	if bad == 0 && target[0] == '/' {
		return target
	}
	dst := make([]byte, 0, len(target)+2*bad+1)
	if target[0] != '/' {
		dst = append(dst, '/')
	}
	for i := range len(target) {
		if c := target[i]; mustEncode(target, i) {
			dst = append(dst, '%', hexUpper[c>>4], hexUpper[c&15])
		} else {
			dst = append(dst, c)
		}
	}
	return string(dst)
}

// Origin is scheme, host and port in their one spelling: lower case, without
// the root's dot, the port always written. Two addresses have the same origin
// if and only if they may share a connection.
func (a Address) Origin() string {
	name, port, _ := splitPort(a.Host)
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	if ip, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil && ip.Is6() {
		name = "[" + ip.String() + "]"
	}
	n, _ := portNumber(port)
	switch {
	case n != 0:
		port = strconv.FormatUint(n, 10)
	case a.Scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	return a.Scheme + "://" + name + ":" + port
}

// HostOf gives the host name in an origin, the key that the throttle rates by.
func HostOf(origin string) string {
	_, rest, _ := strings.Cut(origin, "://")
	if i := strings.LastIndexByte(rest, ':'); i >= 0 {
		return rest[:i]
	}
	return rest
}

// cutUserinfo takes user name and password out of a URL whose literal
// beginning holds them, as pasted configurations do. Credentials that a tag
// renders are refused later: event data must not choose the host behind an "@".
func cutUserinfo(source string) (plain string, user *url.Userinfo) {
	head, _, _ := strings.Cut(source, "{{")
	scheme, rest := cutScheme(head)
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	at := strings.LastIndexByte(rest, '@')
	if scheme == "" || at < 0 {
		return source, nil
	}
	parsed, err := url.Parse(scheme + "://" + rest[:at+1] + "host")
	if err != nil || parsed.User == nil {
		return source, nil // checkHost says what is wrong
	}
	begin := len(scheme) + len("://")
	return source[:begin] + source[begin+at+1:], parsed.User
}

// taggedUserinfo says whether the authority of a URL holds an "@" behind a tag.
func taggedUserinfo(source string) bool {
	for {
		before, rest, found := strings.Cut(source, "{{")
		_, after, closed := strings.Cut(rest, "}}")
		if !found || !closed {
			break
		}
		source = before + "x" + strings.TrimLeft(after, "}")
	}
	_, rest := cutScheme(source)
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return strings.Contains(rest, "@")
}

// staticOrigin gives the origin of a URL whose scheme and authority stand
// before its first tag, or "". The URL may hold tags after that.
func staticOrigin(source string) (string, error) {
	head, _, _ := strings.Cut(source, "{{")
	_, rest := cutScheme(head)
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		return "", checkHead(head, rest)
	}
	a, err := ParseAddress(head)
	if err != nil {
		return "", err
	}
	return a.Origin(), nil
}

// checkHead finds what is wrong already with the literal beginning of a URL
// whose scheme or authority is a template.
func checkHead(head, rest string) error {
	head = strings.ToLower(head)
	if rest == "" && !strings.HasPrefix("http://", head) && !strings.HasPrefix("https://", head) {
		return errScheme
	}
	if strings.Contains(rest, "@") {
		return errUserinfo
	}
	return nil
}

// methodOf gives the canonical spelling of a method, or "".
func methodOf(s string) string {
	switch m := strings.ToUpper(strings.TrimSpace(s)); m {
	case "GET", "POST", "PUT", "DELETE":
		return m
	}
	return ""
}
