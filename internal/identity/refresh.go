package identity

import (
	"context"
	"errors"
	"slices"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// keptSpent is how many exchanged refresh tokens of a family are remembered, to
// notice a stolen one.
const keptSpent = 10

// RefreshGrant exchanges a refresh token for a new pair (RFC 6749, section 6).
// Each can be exchanged once: whoever comes with one a second time has copied
// it, or it was copied from him, so everything that came of that login ends.
// The client must be the one that the token was given to.
//
// Errors: ErrCredentials for a token that is not valid; otherwise as
// PasswordGrant.
func (s *Service) RefreshGrant(ctx context.Context, c Caller, token string, wanted Lifetime) (Issued, error) {
	lifetime, err := s.lifetimeOf(wanted)
	if err != nil {
		return Issued{}, err
	}
	if err := s.proveClient(ctx, c); err != nil {
		return Issued{}, err
	}
	s.accounts.Lock()
	defer s.accounts.Unlock()
	t, err := s.spend(ctx, token, c.Client)
	if err != nil {
		return Issued{}, err
	}
	if err := s.endReplaced(ctx, &t); err != nil {
		return Issued{}, err
	}
	return s.issueTwo(ctx, Token{User: t.User, Client: t.Client, Family: t.Family}, lifetime)
}

// proveClient checks a client's secret within the limits of an address. A right
// one ends no row of failures, because public clients have none, and a wrong
// refresh token begins none, because nobody can guess one.
func (s *Service) proveClient(ctx context.Context, c Caller) error {
	return s.limited(c.Address, func() (outcome, error) {
		_, err := s.clientOf(ctx, c)
		return secretOutcome(err), err
	})
}

// secretOutcome is the outcome of looking at a client's secret.
func secretOutcome(err error) outcome {
	if errors.Is(err, ErrClient) {
		return refused
	}
	return unknown
}

// spend takes a refresh token out of use and gives its record.
func (s *Service) spend(ctx context.Context, token, client string) (Token, error) {
	if token == "" || len(token) > maxToken {
		return Token{}, ErrCredentials
	}
	t, err := s.tokens.TokenByHash(ctx, hashToken(token))
	switch {
	case fault.Is(err, fault.NotFound):
		return Token{}, ErrCredentials
	case err != nil:
		return Token{}, err
	case t.Kind != Refresh || t.Client != client || t.expired(s.now().UnixMilli()):
		return Token{}, ErrCredentials
	}
	err = s.tokens.SpendToken(ctx, t.Hash)
	if fault.Is(err, fault.NotFound) { // spent before, or by another request right now
		if err := s.endFamily(ctx, &t); err != nil {
			return Token{}, err
		}
		return Token{}, ErrCredentials
	}
	return t, err
}

// endReplaced ends the access tokens of a family, which a new one is about to
// replace, and forgets the refresh tokens that were exchanged long ago.
func (s *Service) endReplaced(ctx context.Context, of *Token) error {
	family, err := s.pick(ctx, of.User, func(t *Token) bool { return t.Family == of.Family })
	if err != nil {
		return err
	}
	slices.Reverse(family) // the latest first
	spent := 0
	old := slices.DeleteFunc(family, func(t Token) bool {
		if t.Kind != Refresh {
			return false
		}
		spent++
		return spent <= keptSpent
	})
	if len(old) == 0 {
		return nil
	}
	return s.end(ctx, old)
}

// endFamily ends a token with everything that came of the same login.
func (s *Service) endFamily(ctx context.Context, of *Token) error {
	if of.Family == "" {
		return s.end(ctx, []Token{*of})
	}
	return s.endWhere(ctx, of.User, func(t *Token) bool { return t.Family == of.Family })
}
