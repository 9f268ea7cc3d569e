package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store"
)

// ClientByID implements identity.Clients.
func (s *Store) ClientByID(_ context.Context, id string) (identity.Client, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, ok := s.clients[id]
	if !ok {
		return identity.Client{}, store.Missing("client")
	}
	return c, nil
}

// ClientsOf implements identity.Clients.
func (s *Store) ClientsOf(_ context.Context, owner scope.Scope) (out []identity.Client, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, c := range s.clients {
		if c.Owner == owner {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b identity.Client) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// SaveClient implements identity.Clients.
func (s *Store) SaveClient(_ context.Context, c identity.Client) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clients[c.ID] = c
	return nil
}

// DeleteClient implements identity.Clients.
func (s *Store) DeleteClient(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.clients[id]; !ok {
		return store.Missing("client")
	}
	delete(s.clients, id)
	maps.DeleteFunc(s.tokens, func(_ [32]byte, t identity.Token) bool { return t.User == id })
	return nil
}
