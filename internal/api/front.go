package api

import (
	"fmt"
	"html"
	"net/http"
	"strings"
)

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

// front handles GET /: it tells a visitor what answers here.
func (a *API) front(w http.ResponseWriter, r *http.Request) error {
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		reply(w, http.StatusOK, map[string]any{"ok": true, "name": "Fieldhook", "version": a.Version, "docs": a.Docs})
		return nil
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	// An error here means that the visitor is gone: nobody is left to tell.
	_, _ = fmt.Fprintf(w, frontPage, html.EscapeString(a.Version), html.EscapeString(a.BaseURL), html.EscapeString(a.Docs))
	return nil
}

// frontPage has the version, the base URL and the address of the documentation
// filled in.
const frontPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Fieldhook</title>
<h1>Fieldhook</h1>
<p>This is a Fieldhook hub, version %s. Its API answers at <code>%s</code>.
<p><a href="/docs">API reference</a> · <a href="%s">Documentation</a> · <a href="/health">Health</a>
</html>
`
