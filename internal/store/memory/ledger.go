package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store"
)

type ledgerKey struct {
	owner scope.Scope
	name  string
}

// Ledgers implements ledger.Definitions.
func (s *Store) Ledgers(_ context.Context, owner scope.Scope) (out []ledger.Definition, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for k, d := range s.ledgers {
		if k.owner == owner {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b ledger.Definition) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// InsertLedger implements ledger.Definitions.
func (s *Store) InsertLedger(_ context.Context, d ledger.Definition) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := ledgerKey{d.Owner, d.Name}
	if _, ok := s.ledgers[key]; ok {
		return store.Taken("ledger", "name")
	}
	s.ledgers[key] = d
	return nil
}

// UpdateLedger implements ledger.Definitions.
func (s *Store) UpdateLedger(_ context.Context, d ledger.Definition) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := ledgerKey{d.Owner, d.Name}
	old, ok := s.ledgers[key]
	if !ok {
		return store.Missing("ledger")
	}
	old.Description, old.Updated, old.Archived = d.Description, d.Updated, d.Archived
	s.ledgers[key] = old
	return nil
}

// LedgerInstance implements ledger.Instances.
func (s *Store) LedgerInstance(_ context.Context, k ledger.Key) (ledger.Instance, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	versions := s.instances[k]
	if len(versions) == 0 {
		return ledger.Instance{}, store.Missing("ledger instance")
	}
	return versions[0], nil
}

// LedgerInstances implements ledger.Instances.
func (s *Store) LedgerInstances(_ context.Context, owner scope.Scope, name string, skip, limit int) (out []ledger.Instance, total int, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for k, versions := range s.instances {
		if k.Owner == owner && k.Ledger == name {
			out = append(out, versions[0])
		}
	}
	slices.SortFunc(out, func(a, b ledger.Instance) int { return cmp.Compare(a.Value, b.Value) })
	return paged(out, limit, skip), len(out), nil
}

// LedgerVersions implements ledger.Instances.
func (s *Store) LedgerVersions(_ context.Context, k ledger.Key) ([]ledger.Instance, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if versions := s.instances[k]; len(versions) > 1 {
		return slices.Clone(versions[1:]), nil
	}
	return nil, nil
}

// SaveLedgerInstance implements ledger.Changes.
func (s *Store) SaveLedgerInstance(_ context.Context, in ledger.Instance, kept int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	versions := slices.Clone(s.instances[in.Key])
	var before int64
	if len(versions) > 0 {
		before = versions[0].Version
		versions[0].Replaced = in.Updated
	}
	if in.Version != before+1 {
		return fault.New(fault.Conflict, "The instance was changed meanwhile.")
	}
	versions = slices.Insert(versions, 0, in)
	s.instances[in.Key] = versions[:min(len(versions), kept+1)]
	return nil
}

// DeleteLedgerInstance implements ledger.Changes.
func (s *Store) DeleteLedgerInstance(_ context.Context, k ledger.Key) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.instances[k]; !ok {
		return store.Missing("ledger instance")
	}
	delete(s.instances, k)
	return nil
}

// DeleteLedgers implements ledger.Changes.
func (s *Store) DeleteLedgers(_ context.Context, owner scope.Scope) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.ledgers, func(k ledgerKey, _ ledger.Definition) bool { return k.owner == owner })
	maps.DeleteFunc(s.instances, func(k ledger.Key, _ []ledger.Instance) bool { return k.Owner == owner })
	return nil
}
