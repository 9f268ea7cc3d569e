package integration_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/match"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// owners are the owners of products by number.
type owners map[int64]scope.Scope

// ProductOwner implements integration.Products.
func (o owners) ProductOwner(_ context.Context, product int64) (scope.Scope, error) {
	sc, ok := o[product]
	if !ok {
		return sc, fault.New(fault.NotFound, "There is no such product.")
	}
	return sc, nil
}

var acme = scope.OfOrganization("acme")

// newBranches is a registry over a real index; acme owns products 10001 and
// 10002.
func newBranches(t *testing.T) (*integration.Registry, *memory.Store, func(e event.Event) string) {
	t.Helper()
	store, index := memory.New(), match.New()
	r := newRegistry(t, store, index)
	r.Confine(owners{10001: acme, 10002: acme, 10003: scope.Of("u")})
	return r, store, func(e event.Event) string {
		ds, _ := index.Match(&e, nil)
		var found []string
		for _, d := range ds {
			in, _ := r.Lookup(d.Integration)
			found = append(found, fmt.Sprint(in.Scope.Kind, " ", in.Scope.ID))
		}
		return strings.Join(found, ", ")
	}
}

func create(t *testing.T, r *integration.Registry, sc scope.Scope, config string) *integration.Integration {
	t.Helper()
	in, _, err := r.Create(t.Context(), sc, []byte(config))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestOrganizationsListTheirOwnProducts(t *testing.T) {
	r, _, _ := newBranches(t)
	in := create(t, r, acme, hook(`"product_ids":[10001]`))
	for _, list := range []string{"[10003]", "[99999]", "[10001,10003]"} {
		_, _, err := r.Create(t.Context(), acme, []byte(hook(`"product_ids":`+list)))
		if f := fault.From(err); err == nil || f.Field != "product_ids" {
			t.Errorf("create with %s: got %v", list, err)
		}
		_, _, err = r.Update(t.Context(), acme, in.ID, []byte(`{"product_ids":`+list+`}`))
		if f := fault.From(err); err == nil || f.Field != "product_ids" {
			t.Errorf("update to %s: got %v", list, err)
		}
	}
	unconfined := newRegistry(t, memory.New(), &fakeIndex{})
	if _, _, err := unconfined.Create(t.Context(), acme, []byte(hook(`"product_ids":[10001]`))); err == nil {
		t.Error("a list was accepted although nobody knows whose products they are")
	}
}

func TestSeparate(t *testing.T) {
	r, store, found := newBranches(t)
	in := create(t, r, acme, hook(`"name":"all","product_ids":[10001,10002]`))
	one, two := event.Event{Name: "temp", Product: 10001, Org: "acme"}, event.Event{Name: "temp", Product: 10002, Org: "acme"}
	if _, _, err := r.Separate(t.Context(), acme, in.ID, 10003); fault.From(err).Field != "product_id" {
		t.Errorf("a product that is not listed: %v", err)
	}
	own, _, err := r.Separate(t.Context(), acme, in.ID, 10001)
	if err != nil {
		t.Fatal(err)
	}
	if own.Scope != scope.OfProduct(10001) || own.Definition.Name != "all" || own.ID == in.ID {
		t.Errorf("got %+v", own)
	}
	for range 2 { // as it is in memory, and after a restart
		if got := found(one) + "; " + found(two); got != "product 10001; organization acme" {
			t.Errorf("got %s", got)
		}
		if err := r.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if all, _, _ := store.Integrations(t.Context()); len(all) != 2 {
		t.Errorf("%d are stored, want 2", len(all))
	}
}

func TestCopyAndMove(t *testing.T) {
	r, _, found := newBranches(t)
	sandbox := scope.Of("u")
	claimed := event.Event{Name: "temp", Owner: "u", Product: 10001, Org: "acme"}
	in := create(t, r, sandbox, hook(``))
	product := integration.Target{Scope: scope.OfProduct(10001)}

	if _, _, err := r.Copy(t.Context(), sandbox, in.ID, product, true); err != nil {
		t.Fatal(err)
	}
	if got := found(claimed); got != "product 10001" {
		t.Errorf("after a copy that disables the original: %s", got)
	}
	if _, _, err := r.Copy(t.Context(), sandbox, in.ID, integration.Target{Scope: acme, Products: []int64{10003}}, false); err == nil {
		t.Error("copied to a foreign product")
	}
	moved, _, err := r.Move(t.Context(), scope.OfProduct(10001), r.List(scope.OfProduct(10001))[0].ID, integration.Target{Scope: acme, Products: []int64{10001}})
	if err != nil {
		t.Fatal(err)
	}
	if got := found(claimed); got != "organization acme" || len(r.List(scope.OfProduct(10001))) != 0 {
		t.Errorf("after the move: %s", got)
	}
	if _, _, err := r.Move(t.Context(), acme, moved.ID, integration.Target{Scope: acme}); fault.From(err).Field != "to" {
		t.Errorf("a move to where it is: %v", err)
	}
	if _, _, err := r.Move(t.Context(), sandbox, moved.ID, product); !fault.Is(err, fault.NotFound) {
		t.Errorf("a move of a foreign one: %v", err)
	}
	both := create(t, r, sandbox, `{"event":"both","url":"http://h/"}`)
	if _, warnings, err := r.Copy(t.Context(), sandbox, both.ID, product, false); err != nil || len(warnings) != 1 {
		t.Errorf("a copy beside the original: warnings %q, %v", warnings, err)
	}
	if _, warnings, err := r.Copy(t.Context(), sandbox, both.ID, product, true); err != nil || len(warnings) != 1 { // of the twin
		t.Errorf("a second copy: warnings %q, %v", warnings, err)
	}
	limited := create(t, r, sandbox, hook(`"deviceID":"`+device+`"`))
	if _, _, err := r.Copy(t.Context(), sandbox, limited.ID, product, false); fault.From(err).Field != "deviceID" {
		t.Errorf("one that is limited to a device: %v", err)
	}
}
