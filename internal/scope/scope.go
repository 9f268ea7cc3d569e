// Package scope says who owns a thing and who is asking.
//
// A Scope is an owner: a user's sandbox, a product or an organization. A
// Principal is the caller behind an accepted token. Both are plain values.
package scope

import "strconv"

// Kind tells which sort of owner a scope is.
type Kind uint8

// The kinds of owner. Their numbers are stored; never renumber them.
const (
	Sandbox      Kind = 1 // one user's own devices
	Product      Kind = 2 // a product's fleet
	Organization Kind = 3 // all listed products of an organization
)

// String gives the word used in the API.
func (k Kind) String() string {
	switch k {
	case Sandbox:
		return "sandbox"
	case Product:
		return "product"
	case Organization:
		return "organization"
	}
	return "unknown"
}

// Scope is an owner of integrations, devices and streams. It is comparable.
type Scope struct {
	Kind Kind
	ID   string // user id (24 hex), product number or organization id
}

// Of gives the sandbox of a user.
func Of(user string) Scope { return Scope{Sandbox, user} }

// OfProduct gives the scope of a product's fleet.
func OfProduct(product int64) Scope { return Scope{Product, strconv.FormatInt(product, 10)} }

// OfOrganization gives the scope of an organization.
func OfOrganization(id string) Scope { return Scope{Organization, id} }

// Number is the number of a product's scope; 0 for other kinds.
func (s Scope) Number() int64 {
	if s.Kind != Product {
		return 0
	}
	n, _ := strconv.ParseInt(s.ID, 10, 64) // only OfProduct makes such scopes
	return n
}

// Principal is who a request acts for. A token of a device acts for the
// device's owner, but may do no more than that device may.
type Principal struct {
	User     string // user id, 24 hex; "" for an unclaimed device or a client without a user
	Username string
	Token    string // the token's id (the hash's first 16 hex), never the token
	Client   string // OAuth client that asked for the token
	Expires  int64  // Unix milliseconds; 0 = never
	Admin    bool
	Session  bool // a browser's session, whose token comes as a cookie

	// Of a device's token only.
	Device   string // device id, else ""
	Product  int64  // product that the device is in; 0 = none
	Org      string // organization that the product belongs to; "" = none
	Firmware int    // product firmware version; 0 = unknown
	Lent     bool   // the product made it: it is not the owner's ear

	// Home confines a token to one product or organization: that of an API
	// user, of a product's OAuth client or of a customer. The zero Scope
	// confines nothing.
	Home     Scope
	Actions  []string // what an API user may do there; nil = all that its kind may
	Customer bool     // may act on its own devices in Home, nothing else
}

// Sandbox is the scope of the principal's own devices.
func (p *Principal) Sandbox() Scope { return Of(p.User) }

// Coreid is the publisher's id on the wire: the device's, or "api".
func (p *Principal) Coreid() string {
	if p.Device != "" {
		return p.Device
	}
	return "api"
}
