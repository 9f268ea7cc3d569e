package api

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
)

// router holds the table of all routes. Its patterns are matched against the
// escaped path after cleanPath, so that an escaped slash stays inside its
// segment. A static segment wins over a parameter: "/v1/devices/events" is
// never a device named "events".
func (a *API) router() *table {
	m := newTable()
	m.NotFound(a.serveFault(a.noRoute))
	m.MethodNotAllowed(a.serveFault(a.wrongMethod))
	if a.Bin != nil {
		m.Handle("/bin", a.Bin)
		m.Handle("/bin/*", a.Bin)
	}
	if a.Reference != nil {
		for _, page := range []string{"/docs", "/openapi.yaml", "/openapi.json"} {
			m.Get(page, a.open(a.page))
			m.Head(page, a.open(a.page))
		}
	}
	if a.Tutorial != nil {
		a.routeTutorial(m)
	}
	a.routeOpen(m)
	a.routeEvents(m)
	a.routeStreams(m)
	for _, base := range []string{inSandbox, inProduct} {
		a.routeIntegrations(m, base+"/webhooks", a.createWebhook, a.deleteWebhook)
	}
	for _, base := range []string{inSandbox, inProduct, inOrganization} {
		a.routeIntegrations(m, base+"/integrations", a.createIntegration, a.deleteIntegration)
		m.Post(base+"/integrations/preview", a.may("integrations:test", a.previewIntegration))
		m.Get(base+"/integrations/counters", a.may("integrations:list", a.listCounters))
		m.Get(base+"/hosts", a.may("hosts:list", a.listHosts))
		m.Get(base+"/history/events", a.may("events:get", a.searchEvents))
		m.Get(base+"/history/events/{event}", a.may("events:get", a.getPath))
		m.Get(base+"/usage", a.may("usage:get", a.getUsage))
	}
	a.routeAccount(m)
	a.routeProducts(m)
	a.routeDevices(m)
	a.routeMembers(m)
	a.routeCredentials(m)
	a.routeSecrets(m)
	a.routeAdmin(m)
	a.routeLedgers(m, inSandbox)
	a.routeLedgers(m, inOrganization)
	a.routeGallery(m)
	a.routeSession(m)
	a.routeOrganizations(m)
	a.routeTeam(m, inProduct)
	a.routeTeam(m, inOrganization)
	a.routeClients(m, inSandbox)
	a.routeClients(m, inProduct)
	a.routeCustomers(m)
	return m
}

// routeOpen adds the routes that need no token.
func (a *API) routeOpen(m *table) {
	m.Get("/", a.open(a.front))
	m.Head("/", a.open(a.front))
	m.Get("/health", a.open(a.health))
	m.Head("/health", a.open(a.health))
	m.Get("/v1/hub", a.open(a.getHub))
	m.Post("/oauth/token", a.open(a.grantToken))
	m.Delete("/v1/access_tokens/{token}", a.open(a.revokeToken))
	m.Post("/v1/users", a.open(a.signUp))
	m.Post("/v1/user/password-reset", a.open(a.resetPassword))
}

// routeEvents adds the routes that a device's own token may use, too.
func (a *API) routeEvents(m *table) {
	m.Post("/v1/devices/events", a.everyone(a.publish))
	m.Post(inProduct+"/events", a.may("events:publish", a.publishIn))
	m.Post(inOrganization+"/events", a.may("events:publish", a.publishIn))
	m.Delete("/v1/access_tokens/current", a.everyone(a.revokeCurrent))
}

// routeIntegrations adds one of the two families of routes over the same
// integrations; they differ in how they answer to creating and deleting.
func (a *API) routeIntegrations(m *table, base string, create, remove handler) {
	m.Post(base, a.may("integrations:create", create))
	m.Get(base, a.may("integrations:list", a.listIntegrations))
	m.Get(base+"/{id}", a.may("integrations:get", a.getIntegration))
	m.Put(base+"/{id}", a.may("integrations:update", a.updateIntegration))
	m.Delete(base+"/{id}", a.may("integrations:delete", remove))
	m.Post(base+"/{id}/test", a.may("integrations:test", a.testIntegration))
	a.routeHistory(m, base)
	a.routeReplays(m, base)
	a.routeBranches(m, base)
}

func (a *API) routeAccount(m *table) {
	m.Get("/v1/user", a.self(a.getUser))
	m.Put("/v1/user", a.may("user:update", a.updateUser))
	m.Delete("/v1/user", a.may("user:delete", a.deleteUser))
	m.Get("/v1/user/identify", a.self(a.identifyUser))
	m.Get("/v1/access_tokens", a.mayWithPassword("tokens:list", a.listTokens))
	m.Delete("/v1/access_tokens", a.may("tokens:delete", a.revokeTokens))
	m.Get("/v1/access_tokens/current", a.self(a.getCurrentToken))
}

// serve is the way of every request: CORS, then the router, with a safety net
// around.
func (a *API) serve(w http.ResponseWriter, r *http.Request) {
	allowOrigins(w.Header())
	if r.Method == http.MethodOptions {
		preflight(w)
		return
	}
	route := a.routes.Get().(*chi.Context)
	route.Reset()
	route.RoutePath = cleanPath(r.URL.EscapedPath())
	r = r.WithContext(&call{Context: r.Context(), route: route})
	defer a.catch(w, r)
	a.mux.ServeHTTP(w, r)
	a.routes.Put(route)
}

// cleanPath makes one slash of several and drops those at the end, because
// clients join and end paths carelessly and lose bodies on redirects.
func cleanPath(p string) string {
	if strings.Contains(p, "//") {
		p = joinSlashes(p)
	}
	p = strings.TrimRight(p, "/")
	if p == "" || p[0] != '/' {
		return "/" + p
	}
	return p
}

func joinSlashes(p string) string {
	b := make([]byte, 0, len(p))
	for i := range len(p) {
		if p[i] != '/' || i == 0 || p[i-1] != '/' {
			b = append(b, p[i])
		}
	}
	return string(b)
}
