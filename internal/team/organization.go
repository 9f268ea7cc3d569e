package team

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Bounds of organizations.
const (
	maxOrganizations = 100 // that one user owns
	maxName          = 128 // bytes
)

// OrganizationsOf gives the organizations that a principal belongs to, in the
// order in which it joined them. A token that is confined to an organization
// sees that one alone.
func (s *Service) OrganizationsOf(ctx context.Context, p *scope.Principal) ([]Organization, error) {
	ids := []string{}
	switch {
	case p.Home.Kind == scope.Organization:
		ids = append(ids, p.Home.ID)
	case p.Home == scope.Scope{} && p.User != "":
		members, err := s.Members.MembershipsOf(ctx, p.User)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			if m.Scope.Kind == scope.Organization {
				ids = append(ids, m.Scope.ID)
			}
		}
	}
	all := make([]Organization, 0, len(ids))
	for _, id := range ids {
		o, err := s.Organizations.Organization(ctx, id)
		if fault.Is(err, fault.NotFound) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, nil
}

// CreateOrganization makes an organization whose owner is a user. Its slug is
// made from the name, with something random behind it if that is taken. Errors:
// a fault Invalid naming "name"; a fault Conflict for a user with too many.
func (s *Service) CreateOrganization(ctx context.Context, user, name string) (Organization, error) {
	if err := checkName(name); err != nil {
		return Organization{}, err
	}
	mine, err := s.Members.MembershipsOf(ctx, user)
	if err != nil {
		return Organization{}, err
	}
	owned := 0
	for i := range mine {
		if mine[i].Scope.Kind == scope.Organization && mine[i].Role == Owner {
			owned++
		}
	}
	if owned >= maxOrganizations {
		return Organization{}, fault.New(fault.Conflict, "You own %d organizations already, which is the limit.", owned)
	}
	o := Organization{ID: event.NewID(), Slug: scope.Slug(name, "organization"), Name: name, Created: s.Now().UnixMilli()}
	if event.IsID(o.Slug) { // it would be taken for an organization's id
		o.Slug += "-" + suffix()
	}
	err = s.Organizations.SaveOrganization(ctx, o)
	if fault.Is(err, fault.Conflict) {
		o.Slug += "-" + suffix()
		err = s.Organizations.SaveOrganization(ctx, o)
	}
	if err != nil {
		return Organization{}, err
	}
	return o, s.Changes.SaveMember(ctx, Member{Scope: scope.OfOrganization(o.ID), User: user, Role: Owner, Created: o.Created})
}

// suffix makes a slug one that nobody has.
func suffix() string {
	var b [4]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}

func checkName(name string) error {
	if strings.TrimSpace(name) == "" || len(name) > maxName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return fault.Field("name", "It has 1 to %d bytes of valid UTF-8 without control characters.", maxName)
	}
	return nil
}

// RenameOrganization changes an organization's name. Its slug stays, because
// clients have it in their addresses. Errors: a fault Invalid naming "name".
func (s *Service) RenameOrganization(ctx context.Context, o Organization, name string) (Organization, error) {
	if err := checkName(name); err != nil {
		return Organization{}, err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	o, err := s.Organizations.Organization(ctx, o.ID)
	if err != nil {
		return Organization{}, err // deleted meanwhile
	}
	o.Name = name
	return o, s.Organizations.SaveOrganization(ctx, o)
}
