package outbound

import (
	"errors"
	"net/netip"

	"code.dny.dev/ssrf"
)

// errBlocked is the reason of a target that the guard refuses.
var errBlocked = errors.New("private targets are not allowed")

// azureWire is the address of Azure's platform services (metadata, DNS). It
// looks public but leads to the host of the virtual machine.
var azureWire = netip.MustParsePrefix("168.63.129.16/32")

// guard decides which addresses may be dialled: global unicast addresses
// without the special ranges of the IANA registries, and those in allow.
type guard struct{ rules *ssrf.Guardian }

func newGuard(allow []netip.Prefix) guard {
	var v4, v6 []netip.Prefix
	for _, p := range allow {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	return guard{ssrf.New(
		ssrf.WithAnyPort(),
		ssrf.WithDeniedV4Prefixes(azureWire),
		ssrf.WithAllowedV4Prefixes(v4...),
		ssrf.WithAllowedV6Prefixes(v6...),
	)}
}

// permit keeps the addresses that may be dialled, in order. IPv4 addresses in
// IPv6 form become plain ones first, so that one rule covers both spellings.
func (g guard) permit(addrs []netip.Addr) ([]netip.Addr, error) {
	permitted := make([]netip.Addr, 0, len(addrs))
	for _, a := range addrs {
		a = a.Unmap()
		if g.rules.SafeAddr(a) == nil {
			permitted = append(permitted, a)
		}
	}
	if len(permitted) == 0 {
		return nil, errBlocked
	}
	return permitted, nil
}
