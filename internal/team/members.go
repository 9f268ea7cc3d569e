package team

import (
	"context"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Bounds of teams.
const (
	maxMembers = 1000 // of one scope
	maxPlaces  = 500  // of one user
)

// ParseRole reads the name of a role, in any case.
func ParseRole(name string) (Role, bool) {
	for r := ViewOnly; r <= Owner; r++ {
		if strings.EqualFold(name, r.String()) {
			return r, true
		}
	}
	return None, false
}

// Team gives the members of a product or organization, by when they joined. The
// user whose product it is comes first.
func (s *Service) Team(ctx context.Context, sc scope.Scope) ([]Member, error) {
	all, err := s.Members.MembersOf(ctx, sc)
	if err != nil {
		return nil, err
	}
	holder, err := s.holder(ctx, sc)
	if err != nil || holder == "" {
		return all, err
	}
	return append([]Member{{Scope: sc, User: holder, Role: Owner}}, all...), nil
}

// holder is the user whose product a scope is; "" for one of an organization.
func (s *Service) holder(ctx context.Context, sc scope.Scope) (user string, err error) {
	if sc.Kind != scope.Product {
		return "", nil
	}
	owner, err := s.Products.ProductOwner(ctx, sc.Number())
	if err != nil || owner.Kind != scope.Sandbox {
		return "", err
	}
	return owner.ID, nil
}

// Grant gives a user a role in a product or organization, on behalf of a
// principal who may change the team. Nobody gives a role above his own, changes
// the place of somebody above him, or takes the last owner's role.
//
// Errors: a fault Forbidden; a fault Conflict, also for a team that is full.
func (s *Service) Grant(ctx context.Context, p *scope.Principal, sc scope.Scope, user string, role Role) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	own, err := s.Role(ctx, p.User, sc)
	if err != nil {
		return err
	}
	if role > own {
		return fault.New(fault.Forbidden, "Permission denied: nobody can give a role above his own; yours is %s.", own)
	}
	now, err := s.place(ctx, sc, user, own)
	if err != nil {
		return err
	}
	if now == None {
		err = s.checkRoom(ctx, sc, user)
	} else if role < Owner {
		err = s.checkLast(ctx, sc, now)
	}
	if err != nil {
		return err
	}
	return s.Changes.SaveMember(ctx, Member{Scope: sc, User: user, Role: role, Created: s.Now().UnixMilli()})
}

// CheckRole says whether a principal may give a role in a scope.
func (s *Service) CheckRole(ctx context.Context, p *scope.Principal, sc scope.Scope, role Role) error {
	own, err := s.Role(ctx, p.User, sc)
	if err == nil && role > own {
		return fault.New(fault.Forbidden, "Permission denied: nobody can give a role above his own; yours is %s.", own)
	}
	return err
}

// Remove takes a user out of a team, as Grant would change its role. Errors: a
// fault NotFound for one who is no member; as Grant.
func (s *Service) Remove(ctx context.Context, p *scope.Principal, sc scope.Scope, user string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	own, err := s.Role(ctx, p.User, sc)
	if err != nil {
		return err
	}
	now, err := s.place(ctx, sc, user, own)
	if err != nil {
		return err
	}
	if now == None {
		return NoMember()
	}
	if err := s.checkLast(ctx, sc, now); err != nil {
		return err
	}
	return s.Changes.DeleteMember(ctx, sc, user)
}

// NoMember is the fault for somebody who does not belong to a team.
func NoMember() error { return fault.New(fault.NotFound, "The team has no such member.") }

// place is the role that a user has in the team itself, which somebody with the
// role own may change.
func (s *Service) place(ctx context.Context, sc scope.Scope, user string, own Role) (Role, error) {
	holder, err := s.holder(ctx, sc)
	if err != nil {
		return None, err
	}
	if user == holder {
		return None, fault.New(fault.Conflict, "The product is this user's own.")
	}
	now, err := s.Members.RoleOf(ctx, sc, user)
	if err == nil && now > own {
		return None, fault.New(fault.Forbidden, "Permission denied: this member's role %s is above yours.", now)
	}
	return now, err
}

func (s *Service) checkRoom(ctx context.Context, sc scope.Scope, user string) error {
	all, err := s.Members.MembersOf(ctx, sc)
	if err != nil {
		return err
	}
	if len(all) >= maxMembers {
		return fault.New(fault.Conflict, "The team has %d members already.", maxMembers)
	}
	places, err := s.Members.MembershipsOf(ctx, user)
	if err == nil && len(places) >= maxPlaces {
		return fault.New(fault.Conflict, "The user belongs to %d teams already.", maxPlaces)
	}
	return err
}

// checkLast refuses to change the place of an organization's only owner.
// Products have their owner besides.
func (s *Service) checkLast(ctx context.Context, sc scope.Scope, now Role) error {
	if now != Owner || sc.Kind != scope.Organization {
		return nil
	}
	all, err := s.Members.MembersOf(ctx, sc)
	if err != nil {
		return err
	}
	owners := 0
	for _, m := range all {
		if m.Role == Owner {
			owners++
		}
	}
	if owners < 2 {
		return fault.New(fault.Conflict, "This is the organization's last owner. Make somebody else an owner first.")
	}
	return nil
}

// CheckLeaving refuses to let a user go who owns products, or is the only owner
// of an organization: a fault Conflict that names it.
func (s *Service) CheckLeaving(ctx context.Context, user string) error {
	n, err := s.Holdings.CountProducts(ctx, scope.Of(user))
	if err != nil {
		return err
	}
	if n > 0 {
		return fault.New(fault.Conflict, "The user owns products: %d. Delete them or give them away first.", n)
	}
	places, err := s.Members.MembershipsOf(ctx, user)
	if err != nil {
		return err
	}
	for _, m := range places {
		if err := s.checkLast(ctx, m.Scope, m.Role); fault.Is(err, fault.Conflict) {
			o, _ := s.Organizations.Organization(ctx, m.Scope.ID) // without it the message is still right
			return fault.New(fault.Conflict, "The user is the only owner of the organization %q. Make somebody else an owner, or delete it, first.", o.Name)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// DeleteOrganization deletes an organization with its memberships, invitations
// and what is in other rooms (Options.Vacate), which goes first, so that a
// failure leaves something to repeat the call on. One that owns products stays:
// a fault Conflict.
func (s *Service) DeleteOrganization(ctx context.Context, id string) error {
	sc := scope.OfOrganization(id)
	n, err := s.Holdings.CountProducts(ctx, sc)
	if err != nil {
		return err
	}
	if n > 0 {
		return fault.New(fault.Conflict, "The organization owns products: %d. Delete them first.", n)
	}
	if err := s.Clear(ctx, sc); err != nil {
		return err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	return s.Organizations.DeleteOrganization(ctx, id)
}

// Clear deletes what belongs to a product or organization that is about to be
// deleted: what is in other rooms, and its invitations.
func (s *Service) Clear(ctx context.Context, sc scope.Scope) error {
	if err := s.Vacate(ctx, sc); err != nil {
		return err
	}
	all, err := s.Invitations.InvitationsOf(ctx, sc)
	if err != nil {
		return err
	}
	for _, i := range all {
		if _, err := s.Invitations.TakeInvitation(ctx, i.Hash); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// Disinvite ends the invitation of a name to a scope. Errors: a fault NotFound.
func (s *Service) Disinvite(ctx context.Context, sc scope.Scope, username string) error {
	open, err := s.OpenInvitations(ctx, sc)
	if err != nil {
		return err
	}
	for _, i := range open {
		if strings.EqualFold(i.Username, username) {
			_, err := s.Invitations.TakeInvitation(ctx, i.Hash)
			return err
		}
	}
	return NoMember()
}
