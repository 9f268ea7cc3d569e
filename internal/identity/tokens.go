package identity

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// Tokens lists a user's valid tokens, by creation; those that are only good for
// getting another one are left out.
func (s *Service) Tokens(ctx context.Context, user string) ([]Token, error) {
	now := s.now().UnixMilli()
	return s.pick(ctx, user, func(t *Token) bool { return t.Kind != Refresh && !t.expired(now) })
}

// Revoke ends a token and what came of the same login, whoever presents it:
// having it is the proof. An unknown one is passed over, so that the answer
// tells nothing.
func (s *Service) Revoke(ctx context.Context, token string) error {
	if token == "" || len(token) > maxToken {
		return nil
	}
	t, err := s.tokens.TokenByHash(ctx, hashToken(token))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	s.accounts.Lock()
	defer s.accounts.Unlock()
	return s.endFamily(ctx, &t)
}

// RevokeID is Revoke for the token of a user, or of a client itself, that has
// the given id (see Token.ID).
func (s *Service) RevokeID(ctx context.Context, owner, id string) error {
	s.accounts.Lock()
	defer s.accounts.Unlock()
	found, err := s.pick(ctx, owner, func(t *Token) bool { return t.ID() == id })
	if err != nil || len(found) == 0 {
		return err
	}
	return s.endFamily(ctx, &found[0])
}

// RevokeAll ends every token of a user but those of the user's devices, which
// could not log in again.
func (s *Service) RevokeAll(ctx context.Context, user string) error {
	s.accounts.Lock()
	defer s.accounts.Unlock()
	return s.revokeAll(ctx, user)
}

func (s *Service) revokeAll(ctx context.Context, user string) error {
	return s.endWhere(ctx, user, func(t *Token) bool { return t.Device == "" })
}

// forget makes the next request of each of an owner's tokens read the store.
func (s *Service) forget(ctx context.Context, owner string) error {
	tokens, err := s.tokens.TokensOf(ctx, owner)
	s.cache.drop(hashesOf(tokens))
	return err
}

// disconnect is forget, and closes what the tokens opened.
func (s *Service) disconnect(ctx context.Context, owner string) error {
	tokens, err := s.tokens.TokensOf(ctx, owner)
	s.cache.drop(hashesOf(tokens))
	for i := range tokens {
		s.revoked(tokens[i].ID())
	}
	return err
}

func (s *Service) endWhere(ctx context.Context, user string, which func(*Token) bool) error {
	tokens, err := s.pick(ctx, user, which)
	if err != nil || len(tokens) == 0 {
		return err
	}
	return s.end(ctx, tokens)
}

func (s *Service) pick(ctx context.Context, user string, which func(*Token) bool) ([]Token, error) {
	all, err := s.tokens.TokensOf(ctx, user)
	if err != nil {
		return nil, err
	}
	picked := make([]Token, 0, len(all))
	for i := range all {
		if which(&all[i]) {
			picked = append(picked, all[i])
		}
	}
	return picked, nil
}

// end deletes tokens and forgets them. The cache forgets even if the store
// fails: asking it again is always right.
func (s *Service) end(ctx context.Context, tokens []Token) error {
	hashes := hashesOf(tokens)
	err := s.tokens.DeleteTokens(ctx, hashes)
	s.cache.drop(hashes)
	if err != nil {
		return err
	}
	for i := range tokens {
		s.revoked(tokens[i].ID())
	}
	return nil
}

func hashesOf(tokens []Token) [][32]byte {
	hashes := make([][32]byte, len(tokens))
	for i := range tokens {
		hashes[i] = tokens[i].Hash
	}
	return hashes
}
