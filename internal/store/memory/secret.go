package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/secret"
	"github.com/fieldhook/fieldhook/internal/store"
)

type secretKey struct {
	scope scope.Scope
	name  string
}

// Secrets implements secret.Store.
func (s *Store) Secrets(_ context.Context, sc scope.Scope) (out []secret.Record, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for k, r := range s.secrets {
		if k.scope == sc {
			r.Sealed = bytes.Clone(r.Sealed)
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(a, b secret.Record) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// PutSecret implements secret.Store.
func (s *Store) PutSecret(_ context.Context, r secret.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := secretKey{r.Scope, r.Name}
	if old, ok := s.secrets[key]; ok {
		r.Created = old.Created
	}
	r.Sealed = bytes.Clone(r.Sealed)
	s.secrets[key] = r
	return nil
}

// DeleteSecret implements secret.Store.
func (s *Store) DeleteSecret(_ context.Context, sc scope.Scope, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := secretKey{sc, name}
	if _, ok := s.secrets[key]; !ok {
		return store.Missing("secret")
	}
	delete(s.secrets, key)
	return nil
}

// HasSecrets says whether there is a secret of any owner.
func (s *Store) HasSecrets(context.Context) (bool, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.secrets) > 0, nil
}
