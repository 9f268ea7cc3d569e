package api

import "net/http"

// Values of the CORS headers (cloud API reference, section 12). Any origin may
// call the API, because a request is authorized by its token; what a session's
// cookie opens stays with the hub's own pages (session.go). The values are shared
// between answers; nothing may append to them.
var (
	corsOrigin  = []string{"*"}
	corsMethods = []string{"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}
	corsHeaders = []string{"Authorization, Content-Type, Accept, X-Requested-With, X-Particle-Tool, X-Particle-Project, Last-Event-ID"}
	corsExposed = []string{"Link, X-Total-Count"}
	corsMaxAge  = []string{"300"} // seconds
)

// allowOrigins marks an answer, whatever it will be, as readable by any page.
func allowOrigins(h http.Header) {
	h["Access-Control-Allow-Origin"], h["Access-Control-Expose-Headers"] = corsOrigin, corsExposed
}

// preflight answers to OPTIONS. A preflight carries no token, so it comes
// before authentication.
func preflight(w http.ResponseWriter) {
	h := w.Header()
	h["Access-Control-Allow-Methods"] = corsMethods
	h["Access-Control-Allow-Headers"] = corsHeaders
	h["Access-Control-Max-Age"] = corsMaxAge
	w.WriteHeader(http.StatusNoContent)
}
