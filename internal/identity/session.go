package identity

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"time"

	"github.com/fieldhook/fieldhook/internal/scope"
)

// Sessions of browsers end when they were not used for sessionLife. Using one
// extends it, at most once in sessionStep.
const (
	sessionLife = 30 * 24 * time.Hour
	sessionStep = 24 * time.Hour
)

// sessionClient stands in the lists of tokens for the client of a session.
const sessionClient = "browser"

// Opened is a new session. Only the token's hash is kept: this is the one time
// to send it.
type Opened struct {
	Token   string
	Expires int64 // Unix milliseconds
	User    User
}

// OpenSession gives a person's browser a token for its cookie. Errors: as
// PasswordGrant.
func (s *Service) OpenSession(ctx context.Context, username, password, address string) (Opened, error) {
	u, err := s.Prove(ctx, username, password, address)
	if err != nil {
		return Opened{}, err
	}
	return s.openSession(ctx, u)
}

// OpenSessionByCode is OpenSession of the user Admin for whoever has
// Options.SignInCode. Errors: as PasswordGrant; without such a code no other is
// right.
func (s *Service) OpenSessionByCode(ctx context.Context, code, address string) (_ Opened, err error) {
	var admin User
	err = s.attempt(address, func() error {
		if !s.isCode(code) {
			return ErrCredentials
		}
		admin, err = s.users.UserByName(ctx, Admin)
		return err
	})
	if err != nil {
		return Opened{}, err
	}
	return s.openSession(ctx, admin)
}

// isCode compares hashes, so that the time it takes tells nothing.
func (s *Service) isCode(code string) bool {
	hash := sha256.Sum256([]byte(code))
	return s.code != nil && subtle.ConstantTimeCompare(hash[:], s.code[:]) == 1
}

// openSession stores the session of a user who proved to be it.
func (s *Service) openSession(ctx context.Context, u User) (Opened, error) {
	s.accounts.Lock()
	defer s.accounts.Unlock()
	if err := s.unchanged(ctx, &u); err != nil {
		return Opened{}, err
	}
	ends := s.now().Add(sessionLife).UnixMilli()
	token, err := s.issue(ctx, Token{User: u.ID, Kind: Session, Client: sessionClient}, int64(sessionLife/time.Second))
	return Opened{Token: token, Expires: ends, User: u}, err
}

// AuthenticateSession is Authenticate for the cookie of a browser's session,
// which it extends. extended is the new end, in Unix milliseconds, if it did.
func (s *Service) AuthenticateSession(ctx context.Context, token string) (p *scope.Principal, extended int64, err error) {
	p, err = s.authenticate(ctx, token, true)
	if err != nil {
		return nil, 0, err
	}
	end := s.now().Add(sessionLife).UnixMilli()
	if end-p.Expires < sessionStep.Milliseconds() {
		return p, 0, nil
	}
	hash := hashToken(token)
	if err := s.tokens.ExtendToken(ctx, hash, end); err != nil {
		return nil, 0, err
	}
	s.cache.drop([][32]byte{hash})
	return p, end, nil
}
