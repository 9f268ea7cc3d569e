package fleet_test

import (
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/fleet"
)

// Pages are cut alike from either end of a list.
func TestPagesOfMembers(t *testing.T) {
	s, _ := newFleet(t)
	lamp := newProduct(t, s, "lamp")
	const devices = 11
	var all, reversed []string
	for n := range devices {
		all = append(all, fresh(n))
		reversed = append([]string{fresh(n)}, reversed...)
	}
	if _, err := s.Import(t.Context(), lamp, ann, all); err != nil {
		t.Fatal(err)
	}
	p, err := s.Product(t.Context(), lamp.Slug)
	if err != nil {
		t.Fatal(err)
	}
	for _, down := range []bool{false, true} {
		want := all
		if down {
			want = reversed
		}
		for limit := 1; limit <= devices+1; limit++ {
			for offset := range devices + 2 {
				page, total, err := s.InProduct(t.Context(), &p, fleet.Query{Sort: fleet.ByID, Down: down, Limit: limit, Offset: offset})
				var got []string
				for _, d := range page {
					got = append(got, d.ID)
				}
				from := min(offset, devices)
				wanted := want[from:min(from+limit, devices)]
				if err != nil || total != devices || strings.Join(got, " ") != strings.Join(wanted, " ") {
					t.Fatalf("down %v, limit %d, offset %d: got %v of %d, %v, want %v", down, limit, offset, got, total, err, wanted)
				}
			}
		}
	}
}
