package api

import "net/http"

// Console serves the console; console.Console does. Answers says whether a
// request that no other route has is one for it.
type Console interface {
	http.Handler
	Answers(r *http.Request) bool
}

// health handles GET /health: the hub answers requests.
func (a *API) health(w http.ResponseWriter, _ *http.Request) error {
	reply(w, http.StatusOK, map[string]any{"ok": true, "name": "Fieldhook", "version": a.Version})
	return nil
}

// page handles GET of the pages about the API.
func (a *API) page(w http.ResponseWriter, r *http.Request) error {
	a.Reference.ServeHTTP(w, r)
	return nil
}

// front handles GET /: the console for a browser; others are told what answers
// here.
func (a *API) front(w http.ResponseWriter, r *http.Request) error {
	w.Header().Add("Vary", "Accept")
	if a.Console != nil && a.Console.Answers(r) {
		a.Console.ServeHTTP(w, r)
		return nil
	}
	reply(w, http.StatusOK, map[string]any{"ok": true, "name": "Fieldhook", "version": a.Version, "docs": a.Docs})
	return nil
}
