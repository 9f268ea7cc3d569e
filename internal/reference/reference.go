// Package reference makes pages of the description of the API: one for reading,
// and the description itself as YAML and JSON.
//
// Everything is made once, at the start; the pages need nothing from elsewhere,
// and their one script runs under a strict Content-Security-Policy.
package reference

import (
	"net/http"
	"strconv"
	"strings"
)

// Pages serves the pages. It is safe for concurrent use.
type Pages struct {
	yaml, json, html []byte
	policy           string
}

// New makes the pages of a description, the text of an OpenAPI 3.1 document in
// YAML. Errors: one that cannot be read.
func New(description string) (*Pages, error) {
	root, err := parse(description)
	if err != nil {
		return nil, err
	}
	p := &Pages{yaml: []byte(description), json: append(root.appendJSON(nil, "\n"), '\n')}
	return p, nil
}

// ServeHTTP answers to /docs, /openapi.yaml and /openapi.json; the router sends
// nothing else here.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind, text := "text/html; charset=utf-8", p.html
	switch strings.Trim(r.URL.Path, "/") {
	case "openapi.yaml":
		kind, text = "application/yaml", p.yaml
	case "openapi.json":
		kind, text = "application/json", p.json
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(text)))
	h.Set("Content-Security-Policy", p.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-cache")
	_, _ = w.Write(text) // the client is gone: nobody is left to tell
}
