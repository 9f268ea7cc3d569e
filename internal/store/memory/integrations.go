package memory

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store"
)

// Integrations implements integration.Store.
func (s *Store) Integrations(context.Context) ([]integration.Record, int64, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]integration.Record, 0, len(s.integrations))
	for _, r := range s.integrations {
		r = copied(r)
		r.Org = ""
		if owner := s.products[r.Scope.Number()].Owner; owner.Kind == scope.Organization {
			r.Org = owner.ID
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b integration.Record) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.ID, b.ID))
	})
	return all, s.version, nil
}

// InsertIntegration implements integration.Store. A known id is a fault
// Conflict.
func (s *Store) InsertIntegration(_ context.Context, r integration.Record) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.integrations[r.ID]; ok {
		return 0, store.Taken("integration", "id")
	}
	s.integrations[r.ID] = copied(r)
	s.version++
	return s.version, nil
}

// UpdateIntegration implements integration.Store. It replaces the whole record.
func (s *Store) UpdateIntegration(_ context.Context, r integration.Record) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.integrations[r.ID]; !ok {
		return 0, store.Missing("integration")
	}
	s.integrations[r.ID] = copied(r)
	s.version++
	return s.version, nil
}

// DeleteIntegration implements integration.Store.
func (s *Store) DeleteIntegration(_ context.Context, id string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.integrations[id]; !ok {
		return 0, store.Missing("integration")
	}
	delete(s.integrations, id)
	s.version++
	return s.version, nil
}

// BranchIntegration implements integration.Store.
func (s *Store) BranchIntegration(_ context.Context, fresh, from integration.Record, kept bool) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.integrations[fresh.ID]; ok {
		return 0, store.Taken("integration", "id")
	}
	if _, ok := s.integrations[from.ID]; !ok {
		return 0, store.Missing("integration")
	}
	s.integrations[fresh.ID] = copied(fresh)
	if kept {
		s.integrations[from.ID] = copied(from)
	} else {
		delete(s.integrations, from.ID)
	}
	s.version++
	return s.version, nil
}

func copied(r integration.Record) integration.Record {
	r.Config = bytes.Clone(r.Config)
	return r
}
