// Package scope says who owns a thing and who is asking.
//
// A Scope is an owner: a user's sandbox, a product or an organization. A
// Principal is the caller behind an accepted token. Both are plain values.
package scope

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

// Principal is who a request acts for. A token of a device acts for the
// device's owner, but may do no more than that device may.
type Principal struct {
	User     string // user id, 24 hex
	Username string
	Device   string // device id when the token belongs to one device, else ""
	Token    string // the token's id (the hash's first 16 hex), never the token
	Client   string // OAuth client that asked for the token
	Expires  int64  // Unix milliseconds; 0 = never
	Admin    bool
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
