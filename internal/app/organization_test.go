package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/app"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// organization makes one of the administrator's with two products, and gives the
// beginning of its paths and the numbers of the products.
func (w *world) organization() (base string, lamps, lawns int64) {
	w.t.Helper()
	admin, err := w.hub.Identity.Authenticate(w.t.Context(), adminToken)
	if err != nil {
		w.t.Fatal(err)
	}
	o, err := w.hub.Team.CreateOrganization(w.t.Context(), admin.User, "Acme")
	if err != nil {
		w.t.Fatal(err)
	}
	base = "/v1/orgs/" + o.Slug
	for name, into := range map[string]*int64{"lamps": &lamps, "lawns": &lawns} {
		var made struct{ Product struct{ ID int64 } }
		if s := w.call(adminToken, "POST", base+"/products", map[string]any{"product": map[string]any{"name": name, "platform_id": 13}}, &made); s >= 300 {
			w.t.Fatalf("create product: status %d", s)
		}
		*into = made.Product.ID
	}
	return base, lamps, lawns
}

// TestOrganizationIntegration has one integration for two products, with counts
// of each, until one of them gets its own.
func TestOrganizationIntegration(t *testing.T) {
	w := newWorldOf(t, func(o *app.Options) { o.Settings.RegisterUnknownDevices = "import" })
	base, lamps, lawns := w.organization()
	id := w.integrateIn(base, map[string]any{"event": "count", "url": "http://count.example/org", "noDefaults": true, "product_ids": []int64{lamps, lawns}})
	events := w.stream(base + "/events")
	lamp := w.productDevice(fmt.Sprint("/v1/products/", lamps), unclaimedLamp, false)
	for _, publish := range []struct{ token, path string }{
		{lamp, "/v1/devices/events"}, {lamp, "/v1/devices/events"}, {adminToken, fmt.Sprint("/v1/products/", lawns, "/events")}, {adminToken, base + "/events"},
	} {
		w.publishTo(publish.token, publish.path, "count", "")
		until(t, events, "hook-sent/count")
	}
	var shown struct {
		Counters []struct{ Attempts int64 }
		Products []struct {
			ID       int64
			Counters []struct{ Attempts, Success int64 }
		}
	}
	w.call(adminToken, "GET", base+"/integrations/"+id+"/counters?days=1", nil, &shown)
	if n := shown.Counters[0].Attempts; n != 4 {
		t.Errorf("%d attempts in all, want 4", n)
	}
	got := map[int64]int64{}
	for _, p := range shown.Products {
		got[p.ID] = p.Counters[0].Attempts
		if p.Counters[0].Success != p.Counters[0].Attempts {
			t.Errorf("product %d: %+v", p.ID, p)
		}
	}
	if len(got) != 2 || got[lamps] != 2 || got[lawns] != 1 {
		t.Errorf("counts of the products: %v", got)
	}

	if s := w.call(adminToken, "POST", base+"/integrations/"+id+"/separate", map[string]any{"product_id": lamps}, nil); s != 201 {
		t.Fatalf("separate: status %d", s)
	}
	before := len(w.web.requests())
	w.publish(lamp, "count", "")
	until(t, events, "hook-sent/count")
	w.publishTo(adminToken, base+"/events", "count", "") // for all products: both integrations
	until(t, events, "hook-sent/count")
	until(t, events, "hook-sent/count")
	if n := len(w.web.requests()) - before; n != 3 {
		t.Errorf("%d requests, want one for the product's event and two for the organization's", n)
	}
	var used struct {
		Total struct{ Events, Operations int64 }
	}
	for path, want := range map[string]int64{base: 6, fmt.Sprint("/v1/products/", lamps): 3, fmt.Sprint("/v1/products/", lawns): 1, "/v1": 0} {
		if w.call(adminToken, "GET", path+"/usage", nil, &used); used.Total.Events != want || used.Total.Operations != want {
			t.Errorf("usage of %s: %+v, want %d", path, used.Total, want)
		}
	}
}

// TestStreamsEndWithTheRight takes somebody out of a product's team.
func TestStreamsEndWithTheRight(t *testing.T) {
	w := newWorldOf(t, func(*app.Options) {})
	_, lamps, _ := w.organization()
	var bob struct{ ID string }
	if s := w.call(adminToken, "POST", "/v1/admin/users", map[string]any{"username": "bob@example.org", "password": "a long password"}, &bob); s >= 300 || bob.ID == "" {
		t.Fatalf("create user: status %d", s)
	}
	var granted struct {
		Token string `json:"access_token"`
	}
	if s := w.call("", "POST", "/oauth/token", map[string]any{"grant_type": "password", "username": "bob@example.org", "password": "a long password", "client_id": "x"}, &granted); s != 200 {
		t.Fatalf("token: status %d", s)
	}
	product, path := scope.OfProduct(lamps), fmt.Sprint("/v1/products/", lamps, "/events")
	if err := w.hub.Team.Changes.SaveMember(t.Context(), team.Member{Scope: product, User: bob.ID, Role: team.ViewOnly}); err != nil {
		t.Fatal(err)
	}
	theirs, own := w.streamAs(granted.Token, path), w.streamAs(granted.Token, "/v1/devices/events")
	if err := w.hub.Team.Changes.DeleteMember(t.Context(), product, bob.ID); err != nil {
		t.Fatal(err)
	}
	if e, ok := <-theirs; ok {
		t.Errorf("the product's stream goes on with %+v", e)
	}
	if s := w.call(granted.Token, "GET", path, nil, nil); s != 403 {
		t.Errorf("opened again: status %d, want 403", s)
	}
	w.publish(granted.Token, "mine", "")
	if e := next(t, own); e.Name != "mine" {
		t.Errorf("the own stream has %+v", e)
	}
}

// A move that is refused changes nothing; a product that is gone from the hub
// does not stand in the way of the others on the list.
func TestMovesAndSeparationsThatGoWrong(t *testing.T) {
	w := newWorld(t, nil)
	base, lamps, lawns := w.organization()
	id := w.integrate(map[string]any{"event": "temp", "url": "http://a.example/"})
	w.call(adminToken, "POST", "/v1/integrations/"+id+"/replays", map[string]any{"from": "2020-01-01T00:00:00Z", "to": "2090-01-01T00:00:00Z"}, nil)
	to := map[string]any{"org": strings.TrimPrefix(base, "/v1/orgs/"), "product_ids": []int64{lamps, 999}}
	if s := w.call(adminToken, "POST", "/v1/integrations/"+id+"/move", map[string]any{"to": to}, nil); s != 400 {
		t.Errorf("move with a foreign product: status %d", s)
	}
	var left struct{ Replays []any }
	if w.call(adminToken, "GET", "/v1/integrations/"+id+"/replays", nil, &left); len(left.Replays) != 1 {
		t.Errorf("%d replays after the refusal, want 1", len(left.Replays))
	}
	both := w.integrateIn(base, map[string]any{"event": "count", "url": "http://count.example/org", "product_ids": []int64{lamps, lawns}})
	if s := w.call(adminToken, "DELETE", fmt.Sprint("/v1/products/", lawns), map[string]any{}, nil); s != 200 {
		t.Fatalf("delete a product: status %d", s)
	}
	if s := w.call(adminToken, "POST", base+"/integrations/"+both+"/separate", map[string]any{"product_id": lamps}, nil); s != 201 {
		t.Errorf("separate the other one: status %d", s)
	}
}
