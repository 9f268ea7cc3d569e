package demo_test

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/demo"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/match"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/secret"
	"github.com/fieldhook/fieldhook/internal/store/memory"
	"github.com/fieldhook/fieldhook/internal/team"
)

// rooms are those that a Seed needs, over one store.
type rooms struct {
	*memory.Store
	fleet    *fleet.Service
	team     *team.Service
	registry *integration.Registry
	broken   int // how many imports of counts work before one fails; 0 = all
}

// ImportCounts implements demo.Counts.
func (r *rooms) ImportCounts(ctx context.Context, counts []eventlog.Tally) error {
	if r.broken > 0 {
		if r.broken--; r.broken == 0 {
			return fault.New(fault.Unavailable, "The disk is full.")
		}
	}
	return r.FillTallies(ctx, counts)
}

// noTokens are the credentials of devices that have none.
type noTokens struct{}

// RevokeDevice implements fleet.Credentials.
func (noTokens) RevokeDevice(context.Context, string, string) error { return nil }

// DeviceChanged implements fleet.Credentials.
func (noTokens) DeviceChanged(context.Context, string, bool) error { return nil }

// newSeed is a seed for a folder that was begun today.
func newSeed(t *testing.T) (*rooms, *demo.Seed) {
	t.Helper()
	store := memory.New()
	r := &rooms{Store: store, fleet: fleet.New(fleet.Options{Store: store, Tokens: noTokens{}, RegisterOnImport: true})}
	r.team = team.New(team.Options{
		Organizations: store, Members: store, Changes: store, Invitations: store, Holdings: store, Products: r.fleet, Now: time.Now,
	})
	var err error
	if r.registry, err = integration.NewRegistry(t.Context(), store, match.New(), time.Now); err != nil {
		t.Fatal(err)
	}
	r.registry.Confine(r.fleet)
	vault, err := secret.New(store, secret.NewKey(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Connect(t.Context(), r.registry, owner, base); err != nil {
		t.Fatal(err)
	}
	return r, &demo.Seed{
		Devices: r.fleet, Products: r.fleet, Members: r.fleet, Organizations: r.team, Secrets: vault,
		Ledgers:      ledger.New(ledger.Options{Definitions: store, Instances: store, Changes: store, Fleet: store}),
		Integrations: r.registry, Counts: r, Owner: &scope.Principal{User: owner}, Garden: demo.NewGarden(1),
		State: demo.State{SampleUntil: time.Now().UTC().Format(time.DateOnly)},
	}
}

// made is everything that a seed made, as far as it can be counted.
type made struct {
	Organizations, Products, Devices, Claimed, Groups, Instances, Days, DaysOfProduct int
	Integrations                                                                      map[string]int // by kind of scope
}

func (r *rooms) count(t *testing.T) (m made) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	orgs, err := r.team.OrganizationsOf(t.Context(), &scope.Principal{User: owner})
	must(err)
	m.Organizations, m.Integrations = len(orgs), map[string]int{}
	for _, org := range orgs {
		home := scope.OfOrganization(org.ID)
		scopes := []scope.Scope{scope.Of(owner), home}
		products, err := r.fleet.Products(t.Context(), []scope.Scope{home}, nil, 100, 0)
		must(err)
		m.Products += len(products)
		for i := range products {
			scopes = append(scopes, scope.OfProduct(products[i].ID))
			devices, _, err := r.fleet.InProduct(t.Context(), &products[i], fleet.Query{Sort: fleet.ByID, Limit: 100})
			must(err)
			m.Devices += len(devices)
			m.Claimed += len(slices.DeleteFunc(devices, func(d fleet.Device) bool { return d.Owner != owner }))
			groups, err := r.fleet.GroupsOf(t.Context(), products[i].ID)
			must(err)
			m.Groups += len(groups)
		}
		_, m.Instances, err = r.LedgerInstances(t.Context(), home, "beds", 0, 100)
		must(err)
		for _, sc := range scopes {
			for _, in := range r.registry.List(sc) {
				m.Integrations[sc.Kind.String()]++
				m.Days += r.days(t, in.ID)
				for _, p := range in.Definition.Products {
					m.DaysOfProduct += r.days(t, eventlog.CountedFor(in.ID, p))
				}
			}
		}
	}
	return m
}

// days is how many days an integration has counts of.
func (r *rooms) days(t *testing.T, name string) int {
	t.Helper()
	counts, err := r.Tallies(t.Context(), name, 0)
	if err != nil {
		t.Fatal(err)
	}
	days := map[int64]bool{}
	for _, c := range counts {
		days[c.Day] = true
	}
	return len(days)
}

var everything = made{
	Organizations: 1, Products: 2, Devices: 16, Claimed: 5, Groups: 5, Instances: 11, Days: 9 * 29, DaysOfProduct: 2 * 29,
	Integrations: map[string]int{"sandbox": 6, "organization": 1, "product": 2},
}

func TestPlantTwice(t *testing.T) {
	r, seed := newSeed(t)
	for _, time := range []string{"first", "second"} {
		if err := seed.Plant(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := r.count(t); !reflect.DeepEqual(got, everything) {
			t.Errorf("the %s time there is %+v, want %+v", time, got, everything)
		}
	}
}

// TestPlantGoesOn after an interruption at any of the imports.
func TestPlantGoesOn(t *testing.T) {
	for at := 1; at <= 9; at++ {
		r, seed := newSeed(t)
		r.broken = at
		if err := seed.Plant(t.Context()); !fault.Is(err, fault.Unavailable) {
			t.Fatalf("import %d failed, and Plant gave %v", at, err)
		}
		if err := seed.Plant(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := r.count(t); !reflect.DeepEqual(got, everything) {
			t.Errorf("interrupted at import %d there is %+v, want %+v", at, got, everything)
		}
	}
}

// TestPlantLeavesARealPast: an integration of an earlier demo has counts of its
// own.
func TestPlantLeavesARealPast(t *testing.T) {
	r, seed := newSeed(t)
	seed.State.SampleUntil = time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly)
	old := r.registry.List(scope.Of(owner))[0]
	if err := seed.Plant(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := r.days(t, old.ID); got != 0 {
		t.Errorf("%d days were made up for an integration that is older than the example", got)
	}
}
