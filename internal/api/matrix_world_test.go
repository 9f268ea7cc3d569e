package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/replay"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// The organizations and their products: the caller's, and another one.
const (
	myOrg, theirOrg       = "0a0000000000000000000001", "0a0000000000000000000002"
	callerToken           = "token-of-the-caller-001"
	programmatic          = "e00000000000000000000001" // an API user, a client or a customer
	loneDevice            = "d00000000000000000000014" // in the caller's product, unclaimed
	lampDevice, toyDevice = "d00000000000000000000011", "d00000000000000000000012"
	nowhere               = "ffffffffffffffffffffffff" // an id that nothing has
)

// world is a hub with a caller. Everything is there twice: ann's, or myOrg's of
// which the caller may be a member, and bob's, or his organization's.
type world struct {
	*hub
	caller      *caller
	lamps, toys fleet.Product    // in the caller's organization, and in the other one
	made        map[string]value // of parameters, below the name of the resource
	theirs      []string         // what nobody but bob may learn of
}

// value is what a parameter of a path may be.
type value struct{ own, foreign, missing string }

func newWorld(t *testing.T, c *caller, r *described) *world {
	t.Helper()
	w := &world{hub: newHub(t), caller: c, made: map[string]value{}, theirs: []string{theirOrg, "theirs", "THEIRS", "toys", bobDevice, toyDevice}}
	ctx := t.Context()
	w.must(w.store.SaveUser(ctx, identity.User{ID: ann, Username: "ann", Admin: c.admin}))
	for id, owner := range map[string]string{myOrg: "f00000000000000000000009", theirOrg: bob} {
		w.must(w.store.SaveOrganization(ctx, team.Organization{ID: id, Slug: "org-" + id[20:], Name: id}))
		w.must(w.store.SaveMember(ctx, team.Member{Scope: scope.OfOrganization(id), User: owner, Role: team.Owner}))
	}
	w.lamps, w.toys = w.product("lamps", scope.OfOrganization(myOrg)), w.product("toys", scope.OfOrganization(theirOrg))
	w.product("lawns", scope.OfOrganization(myOrg))
	w.product("anns", scope.Of(ann))
	w.member(scope.OfOrganization(myOrg), c.org)
	w.member(scope.OfProduct(w.lamps.ID), c.product)
	w.must(w.store.InsertDevice(ctx,
		fleet.Device{ID: lampDevice, Owner: ann, Product: w.lamps.ID},
		fleet.Device{ID: toyDevice, Owner: bob, Product: w.toys.ID},
	))
	w.login(r)
	return w
}

func (w *world) product(name string, owner scope.Scope) fleet.Product {
	w.t.Helper()
	p, err := w.store.InsertProduct(w.t.Context(), fleet.Product{Slug: name, Name: name, Owner: owner, Settings: "{}"})
	w.must(err)
	return p
}

func (w *world) member(sc scope.Scope, role team.Role) {
	w.t.Helper()
	if role != team.None {
		w.must(w.store.SaveMember(w.t.Context(), team.Member{Scope: sc, User: ann, Role: role}))
	}
}

// login makes the caller's token. An API user with the right has the route's
// action, and may make what the route makes elsewhere.
func (w *world) login(r *described) {
	w.t.Helper()
	home := scope.OfOrganization(myOrg)
	if w.caller.home == scope.Product {
		home = scope.OfProduct(w.lamps.ID)
	}
	switch {
	case w.caller.name == "nobody":
		return
	case w.caller.unclaimed:
		w.must(w.store.InsertDevice(w.t.Context(), fleet.Device{ID: loneDevice, Product: w.lamps.ID}))
		w.token(callerToken, identity.Token{Device: loneDevice, Client: "device"})
		return
	case w.caller.ofProduct:
		w.token(callerToken, identity.Token{Device: lampDevice, Client: "device"})
		return
	case w.caller.device:
		w.token(callerToken, identity.Token{User: ann, Device: annDevice, Client: "device"})
		return
	case w.caller.browser:
		w.token(callerToken, identity.Token{User: ann, Kind: identity.Session, Created: time.Now().UnixMilli(), Expires: time.Now().AddDate(0, 0, 30).UnixMilli()})
		return
	case w.caller.home == 0:
		w.token(callerToken, identity.Token{User: ann})
		return
	case w.caller.client:
		w.must(w.store.SaveClient(w.t.Context(), identity.Client{ID: "robot-1", Name: "robot", Type: "installed", Owner: home}))
		w.token(callerToken, identity.Token{Kind: identity.Machine, User: "robot-1", Client: "robot-1"})
		return
	}
	u := identity.User{ID: programmatic, Username: "confined", Kind: identity.Programmatic, Home: home}
	switch {
	case w.caller.customer:
		u.Kind = identity.Customer
	case w.caller.granted:
		u.Actions = []string{r.needs}
		if branches(r) {
			u.Actions = append(u.Actions, "integrations:create")
		}
	default:
		u.Actions = []string{"nothing:at-all"}
	}
	w.must(w.store.SaveUser(w.t.Context(), u))
	w.token(callerToken, identity.Token{User: programmatic})
}

// user is whose sandbox is the caller's own. API users and clients have none.
func (w *world) user() string {
	if w.caller.customer {
		return programmatic
	}
	return ann
}

// scopes are the caller's own scope of a kind, and bob's.
func (w *world) scopes(kind scope.Kind) (own, foreign scope.Scope) {
	switch kind {
	case scope.Product:
		return scope.OfProduct(w.lamps.ID), scope.OfProduct(w.toys.ID)
	case scope.Organization:
		return scope.OfOrganization(myOrg), scope.OfOrganization(theirOrg)
	}
	return scope.Of(w.user()), scope.Of(bob)
}

// values gives what a parameter of a route may be.
func (w *world) values(r *described, name string) value {
	w.t.Helper()
	kind := r.kind()
	if strings.Contains(r.path, "/ledgers/") && kind != scope.Product {
		w.ledgers(kind)
		if v, ok := w.made["ledger "+name]; ok {
			return v
		}
	}
	switch name {
	case "prefix":
		return value{"temp", "temp", "temp"}
	case "token":
		return value{"00000000000000001", "0000000000000002", "0000000000000003"}
	case "fingerprint":
		return w.certificates(kind)
	case "number":
		return value{w.serial(w.devices(kind).own), w.serial(bobDevice), "SN-NOBODYS"}
	case "product":
		return value{fmt.Sprint(w.lamps.ID), fmt.Sprint(w.toys.ID), "99999"}
	case "org":
		return value{myOrg, theirOrg, nowhere}
	case "device":
		return w.devices(kind)
	case "group":
		w.groups()
		return value{"ours", "theirs", "nobodys"}
	case "name":
		if strings.Contains(r.path, "/devices/") { // a variable or function: nobody is there to know it
			return value{"brightness", "brightness", "brightness"}
		}
		w.secrets(kind)
		return value{"OURS", "THEIRS", "NOBODYS"}
	case "user":
		return value{bob, bob, bob}
	case "session":
		return value{w.demo(ann), w.demo(bob), nowhere}
	case "client":
		w.clients(kind)
		return value{"ours-1", "theirs-1", "nobodys-1"}
	case "email":
		w.customers()
		return value{"eve@ours.example", "eve@theirs.example", "eve@nobodys.example"}
	case "username":
		w.colleagues(kind)
		return value{"carl", "dave", "nobody"}
	case "id", "call", "letter", "replay", "event":
		return w.integrations(kind, name)
	}
	w.t.Fatalf("this test does not know what to put for {%s}: teach newWorld and values about it", name)
	return value{}
}

// demo opens a session of the interactive demo.
func (w *world) demo(user string) string {
	w.t.Helper()
	session, err := w.api.Tutorial.Open(user)
	w.must(err)
	w.t.Cleanup(session.Close)
	return session.ID()
}

// certificates gives the caller's device and bob's one each.
func (w *world) certificates(kind scope.Kind) value {
	w.t.Helper()
	v, on := value{strings.Repeat("1", 64), strings.Repeat("2", 64), strings.Repeat("3", 64)}, w.devices(kind)
	for device, fingerprint := range map[string]string{on.own: v.own, on.foreign: v.foreign} {
		if _, err := w.api.Fleet.AddCertificate(w.t.Context(), device, fingerprint); !fault.Is(err, fault.Conflict) {
			w.must(err)
		}
	}
	return v
}

// serial gives a device a serial number.
func (w *world) serial(id string) string {
	w.t.Helper()
	d, err := w.store.DeviceByID(w.t.Context(), id)
	w.must(err)
	d.Serial = "SN-" + strings.ToUpper(id)
	w.must(w.store.UpdateDevice(w.t.Context(), d))
	return d.Serial
}

// furnish makes everything there is in a kind of scope, so that lists have what
// they could tell of.
func (w *world) furnish(kind scope.Kind) {
	w.t.Helper()
	w.devices(kind)
	w.secrets(kind)
	w.integrations(kind, "id")
	if kind != scope.Sandbox {
		w.colleagues(kind)
	}
	w.clients(kind)
	if kind == scope.Product {
		w.customers()
	}
	switch kind {
	case scope.Product:
		w.groups()
	default:
		w.ledgers(kind)
	}
}

// colleagues makes a member of the caller's team, and one of bob's.
func (w *world) colleagues(kind scope.Kind) {
	w.t.Helper()
	own, foreign := w.scopes(kind)
	for _, m := range []struct {
		id, name string
		sc       scope.Scope
	}{{"f00000000000000000000011", "carl", own}, {"f00000000000000000000012", "dave", foreign}} {
		w.must(w.store.SaveUser(w.t.Context(), identity.User{ID: m.id, Username: m.name}))
		w.must(w.store.SaveMember(w.t.Context(), team.Member{Scope: m.sc, User: m.id, Role: team.Developer}))
	}
	w.theirs = append(w.theirs, "dave")
}

func (w *world) clients(kind scope.Kind) {
	w.t.Helper()
	own, foreign := w.scopes(kind)
	w.must(w.store.SaveClient(w.t.Context(), identity.Client{ID: "ours-1", Name: "ours", Type: "installed", Owner: own}))
	w.must(w.store.SaveClient(w.t.Context(), identity.Client{ID: "theirs-1", Name: "theirs", Type: "installed", Owner: foreign}))
}

func (w *world) customers() {
	w.t.Helper()
	own, foreign := w.scopes(scope.Product)
	for id, u := range map[string]identity.User{
		"f00000000000000000000021": {Username: "eve@ours.example", Home: own},
		"f00000000000000000000022": {Username: "eve@theirs.example", Home: foreign},
	} {
		u.ID, u.Kind = id, identity.Customer
		w.must(w.store.SaveUser(w.t.Context(), u))
	}
	w.theirs = append(w.theirs, "eve@theirs.example")
}

func (w *world) groups() {
	w.t.Helper()
	for name, p := range map[string]fleet.Product{"ours": w.lamps, "theirs": w.toys} {
		if _, err := w.api.Fleet.CreateGroup(w.t.Context(), fleet.Group{Product: p.ID, Name: name}); !fault.Is(err, fault.Conflict) {
			w.must(err)
		}
	}
}

func (w *world) devices(kind scope.Kind) value {
	w.t.Helper()
	if kind != scope.Sandbox {
		return value{lampDevice, toyDevice, nowhere}
	}
	switch {
	case w.caller.unclaimed:
		return value{loneDevice, bobDevice, nowhere}
	case w.caller.ofProduct:
		return value{lampDevice, annDevice, nowhere} // not even its owner's others
	case !w.caller.customer:
		return value{annDevice, bobDevice, nowhere}
	}
	const customers = "d00000000000000000000013"
	if _, err := w.store.DeviceByID(w.t.Context(), customers); err != nil {
		w.must(w.store.InsertDevice(w.t.Context(), fleet.Device{ID: customers, Owner: programmatic}))
	}
	return value{customers, bobDevice, nowhere}
}

// otherNames gives another name of something of bob's, and one like it of
// nothing; "" if a parameter has none.
func (w *world) otherNames(r *described, param string) [2]string {
	w.t.Helper()
	switch param {
	case "product":
		return [2]string{"toys", "nothing"}
	case "org":
		return [2]string{"org-" + theirOrg[20:], "org-nowhere"}
	case "device":
		return [2]string{"attic", "cellar"}
	case "username":
		_, foreign := w.scopes(r.kind())
		u, _, err := w.api.Identity.CreateAPIUser(w.t.Context(), foreign, "robot", []string{"devices:list"})
		w.must(err)
		_, domain, _ := strings.Cut(u.Username, "@")
		return [2]string{u.Username, "robot+0000000000@" + domain}
	}
	return [2]string{}
}

func (w *world) secrets(kind scope.Kind) {
	w.t.Helper()
	own, foreign := w.scopes(kind)
	w.must(w.api.Secrets.Put(w.t.Context(), own, "OURS", "value"))
	w.must(w.api.Secrets.Put(w.t.Context(), foreign, "THEIRS", "value"))
}

// integrations makes an integration in the caller's scope and in bob's, each
// with an event, a recorded call, a dead letter and a replay.
func (w *world) integrations(kind scope.Kind, name string) value {
	w.t.Helper()
	if v, ok := w.made["integration "+name]; ok {
		return v
	}
	own, foreign := w.scopes(kind)
	a, b := w.history(own), w.history(foreign)
	w.theirs = append(w.theirs, b["id"], b["event"])
	missing := map[string]string{"id": nowhere, "call": "error-999999", "letter": "999999", "replay": "999999", "event": "01900000-0000-7000-8000-000000999999"}
	for field, id := range missing {
		w.made["integration "+field] = value{a[field], b[field], id}
	}
	return w.made["integration "+name]
}

func (w *world) history(sc scope.Scope) map[string]string {
	w.t.Helper()
	ctx := w.t.Context()
	config := `{"event":"a","url":"http://h.example.com/"`
	e := event.Event{At: 1, Name: "a", Data: "1", Device: event.API}
	switch sc.Kind {
	case scope.Sandbox:
		e.Owner = sc.ID
	case scope.Product:
		e.Product = sc.Number()
	case scope.Organization:
		e.Org = sc.ID
		product := w.lamps.ID
		if sc.ID == theirOrg {
			product = w.toys.ID
		}
		config += fmt.Sprintf(`,"product_ids":[%d]`, product)
	}
	in, _, err := w.api.Integrations.Create(ctx, sc, []byte(config+"}"))
	w.must(err)
	a := &eventlog.Accept{Event: e, Deliveries: []eventlog.Delivery{{Integration: in.ID, Origin: "http://h:80"}}, Fixed: true}
	_, err = w.log.AppendTo(ctx, a)
	w.must(err)
	d, n := a.Deliveries[0], a.Event.Seq*10
	batch := &eventlog.Batch{Results: []*eventlog.Result{{
		Delivery: &d, Attempt: w.now(eventlog.Failure, 503), Dead: true,
		Call: &eventlog.Call{Integration: in.ID, Ring: eventlog.Errors, Slot: int(n), N: n, Event: &a.Event, Request: []byte("POST /"), Response: []byte("HTTP/1.1")},
	}}}
	batch.Seal()
	w.must(w.store.Commit(ctx, batch))
	letters, err := w.api.History.DeadLetters(ctx, in.ID, 0, 1)
	w.must(err)
	job, err := w.api.Replays.Between(ctx, in.ID, replay.Failures, 0, time.Now().UnixMilli(), 1)
	w.must(err)
	return map[string]string{
		"id": in.ID, "call": fmt.Sprintf("error-%d", n), "letter": fmt.Sprint(letters[0].ID),
		"replay": fmt.Sprint(job.ID), "event": a.Event.ID(),
	}
}

// ledgers makes a ledger in the caller's scope and in bob's, each with an
// instance that was changed once.
func (w *world) ledgers(kind scope.Kind) {
	w.t.Helper()
	if _, ok := w.made["ledger name"]; ok {
		return
	}
	own, foreign := w.scopes(kind)
	values := w.devices(kind)
	if w.caller.device {
		values = value{annDevice, bobDevice, nowhere} // those of ann's sandbox
	}
	of := ledger.OfDevice
	if kind == scope.Organization {
		of, values = ledger.OfProduct, value{fmt.Sprint(w.lamps.ID), fmt.Sprint(w.toys.ID), "99999"}
	}
	a := w.ledger(own, of, "ours", values.own)
	w.ledger(foreign, of, "theirs", values.foreign)
	w.made["ledger name"], w.made["ledger value"] = value{"ours", "theirs", "nobodys"}, values
	w.made["ledger version"] = value{a, "888888", "999999"}
}

func (w *world) ledger(owner scope.Scope, of ledger.Kind, name, on string) (version string) {
	w.t.Helper()
	ctx := w.t.Context()
	_, err := w.api.Ledgers.Create(ctx, ledger.Definition{Owner: owner, Name: name, Kind: of})
	w.must(err)
	for _, data := range []string{`{"serial":1}`, `{"serial":2}`} {
		_, err := w.api.Ledgers.Set(ctx, owner, name, on, data, ledger.Replace)
		w.must(err)
	}
	old, _, err := w.api.Ledgers.Versions(ctx, owner, name, on, 0, 0)
	w.must(err)
	return fmt.Sprint(old[0].Version)
}

// branches says whether a route makes an integration in another scope.
func branches(r *described) bool {
	return strings.HasSuffix(r.path, "/copy") || strings.HasSuffix(r.path, "/move") || strings.HasSuffix(r.path, "/separate")
}

// branch is the body for those, a target within the caller's reach.
func (w *world) branch(r *described) string {
	switch {
	case strings.HasSuffix(r.path, "/separate"):
		return `{"product_id":"lamps"}`
	case strings.HasSuffix(r.path, "/move") && w.caller.user && r.kind() != scope.Organization:
		return `{"to":{"product":"anns"}}`
	case strings.HasSuffix(r.path, "/move"):
		return `{"to":{"product":"lawns"}}`
	case r.kind() == scope.Product:
		return `{"to":{"product":"lamps"}}`
	case r.kind() == scope.Organization:
		return fmt.Sprintf(`{"to":{"org":%q,"product_ids":[%d]}}`, myOrg, w.lamps.ID)
	}
	return `{"to":{"sandbox":true}}`
}

// bodies are sent where the example of the description would not do.
var bodies = map[string]string{
	"DELETE /v1/products/{product}": `{"force":true}`,
	"PUT /v1/user":                  `{"account_info":{"first_name":"Ann"}}`,

	"POST /v1/orgs/{org}/team":                   `{"username":"bob","role":"View-only"}`,
	"POST /v1/products/{product}/team":           `{"username":"bob","role":"View-only"}`,
	"PUT /v1/orgs/{org}/team/{username}":         `{"role":"View-only","scopes":["devices:list"]}`,
	"PUT /v1/products/{product}/team/{username}": `{"role":"View-only","scopes":["devices:list"]}`,
}

// statuses are those that routes rightly answer with other than success,
// although everything they name is the caller's own.
var statuses = map[string]int{
	"POST /oauth/token":  400, // there is no such user
	"POST /v1/users":     403, // signing up is closed
	"DELETE /v1/user":    400, // the password is wrong
	"POST /v1/session":   400, // there is no such user
	"DELETE /v1/session": 403, // only a browser has one

	"DELETE /v1/orgs/{org}": 409, // it has products

	// The device is not connected.
	"GET /v1/devices/{device}/{name}":                     408,
	"POST /v1/devices/{device}/{name}":                    408,
	"GET /v1/products/{product}/devices/{device}/{name}":  408,
	"POST /v1/products/{product}/devices/{device}/{name}": 408,
}

// passes are routes on which the name of a parameter may be one that is not
// there, and why.
var passes = map[string]string{
	"PUT /v1/secrets/{name} name":                                         "it creates",
	"PUT /v1/products/{product}/secrets/{name} name":                      "it creates",
	"PUT /v1/orgs/{org}/secrets/{name} name":                              "it creates",
	"DELETE /v1/access_tokens/{token} token":                              "the answer tells nothing about tokens",
	"DELETE /v1/devices/{device}/tokens/{token} token":                    "the answer tells nothing about tokens",
	"DELETE /v1/products/{product}/devices/{device}/tokens/{token} token": "the answer tells nothing about tokens",
}

// body is the request's body: the description's example, or one of bodies.
func (w *world) body(r *described, o *openAPI) (text, contentType string) {
	w.t.Helper()
	const isJSON = "application/json"
	if branches(r) {
		return w.branch(r), isJSON
	}
	if text, ok := bodies[r.name]; ok {
		return text, isJSON
	}
	operation := o.all[r.name]
	request, ok := operation["requestBody"].(map[string]any)
	if !ok {
		return "", ""
	}
	content := request["content"].(map[string]any)
	media, ok := content[isJSON].(map[string]any)
	if !ok {
		w.t.Fatalf("%s takes no JSON: give it a body in this test", r.name)
	}
	if media["example"] == nil {
		w.t.Fatalf("%s has no example of a request in the description", r.name)
	}
	raw, err := json.Marshal(media["example"])
	w.must(err)
	return string(raw), isJSON
}

// send sends a request with the caller's token. Of a stream it reads nothing.
func (w *world) send(method, path, contentType, body string) (*http.Response, string) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, "http://hub"+path, strings.NewReader(body))
	w.must(err)
	switch {
	case w.caller.browser:
		r.AddCookie(&http.Cookie{Name: "fieldhook_session", Value: callerToken})
	case w.caller.name != "nobody":
		r.Header.Set("Authorization", "Bearer "+callerToken)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	resp, err := w.client.Do(r)
	w.must(err)
	defer resp.Body.Close()
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return resp, ""
	}
	text, err := io.ReadAll(resp.Body)
	w.must(err)
	return resp, string(text)
}
