package storetest

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
)

var integrationChecks = []check{
	{"integrations/none", noIntegrations},
	{"integrations/insert, update, delete", integrationChanges},
	{"integrations/branch", integrationBranch},
	{"integrations/order", integrationOrder},
	{"integrations/organization of a product's", integrationOrganization},
	{"integrations/refusals keep the version", integrationRefusals},
	{"integrations/config byte for byte", exactConfigs},
}

func record(n int) integration.Record {
	return integration.Record{
		ID: id("1f", n), Scope: scope.Of(id("aa", 1)), Created: at, Updated: at, Config: []byte(`{"event":"t"}`),
	}
}

func integrations(t *testing.T, s Store) []integration.Record {
	t.Helper()
	all, _, err := s.Integrations(t.Context())
	ok(t, err)
	return all
}

func noIntegrations(t *testing.T, s Store) {
	if got := len(integrations(t, s)); got != 0 {
		t.Errorf("integrations: got %d, want 0", got)
	}
	if got := version(t, s); got < 1 {
		t.Errorf("version of a new store: got %d, want at least 1, since 0 means not to compare", got)
	}
}

func integrationChanges(t *testing.T, s Store) {
	first := version(t, s)
	r := record(1)
	v1, err := s.InsertIntegration(t.Context(), r)
	ok(t, err)
	diff(t, "after the insert", integrations(t, s), []integration.Record{r})

	r.Updated, r.Config, r.Scope = at+1, []byte(`{"event":"u"}`), scope.Scope{Kind: scope.Product, ID: "12857"}
	v2, err := s.UpdateIntegration(t.Context(), r)
	ok(t, err)
	diff(t, "after the update", integrations(t, s), []integration.Record{r})

	v3, err := s.DeleteIntegration(t.Context(), r.ID)
	ok(t, err)
	diff(t, "after the delete", len(integrations(t, s)), 0)
	diff(t, "versions", []int64{v1, v2, v3, version(t, s)}, []int64{first + 1, first + 2, first + 3, first + 3})
}

func integrationBranch(t *testing.T, s Store) {
	from, fresh, third := record(1), record(2), record(3)
	_, err := s.InsertIntegration(t.Context(), from)
	ok(t, err)
	before := version(t, s)
	from.Updated, from.Config, fresh.Scope = at+1, []byte(`{"event":"u"}`), scope.OfProduct(12857)
	v1, err := s.BranchIntegration(t.Context(), fresh, from, true)
	ok(t, err)
	diff(t, "both", integrations(t, s), []integration.Record{from, fresh})

	_, err = s.BranchIntegration(t.Context(), fresh, from, false)
	refused(t, "a branch with a known id", err, fault.Conflict)
	_, err = s.BranchIntegration(t.Context(), third, record(9), true)
	refused(t, "a branch of an unknown one", err, fault.NotFound)
	_, err = s.BranchIntegration(t.Context(), third, record(9), false)
	refused(t, "a branch instead of an unknown one", err, fault.NotFound)
	diff(t, "after refusals", integrations(t, s), []integration.Record{from, fresh})

	v2, err := s.BranchIntegration(t.Context(), third, from, false)
	ok(t, err)
	diff(t, "instead of it", integrations(t, s), []integration.Record{fresh, third})
	diff(t, "versions", []int64{v1, v2, version(t, s)}, []int64{before + 1, before + 2, before + 2})
}

// The organization of a product's integration comes with it.
func integrationOrganization(t *testing.T, s Store) {
	org := id("0a", 1)
	lamp, err := s.InsertProduct(t.Context(), fleet.Product{Slug: "lamp", Owner: scope.OfOrganization(org), Settings: "{}"})
	ok(t, err)
	own, err := s.InsertProduct(t.Context(), fleet.Product{Slug: "own", Owner: scope.Of(id("aa", 1)), Settings: "{}"})
	ok(t, err)
	of := func(n int, sc scope.Scope, org string) integration.Record {
		r := record(n)
		r.Scope = sc
		_, err := s.InsertIntegration(t.Context(), r)
		ok(t, err)
		r.Org = org
		return r
	}
	want := []integration.Record{of(1, scope.OfProduct(lamp.ID), org), of(2, scope.OfProduct(own.ID), ""), of(3, scope.OfProduct(7), ""), of(4, scope.OfOrganization(org), "")}
	diff(t, "integrations", integrations(t, s), want)
}

func integrationOrder(t *testing.T, s Store) {
	early, late, same := record(9), record(1), record(2)
	early.Created = at - 1
	for _, r := range []integration.Record{same, late, early} {
		_, err := s.InsertIntegration(t.Context(), r)
		ok(t, err)
	}
	diff(t, "by creation, then id", integrations(t, s), []integration.Record{early, late, same})
}

func integrationRefusals(t *testing.T, s Store) {
	_, err := s.InsertIntegration(t.Context(), record(1))
	ok(t, err)
	before := version(t, s)
	_, err = s.InsertIntegration(t.Context(), record(1))
	refused(t, "insert of a known id", err, fault.Conflict)
	_, err = s.UpdateIntegration(t.Context(), record(2))
	refused(t, "update of an unknown id", err, fault.NotFound)
	_, err = s.DeleteIntegration(t.Context(), record(2).ID)
	refused(t, "delete of an unknown id", err, fault.NotFound)
	if got := version(t, s); got != before {
		t.Errorf("version after refusals: got %d, want %d", got, before)
	}
	diff(t, "integrations", integrations(t, s), []integration.Record{record(1)})
}

func exactConfigs(t *testing.T, s Store) {
	for i, config := range []string{`{}`, ` { "b":1, "a" : 2,"a":3 } `, "{\"x\":\"\x00\xff\\u0000\"}", "{\r\n\t}", ""} {
		r := record(i)
		r.Config = []byte(config)
		_, err := s.InsertIntegration(t.Context(), r)
		ok(t, err)
		clear(r.Config) // the store must not have kept the caller's slice
		if got := string(integrations(t, s)[i].Config); got != config {
			t.Errorf("config: got %q, want %q", got, config)
		}
	}
}
