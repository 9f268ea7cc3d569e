package integration

import (
	"errors"
	"net/netip"
	"strings"
)

var (
	errEndpoint  = errors.New("must be an absolute https address without credentials")
	errCleartext = errors.New("must be an https address; http is for private addresses, such as http://127.0.0.1:8085")
	errVariables = errors.New("must hold no variables")
	errQuery     = errors.New("must hold no query and no fragment")
)

// ParseEndpoint reads the base address of a service to which the hub sends
// credentials: https, or http to a name or address that is not on the internet.
// Whether private addresses may be called at all is the operator's to say.
// Errors end the sentence "it ...".
func ParseEndpoint(text string) (Address, error) {
	a, err := ParseAddress(text)
	switch {
	case err == nil && strings.Contains(text, "{{"):
		return Address{}, errVariables
	case err != nil:
		return Address{}, errEndpoint
	case strings.ContainsAny(text, "?#"):
		return Address{}, errQuery
	case a.Scheme == "http" && !local(a.Host):
		return Address{}, errCleartext
	}
	return a, nil
}

// local says whether a host cannot be one of the internet: a private address,
// or a name without a dot.
func local(host string) bool {
	name, _, _ := splitPort(host)
	ip, err := netip.ParseAddr(strings.Trim(name, "[]"))
	if err != nil {
		return !strings.Contains(strings.TrimSuffix(name, "."), ".")
	}
	return ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast()
}
