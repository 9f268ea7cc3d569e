package identity

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// Lifetimes of tokens, in seconds (cloud API reference, section 2.2).
const (
	defaultLifetime = 90 * 24 * 3600
	maxLifetime     = 100 * 365 * 24 * 3600
)

// Login is a request for a token with a user name and a password.
type Login struct {
	Username  string
	Password  string
	Client    string // OAuth client that asks
	Address   string // IP address that asks, without a port
	ExpiresIn *int64 // seconds; nil = 90 days, 0 = never
}

// Issued is a new token. Only its hash is kept: this is the one time to show it.
type Issued struct {
	Token     string // 40 hex
	ExpiresIn int64  // seconds; 0 = never
}

// ErrCredentials is returned by PasswordGrant for a user name and password that
// do not belong together, whichever of them is wrong.
var ErrCredentials = errors.New("identity: wrong user name or password")

// PasswordGrant gives a token for a user's password. Errors: ErrCredentials; a
// fault Invalid for a bad ExpiresIn; a fault Limited, with RetryAfter, for an
// address that tries too often.
func (s *Service) PasswordGrant(ctx context.Context, l Login) (Issued, error) {
	lifetime, err := lifetimeOf(l.ExpiresIn)
	if err != nil {
		return Issued{}, err
	}
	u, err := s.login(ctx, l)
	if err != nil {
		return Issued{}, err
	}
	token, err := s.issue(ctx, Token{User: u.ID, Client: l.Client}, lifetime)
	return Issued{Token: token, ExpiresIn: lifetime}, err
}

func lifetimeOf(asked *int64) (int64, error) {
	if asked == nil {
		return defaultLifetime, nil
	}
	if *asked < 0 || *asked > maxLifetime {
		return 0, fault.Field("expires_in", "It must be between 0 (never) and %d seconds.", int64(maxLifetime))
	}
	return *asked, nil
}

// login checks a password within the limits of the address.
func (s *Service) login(ctx context.Context, l Login) (u User, err error) {
	err = s.attempt(l.Address, func() error {
		u, err = s.users.UserByName(ctx, l.Username)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if u.Kind != Person {
			u = User{}
		}
		return s.compare(ctx, &u, l.Password)
	})
	return u, err
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
// returns ErrCredentials counts as a failure, one without an error ends a row
// of them.
func (s *Service) attempt(address string, check func() error) error {
	return s.limited(address, func() (outcome, error) {
		err := check()
		switch {
		case err == nil:
			return succeeded, nil
		case errors.Is(err, ErrCredentials):
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

// IssueDeviceToken gives a token that acts for one device of a user and never
// expires. Whether the device is the user's is for the caller to check.
func (s *Service) IssueDeviceToken(ctx context.Context, user, device string) (string, error) {
	return s.issue(ctx, Token{User: user, Device: device, Client: "device"}, 0)
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
