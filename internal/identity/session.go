package identity

import (
	"context"
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
