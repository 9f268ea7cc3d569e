package team_test

import (
	"context"
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
	"github.com/fieldhook/fieldhook/internal/team"
)

// owners are the owners of products by number.
type owners map[int64]scope.Scope

// ProductOwner implements team.Products.
func (o owners) ProductOwner(_ context.Context, product int64) (scope.Scope, error) {
	sc, ok := o[product]
	if !ok {
		return sc, fault.New(fault.NotFound, "There is no such product.")
	}
	return sc, nil
}

// The world of the tests: acme owns product 1, ann owns product 2.
var (
	acme, other  = scope.OfOrganization("acme"), scope.OfOrganization("other")
	lamps, lawns = scope.OfProduct(1), scope.OfProduct(2)
	nowhere      = scope.OfProduct(99)
)

func newTeam(t *testing.T) *team.Service {
	t.Helper()
	store := memory.New()
	for _, m := range []team.Member{
		{Scope: acme, User: "owner", Role: team.Owner},
		{Scope: acme, User: "admin", Role: team.Administrator},
		{Scope: acme, User: "dev", Role: team.Developer},
		{Scope: acme, User: "view", Role: team.ViewOnly},
		{Scope: lamps, User: "view", Role: team.Developer},
		{Scope: lamps, User: "guest", Role: team.ViewOnly},
	} {
		if err := store.SaveMember(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	return team.New(team.Options{Organizations: store, Members: store, Changes: store, Invitations: store, Holdings: store, Products: owners{1: acme, 2: scope.Of("ann")}})
}

func TestCheck(t *testing.T) {
	s := newTeam(t)
	user := func(id string) *scope.Principal { return &scope.Principal{User: id} }
	api := &scope.Principal{User: "robot", Home: acme, Actions: []string{"devices:list"}}
	client := &scope.Principal{Home: lamps}
	customer := &scope.Principal{User: "cust", Home: lamps, Customer: true}
	device := &scope.Principal{User: "owner", Device: "d"}
	const ok = fault.Code("")
	for _, c := range []struct {
		name   string
		p      *scope.Principal
		sc     scope.Scope
		action team.Action
		want   fault.Code
	}{
		{"own sandbox", user("ann"), scope.Of("ann"), "integrations:delete", ok},
		{"foreign sandbox", user("ann"), scope.Of("bob"), "integrations:list", fault.Forbidden},
		{"nobody's sandbox", user(""), scope.Of(""), "integrations:list", fault.Forbidden},
		{"device", device, scope.Of("owner"), "integrations:list", fault.Forbidden},

		{"owner deletes organization", user("owner"), acme, "organizations:delete", ok},
		{"administrator may not", user("admin"), acme, "organizations:delete", fault.Forbidden},
		{"administrator changes team", user("admin"), acme, "team:create", ok},
		{"developer may not", user("dev"), acme, "team:create", fault.Forbidden},
		{"developer reads team", user("dev"), acme, "team:list", ok},
		{"developer changes integrations", user("dev"), acme, "integrations:update", ok},
		{"viewer may not", user("view"), acme, "integrations:update", fault.Forbidden},
		{"viewer watches events", user("view"), acme, "events:watch", ok},
		{"viewer may not publish", user("view"), acme, "events:publish", fault.Forbidden},
		{"stranger", user("ann"), acme, "integrations:list", fault.Forbidden},
		{"other organization", user("owner"), other, "integrations:list", fault.Forbidden},

		{"product of the organization", user("owner"), lamps, "products:delete", ok},
		{"higher role in the product", user("view"), lamps, "devices:update", ok},
		{"guest of the product", user("guest"), lamps, "devices:list", ok},
		{"guest may not change", user("guest"), lamps, "devices:update", fault.Forbidden},
		{"guest of another product", user("guest"), lawns, "devices:list", fault.Forbidden},
		{"owner of a product", user("ann"), lawns, "products:delete", ok},
		{"unknown product", user("ann"), nowhere, "devices:list", fault.Forbidden},

		{"API user", api, acme, "devices:list", ok},
		{"API user in a product", api, lamps, "devices:list", ok},
		{"API user beyond its actions", api, acme, "devices:get", team.Unauthorized},
		{"API user elsewhere", api, lawns, "devices:list", fault.Forbidden},
		{"API user, unknown product", api, nowhere, "devices:list", fault.Forbidden},
		{"API user's sandbox", api, scope.Of("robot"), "devices:list", team.Unauthorized},
		{"product's client", client, lamps, "devices:update", ok},
		{"product's client on the team", client, lamps, "team:create", team.Unauthorized},
		{"product's client elsewhere", client, lawns, "devices:list", fault.Forbidden},
		{"customer's device", customer, scope.Of("cust"), "devices:create", ok},
		{"customer's integrations", customer, scope.Of("cust"), "integrations:list", fault.Forbidden},
		{"customer in the product", customer, lamps, "devices:list", fault.Forbidden},
		{"customer's claim code", customer, lamps, "devices:claim", ok},
		{"customer's claim code elsewhere", customer, lawns, "devices:claim", fault.Forbidden},
		{"API user with a personal action", &scope.Principal{User: "robot", Home: acme, Actions: []string{"team:create"}}, acme, "team:create", team.Unauthorized},
	} {
		err := s.Check(t.Context(), c.p, c.sc, c.action)
		if c.want == ok && err != nil || c.want != ok && !fault.Is(err, c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// A foreign scope and one that does not exist are answered alike.
func TestDeniedTellsNothing(t *testing.T) {
	s := newTeam(t)
	for _, p := range []*scope.Principal{{User: "bob"}, {User: "robot", Home: acme, Actions: []string{"devices:list"}}, {Home: lamps}} {
		foreign := s.Check(t.Context(), p, lawns, "devices:list")
		missing := s.Check(t.Context(), p, nowhere, "devices:list")
		if foreign == nil || missing == nil || foreign.Error() != missing.Error() {
			t.Errorf("%+v: foreign %v, missing %v, want the same", p, foreign, missing)
		}
	}
}
