package integration

// Scheme is how a request proves who sends it, where a header field that is
// known when it is rendered is not enough.
type Scheme uint8

// The schemes.
const (
	KeyInURL    Scheme = iota + 1 // Access.Secret stands in the URL and is ready; it only has to be hidden
	AWS4                          // Signature Version 4 over the finished request
	AzureSAS                      // a token made of a policy's name and key; the device needs an identity
	GoogleToken                   // an access token that a service account asks for
)

// Access is what the layer that authorizes requests has to know, as templates.
type Access struct {
	Scheme  Scheme
	ID      Text // AWS4: id of the access key; AzureSAS: name of the policy
	Secret  Text // AWS4: secret access key; AzureSAS: key of the policy, in base64; GoogleToken: the service account's JSON; KeyInURL: the key
	Session Text // AWS4: session token; empty = none
	Region  Text // AWS4
	Service Text // AWS4
	Device  Text // AzureSAS: id of the device that the message is from
}

// aws4 reads the auth kind of that name. Members that are not known are
// refused: one of them may hold a key under a misspelled name.
func (p *parser) aws4(path string, m member) {
	raw, ok := m.object()
	if !ok {
		p.fail(path, "must be an object.")
		return
	}
	a := &Access{Scheme: AWS4}
	places := map[string]*Text{
		"access_key_id": &a.ID, "secret_access_key": &a.Secret, "session_token": &a.Session, "region": &a.Region, "service": &a.Service,
	}
	for _, part := range members(raw) {
		inside := under(path, part.key)
		place := places[part.key]
		text, ok := part.scalar()
		switch {
		case place == nil:
			p.stranger(inside)
		case !ok:
			p.fail(inside, "must be text.")
		default:
			*place = p.compile(inside, text)
		}
	}
	for _, name := range [...]string{"access_key_id", "secret_access_key", "region", "service"} {
		if places[name].Source() == "" {
			p.fail(under(path, name), "is missing.")
		}
	}
	p.d.Access = a
}
