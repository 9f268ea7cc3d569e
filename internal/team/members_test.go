package team_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// Two owners who put each other down at once: one of them stays.
func TestAnOrganizationKeepsAnOwner(t *testing.T) {
	for range 50 {
		s := newTeam(t)
		owner := &scope.Principal{User: "owner"}
		if err := s.Grant(t.Context(), owner, acme, "second", team.Owner); err != nil {
			t.Fatal(err)
		}
		var refused atomic.Int32
		var all sync.WaitGroup
		for by, of := range map[string]string{"owner": "second", "second": "owner"} {
			all.Go(func() {
				if s.Grant(t.Context(), &scope.Principal{User: by}, acme, of, team.Developer) != nil {
					refused.Add(1)
				}
			})
		}
		all.Wait()
		members, err := s.Team(t.Context(), acme)
		if err != nil {
			t.Fatal(err)
		}
		owners := 0
		for _, m := range members {
			if m.Role == team.Owner {
				owners++
			}
		}
		if owners != 1 || refused.Load() != 1 {
			t.Fatalf("got %d owners and %d refusals, want one of each", owners, refused.Load())
		}
	}
}

func TestTeamsAreBounded(t *testing.T) {
	s := newTeam(t)
	for n := range 600 {
		sc := scope.OfProduct(int64(1000 + n))
		if err := s.Changes.SaveMember(t.Context(), team.Member{Scope: sc, User: "busy", Role: team.ViewOnly}); err != nil {
			t.Fatal(err)
		}
	}
	err := s.Grant(t.Context(), &scope.Principal{User: "owner"}, acme, "busy", team.ViewOnly)
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("a user of 600 teams joins another one: got %v, want a fault Conflict", err)
	}
	for n := range 101 { // what others made it a member of does not count
		_, err := s.CreateOrganization(t.Context(), "busy", fmt.Sprint("Another ", n))
		if full := n == 100; full != fault.Is(err, fault.Conflict) || !full && err != nil {
			t.Fatalf("organization %d of the same user: got %v", n+1, err)
		}
	}
}

func TestCheckActions(t *testing.T) {
	for _, c := range []struct {
		names []string
		own   team.Role
		want  fault.Code
	}{
		{nil, team.Owner, fault.Invalid},
		{[]string{"devices:list", "events:publish"}, team.Administrator, ""},
		{[]string{"products:update"}, team.Administrator, ""},
		{[]string{"products:update"}, team.Developer, fault.Forbidden},
		{[]string{"products:delete"}, team.Owner, fault.Invalid},
		{[]string{"devices:*"}, team.Owner, fault.Invalid},
		{[]string{"devices"}, team.Owner, fault.Invalid},
		{[]string{""}, team.Owner, fault.Invalid},
		{[]string{":"}, team.Owner, fault.Invalid},
	} {
		err := team.CheckActions(c.names, c.own)
		if c.want == "" && err != nil || c.want != "" && !fault.Is(err, c.want) {
			t.Errorf("%q by %v: got %v, want %q", c.names, c.own, err, c.want)
		}
	}
}
