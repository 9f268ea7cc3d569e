package memory

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/store"
)

// UserByName implements identity.Users.
func (s *Store) UserByName(_ context.Context, username string) (identity.User, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, u := range s.users {
		if strings.EqualFold(u.Username, username) {
			return u, nil
		}
	}
	return identity.User{}, store.Missing("user")
}

// UserByID implements identity.Users.
func (s *Store) UserByID(_ context.Context, id string) (identity.User, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	u, ok := s.users[id]
	if !ok {
		return identity.User{}, store.Missing("user")
	}
	return u, nil
}

// SaveUser implements identity.Users.
func (s *Store) SaveUser(_ context.Context, u identity.User) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, other := range s.users {
		if other.ID != u.ID && strings.EqualFold(other.Username, u.Username) {
			return store.Taken("user", "username")
		}
	}
	s.users[u.ID] = u
	return nil
}

// TokenByHash implements identity.Tokens.
func (s *Store) TokenByHash(_ context.Context, hash [32]byte) (identity.Token, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t, ok := s.tokens[hash]
	if !ok {
		return identity.Token{}, store.Missing("token")
	}
	return t, nil
}

// TokensOf implements identity.Tokens; tokens of the same millisecond come in
// the order of their hashes.
func (s *Store) TokensOf(_ context.Context, user string) ([]identity.Token, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []identity.Token
	for _, t := range s.tokens {
		if t.User == user {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b identity.Token) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), bytes.Compare(a.Hash[:], b.Hash[:]))
	})
	return out, nil
}

// InsertToken implements identity.Tokens. A known hash is a fault Conflict.
func (s *Store) InsertToken(_ context.Context, t identity.Token) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.tokens[t.Hash]; ok {
		return store.Taken("token", "hash")
	}
	maps.DeleteFunc(s.tokens, func(_ [32]byte, old identity.Token) bool { return old.Expires > 0 && old.Expires <= t.Created })
	s.tokens[t.Hash] = t
	return nil
}

// DeleteTokens implements identity.Tokens.
func (s *Store) DeleteTokens(_ context.Context, hashes [][32]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range hashes {
		delete(s.tokens, h)
	}
	return nil
}
