package memory

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store"
	"github.com/fieldhook/fieldhook/internal/team"
)

// memberKey is what tells members apart.
type memberKey struct {
	scope scope.Scope
	user  string
}

// Organization implements team.Organizations.
func (s *Store) Organization(_ context.Context, idOrSlug string) (team.Organization, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, o := range s.organizations {
		if o.ID == idOrSlug || o.Slug == idOrSlug {
			return o, nil
		}
	}
	return team.Organization{}, store.Missing("organization")
}

// SaveOrganization implements team.Organizations.
func (s *Store) SaveOrganization(_ context.Context, o team.Organization) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, other := range s.organizations {
		if other.ID != o.ID && other.Slug == o.Slug {
			return store.Taken("organization", "slug")
		}
	}
	if old, ok := s.organizations[o.ID]; ok {
		o.Created = old.Created
	}
	s.organizations[o.ID] = o
	return nil
}

// DeleteOrganization implements team.Organizations.
func (s *Store) DeleteOrganization(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.organizations[id]; !ok {
		return store.Missing("organization")
	}
	delete(s.organizations, id)
	maps.DeleteFunc(s.members, func(k memberKey, _ team.Member) bool { return k.scope == scope.OfOrganization(id) })
	return nil
}

// CountProducts implements team.Holdings.
func (s *Store) CountProducts(_ context.Context, owner scope.Scope) (n int, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range s.products {
		if p.Owner == owner {
			n++
		}
	}
	return n, nil
}

// SaveInvitation implements team.Invitations.
func (s *Store) SaveInvitation(_ context.Context, i team.Invitation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.invitations[i.Hash] = i
	return nil
}

// InvitationsOf implements team.Invitations.
func (s *Store) InvitationsOf(_ context.Context, sc scope.Scope) (out []team.Invitation, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, i := range s.invitations {
		if i.Scope == sc {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b team.Invitation) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), bytes.Compare(a.Hash[:], b.Hash[:]))
	})
	return out, nil
}

// TakeInvitation implements team.Invitations.
func (s *Store) TakeInvitation(_ context.Context, hash [32]byte) (team.Invitation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.invitations[hash]
	if !ok {
		return i, store.Missing("invitation")
	}
	delete(s.invitations, hash)
	return i, nil
}

// RoleOf implements team.Members.
func (s *Store) RoleOf(_ context.Context, sc scope.Scope, user string) (team.Role, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.members[memberKey{sc, user}].Role, nil
}

// MembersOf implements team.Members.
func (s *Store) MembersOf(_ context.Context, sc scope.Scope) ([]team.Member, error) {
	return s.membersWhere(func(m *team.Member) bool { return m.Scope == sc }), nil
}

// MembershipsOf implements team.Members.
func (s *Store) MembershipsOf(_ context.Context, user string) ([]team.Member, error) {
	return s.membersWhere(func(m *team.Member) bool { return m.User == user }), nil
}

func (s *Store) membersWhere(which func(*team.Member) bool) (out []team.Member) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, m := range s.members {
		if which(&m) {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b team.Member) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.Scope.Kind, b.Scope.Kind),
			cmp.Compare(a.Scope.ID, b.Scope.ID), cmp.Compare(a.User, b.User))
	})
	return out
}

// SaveMember implements team.Changes.
func (s *Store) SaveMember(_ context.Context, m team.Member) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := memberKey{m.Scope, m.User}
	if old, ok := s.members[key]; ok {
		m.Created = old.Created
	}
	s.members[key] = m
	return nil
}

// DeleteMember implements team.Changes.
func (s *Store) DeleteMember(_ context.Context, sc scope.Scope, user string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := memberKey{sc, user}
	if _, ok := s.members[key]; !ok {
		return store.Missing("member")
	}
	delete(s.members, key)
	return nil
}
