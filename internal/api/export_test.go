package api

import (
	"maps"
	"slices"

	"github.com/go-chi/chi/v5"

	"github.com/fieldhook/fieldhook/internal/team"
)

// Routes shows the routing table to the tests.
func (a *API) Routes() chi.Routes { return a.mux }

// Needs tells what a request needs to reach a route: the action that its caller
// must be allowed to do, or one of the words of table.go.
func (a *API) Needs(method, pattern string) (needs team.Action, ok bool) {
	needs, ok = a.mux.needs[method+" "+pattern]
	return needs, ok
}

// LimitStreams sets how many event streams one address may hold open. Call it
// before serving.
func (a *API) LimitStreams(perAddress int) { a.stream.open.perAddress = perAddress }

// AllNeeds tells what all routes need.
func (a *API) AllNeeds() []team.Action { return slices.Collect(maps.Values(a.mux.needs)) }
