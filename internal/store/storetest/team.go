package storetest

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

var teamChecks = []check{
	{"organizations/save, find, delete", organizations},
	{"members/roles by scope", members},
	{"invitations/save, list, take", invitations},
	{"products/numbers and slugs", products},
}

func organizations(t *testing.T, s Store) {
	acme := team.Organization{ID: id("0a", 1), Slug: "acme", Name: "Acme é", Created: at}
	ok(t, s.SaveOrganization(t.Context(), acme))
	acme.Name = "Acme Ltd"
	ok(t, s.SaveOrganization(t.Context(), acme))
	for _, key := range []string{acme.ID, "acme"} {
		got, err := s.Organization(t.Context(), key)
		ok(t, err)
		diff(t, key, got, acme)
	}
	refused(t, "a taken slug", s.SaveOrganization(t.Context(), team.Organization{ID: id("0a", 2), Slug: "acme"}), fault.Conflict)
	ok(t, s.SaveMember(t.Context(), team.Member{Scope: scope.OfOrganization(acme.ID), User: id("aa", 1), Role: team.Owner, Created: at}))
	ok(t, s.DeleteOrganization(t.Context(), acme.ID))
	refused(t, "a second delete", s.DeleteOrganization(t.Context(), acme.ID), fault.NotFound)
	for _, key := range []string{acme.ID, "acme", "", "a\x00b"} {
		_, err := s.Organization(t.Context(), key)
		refused(t, "organization "+key, err, fault.NotFound)
	}
	role, err := s.RoleOf(t.Context(), scope.OfOrganization(acme.ID), id("aa", 1))
	ok(t, err)
	diff(t, "role in a deleted organization", role, team.None)
}

func members(t *testing.T, s Store) {
	ann, bob := id("aa", 1), id("aa", 2)
	org, product := scope.OfOrganization(id("0a", 1)), scope.OfProduct(10001)
	first := team.Member{Scope: org, User: bob, Role: team.Owner, Created: at}
	second := team.Member{Scope: org, User: ann, Role: team.ViewOnly, Created: at + 1}
	other := team.Member{Scope: product, User: ann, Role: team.Developer, Created: at}
	for _, m := range []team.Member{second, first, other} {
		ok(t, s.SaveMember(t.Context(), m))
	}
	got, err := s.MembersOf(t.Context(), org)
	ok(t, err)
	diff(t, "members by creation", got, []team.Member{first, second})
	second.Role = team.Administrator
	ok(t, s.SaveMember(t.Context(), second))
	got, err = s.MembershipsOf(t.Context(), ann)
	ok(t, err)
	diff(t, "ann's places", got, []team.Member{other, second})

	ok(t, s.DeleteMember(t.Context(), org, bob))
	refused(t, "a second delete", s.DeleteMember(t.Context(), org, bob), fault.NotFound)
	for user, want := range map[string]team.Role{ann: team.Administrator, bob: team.None, "a\x00": team.None} {
		role, err := s.RoleOf(t.Context(), org, user)
		ok(t, err)
		diff(t, "role of "+user, role, want)
	}
}

func invitations(t *testing.T, s Store) {
	org := scope.OfOrganization(id("0a", 1))
	invitation := func(n byte, sc scope.Scope) team.Invitation {
		return team.Invitation{Hash: [32]byte{n}, Scope: sc, Username: "ann@é.example", Role: team.Developer, Created: at - int64(n), Expires: at + 1}
	}
	for _, i := range []team.Invitation{invitation(1, org), invitation(2, org), invitation(3, scope.Scope{})} {
		ok(t, s.SaveInvitation(t.Context(), i))
	}
	got, err := s.InvitationsOf(t.Context(), org)
	ok(t, err)
	diff(t, "by creation", got, []team.Invitation{invitation(2, org), invitation(1, org)})
	taken, err := s.TakeInvitation(t.Context(), [32]byte{3})
	ok(t, err)
	diff(t, "taken", taken, invitation(3, scope.Scope{}))
	_, err = s.TakeInvitation(t.Context(), [32]byte{3})
	refused(t, "a second time", err, fault.NotFound)
}

func products(t *testing.T, s Store) {
	p := fleet.Product{Slug: "lamp-v1", Name: "Lamp é", Description: "d", Platform: 13, Owner: scope.Of(id("aa", 1)), Settings: "{}", Created: at, Updated: at + 1}
	first, err := s.InsertProduct(t.Context(), p)
	ok(t, err)
	p.ID = first.ID
	diff(t, "as inserted", first, p)
	if first.ID < 10_000 {
		t.Errorf("product number %d, want one that is no platform's", first.ID)
	}
	_, err = s.InsertProduct(t.Context(), p)
	refused(t, "a taken slug", err, fault.Conflict)
	p.Slug, p.Owner = "lamp-v2", scope.OfOrganization(id("0a", 1))
	second, err := s.InsertProduct(t.Context(), p)
	ok(t, err)
	if second.ID != first.ID+1 {
		t.Errorf("second product %d, want %d", second.ID, first.ID+1)
	}
	for owner, want := range map[scope.Scope]int{first.Owner: 1, p.Owner: 1, scope.Of("nobody"): 0, {}: 0} {
		n, err := s.CountProducts(t.Context(), owner)
		ok(t, err)
		diff(t, "products of "+owner.ID, n, want)
	}
	got, err := s.ProductByID(t.Context(), second.ID)
	ok(t, err)
	diff(t, "by number", got, second)
	got, err = s.ProductBySlug(t.Context(), "lamp-v1")
	ok(t, err)
	diff(t, "by slug", got, first)
	list, err := s.ProductsOf(t.Context(), []scope.Scope{first.Owner, second.Owner}, []int64{first.ID}, 10, 0)
	ok(t, err)
	diff(t, "of both owners", list, []fleet.Product{first, second})
	list, err = s.ProductsOf(t.Context(), nil, []int64{second.ID, 1}, 10, 0)
	ok(t, err)
	diff(t, "by numbers", list, []fleet.Product{second})
	list, err = s.ProductsOf(t.Context(), []scope.Scope{first.Owner, second.Owner}, nil, 1, 1)
	ok(t, err)
	diff(t, "second page", list, []fleet.Product{second})
	second.Name, second.Description, second.Platform, second.Settings, second.Updated = "L", "", 6, `{"a":1}`, at+9
	ok(t, s.UpdateProduct(t.Context(), second))
	got, err = s.ProductByID(t.Context(), second.ID)
	ok(t, err)
	diff(t, "after the update", got, second)
	refused(t, "update of an unknown one", s.UpdateProduct(t.Context(), fleet.Product{ID: 1}), fault.NotFound)
	ok(t, s.DeleteProduct(t.Context(), second.ID))
	p.Slug = "lamp-v2"
	third, err := s.InsertProduct(t.Context(), p)
	ok(t, err)
	if third.ID <= second.ID {
		t.Errorf("product number %d was used before", third.ID)
	}
	_, err = s.ProductByID(t.Context(), 1)
	refused(t, "an unknown number", err, fault.NotFound)
	_, err = s.ProductBySlug(t.Context(), "a\x00")
	refused(t, "an unknown slug", err, fault.NotFound)
}
