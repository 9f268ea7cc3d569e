package memory

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store"
	"github.com/fieldhook/fieldhook/internal/team"
)

// UserByName implements identity.Users.
func (s *Store) UserByName(_ context.Context, key string) (identity.User, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, u := range s.users {
		if u.Key() == strings.ToLower(key) {
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
		if other.ID != u.ID && other.Key() == u.Key() {
			return store.Taken("user", "username")
		}
	}
	u.Actions = slices.Clone(u.Actions)
	s.users[u.ID] = u
	return nil
}

// UsersOf implements identity.Users.
func (s *Store) UsersOf(_ context.Context, kind identity.Kind, home scope.Scope, offset, limit int) ([]identity.User, error) {
	all := s.usersOf(kind, home)
	slices.SortFunc(all, func(a, b identity.User) int { return cmp.Compare(a.Key(), b.Key()) })
	all = all[min(offset, len(all)):]
	return all[:min(limit, len(all))], nil
}

// CountUsers implements identity.Users.
func (s *Store) CountUsers(_ context.Context, kind identity.Kind, home scope.Scope) (int, error) {
	return len(s.usersOf(kind, home)), nil
}

func (s *Store) usersOf(kind identity.Kind, home scope.Scope) (out []identity.User) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, u := range s.users {
		if u.Kind == kind && u.Home == home {
			out = append(out, u)
		}
	}
	return out
}

// DeleteUser implements identity.Users: it removes the user, its tokens and its
// places in teams.
func (s *Store) DeleteUser(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.users[id]; !ok {
		return store.Missing("user")
	}
	delete(s.users, id)
	maps.DeleteFunc(s.tokens, func(_ [32]byte, t identity.Token) bool { return t.User == id })
	maps.DeleteFunc(s.members, func(k memberKey, _ team.Member) bool { return k.user == id })
	maps.DeleteFunc(s.codes, func(_ [32]byte, c fleet.Code) bool { return c.User == id })
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
	return s.tokensWhere(func(t *identity.Token) bool { return t.User == user }), nil
}

// TokensOfDevice implements identity.Tokens, in the order of TokensOf.
func (s *Store) TokensOfDevice(_ context.Context, device string) ([]identity.Token, error) {
	return s.tokensWhere(func(t *identity.Token) bool { return device != "" && t.Device == device }), nil
}

func (s *Store) tokensWhere(pass func(*identity.Token) bool) []identity.Token {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []identity.Token
	for _, t := range s.tokens {
		if pass(&t) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b identity.Token) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), bytes.Compare(a.Hash[:], b.Hash[:]))
	})
	return out
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

// SpendToken implements identity.Tokens.
func (s *Store) SpendToken(_ context.Context, hash [32]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tokens[hash]
	if !ok || t.Spent {
		return store.Missing("token")
	}
	t.Spent = true
	s.tokens[hash] = t
	return nil
}

// ExtendToken implements identity.Tokens.
func (s *Store) ExtendToken(_ context.Context, hash [32]byte, expires int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t, ok := s.tokens[hash]
	if !ok {
		return store.Missing("token")
	}
	t.Expires = expires
	s.tokens[hash] = t
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
