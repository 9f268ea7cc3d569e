package fleet_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

func TestClaimCodes(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := fleet.New(fleet.Options{Store: memory.New(), Tokens: &revoker{}, RegisterOnImport: true, Now: func() time.Time { return now }})
	lamp, lawn := newProduct(t, s, "lamp"), newProduct(t, s, "lawn")
	for p, n := range map[*fleet.Product]int{lamp: 1, lawn: 2} {
		if _, err := s.Import(t.Context(), p, ann, []string{fresh(n)}); err != nil {
			t.Fatal(err)
		}
	}
	denied := func(int64) error { return fault.New(fault.Forbidden, "no") }
	code := func(product int64) string {
		t.Helper()
		c, err := s.NewCode(t.Context(), bob, product)
		if err != nil || len(c) != 63 {
			t.Fatalf("got %q, %v, want 63 characters", c, err)
		}
		return c
	}

	sandbox := code(0)
	d, err := s.Redeem(t.Context(), sandbox, fleet.Claim{ID: fresh(9), Owner: ann, May: denied})
	if err != nil || d.Owner != bob || d.ID != fresh(9) {
		t.Errorf("an unknown device: got %+v, %v", d, err)
	}
	_, err = s.Redeem(t.Context(), sandbox, fleet.Claim{ID: fresh(8), May: denied})
	checkFault(t, "a second time", err, fault.Invalid, "claim_code")
	_, err = s.Redeem(t.Context(), "nonsense", fleet.Claim{ID: fresh(8), May: denied})
	checkFault(t, "no code", err, fault.Invalid, "claim_code")

	product := code(lamp.ID)
	for _, id := range []string{fresh(2), fresh(7)} { // of another product, and unknown
		if _, err := s.Redeem(t.Context(), product, fleet.Claim{ID: id, May: denied}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: got %v, want a fault NotFound", id, err)
		}
	}
	d, err = s.Redeem(t.Context(), product, fleet.Claim{ID: strings.ToUpper(fresh(1)), May: denied})
	if err != nil || d.Owner != bob || d.Product != lamp.ID {
		t.Errorf("a device of the product, after attempts that failed: got %+v, %v", d, err)
	}

	old := code(0)
	now = now.Add(24 * time.Hour)
	_, err = s.Redeem(t.Context(), old, fleet.Claim{ID: fresh(8), May: denied})
	checkFault(t, "expired", err, fault.Invalid, "claim_code")
	for range 50 {
		code(0)
	}
	if _, err := s.NewCode(t.Context(), bob, 0); !fault.Is(err, fault.Limited) {
		t.Errorf("the 51st in an hour: got %v", err)
	}
	if _, err := s.NewCode(t.Context(), ann, 0); err != nil {
		t.Errorf("of somebody else: got %v", err)
	}
}

func TestCertificates(t *testing.T) {
	s, _ := newFleet(t)
	print := strings.Repeat("aB:", 32)
	c, err := s.AddCertificate(t.Context(), one, print)
	if err != nil || c.Fingerprint != strings.Repeat("ab", 32) {
		t.Fatalf("got %+v, %v", c, err)
	}
	if _, err := s.AddCertificate(t.Context(), two, print); !fault.Is(err, fault.Conflict) {
		t.Errorf("of another device: got %v", err)
	}
	for _, bad := range []string{"", "abcd", strings.Repeat("g", 64), strings.Repeat("a", 65)} {
		_, err := s.AddCertificate(t.Context(), one, bad)
		checkFault(t, bad, err, fault.Invalid, "fingerprint")
	}
	if err := s.RemoveCertificate(t.Context(), two, print); !fault.Is(err, fault.NotFound) {
		t.Errorf("from another device: got %v", err)
	}
	if err := s.RemoveCertificate(t.Context(), one, print); err != nil {
		t.Error(err)
	}
	for n := range 10 {
		if _, err := s.AddCertificate(t.Context(), one, strings.Repeat("0123456789"[n:n+1], 64)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.AddCertificate(t.Context(), one, print); !fault.Is(err, fault.Conflict) {
		t.Errorf("the eleventh: got %v", err)
	}
}
