package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// The unclaimed devices of acme's products.
const (
	lamp, lamp2, lawn = "111111111111111111111111", "222222222222222222222222", "333333333333333333333333"
	lampToken         = "token-of-a-lamp-00000001"
)

// acme is an organization in which ann develops; its products are lamps and
// lawns. bob may look at lamps, and owns a product of his own.
type acme struct {
	*hub
	lamps, lawns, his int64
}

func newAcme(t *testing.T) *acme {
	h := newHub(t)
	ctx := t.Context()
	org := scope.OfOrganization("0acme0000000000000000001")
	h.must(h.store.SaveOrganization(ctx, team.Organization{ID: org.ID, Slug: "acme", Name: "Acme"}))
	h.must(h.store.SaveMember(ctx, team.Member{Scope: org, User: ann, Role: team.Developer}))
	a := &acme{hub: h}
	for slug, p := range map[string]*int64{"lamps": &a.lamps, "lawns": &a.lawns, "his": &a.his} {
		owner := org
		if slug == "his" {
			owner = scope.Of(bob)
		}
		made, err := h.store.InsertProduct(ctx, fleet.Product{Slug: slug, Name: slug, Owner: owner})
		h.must(err)
		*p = made.ID
	}
	h.must(h.store.SaveMember(ctx, team.Member{Scope: scope.OfProduct(a.lamps), User: bob, Role: team.ViewOnly}))
	for id, product := range map[string]int64{lamp: a.lamps, lamp2: a.lamps, lawn: a.lawns} {
		h.must(h.store.InsertDevice(ctx, fleet.Device{ID: id, Product: product, Firmware: 3}))
	}
	h.token(lampToken, identity.Token{Device: lamp})
	return a
}

// integrate creates an integration and gives its members.
func (a *acme) integrate(path, config string) map[string]any {
	a.t.Helper()
	return a.object(a.send("POST", path, config, 201))
}

func (a *acme) object(text string) (m map[string]any) {
	a.t.Helper()
	a.must(json.Unmarshal([]byte(text), &m))
	return m
}

// sendAs is send with a token of somebody else's.
func (a *acme) sendAs(token, method, path, body string, want int) string {
	a.t.Helper()
	r := a.request(method, path, "application/json", body)
	as(token)(r)
	resp, text := a.do(r)
	if resp.StatusCode != want {
		a.t.Fatalf("%s %s: got %d %s, want %d", method, path, resp.StatusCode, text, want)
	}
	return text
}

func TestIntegrationsOfScopes(t *testing.T) {
	a := newAcme(t)
	const config = `{"event":"temp","url":"https://example.com/in"}`
	for path, status := range map[string]int{
		"/v1/products/lamps/webhooks": 200, "/v1/products/lamps/integrations": 201, "/v1/orgs/acme/integrations": 201, "/v1/integrations": 201,
	} {
		made := a.object(a.send("POST", path, config, status))
		id := made["id"].(string)
		if url := made["hookUrl"].(string); !strings.HasSuffix(url, "/"+id) || strings.Contains(path, "products") != strings.Contains(url, fmt.Sprint("/products/", a.lamps, "/")) {
			t.Errorf("%s: hookUrl %s", path, url)
		}
		if got := a.object(a.send("GET", path+"/"+id, "", 200)); got["id"] != id {
			t.Errorf("%s: got %v", path, got)
		}
		for _, other := range []string{"/v1/products/lamps/integrations", "/v1/products/lawns/integrations", "/v1/orgs/acme/integrations", "/v1/integrations"} {
			if !strings.HasPrefix(strings.Replace(path, "webhooks", "integrations", 1), other) {
				a.send("GET", other+"/"+id, "", 404)
				a.send("DELETE", other+"/"+id, "", 404)
			}
		}
		a.send("GET", path+"/"+id+"/counters", "", 200)
		a.send("GET", path+"/"+id+"/logs", "", 200)
		a.send("GET", path+"/"+id+"/dead-letters", "", 200)
		a.send("GET", path+"/"+id+"/replays", "", 200)
	}
	if list := a.send("GET", "/v1/products/lamps/webhooks", "", 200); strings.Count(list, `"hookUrl"`) != 2 {
		t.Errorf("the product has %s, want two", list)
	}
	for query, want := range map[string]int{"?per_page=1": 1, "?page=2&per_page=1": 1, "?page=3&per_page=1": 0, "?page=1000000": 0} {
		if list := a.send("GET", "/v1/products/lamps/integrations"+query, "", 200); strings.Count(list, `"hookUrl"`) != want {
			t.Errorf("%s: got %s, want %d", query, list, want)
		}
	}
	a.send("GET", "/v1/products/lamps/integrations?per_page=1001", "", 400)
	limited := `{"event":"temp","url":"https://example.com/in","deviceID":"` + annDevice + `"}`
	for _, path := range []string{"/v1/products/lamps/webhooks", "/v1/orgs/acme/integrations"} {
		if text := a.send("POST", path, limited, 400); !strings.Contains(text, "deviceID") {
			t.Errorf("%s: got %s", path, text)
		}
	}
	a.send("POST", "/v1/orgs/acme/integrations", fmt.Sprintf(`{"event":"temp","url":"https://example.com/in","product_ids":[%d]}`, a.his), 400)
	foreign := a.send("GET", "/v1/products/his/integrations", "", 403)
	if missing := a.send("GET", "/v1/products/nothing/integrations", "", 403); missing != foreign {
		t.Errorf("foreign %s, missing %s, want the same", foreign, missing)
	}
}

func TestTestsOfScopes(t *testing.T) {
	a := newAcme(t)
	const config = `{"event":"temp","url":"https://example.com/in"}`
	const org = "0acme0000000000000000001"
	device := a.integrate("/v1/products/lamps/integrations", config)["id"].(string)
	a.send("POST", "/v1/products/lamps/integrations/"+device+"/test", `{"deviceID":"`+lamp+`"}`, 200)
	if want := fmt.Sprint(scope.Principal{Device: lamp, Product: a.lamps, Org: org, Firmware: 3}); fmt.Sprint(a.tester.by) != want {
		t.Errorf("published as %+v, want %s", a.tester.by, want)
	}
	a.send("POST", "/v1/products/lamps/integrations/"+device+"/test", `{"deviceID":"`+lawn+`"}`, 404)
	for path, want := range map[string]scope.Principal{
		"/v1/integrations":                {User: ann},
		"/v1/products/lamps/integrations": {Product: a.lamps, Org: org},
		"/v1/orgs/acme/integrations":      {Org: org},
	} {
		id := a.integrate(path, config)["id"].(string)
		a.send("POST", path+"/"+id+"/test", "", 200)
		if got := a.tester.by; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: published as %+v, want %+v", path, got, want)
		}
	}
}

func TestViewersSeeNoCredentials(t *testing.T) {
	a := newAcme(t)
	made := a.integrate("/v1/products/lamps/integrations", `{"event":"temp","url":"https://me:hunter2@example.com/in",
		"headers":{"X-Key":"hunter2","X-Other":"{{{KEY}}}hunter2"},"auth":{"username":"me","password":"hunter2"},"signature":{"keys":["whsec_aHVudGVyMmh1bnRlcjJodW50ZXIyMTIz"]}}`)
	id := made["id"].(string)
	c := &eventlog.Call{
		Integration: id, Ring: eventlog.Successes, Slot: 1, N: 1, Event: &event.Event{Seq: 1, Name: "temp"},
		Request: []byte("POST /in HTTP/1.1\r\nHost: example.com\r\nX-Key: hunter2\r\n\r\n21.5: hunter"),
	}
	r := &eventlog.Result{Delivery: &eventlog.Delivery{ID: 1, EventSeq: 1, Integration: id}, Attempt: eventlog.Attempt{At: time.Now().UnixMilli(), Outcome: eventlog.Success}, Call: c}
	b := &eventlog.Batch{Results: []*eventlog.Result{r}}
	b.Seal()
	a.must(a.store.Commit(t.Context(), b))
	for _, path := range []string{"", "/" + id, "/" + id + "/logs", "/" + id + "/logs/success-1", "/" + id + "/logs?format=ndjson"} {
		path = "/v1/products/lamps/integrations" + path
		seen := a.sendAs(bobToken, "GET", path, "", 200)
		if strings.Contains(seen, "hunter2") || !strings.Contains(seen, "[[SENSITIVE]]") || !strings.Contains(seen, "X-Key") {
			t.Errorf("%s: who may only look sees %s", path, seen)
		}
		if strings.Contains(path, "logs") && !strings.Contains(seen, "21.5: hunter") {
			t.Errorf("%s: the body is masked, too: %s", path, seen)
		}
		if own := a.send("GET", path, "", 200); !strings.Contains(own, "hunter2") {
			t.Errorf("%s: who may edit sees %s", path, own)
		}
	}
	for _, config := range []string{
		`{"integration_type":"GoogleMaps","api_key":"hunter2"}`,
		`{"integration_type":"AzureIotHub","event":"temp","hub_name":"my-hub","policy_name":"p","policy_key":"aHVudGVyMmh1bnRlcjI="}`,
		`{"event":"temp","url":"https://example.com","auth":{"aws4":{"access_key_id":"a","secret_access_key":"hunter2","region":"r","service":"s"}}}`,
	} {
		path := "/v1/products/lamps/integrations/" + a.integrate("/v1/products/lamps/integrations", config)["id"].(string)
		if seen := a.sendAs(bobToken, "GET", path, "", 200); strings.Contains(seen, "hunter2") || strings.Contains(seen, "aHVudGVy") || !strings.Contains(seen, "[[SENSITIVE]]") {
			t.Errorf("who may only look sees %s", seen)
		}
		if own := a.send("GET", path, "", 200); !strings.Contains(own, "hunter2") && !strings.Contains(own, "aHVudGVy") {
			t.Errorf("who may edit sees %s", own)
		}
	}
	for _, path := range []string{"/copy", "/move"} {
		a.sendAs(bobToken, "POST", "/v1/products/lamps/integrations/"+id+path, `{"to":{"sandbox":true}}`, 403)
	}
}

func TestSecretsOfScopes(t *testing.T) {
	a := newAcme(t)
	for _, base := range []string{"/v1", "/v1/products/lamps", "/v1/orgs/acme"} {
		made := a.integrate(base+"/integrations", `{"event":"temp","url":"https://example.com/{{{KEY}}}","secrets":["KEY"]}`)
		if text := fmt.Sprint(made["warnings"]); !strings.Contains(text, "no secret KEY") {
			t.Errorf("%s: warnings %s", base, text)
		}
		a.send("PUT", base+"/secrets/KEY", `{"secret":{"value":"v"}}`, 200)
		if text := a.send("GET", base+"/secrets", "", 200); !strings.Contains(text, `"usage_count":1`) || !strings.Contains(text, made["id"].(string)) {
			t.Errorf("%s: got %s", base, text)
		}
		a.send("DELETE", base+"/secrets/KEY", "", 409)
	}
	a.send("GET", "/v1/products/lawns/secrets/KEY", "", 404)
	a.sendAs(bobToken, "PUT", "/v1/products/lamps/secrets/KEY", `{"value":"w"}`, 403)
	a.sendAs(bobToken, "GET", "/v1/orgs/acme/secrets", "", 403)
}

func TestBranches(t *testing.T) {
	a := newAcme(t)
	const orgs, lamps = "/v1/orgs/acme/integrations", "/v1/products/lamps/integrations"
	const config = `{"event":"temp","url":"https://example.com/in","headers":{"X-Key":"k"}}`
	in := a.integrate("/v1/integrations", config)["id"].(string)

	copied := a.object(a.send("POST", "/v1/webhooks/"+in+"/copy", `{"to":{"product":"lamps"},"disable_original":true}`, 201))
	if copied["id"] == in || copied["disabled"] != false || fmt.Sprint(copied["headers"]) != "map[X-Key:k]" {
		t.Errorf("the copy is %v", copied)
	}
	if old := a.object(a.send("GET", "/v1/integrations/"+in, "", 200)); old["disabled"] != true {
		t.Errorf("the original is %v", old)
	}
	a.send("GET", lamps+"/"+copied["id"].(string), "", 200)

	moved := a.object(a.send("POST", lamps+"/"+copied["id"].(string)+"/move", fmt.Sprintf(`{"to":{"org":"acme","product_ids":[%d,%d]}}`, a.lamps, a.lawns), 201))
	a.send("GET", lamps+"/"+copied["id"].(string), "", 404)
	if got := fmt.Sprint(moved["product_ids"]); got != fmt.Sprint([]int64{min(a.lamps, a.lawns), max(a.lamps, a.lawns)}) {
		t.Errorf("product_ids %s", got)
	}

	path := orgs + "/" + moved["id"].(string)
	own := a.object(a.send("POST", path+"/separate", `{"product_id":"lamps"}`, 201))
	a.send("GET", lamps+"/"+own["id"].(string), "", 200)
	rest := a.object(a.send("GET", path, "", 200))
	if got := fmt.Sprint(rest["product_ids"]); got != fmt.Sprint([]int64{a.lawns}) {
		t.Errorf("the organization's lists %s", got)
	}
	if products := rest["products"].([]any); len(products) != 1 {
		t.Errorf("counts of products %v", products)
	}
	for body, status := range map[string]int{
		fmt.Sprintf(`{"product_id":%d}`, a.lamps): 400, // not on the list any more
		`{"product_id":"his"}`:                    403,
		`{"product_id":"nothing"}`:                403,
		`{}`:                                      400,
	} {
		a.send("POST", path+"/separate", body, status)
	}
	for to, status := range map[string]int{
		`{}`: 400, `{"to":"lamps"}`: 400, `{"to":{}}`: 400, `{"to":{"sandbox":false}}`: 400, `{"to":{"sandbox":true,"product":"lamps"}}`: 400,
		`{"to":{"product":"his"}}`: 403, `{"to":{"org":"nothing"}}`: 403, `{"to":{"org":"acme","product_ids":[1.5]}}`: 400,
		`{"to":{"sandbox":true}}`: 201,
	} {
		a.send("POST", path+"/copy", to, status)
	}
	a.send("POST", orgs+"/"+in+"/copy", `{"to":{"sandbox":true}}`, 404)
}

// TestStreamsOfScopes publishes as several publishers and looks at what each
// stream carries.
func TestStreamsOfScopes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAcme(t)
		const org = "0acme0000000000000000001"
		const other = lamp2
		paths := map[string]string{
			"/v1/devices/events":                                       "claimed hook",
			"/v1/devices/" + annDevice + "/events":                     "claimed",
			"/v1/products/lamps/events":                                "claimed hook lamp other into-lamps into-acme",
			"/v1/products/lamps/events/la":                             "lamp",
			"/v1/products/lamps/devices/" + lamp + "/events":           "lamp",
			"/v1/devices/" + lamp + "/events":                          "lamp",
			"/v1/products/lawns/events":                                "lawn into-acme",
			"/v1/orgs/acme/events":                                     "claimed hook lamp other lawn into-lamps into-acme",
			"/v1/orgs/acme/products/lamps/events":                      "claimed hook lamp other into-lamps into-acme",
			"/v1/orgs/acme/devices/" + lamp + "/events":                "lamp",
			"/v1/orgs/acme/products/lamps/devices/" + lamp + "/events": "lamp",
		}
		listeners := map[string]*listener{}
		for path := range paths {
			listeners[path] = a.listen(path)
		}
		foreign := a.listen("/v1/devices/events", as(bobToken))
		own := a.listen("/v1/devices/"+strings.ToUpper(lamp)+"/events", as(lampToken))
		subscribed := a.listen("/v1/devices/events", as(lampToken))
		prefixed := a.listen("/v1/devices/events/into", as(lampToken))
		time.Sleep(time.Second)
		for _, e := range []event.Event{
			{Name: "claimed", Owner: ann, Product: a.lamps, Org: org, Device: annDevice, Firmware: 3},
			{Name: "hook", Owner: ann, Product: a.lamps, Org: org, Device: event.Internal, Kind: event.HookSent},
			{Name: "lamp", Product: a.lamps, Org: org, Device: lamp},
			{Name: "other", Product: a.lamps, Org: org, Device: other},
			{Name: "lawn", Product: a.lawns, Org: org, Device: lawn},
			{Name: "his", Product: a.his, Device: other},
		} {
			a.append(e)
		}
		a.send("POST", "/v1/products/lamps/events", `{"name":"into-lamps"}`, 200)
		a.send("POST", "/v1/orgs/acme/events", `{"name":"into-acme"}`, 200)
		for path, want := range paths {
			text, _ := listeners[path].got()
			if got := strings.Join(namesIn(text), " "); got != want {
				t.Errorf("%s: got %q, want %q", path, got, want)
			}
			if more := strings.Contains(text, `,"public":false`); more == (want == "claimed hook" || want == "claimed") {
				t.Errorf("%s: got %s", path, text)
			}
		}
		for l, want := range map[*listener]string{own: "lamp", subscribed: "hook into-lamps into-acme", prefixed: "into-lamps into-acme"} {
			text, _ := l.got()
			if got := strings.Join(namesIn(text), " "); got != want {
				t.Errorf("a device got %q, want %q", got, want)
			}
		}
		foreign.want(t, "the stream of another user", ":ok\n\n")
		for path, status := range map[string]int{
			"/v1/products/his/events": 403, "/v1/products/nothing/events": 403, "/v1/orgs/acme/products/his/events": 403,
			"/v1/products/lamps/devices/nothing/events": 404, "/v1/products/lamps/devices/" + lawn + "/events": 404,
			"/v1/orgs/acme/devices/api/events": 404,
		} {
			a.send("GET", path, "", status)
		}
		a.sendAs(bobToken, "GET", "/v1/orgs/acme/events", "", 403)
		a.sendAs(bobToken, "GET", "/v1/devices/"+lawn+"/events", "", 404)
		a.sendAs(lampToken, "GET", "/v1/devices/"+lamp2+"/events", "", 404)
		a.sendAs(bobToken, "POST", "/v1/products/lamps/events", `{"name":"n"}`, 403)
		a.sendAs(annDeviceToken, "POST", "/v1/products/lamps/events", `{"name":"n"}`, 403)
		a.sendAs(annDeviceToken, "GET", "/v1/products/lamps/events", "", 403)

		a.log.DisconnectMember(ann)
		listeners["/v1/orgs/acme/events"].wantEnd(t, "after a change of membership")
		if _, ended := listeners["/v1/devices/events"].got(); ended {
			t.Error("the stream of the own sandbox ended, too")
		}
	})
}

// namesIn gives the names of the events of a stream.
func namesIn(text string) (names []string) {
	for line := range strings.Lines(text) {
		if name, ok := strings.CutPrefix(line, "event: "); ok {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names
}

func TestPathsOfScopes(t *testing.T) {
	a := newAcme(t)
	e := event.Event{At: time.Now().UnixMilli(), Name: "temp", Owner: bob, Product: a.lamps, Org: "0acme0000000000000000001"}
	seq, err := a.log.Append(t.Context(), e)
	a.must(err)
	e.Seq = seq
	for _, id := range []string{e.ID(), fmt.Sprint(seq)} {
		for _, base := range []string{"/v1/products/lamps", "/v1/orgs/acme"} {
			a.send("GET", base+"/history/events/"+id, "", 200)
		}
		a.sendAs(bobToken, "GET", "/v1/history/events/"+id, "", 200)
		a.send("GET", "/v1/history/events/"+id, "", 404)
		a.send("GET", "/v1/products/lawns/history/events/"+id, "", 404)
	}
}

// A search finds what the streams of its scope carry, and of what came of an
// event tells nothing that is another scope's.
func TestSearchOfScopes(t *testing.T) {
	a := newAcme(t)
	const org = "0acme0000000000000000001"
	mine := a.create(`{"event":"temp","url":"http://h.example.com/"}`)
	e := event.Event{At: time.Now().UnixMilli(), Name: "temp", Device: lamp, Owner: bob, Product: a.lamps, Org: org}
	cause, err := a.log.Append(t.Context(), e)
	a.must(err)
	for _, e := range []event.Event{
		{At: 1, Name: "hook-sent/temp", Device: event.Internal, Kind: event.HookSent, Cause: cause, Integration: mine, Owner: bob, Product: a.lamps, Org: org},
		{At: 1, Name: "announcement", Device: event.API, Org: org},
		{At: 1, Name: "anns", Device: event.API, Owner: ann},
	} {
		_, err := a.log.Append(t.Context(), e)
		a.must(err)
	}
	for _, c := range []struct{ token, path, want string }{
		{annToken, "/v1/history/events", "anns"},
		{bobToken, "/v1/history/events", "hook-sent/temp temp"},
		{bobToken, "/v1/history/events?name=t", "temp"},
		{bobToken, "/v1/history/events?device=api", ""},
		{annToken, "/v1/products/lamps/history/events", "announcement hook-sent/temp temp"},
		{annToken, "/v1/products/lamps/history/events?device=" + strings.ToUpper(lamp), "temp"},
		{annToken, "/v1/products/lamps/history/events?device=" + lamp2, ""},
		{annToken, "/v1/products/lawns/history/events", "announcement"},
		{annToken, "/v1/orgs/acme/history/events", "announcement hook-sent/temp temp"},
		{annToken, "/v1/orgs/acme/history/events?device=particle-internal", "hook-sent/temp"},
	} {
		text := a.sendAs(c.token, "GET", c.path, "", 200)
		var got struct{ Events []struct{ Name string } }
		a.must(json.Unmarshal([]byte(text), &got))
		var names []string
		for _, e := range got.Events {
			names = append(names, e.Name)
		}
		if strings.Join(names, " ") != c.want {
			t.Errorf("%s: got %q, want %q", c.path, names, c.want)
		}
		if strings.Contains(text, mine) {
			t.Errorf("%s tells of an integration of another scope: %s", c.path, text)
		}
	}
	a.sendAs(bobToken, "GET", "/v1/orgs/acme/history/events", "", 403)
}

// A preview shows events and data of ledgers: whoever may not read those may not
// read them there.
func TestPreviewShowsWhatOneMayRead(t *testing.T) {
	a := newAcme(t)
	const org, robot = "0acme0000000000000000001", "token-of-a-robot-0000001"
	a.send("POST", "/v1/orgs/acme/ledgers", `{"ledger":{"name":"limits","scope":"Owner","direction":"Downstream"}}`, 201)
	a.append(event.Event{Name: "temp", Data: "21.5: hidden", Product: a.lamps, Org: org, Device: lamp, At: 1})
	recorded := fmt.Sprintf(`{"integration":{"event":"temp","url":"https://example.com/"},"event_id":"%d"}`, a.events()[0].Seq)
	const ofLedger = `{"integration":{"event":"temp","url":"https://example.com/","body":"{{{LEDGER.limits.max}}}"}}`
	const plain = `{"integration":{"event":"temp","url":"https://example.com/"}}`
	const path = "/v1/products/lamps/integrations/preview"
	u := identity.User{ID: "e00000000000000000000002", Username: "robot", Kind: identity.Programmatic, Home: scope.OfOrganization(org)}
	for actions, want := range map[string][3]int{
		"integrations:test":                        {200, 403, 403},
		"integrations:test events:get":             {200, 200, 403},
		"integrations:test ledgers:get":            {200, 403, 200},
		"integrations:test events:get ledgers:get": {200, 200, 200},
		"integrations:get events:get ledgers:get":  {403, 403, 403},
	} {
		u.Actions = strings.Fields(actions)
		a.must(a.store.SaveUser(t.Context(), u))
		token := fmt.Sprint(robot, len(actions), u.Actions[0])
		a.token(token, identity.Token{User: u.ID})
		for i, body := range []string{plain, recorded, ofLedger} {
			r := a.request("POST", path, "application/json", body)
			as(token)(r)
			resp, text := a.do(r)
			if resp.StatusCode != want[i] || want[i] == 403 && strings.Contains(text, "hidden") {
				t.Errorf("with %s, %s: got %d %s, want %d", actions, body, resp.StatusCode, text, want[i])
			}
		}
	}
}

// What the stream of a product shows, its path is found for: also an event that
// was published into the organization, for all of its products.
func TestPathOfAnOrganizationsEvent(t *testing.T) {
	a := newAcme(t)
	a.send("POST", "/v1/orgs/acme/events", `{"name":"into-acme"}`, 200)
	var found struct {
		Events []struct {
			Seq int64 `json:"stream_id"`
		}
	}
	a.must(json.Unmarshal([]byte(a.send("GET", "/v1/products/lamps/history/events", "", 200)), &found))
	if len(found.Events) != 1 {
		t.Fatalf("found %+v", found)
	}
	seq := found.Events[0].Seq
	own := a.integrate("/v1/products/lamps/integrations", `{"event":"into","url":"https://example.com/in"}`)["id"].(string)
	b := &eventlog.Batch{}
	for i, id := range []string{own, "d00000000000000000000001"} { // the other one is deleted, and might have been anybody's
		b.Results = append(b.Results, &eventlog.Result{
			Delivery: &eventlog.Delivery{ID: int64(i + 1), EventSeq: seq, Integration: id}, Attempt: eventlog.Attempt{At: time.Now().UnixMilli(), Outcome: eventlog.Success},
		})
	}
	b.Seal()
	a.must(a.store.Commit(t.Context(), b))
	path := fmt.Sprint("/history/events/", seq)
	for base, want := range map[string][2]bool{"/v1/orgs/acme": {false, true}, "/v1/products/lamps": {true, false}, "/v1/products/lawns": {false, false}} {
		text := a.send("GET", base+path, "", 200)
		if got := [2]bool{strings.Contains(text, own), strings.Contains(text, "d00000000000000000000001")}; got != want || !strings.Contains(text, "into-acme") {
			t.Errorf("%s: shows its product's attempt, and a deleted integration's: %v, want %v\n%s", base, got, want, text)
		}
	}
	a.sendAs(bobToken, "GET", "/v1/products/his"+path, "", 404)
	a.sendAs(bobToken, "GET", "/v1"+path, "", 404)
}
