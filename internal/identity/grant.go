package identity

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Lifetimes of tokens, in seconds (cloud API reference, section 2.2).
const (
	defaultLifetime = 90 * 24 * 3600
	maxLifetime     = 100 * 365 * 24 * 3600
	refreshLifetime = 90 * 24 * 3600 // beyond the access token's
)

// Caller is who asks for a token: an OAuth client, at an address.
type Caller struct {
	Client  string // its id; "" = none was named
	Secret  string
	Address string // IP address, without a port
}

// Lifetime is how long a token is wanted to be valid. In wins over At; neither
// is 90 days.
type Lifetime struct {
	In *int64 // seconds; 0 = never expires
	At *int64 // Unix milliseconds
}

// Login is a request for a token with a user name and a password.
type Login struct {
	Caller
	Lifetime
	Username string
	Password string
}

// Issued is a new token. Only hashes are kept: this is the one time to show it.
type Issued struct {
	Token     string // 40 hex
	ExpiresIn int64  // seconds; 0 = never
	Refresh   string // 40 hex; "" for a token that never expires, or that a client has for itself
}

// Errors of grants.
var (
	// ErrCredentials is returned for a user name and password that do not
	// belong together, whichever of them is wrong, and for a refresh token that
	// is not valid.
	ErrCredentials = errors.New("identity: wrong user name or password")
	// ErrClient is returned for an OAuth client that is unknown where it must
	// be known, or whose secret is wrong.
	ErrClient = errors.New("identity: unknown client or wrong secret")
)

// PasswordGrant gives a token for a user's password. Through a product's client
// log its customers in, through any other one people. Errors: ErrCredentials;
// ErrClient; a fault Invalid for a bad Lifetime; a fault Limited, with
// RetryAfter, for an address that tries too often.
func (s *Service) PasswordGrant(ctx context.Context, l Login) (Issued, error) {
	lifetime, err := s.lifetimeOf(l.Lifetime)
	if err != nil {
		return Issued{}, err
	}
	u, err := s.login(ctx, l)
	if err != nil {
		return Issued{}, err
	}
	s.accounts.Lock()
	defer s.accounts.Unlock()
	if err := s.unchanged(ctx, &u); err != nil {
		return Issued{}, err
	}
	return s.issueTwo(ctx, Token{User: u.ID, Client: l.Client}, lifetime)
}

// unchanged says whether a password that was compared is still the user's. The
// caller holds accounts. Errors: ErrCredentials.
func (s *Service) unchanged(ctx context.Context, u *User) error {
	now, err := s.users.UserByID(ctx, u.ID)
	if fault.Is(err, fault.NotFound) || err == nil && now.PasswordHash != u.PasswordHash {
		return ErrCredentials
	}
	return err
}

func (s *Service) lifetimeOf(l Lifetime) (int64, error) {
	switch {
	case l.In != nil && (*l.In < 0 || *l.In > maxLifetime):
		return 0, fault.Field("expires_in", "It must be between 0 (never) and %d seconds.", int64(maxLifetime))
	case l.In != nil:
		return *l.In, nil
	case l.At == nil:
		return defaultLifetime, nil
	}
	seconds := (*l.At - s.now().UnixMilli()) / 1000
	if seconds < 1 || seconds > maxLifetime {
		return 0, fault.Field("expires_at", "It must be in the future, by %d seconds at the most.", int64(maxLifetime))
	}
	return seconds, nil
}

// login checks client and password within the limits of the address.
func (s *Service) login(ctx context.Context, l Login) (u User, err error) {
	err = s.attempt(l.Address, func() error {
		c, err := s.clientOf(ctx, l.Caller)
		if err != nil {
			return err
		}
		if u, err = s.accountOf(ctx, &c, l.Username); err != nil {
			return err
		}
		return s.compare(ctx, &u, l.Password)
	})
	return u, err
}

// accountOf finds who may log in through a client under a name; the zero User
// if there is none.
func (s *Service) accountOf(ctx context.Context, c *Client, username string) (User, error) {
	want := User{Username: username}
	if c.ofProduct() {
		want.Kind, want.Home = Customer, c.Owner
	}
	u, err := s.users.UserByName(ctx, want.Key())
	if fault.Is(err, fault.NotFound) || err == nil && (u.Kind != want.Kind || u.Home != want.Home) {
		return User{}, nil
	}
	return u, err
}

// Prove gives the person whose name and password they are, without a token.
// Errors: as PasswordGrant.
func (s *Service) Prove(ctx context.Context, username, password, address string) (u User, err error) {
	err = s.attempt(address, func() error {
		if u, err = s.accountOf(ctx, &Client{}, username); err != nil {
			return err
		}
		return s.compare(ctx, &u, password)
	})
	return u, err
}

// AuthenticatePassword is Authenticate for a person's name and password. Wrong
// ones are a fault Unauthenticated; an address that tries too often gets a
// fault Limited.
func (s *Service) AuthenticatePassword(ctx context.Context, username, password, address string) (*scope.Principal, error) {
	u, err := s.Prove(ctx, username, password, address)
	if errors.Is(err, ErrCredentials) {
		return nil, invalidToken()
	}
	if err != nil {
		return nil, err
	}
	return &scope.Principal{User: u.ID, Username: u.Username, Admin: u.Admin}, nil
}

// compare checks a user's password. Errors: ErrCredentials, after the same time
// for a user who does not exist.
func (s *Service) compare(ctx context.Context, u *User, password string) error {
	ok, err := s.checkPassword(ctx, u.PasswordHash, password)
	if err != nil {
		return fmt.Errorf("check password: %w", err)
	}
	if !ok {
		return ErrCredentials
	}
	return nil
}

// attempt runs the check of a secret within the limits of an address. One that
// returns ErrCredentials or ErrClient counts as a failure, one without an error
// ends a row of them.
func (s *Service) attempt(address string, check func() error) error {
	return s.limited(address, func() (outcome, error) {
		err := check()
		switch {
		case err == nil:
			return succeeded, nil
		case errors.Is(err, ErrCredentials), errors.Is(err, ErrClient):
			return refused, err
		}
		return unknown, err
	})
}

// request runs what checks no secret, but is as costly, within the limits of an
// address.
func (s *Service) request(address string, do func() error) error {
	return s.limited(address, func() (outcome, error) { return unknown, do() })
}

func (s *Service) limited(address string, do func() (outcome, error)) error {
	if err := s.limits.begin(address, s.now()); err != nil {
		return err
	}
	result := unknown
	defer func() { s.limits.end(address, s.now(), result) }()
	var err error
	result, err = do()
	return err
}

// issueTwo stores a new access token, made from t, and what it can be refreshed
// with when it expires. Both are of t's family, a new one if t has none.
func (s *Service) issueTwo(ctx context.Context, t Token, lifetime int64) (Issued, error) {
	got := Issued{ExpiresIn: lifetime}
	var err error
	if lifetime > 0 {
		if t.Family == "" {
			t.Family = event.NewID()
		}
		refresh := t
		refresh.Kind = Refresh
		if got.Refresh, err = s.issue(ctx, refresh, lifetime+refreshLifetime); err != nil {
			return Issued{}, err
		}
	}
	got.Token, err = s.issue(ctx, t, lifetime)
	return got, err
}

// issue stores a new token, made from t, for a lifetime in seconds (0 = never).
func (s *Service) issue(ctx context.Context, t Token, lifetime int64) (string, error) {
	var random [20]byte
	rand.Read(random[:]) // never fails (crypto/rand)
	token := hex.EncodeToString(random[:])
	t.Created = s.now().UnixMilli()
	if lifetime > 0 {
		t.Expires = t.Created + lifetime*1000
	}
	return token, s.insert(ctx, t, token)
}

// insert stores t as the record of token.
func (s *Service) insert(ctx context.Context, t Token, token string) error {
	t.Hash, t.Last4 = hashToken(token), token[len(token)-4:]
	return s.tokens.InsertToken(ctx, t)
}
