package fleet_test

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// What the token of a device stands for: its owner and, unless it waits in
// quarantine, its product with the organization.
func TestBear(t *testing.T) {
	store := memory.New()
	org, err := store.InsertProduct(t.Context(), fleet.Product{Slug: "a", Owner: scope.OfOrganization("acme")})
	if err != nil {
		t.Fatal(err)
	}
	own, err := store.InsertProduct(t.Context(), fleet.Product{Slug: "b", Owner: scope.Of(ann)})
	if err != nil {
		t.Fatal(err)
	}
	const ok = fault.Code("")
	for _, c := range []struct {
		name   string
		device fleet.Device
		user   string // of the token
		code   fault.Code
		want   scope.Principal
	}{
		{"sandbox", fleet.Device{Owner: ann}, ann, ok, scope.Principal{User: ann}},
		{"claimed in a product", fleet.Device{Owner: ann, Product: own.ID, Firmware: 3}, ann, ok, scope.Principal{User: ann, Product: own.ID, Firmware: 3}},
		{"unclaimed in an organization's", fleet.Device{Product: org.ID}, "", ok, scope.Principal{Product: org.ID, Org: "acme"}},
		{"claimed, with the product's token", fleet.Device{Owner: bob, Product: org.ID}, "", ok, scope.Principal{User: bob, Product: org.ID, Org: "acme"}},
		{"in quarantine", fleet.Device{Owner: ann, Product: org.ID, Quarantined: true}, ann, ok, scope.Principal{User: ann}},
		{"denied", fleet.Device{Owner: ann, Product: org.ID, Denied: true}, ann, fault.Forbidden, scope.Principal{}},
		{"token of a former owner", fleet.Device{Owner: bob, Product: org.ID}, ann, fault.NotFound, scope.Principal{}},
		{"unclaimed, token of a former owner", fleet.Device{Product: org.ID}, ann, fault.NotFound, scope.Principal{}},
		{"product's token, in none", fleet.Device{Owner: ann}, "", fault.NotFound, scope.Principal{}},
	} {
		_ = store.DeleteDevice(t.Context(), one) // the one of the case before
		c.device.ID = one
		if err := store.InsertDevice(t.Context(), c.device); err != nil {
			t.Fatal(err)
		}
		p := &scope.Principal{User: c.user, Device: one}
		err := fleet.NewDirectory(store).Bear(t.Context(), p)
		if c.code != ok {
			if !fault.Is(err, c.code) {
				t.Errorf("%s: got %v, want a fault %s", c.name, err, c.code)
			}
			continue
		}
		c.want.Device = one
		if err != nil || p.User != c.want.User || p.Product != c.want.Product || p.Org != c.want.Org || p.Firmware != c.want.Firmware {
			t.Errorf("%s: got %+v, %v, want %+v", c.name, *p, err, c.want)
		}
	}
	err = fleet.NewDirectory(memory.New()).Bear(t.Context(), &scope.Principal{Device: one})
	if !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown device: got %v", err)
	}
}
