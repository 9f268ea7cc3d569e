// Package reference makes pages of the description of the API: one for reading,
// and the description itself as YAML and JSON.
//
// Everything is made once, at the start; the pages need nothing from elsewhere,
// and their one script runs under a strict Content-Security-Policy.
package reference

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page's parts
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
)

//go:embed page.html
var layout string

//go:embed page.css
var style string

//go:embed page.js
var script string

// Pages serves the pages. It is safe for concurrent use.
type Pages struct {
	yaml, json, html []byte
	policy           string // the Content-Security-Policy
}

// New makes the pages of a description, the text of an OpenAPI 3.1 document in
// YAML. base is how clients reach the hub, for the examples. Errors: a
// description that cannot be read.
func New(description, base string) (*Pages, error) {
	root, err := parse(description)
	if err != nil {
		return nil, err
	}
	shown := (&reader{root: root, base: base}).page()
	shown.Style, shown.Script = template.CSS(style), template.JS(script)
	var page bytes.Buffer
	t, err := template.New("page").Parse(layout)
	if err == nil {
		err = t.Execute(&page, shown)
	}
	return &Pages{
		yaml: []byte(description), json: append(root.appendJSON(nil, "\n"), '\n'), html: page.Bytes(),
		policy: fmt.Sprintf("default-src 'none'; style-src '%s'; script-src '%s'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
			hashOf(style), hashOf(script)),
	}, err
}

// hashOf names a text in a Content-Security-Policy.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
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
