package api_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// The rights: the least role that may do each action in a product or an
// organization. This table is written from the roles' descriptions and knows
// nothing of the code that decides; an action that is not here fails the test.
var leastRole = map[team.Role][]string{
	team.ViewOnly: {
		"clients:list",
		"customers:list",
		"devices:get", "devices:list",
		"events:get", "events:watch",
		"firmware:list",
		"groups:get", "groups:list",
		"hosts:list",
		"integrations:get", "integrations:list",
		"products:get", "products:list",
		"ledgers:get", "ledgers:list",
		"organizations:get",
		"secrets:get", "secrets:list",
		"team:list",
		"usage:get",
	},
	team.Developer: {
		"customers:create", "customers:delete", "customers:update",
		"devices:authorize", "devices:call", "devices:claim", "devices:create", "devices:delete", "devices:ping", "devices:unclaim", "devices:update",
		"events:publish",
		"groups:create", "groups:delete", "groups:update",
		"integrations:create", "integrations:delete", "integrations:replay", "integrations:test", "integrations:update",
		"ledgers:create", "ledgers:delete", "ledgers:update",
		"secrets:delete", "secrets:update",
	},
	team.Administrator: {"clients:create", "clients:delete", "clients:update", "organizations:update", "products:create", "products:update", "team:create", "team:delete", "team:update"},
	team.Owner:         {"organizations:delete", "products:delete"},
}

// personal are the actions that no API user does, even if it has them.
var personal = []string{"clients:create", "clients:delete", "clients:list", "clients:update", "organizations:delete", "organizations:update", "products:delete", "team:create", "team:delete", "team:update"}

// ofAnAccount are the actions that exist only on what is the caller's own.
var ofAnAccount = []string{
	"demo:use", "hosts:list", "organizations:create", "tokens:delete", "tokens:list", "user:delete", "user:update",
}

// ofCustomers begin the actions that a customer of a product may do with its
// own devices and account.
var ofCustomers = []string{"devices:", "events:", "tokens:", "user:"}

// asDevice are the routes for devices' own tokens, with the action that they are
// for everybody else; "" = any token may.
var asDevice = map[string]string{
	"POST /v1/devices/events":                  "events:publish",
	"GET /v1/events":                           "events:watch",
	"GET /v1/events/{prefix}":                  "events:watch",
	"GET /v1/devices/events":                   "events:watch",
	"GET /v1/devices/events/{prefix}":          "events:watch",
	"GET /v1/devices/{device}/events":          "events:watch",
	"GET /v1/devices/{device}/events/{prefix}": "events:watch",
	"GET /v1/devices/{device}":                 "devices:get",
	"POST /v1/devices":                         "devices:create",
	"DELETE /v1/access_tokens/current":         "",
}

// callers are all kinds of callers of the matrix.
var callers = []caller{
	{name: "nobody"},
	{name: "stranger", user: true},
	{name: "view-only", user: true, org: team.ViewOnly},
	{name: "developer", user: true, org: team.Developer},
	{name: "administrator", user: true, org: team.Administrator},
	{name: "owner", user: true, org: team.Owner},
	{name: "owner in a browser", user: true, org: team.Owner, browser: true},
	{name: "developer of the product", user: true, product: team.Developer},
	{name: "hub administrator", user: true, admin: true},
	{name: "API user with the right", home: scope.Organization, granted: true},
	{name: "API user without the right", home: scope.Organization},
	{name: "client of the product", home: scope.Product, client: true},
	{name: "customer of the product", home: scope.Product, customer: true},
	{name: "device", device: true},
	{name: "device with its product's token", device: true, ofProduct: true},
	{name: "unclaimed device of the product", device: true, unclaimed: true},
}

// caller is a kind of caller. Roles are in acme and in its product.
type caller struct {
	name         string
	user         bool // a person
	org, product team.Role
	browser      bool // its token is the cookie of a session
	admin        bool
	home         scope.Kind // that the token is confined to
	granted      bool       // an API user that has the action
	client       bool
	customer     bool
	device       bool
	ofProduct    bool // a device whose product made the token
	unclaimed    bool // a device without an owner
}

// verdict is what has to become of a request, if everything that its path names
// is there and the caller's own.
type verdict string

const (
	pass    verdict = "pass"
	unknown verdict = "401 The access token provided is invalid."
	denied  verdict = "403 Permission denied"
	outside verdict = "403 API users are not allowed to call this endpoint"
	nobody  verdict = "404 This token is an OAuth client's: no user is behind it"
	hidden  verdict = "404 I didn't recognize that device name or ID" // as if it were not there
)

// may is the verdict on an action in a kind of scope.
func (c *caller) may(t *testing.T, action string, kind scope.Kind) verdict {
	least := least(t, action, kind)
	switch {
	case c.name == "nobody":
		return unknown
	case c.device:
		return denied
	case c.customer && action == "devices:claim" && kind == scope.Product:
		return pass // apps ask there for a code to claim a device with
	case c.customer && (action == "devices:create" || action == "devices:authorize"):
		return denied // it claims devices of its product; the hub's and the product's people make and equip them
	case c.customer:
		return when(kind == scope.Sandbox && slices.ContainsFunc(ofCustomers, func(b string) bool { return strings.HasPrefix(action, b) }), denied)
	case c.client && kind == scope.Organization:
		return denied
	case c.client:
		return when(kind == scope.Product && least <= team.Developer, outside)
	case c.home != 0:
		return when(kind != scope.Sandbox && c.granted && !slices.Contains(personal, action), outside)
	case kind == scope.Sandbox:
		return pass
	case kind == scope.Organization:
		return when(c.org >= least, denied)
	}
	return when(max(c.org, c.product) >= least, denied)
}

func when(ok bool, otherwise verdict) verdict {
	if ok {
		return pass
	}
	return otherwise
}

// least looks an action up.
func least(t *testing.T, action string, kind scope.Kind) team.Role {
	for role, actions := range leastRole {
		if slices.Contains(actions, action) {
			return role
		}
	}
	if !slices.Contains(ofAnAccount, action) || kind != scope.Sandbox {
		t.Fatalf("%s in a %v is in no table of this test: say who may do it", action, kind)
	}
	return team.None
}

// verdictOn is the verdict on a route.
func (c *caller) verdictOn(t *testing.T, r *described) verdict {
	switch r.needs {
	case "open":
		return pass
	case "self":
		switch {
		case c.device:
			return denied
		case c.client && r.name == "GET /v1/user":
			return nobody
		}
		return when(c.name != "nobody", unknown)
	case "admin":
		if c.name == "nobody" {
			return unknown
		}
		return when(c.admin, denied)
	case "device":
		action, ok := asDevice[r.name]
		if !ok {
			t.Fatalf("%s is for devices' tokens, but not in the table of this test", r.name)
		}
		if c.device && r.name == "POST /v1/devices" {
			return denied // it takes a claim code
		}
		if c.device || action == "" {
			return when(c.name != "nobody", unknown)
		}
		v := c.may(t, action, scope.Sandbox)
		if r.name == "GET /v1/devices/{device}" && v == outside {
			return hidden // it also shows devices of products, so that it is open to all
		}
		return v
	}
	switch {
	case c.client && r.name == "POST /v1/products/{product}/integrations/{id}/move", c.client && r.name == "POST /v1/products/{product}/webhooks/{id}/move":
		return denied // it reaches no other place to move things to
	case c.client && r.name == "POST /v1/products/{product}/device_claims":
		return denied // it has no user to claim for
	}
	return c.may(t, r.needs, r.kind())
}

// described is a route of the table that is to be tried.
type described struct {
	method, path string // as in the description
	name         string // both
	needs        string
}

func (r *described) kind() scope.Kind {
	switch {
	case strings.Contains(r.path, "/{product}"):
		return scope.Product
	case strings.Contains(r.path, "/{org}"):
		return scope.Organization
	}
	return scope.Sandbox
}

// params are the names in the path, in order.
func (r *described) params() (names []string) {
	for step := range strings.SplitSeq(r.path, "/") {
		if name, is := strings.CutPrefix(step, "{"); is {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

// with fills the path.
func (r *described) with(values map[string]string) string {
	path := r.path
	for name, value := range values {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	return path
}

// routes walks over the table. HEAD goes the way of GET.
func (h *hub) routes() (all []*described) {
	err := chi.Walk(h.api.Routes(), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method == http.MethodHead || isTarget(pattern) {
			return nil
		}
		needs, _ := h.api.Needs(method, pattern)
		path := inDescription(pattern)
		all = append(all, &described{method, path, method + " " + path, string(needs)})
		return nil
	})
	h.must(err)
	return all
}

// Every route is tried by every kind of caller on what is its own, somebody
// else's, and not there at all. Nobody reaches what is somebody else's, or learns
// that it is there: it is answered exactly like what does not exist.
func TestAuthorisationMatrix(t *testing.T) {
	o, err := whole()
	if err != nil {
		t.Fatal(err)
	}
	cells := 0
	for _, r := range newHub(t).routes() {
		t.Run(r.name, func(t *testing.T) {
			for i := range callers {
				m := &matrix{world: newWorld(t, &callers[i], r), route: r, openAPI: o}
				m.try(callers[i].verdictOn(t, r))
				cells += m.cells
			}
		})
	}
	t.Logf("%d cells", cells)
	if cells < 15_000 {
		t.Errorf("tried %d cells only", cells)
	}
}

// matrix is the row of one caller on one route.
type matrix struct {
	*world
	route   *described
	openAPI *openAPI
	cells   int
}

// times are what differs between answers of the same kind.
var times = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z`)

// answerOf is what came back, with the ids of the request masked.
type answerOf struct {
	status       int
	text, header string
}

func (m *matrix) try(want verdict) {
	m.t.Helper()
	if m.route.method == http.MethodGet && want == pass {
		m.furnish(m.route.kind())
	}
	own, foreign, missing := map[string]string{}, map[string]string{}, map[string]string{}
	for _, name := range m.route.params() {
		v := m.values(m.route, name)
		own[name], foreign[name], missing[name] = v.own, v.foreign, v.missing
	}
	for _, name := range m.route.params() {
		if own[name] != foreign[name] {
			m.compare(want, name, replaced(own, name, foreign[name]), replaced(own, name, missing[name]))
		}
		if pair := m.otherNames(m.route, name); pair[0] != "" {
			m.compare(want, name, replaced(own, name, pair[0]), replaced(own, name, pair[1]))
		}
	}
	if len(m.route.params()) > 1 {
		m.compare(want, m.route.params()[0], foreign, missing)
	}
	m.own(want, own)
}

func replaced(values map[string]string, name, value string) map[string]string {
	out := map[string]string{}
	for n, v := range values {
		out[n] = v
	}
	out[name] = value
	return out
}

// compare asks for what is foreign and for what is missing.
func (m *matrix) compare(want verdict, param string, foreign, missing map[string]string) {
	m.t.Helper()
	f, g := m.ask(foreign), m.ask(missing)
	if f != g {
		m.fail("somebody else's %s is answered with %+v, one that is not there with %+v", param, f, g)
	}
	if reason := passes[m.route.name+" "+param]; reason != "" {
		return
	}
	status := http.StatusNotFound
	switch {
	case want == unknown:
		status = http.StatusUnauthorized
	case want == hidden:
	case want != pass || param == "product" || param == "org":
		status = http.StatusForbidden
	}
	if g.status != status {
		m.fail("a wrong %s is answered with %d %s, want %d", param, g.status, g.text, status)
	}
}

// own asks for what is the caller's own.
func (m *matrix) own(want verdict, own map[string]string) {
	m.t.Helper()
	got := m.ask(own)
	if want != pass {
		status, text, _ := strings.Cut(string(want), " ")
		if fmt.Sprint(got.status) != status || !strings.Contains(got.text, text) {
			m.fail("got %d %s, want %s", got.status, got.text, want)
		}
		return
	}
	status := statuses[m.route.name]
	if m.caller.browser && m.route.name == "DELETE /v1/session" {
		status = http.StatusOK
	}
	if got.status != status && (status != 0 || got.status >= 300) {
		m.fail("got %d %s, want %d (0 = success)", got.status, got.text, status)
	}
	if m.route.name == "DELETE /v1/access_tokens/current" {
		if again := m.ask(own); again.status != http.StatusUnauthorized {
			m.fail("the token is good after it was revoked: got %d %s", again.status, again.text)
		}
	}
	for _, id := range m.theirs {
		if m.route.needs != "admin" && strings.Contains(got.text, id) {
			m.fail("the answer tells of %s, which is somebody else's: %s", id, got.text)
		}
	}
}

func (m *matrix) fail(format string, args ...any) {
	m.t.Helper()
	m.t.Errorf("%s, %s: "+format, append([]any{m.route.name, m.caller.name}, args...)...)
}

// ask sends the request and holds the answer against the description.
func (m *matrix) ask(values map[string]string) answerOf {
	m.t.Helper()
	m.cells++
	body, contentType := m.body(m.route, m.openAPI)
	resp, text := m.send(m.route.method, m.route.with(values), contentType, body)
	if wrong := m.openAPI.check(m.route.method, m.route.path, resp.StatusCode, resp.Header.Get("Content-Type"), text); wrong != "" {
		m.fail("%s", wrong)
	}
	for name, value := range values {
		if len(value) > 3 {
			text = strings.ReplaceAll(text, value, "{"+name+"}")
		}
	}
	for _, header := range []string{"Date", "Content-Length"} {
		resp.Header.Del(header)
	}
	return answerOf{resp.StatusCode, times.ReplaceAllString(strings.TrimSpace(text), "TIME"), fmt.Sprint(resp.Header)}
}
