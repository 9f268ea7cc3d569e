package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/app"
)

// The devices of the walk: all in one product, the first claimed to the
// administrator.
const (
	claimedLamp   = "c00000000000000000000001"
	unclaimedLamp = "c00000000000000000000002"
	silentLamp    = "c00000000000000000000003"
)

// productDevice is a device of a product with its token.
func (w *world) productDevice(base, id string, claim bool) (token string) {
	w.t.Helper()
	if s := w.call(adminToken, "POST", base+"/devices", map[string]any{"id": id}, nil); s != 200 {
		w.t.Fatalf("add device: status %d", s)
	}
	path := base + "/devices/" + id + "/tokens"
	if claim {
		if s := w.call(adminToken, "POST", "/v1/devices", map[string]any{"id": id}, nil); s != 200 {
			w.t.Fatalf("claim device: status %d", s)
		}
		path = "/v1/devices/" + id + "/tokens"
	}
	var issued struct{ Token string }
	if s := w.call(adminToken, "POST", path, nil, &issued); s != 201 {
		w.t.Fatalf("device token: status %d", s)
	}
	return issued.Token
}

// until gives the names of the events of a stream up to one of that name, without
// what the hub tells of devices, such as that they came online.
func until(t *testing.T, events <-chan streamed, last string) (names []string) {
	t.Helper()
	for {
		e := next(t, events)
		if !strings.HasPrefix(e.Name, "spark/") {
			names = append(names, e.Name)
		}
		if e.Name == last {
			return names
		}
	}
}

// TestProductWebhook is the walk of the guide's chapters from "Product webhooks"
// to "Moving or copying an integration": one webhook for a fleet, triggered by a
// claimed and by an unclaimed device, whose answers reach only the device that
// asked; then a sandbox integration that is moved into the product.
func TestProductWebhook(t *testing.T) {
	w := newWorldOf(t, func(o *app.Options) { o.Settings.RegisterUnknownDevices = "import" })
	w.web.answer = func(rw http.ResponseWriter, r *http.Request) {
		fmt.Fprint(rw, "sunny for "+r.URL.Query().Get("coreid"))
	}
	base := fmt.Sprint("/v1/products/", w.product("lamps").ID)
	w.integrateIn(base, map[string]any{"event": "weather", "url": "http://weather.example/now", "requestType": "GET"})

	tokens := map[string]string{
		claimedLamp: w.productDevice(base, claimedLamp, true), unclaimedLamp: w.productDevice(base, unclaimedLamp, false), silentLamp: w.productDevice(base, silentLamp, false),
	}
	devices := map[string]<-chan streamed{}
	for id, token := range tokens {
		devices[id] = w.streamAs(token, "/v1/devices/events/"+id+"%2Fhook-response%2Fweather")
	}
	product, mine := w.stream(base+"/events"), w.stream("/v1/devices/events")
	own := w.stream(base + "/devices/" + unclaimedLamp + "/events")

	for _, id := range []string{claimedLamp, unclaimedLamp} {
		w.publish(tokens[id], "weather", "21.5")
		answer := id + "/hook-response/weather/0"
		if e := next(t, devices[id]); e.Name != answer || e.Data != "sunny for "+id || e.Coreid != "particle-internal" {
			t.Errorf("device %s got %+v", id, e)
		}
		if got := strings.Join(until(t, product, answer), " "); got != "weather hook-sent/weather "+answer {
			t.Errorf("the product's stream has %s", got)
		}
	}
	if got := until(t, mine, claimedLamp+"/hook-response/weather/0"); len(got) != 3 {
		t.Errorf("the stream of the claimed device's owner has %v", got)
	}

	// What the device did not publish is not in its list; nobody else got an answer.
	w.publishTo(adminToken, base+"/events", "all-lamps", "")
	w.publish(tokens[unclaimedLamp], "end", "")
	if got := strings.Join(until(t, own, "end"), " "); got != "weather end" {
		t.Errorf("the list of the device has %s", got)
	}
	select {
	case e := <-devices[silentLamp]:
		t.Errorf("a device that asked for nothing got %+v", e)
	default:
	}

	// A claimed device triggers its owner's integrations, too, until they move.
	sandbox := w.integrate(map[string]any{"event": "count", "url": "http://count.example/sandbox", "noDefaults": true})
	w.integrateIn(base, map[string]any{"event": "count", "url": "http://count.example/product", "noDefaults": true})
	w.countBoth(tokens[claimedLamp], mine, "count/1", "/sandbox /product")
	if s := w.call(adminToken, "POST", "/v1/integrations/"+sandbox+"/move", map[string]any{"to": map[string]any{"product": w.product("lamps").Slug}}, nil); s != 201 {
		t.Fatalf("move: status %d", s)
	}
	w.countBoth(tokens[claimedLamp], mine, "count/2", "/product /sandbox")
	w.countBoth(tokens[unclaimedLamp], product, "count/3", "/product /sandbox")
}

// countBoth publishes an event that triggers two integrations and compares the
// paths of their requests, however they are ordered.
func (w *world) countBoth(token string, events <-chan streamed, name, want string) {
	w.t.Helper()
	before := len(w.web.requests())
	w.publish(token, name, "")
	for answers := 0; answers < 2; {
		if e := next(w.t, events); strings.HasSuffix(e.Name, "hook-response/"+name+"/0") {
			answers++
		}
	}
	got := map[string]bool{}
	for _, r := range w.web.requests()[before:] {
		got[r.URL] = true
	}
	for path := range strings.FieldsSeq(want) {
		if !got["http://count.example"+path] || len(got) != 2 {
			w.t.Errorf("%s: requests %v, want %s", name, got, want)
		}
	}
}

// What a user's own web service answers is not the product's to see, nor its
// other devices'.
func TestAnswersOfASandboxStayThere(t *testing.T) {
	w := newWorldOf(t, func(o *app.Options) { o.Settings.RegisterUnknownDevices = "import" })
	w.web.answer = func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, "private") }
	base := fmt.Sprint("/v1/products/", w.product("lamps").ID)
	other := w.productDevice(base, unclaimedLamp, false)
	_, ann := w.person("ann")
	var code struct {
		Code string `json:"claim_code"`
	}
	w.call(ann, "POST", "/v1/device_claims", nil, &code)
	var device struct{ Token string }
	w.call(adminToken, "POST", base+"/devices", map[string]any{"id": claimedLamp}, nil)
	w.call(adminToken, "POST", base+"/devices/"+claimedLamp+"/tokens", nil, &device)
	if s := w.call(device.Token, "POST", "/v1/devices", map[string]any{"claim_code": code.Code, "id": claimedLamp}, nil); s != 200 {
		t.Fatalf("claim: status %d", s)
	}
	w.call(ann, "POST", "/v1/integrations", map[string]any{"event": "temp", "url": "http://private.example/"}, nil)
	own, team, neighbour := w.streamAs(ann, "/v1/devices/events"), w.stream(base+"/events"), w.streamAs(other, "/v1/devices/events")
	w.publish(device.Token, "temp", "1")
	until(t, own, "hook-response/temp/0")
	w.publishTo(adminToken, base+"/events", "fence", "")
	for _, events := range []<-chan streamed{team, neighbour} {
		for e := next(t, events); e.Name != "fence"; e = next(t, events) {
			if strings.HasPrefix(e.Name, "hook-") {
				t.Errorf("the product sees %+v", e)
			}
		}
	}
}

// A token that the product's team made for a claimed device is no ear in its
// owner's sandbox.
func TestAProductsTokenDoesNotOverhearTheOwner(t *testing.T) {
	w := newWorldOf(t, func(o *app.Options) { o.Settings.RegisterUnknownDevices = "import" })
	_, owner := w.person("owner")
	_, developer := w.person("developer")
	w.call(owner, "POST", "/v1/products", map[string]any{"product": map[string]any{"name": "Lamp"}}, nil)
	w.call(owner, "POST", "/v1/products/lamp-v1/team", map[string]any{"username": "developer"}, nil)
	w.call(owner, "POST", "/v1/products/lamp-v1/devices", map[string]any{"id": claimedLamp}, nil)
	if s := w.call(owner, "POST", "/v1/devices", map[string]any{"id": claimedLamp}, nil); s != 200 {
		t.Fatalf("claim: status %d", s)
	}
	var lent struct{ Token string }
	w.call(developer, "POST", "/v1/products/lamp-v1/devices/"+claimedLamp+"/tokens", nil, &lent)
	events := w.streamAs(lent.Token, "/v1/devices/events")
	w.publish(owner, "private", "of the owner")
	w.publishTo(owner, "/v1/products/lamp-v1/events", "fence", "")
	for e := next(t, events); e.Name != "fence"; e = next(t, events) {
		if e.Name == "private" {
			t.Errorf("the product's token hears %+v", e)
		}
	}
}
