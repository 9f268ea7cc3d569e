package api

import "github.com/go-chi/chi/v5"

// Routes shows the routing table to the tests.
func (a *API) Routes() chi.Routes { return a.mux }

// LimitStreams sets how many event streams one address may hold open. Call it
// before serving.
func (a *API) LimitStreams(perAddress int) { a.stream.open.perAddress = perAddress }
