package app_test

import (
	"fmt"
	"testing"

	"github.com/fieldhook/fieldhook/internal/app"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

const leaverPassword = "correct horse"

// person makes an account and logs it in.
func (w *world) person(name string) (id, token string) {
	w.t.Helper()
	var made struct{ ID string }
	if s := w.call(adminToken, "POST", "/v1/admin/users", map[string]any{"username": name, "password": leaverPassword}, &made); s != 201 {
		w.t.Fatalf("make a user: status %d", s)
	}
	var got struct {
		Token string `json:"access_token"`
	}
	w.call("", "POST", "/oauth/token", map[string]any{"grant_type": "password", "username": name, "password": leaverPassword}, &got)
	return made.ID, got.Token
}

func TestNobodyLeavesWhatNeedsAnOwner(t *testing.T) {
	w := newWorld(t, nil)
	_, token := w.person("ann")
	leave := func() int {
		return w.call(token, "DELETE", "/v1/user", map[string]any{"password": leaverPassword}, nil)
	}
	var org struct{ Organization struct{ Slug string } }
	w.call(token, "POST", "/v1/orgs", map[string]any{"name": "Acme"}, &org)
	if s := leave(); s != 409 {
		t.Errorf("the only owner of an organization: got %d, want 409", s)
	}
	w.call(token, "DELETE", "/v1/orgs/"+org.Organization.Slug, nil, nil)
	w.call(token, "POST", "/v1/products", map[string]any{"product": map[string]any{"name": "Lamp", "platform_id": 13}}, nil)
	if s := leave(); s != 409 {
		t.Errorf("the owner of a product: got %d, want 409", s)
	}
	if s := w.call(token, "DELETE", "/v1/products/lamp-v1", map[string]any{}, nil); s != 200 {
		t.Fatalf("delete the product: status %d", s)
	}
	if s := leave(); s != 200 {
		t.Errorf("without either: got %d, want 200", s)
	}
}

// What a user owned goes with the account: nothing acts for nobody.
func TestLeavingDeletesWhatIsOnesOwn(t *testing.T) {
	store := memory.New()
	w := newWorldOf(t, func(o *app.Options) { o.Store = store })
	id, token := w.person("ann")
	var device struct{ ID string }
	w.call(token, "POST", "/v1/devices", map[string]any{"register": true}, &device)
	var issued struct{ Token string }
	w.call(token, "POST", "/v1/devices/"+device.ID+"/tokens", nil, &issued)
	w.call(token, "POST", "/v1/integrations", map[string]any{"event": "t", "url": "http://a.example/"}, nil)
	w.call(token, "PUT", "/v1/secrets/KEY", map[string]any{"value": "v"}, nil)
	w.call(token, "POST", "/v1/clients", map[string]any{"name": "script", "type": "installed"}, nil)
	if s := w.call(token, "DELETE", "/v1/user", map[string]any{"password": leaverPassword}, nil); s != 200 {
		t.Fatalf("status %d", s)
	}
	for _, tok := range []string{token, issued.Token} {
		if s := w.call(tok, "GET", "/v1/devices/"+device.ID, nil, nil); s != 401 {
			t.Errorf("a token of the account or its device: got %d, want 401", s)
		}
	}
	sc, ctx := scope.Of(id), t.Context()
	records, _, err := store.Integrations(ctx)
	if err != nil || len(records) != 0 {
		t.Errorf("integrations that are left: %v, %v", records, err)
	}
	secrets, err := w.hub.Secrets.List(ctx, sc)
	if err != nil || len(secrets) != 0 {
		t.Errorf("secrets that are left: %v, %v", secrets, err)
	}
	clients, err := store.ClientsOf(ctx, sc)
	if err != nil || len(clients) != 0 {
		t.Errorf("clients that are left: %v, %v", clients, err)
	}
	if d, err := store.DeviceByID(ctx, device.ID); err == nil && d.Owner != "" {
		t.Errorf("the device is still claimed: %+v", d)
	}
}

// What somebody began, or only promised to take, ends with the account, too.
func TestLeavingEndsReplaysAndClaimCodes(t *testing.T) {
	store := memory.New()
	w := newWorldOf(t, func(o *app.Options) { o.Store = store })
	_, token := w.person("ann")
	var made struct{ ID string }
	w.call(token, "POST", "/v1/integrations", map[string]any{"event": "t", "url": "http://a.example/"}, &made)
	events := w.streamAs(token, "/v1/devices/events")
	for range 3 {
		w.publish(token, "t", "1")
		until(t, events, "hook-sent/t")
	}
	w.call(token, "POST", "/v1/integrations/"+made.ID+"/replays", map[string]any{"from": "2020-01-01T00:00:00Z", "to": "2090-01-01T00:00:00Z", "rate": 1}, nil)
	var code struct {
		Code string `json:"claim_code"`
	}
	w.call(token, "POST", "/v1/device_claims", nil, &code)
	if s := w.call(token, "DELETE", "/v1/user", map[string]any{"password": leaverPassword}, nil); s != 200 {
		t.Fatalf("leave: status %d", s)
	}
	jobs, err := store.Replays(t.Context())
	if successes, _, _ := store.RingHeads(t.Context(), made.ID); err != nil || len(jobs) != 0 || successes != 0 {
		t.Errorf("left: replays %+v, %d recorded calls, %v", jobs, successes, err)
	}
	_, bob := w.person("bob")
	if s := w.call(bob, "POST", "/v1/devices", map[string]any{"claim_code": code.Code, "id": claimedLamp}, nil); s < 400 {
		t.Errorf("a code of somebody who left: status %d", s)
	}
	if s := w.call(bob, "POST", "/v1/devices", map[string]any{"id": claimedLamp, "register": true}, nil); s != 200 {
		t.Errorf("the device cannot be had any more: status %d", s)
	}
}

// A product's customers go with it, and their devices are free.
func TestDeletedProductsFreeTheirCustomersDevices(t *testing.T) {
	store := memory.New()
	w := newWorldOf(t, func(o *app.Options) { o.Store, o.Settings.RegisterUnknownDevices = store, "import" })
	p := w.product("lamps")
	base := fmt.Sprint("/v1/products/", p.ID)
	w.call(adminToken, "POST", base+"/devices", map[string]any{"id": claimedLamp}, nil)
	customer, err := w.hub.Identity.CreateCustomer(t.Context(), scope.OfProduct(p.ID), "c@example.com", "correct horse", "x", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	if s := w.call(customer.Token, "POST", "/v1/devices", map[string]any{"id": claimedLamp}, nil); s != 200 {
		t.Fatalf("claim: status %d", s)
	}
	if s := w.call(adminToken, "DELETE", base+"?force=true", map[string]any{}, nil); s != 200 {
		t.Fatalf("delete the product: status %d", s)
	}
	if d, err := store.DeviceByID(t.Context(), claimedLamp); err == nil && d.Owner != "" {
		t.Errorf("the device still belongs to a deleted customer: %+v", d)
	}
}
