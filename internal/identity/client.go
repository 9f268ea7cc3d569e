package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Client is an OAuth client: a program that logs users in, or that acts for its
// owner (cloud API reference, section 9).
type Client struct {
	ID       string      // made from the name; holds a dash, so it is no user's id
	Name     string      // for people
	Type     string      // "installed" or "web"
	Owner    scope.Scope // a user's sandbox, or a product
	Secret   [32]byte    // SHA-256 of the secret
	Redirect string      // where a web client sends its users back to; "" = nowhere
	Rights   string      // "" = all, or CreateCustomers
	Created  int64       // Unix milliseconds
}

// CreateCustomers are the rights of a product's client that a mobile app holds:
// it makes customers and logs them in, and that is all.
const CreateCustomers = "create_customer"

// ofProduct says whether the client belongs to a product.
func (c *Client) ofProduct() bool { return c.Owner.Kind == scope.Product }

// matches says whether a secret is the client's, in constant time.
func (c *Client) matches(secret string) bool {
	hash := sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(hash[:], c.Secret[:]) == 1
}

// Clients stores OAuth clients. One that is not there is a fault NotFound.
type Clients interface {
	ClientByID(ctx context.Context, id string) (Client, error)
	ClientsOf(ctx context.Context, owner scope.Scope) ([]Client, error) // by creation, then id
	SaveClient(ctx context.Context, c Client) error                     // inserts, or replaces the one with the same ID
	DeleteClient(ctx context.Context, id string) error                  // and the tokens that it has for itself
}

// builtIn are the clients that programs of old bring along; none of their
// secrets is secret (cloud API reference, section 2.2).
var builtIn = []struct{ id, secret string }{
	{"particle", "particle"},
	{"CLI2", "client_secret_here"},
	{"user", "client_secret_here"},
	{"particle-cli", "particle-cli"},
	{"particle-api", "particle-api"},
}

// clientOf gives the registered client that asks. Any other one is a public
// client, which is the zero Client; of strict services only the built-in pairs
// are. Errors: ErrClient.
func (s *Service) clientOf(ctx context.Context, c Caller) (Client, error) {
	known, err := s.clients.ClientByID(ctx, c.Client)
	switch {
	case fault.Is(err, fault.NotFound) && s.strict && !isBuiltIn(c):
		return Client{}, ErrClient
	case fault.Is(err, fault.NotFound):
		return Client{}, nil
	case err != nil:
		return Client{}, err
	case !known.matches(c.Secret):
		return Client{}, ErrClient
	}
	return known, nil
}

func isBuiltIn(c Caller) bool {
	for _, b := range builtIn {
		if b.id == c.Client && b.secret == c.Secret {
			return true
		}
	}
	return false
}

// ClientGrant gives a registered client a token: of its owner for a user's
// client, for the product alone for a product's. With a customer's e-mail
// address a product's client gets a token of that customer.
//
// Errors: ErrClient; ErrCredentials for an unknown customer; otherwise as
// PasswordGrant.
func (s *Service) ClientGrant(ctx context.Context, c Caller, customer string, wanted Lifetime) (Issued, error) {
	lifetime, err := s.lifetimeOf(wanted)
	if err != nil {
		return Issued{}, err
	}
	var known Client
	err = s.limited(c.Address, func() (outcome, error) {
		known, err = s.registered(ctx, c)
		return secretOutcome(err), err
	})
	switch {
	case err != nil:
		return Issued{}, err
	case customer != "":
		return s.grantCustomer(ctx, &known, customer, lifetime)
	case !known.ofProduct():
		token, err := s.issue(ctx, Token{User: known.Owner.ID, Client: known.ID}, lifetime)
		return Issued{Token: token, ExpiresIn: lifetime}, err
	}
	token, err := s.issue(ctx, Token{User: known.ID, Kind: Machine, Client: known.ID}, lifetime)
	return Issued{Token: token, ExpiresIn: lifetime}, err
}

// registered gives the client that asks, which must be a registered one.
func (s *Service) registered(ctx context.Context, c Caller) (Client, error) {
	known, err := s.clientOf(ctx, c)
	if err == nil && known.ID == "" {
		return Client{}, ErrClient
	}
	return known, err
}

func (s *Service) grantCustomer(ctx context.Context, c *Client, email string, lifetime int64) (Issued, error) {
	if !c.ofProduct() || c.Rights == CreateCustomers {
		return Issued{}, fault.Field("scope", "This client may not act for customers.")
	}
	u, err := s.accountOf(ctx, c, email)
	if err != nil {
		return Issued{}, err
	}
	if u.ID == "" {
		return Issued{}, ErrCredentials
	}
	return s.issueTwo(ctx, Token{User: u.ID, Client: c.ID}, lifetime)
}

// Bounds of clients.
const (
	maxClients    = 100 // of one owner
	maxClientName = 64  // bytes
	maxRedirect   = 2048
)

// ClientsOf gives the clients of a user's sandbox or a product, by creation.
func (s *Service) ClientsOf(ctx context.Context, owner scope.Scope) ([]Client, error) {
	return s.clients.ClientsOf(ctx, owner)
}

// CreateClient makes a client of which c says Name, Type, Owner, Redirect and
// Rights. The secret is shown this once. Errors: a fault Invalid that names
// "name", "type", "redirect_uri" or "scope"; a fault Conflict for one too many.
func (s *Service) CreateClient(ctx context.Context, c Client) (made Client, secret string, err error) {
	if err := checkClient(&c); err != nil {
		return Client{}, "", err
	}
	all, err := s.clients.ClientsOf(ctx, c.Owner)
	if err != nil {
		return Client{}, "", err
	}
	if len(all) >= maxClients {
		return Client{}, "", fault.New(fault.Conflict, "There are %d clients already.", maxClients)
	}
	var random [20]byte
	rand.Read(random[:]) // never fails (crypto/rand)
	secret = hex.EncodeToString(random[:])
	c.ID = scope.Slug(c.Name, "client") + "-" + event.NewID()[:8]
	c.Secret, c.Created = sha256.Sum256([]byte(secret)), s.now().UnixMilli()
	return c, secret, s.clients.SaveClient(ctx, c)
}

func checkClient(c *Client) error {
	if c.Name == "" || len(c.Name) > maxClientName || !utf8.ValidString(c.Name) || strings.ContainsFunc(c.Name, unicode.IsControl) {
		return fault.Field("name", "It has 1 to %d bytes of valid UTF-8 without control characters.", maxClientName)
	}
	switch {
	case c.Type != "installed" && c.Type != "web":
		return fault.Field("type", "It must be installed or web.")
	case c.Rights != "" && (c.Rights != CreateCustomers || !c.ofProduct()):
		return fault.Field("scope", "It must be empty or, for a client of a product, %s.", CreateCustomers)
	case c.Redirect == "" && c.Type == "web":
		return fault.Field("redirect_uri", "It is missing; a web client needs one.")
	case c.Redirect != "":
		if u, err := url.Parse(c.Redirect); err != nil || u.Scheme == "" || len(c.Redirect) > maxRedirect {
			return fault.Field("redirect_uri", "It must be a URL of at most %d bytes.", maxRedirect)
		}
	}
	return nil
}

// EditClient gives a client of an owner another name, redirect or rights; nil
// leaves them as they are. Errors: a fault NotFound; as CreateClient.
func (s *Service) EditClient(ctx context.Context, owner scope.Scope, id string, name, redirect, rights *string) (Client, error) {
	s.accounts.Lock()
	defer s.accounts.Unlock()
	c, err := s.clientIn(ctx, owner, id)
	if err != nil {
		return Client{}, err
	}
	for _, f := range []struct{ to, from *string }{{&c.Name, name}, {&c.Redirect, redirect}, {&c.Rights, rights}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if err := checkClient(&c); err != nil {
		return Client{}, err
	}
	if err := s.clients.SaveClient(ctx, c); err != nil {
		return Client{}, err
	}
	return c, s.disconnect(ctx, c.ID)
}

// clientIn gives a client of an owner; somebody else's is a fault NotFound.
func (s *Service) clientIn(ctx context.Context, owner scope.Scope, id string) (Client, error) {
	c, err := s.clients.ClientByID(ctx, id)
	if err == nil && c.Owner != owner {
		return Client{}, fault.New(fault.NotFound, "There is no such client.")
	}
	return c, err
}

// DeleteClient deletes a client of an owner and ends the tokens that the client
// has, for itself or for its owner. Tokens of users who logged in through it
// stay theirs. Errors: a fault NotFound.
func (s *Service) DeleteClient(ctx context.Context, owner scope.Scope, id string) error {
	s.accounts.Lock()
	defer s.accounts.Unlock()
	c, err := s.clientIn(ctx, owner, id)
	if err != nil {
		return err
	}
	own, err := s.tokens.TokensOf(ctx, c.ID) // before the store deletes them: their streams end, too
	if err != nil {
		return err
	}
	if err := s.clients.DeleteClient(ctx, id); err != nil {
		return err
	}
	s.cache.clear()
	if c.ofProduct() {
		return s.end(ctx, own)
	}
	return s.endWhere(ctx, owner.ID, func(t *Token) bool { return t.Client == c.ID && t.Family == "" })
}
