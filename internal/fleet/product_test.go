package fleet_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
)

func text(s string) *string { return &s }

func TestCreateProduct(t *testing.T) {
	s, _ := newFleet(t)
	for _, c := range []struct{ name, slug string }{
		{"Lamp", "lamp-v1"},
		{"lamp", "lamp-v2"},
		{"  A/B  -- \u00dc\u00dc c!", "a-b-c-v1"},
		{"\u65e5\u672c", "product-v1"},
		{"12345", "12345-v1"},
		{strings.Repeat("x", 100), strings.Repeat("x", 48) + "-v1"},
	} {
		p, err := s.CreateProduct(t.Context(), scope.Of(ann), fleet.ProductChange{Name: &c.name})
		if err != nil || p.Slug != c.slug || p.Name != c.name || p.Owner != scope.Of(ann) {
			t.Errorf("%q: got %+v, %v, want the slug %s", c.name, p, err, c.slug)
			continue
		}
		for _, key := range []string{p.Slug, fmt.Sprint(p.ID)} {
			if got, err := s.Product(t.Context(), key); err != nil || got != p {
				t.Errorf("by %s: got %+v, %v", key, got, err)
			}
		}
	}
}

func TestProductRefusals(t *testing.T) {
	s, _ := newFleet(t)
	big := 70_000
	for _, c := range []struct {
		field string
		fleet.ProductChange
	}{
		{"name", fleet.ProductChange{}},
		{"name", fleet.ProductChange{Name: text("")}},
		{"name", fleet.ProductChange{Name: text("a\nb")}},
		{"name", fleet.ProductChange{Name: text("\xff")}},
		{"name", fleet.ProductChange{Name: text(strings.Repeat("n", 129))}},
		{"description", fleet.ProductChange{Name: text("a"), Description: text(strings.Repeat("n", 2001))}},
		{"platform_id", fleet.ProductChange{Name: text("a"), Platform: &big}},
		{"settings", fleet.ProductChange{Name: text("a"), Settings: []byte("[1]")}},
	} {
		_, err := s.CreateProduct(t.Context(), scope.Of(ann), c.ProductChange)
		checkFault(t, c.field, err, fault.Invalid, c.field)
	}
}

// newProduct makes a product of ann.
func newProduct(t *testing.T, s *fleet.Service, name string) *fleet.Product {
	t.Helper()
	platform := 13
	p, err := s.CreateProduct(t.Context(), scope.Of(ann), fleet.ProductChange{Name: &name, Platform: &platform})
	if err != nil {
		t.Fatal(err)
	}
	return &p
}

func fresh(n int) string { return fmt.Sprintf("cccccccccccc%012x", n) }

func TestImport(t *testing.T) {
	s, tokens := newFleet(t)
	lamp, lawn := newProduct(t, s, "lamp"), newProduct(t, s, "lawn")
	first, err := s.Import(t.Context(), lawn, ann, []string{fresh(1)})
	if err != nil || len(first.Updated) != 1 {
		t.Fatalf("got %+v, %v", first, err)
	}
	if _, err := s.UpdateMember(t.Context(), lawn.ID, fresh(1), fleet.Change{Serial: text("p042")}); err != nil {
		t.Fatal(err)
	}
	lines := []string{fresh(2), strings.ToUpper(fresh(2)), strings.ToUpper(fresh(3)), one, his, fresh(1), "p042", "WAT", "NOPE?", ""}
	got, err := s.Import(t.Context(), lamp, ann, lines)
	want := fleet.Imported{Updated: []string{fresh(2), fresh(3), one}, NonMember: []string{his}, Invalid: []string{fresh(1), "p042", "WAT", "NOPE?", ""}}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v, %v\nwant %v", got, err, want)
	}
	if len(tokens.changed) != 1 || tokens.changed[0] != one {
		t.Errorf("told of %v, want the claimed device, whose tokens stand for more now", tokens.changed)
	}
	got, err = s.Import(t.Context(), lamp, ann, []string{one, fresh(2), fresh(4)})
	want = fleet.Imported{Updated: []string{fresh(4)}, Existing: []string{one, fresh(2)}}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("again: got %v, %v, want %v", got, err, want)
	}
	if p, _ := s.Product(t.Context(), lamp.Slug); p.Devices != 4 {
		t.Errorf("the product counts %d devices, want 4", p.Devices)
	}
	got, err = s.Import(t.Context(), lawn, ann, []string{"P042", fresh(1)})
	if err != nil || fmt.Sprint(got.Existing) != fmt.Sprint([]string{fresh(1)}) {
		t.Errorf("one device in two ways: got %v, %v", got, err)
	}
}

func TestImportOfAnotherPlatform(t *testing.T) {
	s, _ := newFleet(t)
	lamp := newProduct(t, s, "lamp")
	if _, err := s.Import(t.Context(), lamp, ann, []string{one}); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveMember(t.Context(), lamp.ID, one, false); err != nil {
		t.Fatal(err)
	}
	six := 6
	lawn, err := s.UpdateProduct(t.Context(), *newProduct(t, s, "lawn"), fleet.ProductChange{Platform: &six})
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Import(t.Context(), &lawn, ann, []string{one})
	if err != nil || fmt.Sprint(got) != fmt.Sprint(fleet.Imported{Invalid: []string{one}}) {
		t.Errorf("got %v, %v, want it invalid", got, err)
	}
}

func TestMembers(t *testing.T) {
	s, tokens := newFleet(t)
	lamp, lawn := newProduct(t, s, "lamp"), newProduct(t, s, "lawn")
	if _, err := s.Import(t.Context(), lamp, ann, []string{one, fresh(1)}); err != nil {
		t.Fatal(err)
	}
	yes, three := true, 3
	d, err := s.UpdateMember(t.Context(), lamp.ID, strings.ToUpper(one), fleet.Change{
		Name: text("hall"), Quarantined: &yes, Desired: &three, Groups: &[]string{"b", "a", "b"}, Serial: text(" p04x "),
	})
	if err != nil || d.Name != "hall" || !d.Quarantined || d.Desired != 3 || strings.Join(d.Groups, " ") != "a b" || d.Serial != "P04X" {
		t.Errorf("got %+v, %v", d, err)
	}
	_, err = s.UpdateMember(t.Context(), lamp.ID, one, fleet.Change{Groups: &[]string{"No Good"}})
	checkFault(t, "group", err, fault.Invalid, "groups")
	_, err = s.UpdateMember(t.Context(), lamp.ID, one, fleet.Change{IMEI: text("a\x00")})
	checkFault(t, "imei", err, fault.Invalid, "imei")
	for _, id := range []string{fresh(9), two, "kitchen"} {
		_, err := s.Member(t.Context(), lamp.ID, id)
		if !fault.Is(err, fault.NotFound) || err.Error() != "Device not found for this product" {
			t.Errorf("%s: got %v", id, err)
		}
	}
	if _, err := s.Member(t.Context(), lawn.ID, one); !fault.Is(err, fault.NotFound) {
		t.Errorf("in another product: got %v", err)
	}

	tokens.devices = nil
	if err := s.UnclaimMember(t.Context(), lamp.ID, one); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Member(t.Context(), lamp.ID, one); err != nil || d.Owner != "" || fmt.Sprint(tokens.devices) != fmt.Sprint([]string{ann + " " + one}) {
		t.Errorf("unclaimed: got %+v, %v, revoked %v", d, err, tokens.devices)
	}
	if err := s.RemoveMember(t.Context(), lamp.ID, one, true); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Member(t.Context(), lamp.ID, one); err != nil || !d.Denied {
		t.Errorf("denied: got %+v, %v", d, err)
	}
	if got, err := s.Import(t.Context(), lamp, ann, []string{one}); err != nil || len(got.Updated) != 1 {
		t.Errorf("a denied device comes back: got %v, %v", got, err)
	}
	if err := s.RemoveMember(t.Context(), lamp.ID, one, false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ByID(t.Context(), one); !fault.Is(err, fault.NotFound) {
		t.Errorf("nobody's device in no product: got %v", err)
	}
}

func TestClaimOfProductDevices(t *testing.T) {
	s, tokens := newFleet(t)
	lamp := newProduct(t, s, "lamp")
	if _, err := s.Import(t.Context(), lamp, ann, []string{fresh(1)}); err != nil {
		t.Fatal(err)
	}
	c := fleet.Claim{Owner: bob, ID: fresh(1), May: func(int64) error { return fault.New(fault.Forbidden, "no") }}
	_, foreign := s.Claim(t.Context(), c)
	c.ID = fresh(2)
	_, missing := s.Claim(t.Context(), c)
	if !fault.Is(foreign, fault.NotFound) || foreign.Error() != missing.Error() {
		t.Errorf("foreign %v, missing %v, want the same", foreign, missing)
	}
	c.ID, c.May = fresh(1), func(product int64) error {
		if product != lamp.ID {
			t.Errorf("asked for product %d", product)
		}
		return nil
	}
	d, err := s.Claim(t.Context(), c)
	if err != nil || d.Owner != bob || d.Product != lamp.ID || len(tokens.changed) != 1 {
		t.Errorf("got %+v, %v", d, err)
	}
	if err := s.Remove(t.Context(), &scope.Principal{User: bob}, fresh(1)); err != nil {
		t.Fatal(err)
	}
	if d, err := s.Member(t.Context(), lamp.ID, fresh(1)); err != nil || d.Owner != "" {
		t.Errorf("unclaimed: got %+v, %v, want it in its product", d, err)
	}
}

func TestDeleteProduct(t *testing.T) {
	s, _ := newFleet(t)
	lamp := newProduct(t, s, "lamp")
	lines := []string{one}
	for n := range 1500 {
		lines = append(lines, fresh(n))
	}
	if _, err := s.Import(t.Context(), lamp, ann, lines); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteProduct(t.Context(), lamp.ID, false); !fault.Is(err, fault.Conflict) {
		t.Errorf("with devices: got %v, want a fault Conflict", err)
	}
	if err := s.DeleteProduct(t.Context(), lamp.ID, true); err != nil {
		t.Fatal(err)
	}
	if d, err := s.ByID(t.Context(), one); err != nil || d.Product != 0 || d.Owner != ann {
		t.Errorf("a claimed device is now %+v, %v, want it with its owner", d, err)
	}
	if _, err := s.ByID(t.Context(), fresh(7)); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unclaimed device: %v, want it gone", err)
	}
}
