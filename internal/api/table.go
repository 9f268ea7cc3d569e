package api

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/fieldhook/fieldhook/internal/team"
)

// What a route needs beside the actions that a.may names.
const (
	noToken    team.Action = "open"   // everybody gets in
	anyToken   team.Action = "device" // any valid token, a device's own included
	notADevice team.Action = "self"   // any valid token but a device's own
	anAdmin    team.Action = "admin"  // a token of an administrator of the hub
)

// route is a handler with what a request needs to reach it. Only open, everyone,
// self, admin and may make routes, so that none is opened by mistake.
type route struct {
	needs team.Action
	serve http.HandlerFunc
}

// open makes a route of a handler that needs no token.
func (a *API) open(h handler) route { return route{noToken, a.serveFault(h)} }

// table is the routing table. What each route needs is kept beside it: that is
// what api/openapi.yaml says, and what the tests ask of every route.
type table struct {
	*chi.Mux
	needs map[string]team.Action // by method and pattern, such as "GET /v1/user"
}

func newTable() *table { return &table{chi.NewRouter(), map[string]team.Action{}} }

func (t *table) add(method, pattern string, r route) {
	t.Mux.MethodFunc(method, pattern, r.serve)
	t.needs[method+" "+pattern] = r.needs
}

// Get adds a route.
func (t *table) Get(pattern string, r route) { t.add(http.MethodGet, pattern, r) }

// Head adds a route.
func (t *table) Head(pattern string, r route) { t.add(http.MethodHead, pattern, r) }

// Post adds a route.
func (t *table) Post(pattern string, r route) { t.add(http.MethodPost, pattern, r) }

// Put adds a route.
func (t *table) Put(pattern string, r route) { t.add(http.MethodPut, pattern, r) }

// Delete adds a route.
func (t *table) Delete(pattern string, r route) { t.add(http.MethodDelete, pattern, r) }
