package api

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// tokenField is the name of the token in a query or form.
const tokenField = "access_token"

// everyone makes a route of a handler that any valid token may call; the
// handler minds what a device's own token may see.
func (a *API) everyone(h handler) route {
	return route{anyToken, a.serveFault(a.withToken(h))}
}

// mayWithPassword is may for a route that also takes a user name and a password
// by HTTP Basic in place of a token, because older clients have no other.
func (a *API) mayWithPassword(action team.Action, h handler) route {
	checked := a.checked(action, h)
	withToken := a.withToken(checked)
	return route{action, a.serveFault(func(w http.ResponseWriter, r *http.Request) error {
		name, password, ok := r.BasicAuth()
		if !ok {
			return withToken(w, r)
		}
		p, err := a.Identity.AuthenticatePassword(r.Context(), name, password, a.Address(r))
		if err != nil {
			return err
		}
		callOf(r).principal = p
		return checked(w, r)
	})}
}

// withToken finds the request's token in one of the three places (cloud API
// reference, section 2.1) and the principal behind it.
func (a *API) withToken(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		token := a.headerOrQueryToken(r)
		if takesFormToken(r) {
			b, err := readBody(r)
			if err != nil {
				return err
			}
			defer b.free()
			rest, found := cutFormToken(b.data)
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(rest)), int64(len(rest))
			if r.Header["Authorization"] == nil {
				token = found
			}
		}
		p, err := a.authenticate(w, r, token)
		if err != nil {
			return err
		}
		c := callOf(r)
		c.principal, c.token = p, token
		return h(w, r)
	}
}

// authenticate gives the principal behind a token or, in a request without one,
// behind the cookie of a browser's session.
func (a *API) authenticate(w http.ResponseWriter, r *http.Request, token string) (*scope.Principal, error) {
	if token == "" && r.Header["Authorization"] == nil {
		if cookie, err := r.Cookie(sessionCookie); err == nil {
			return a.sessionPrincipal(w, r, cookie)
		}
	}
	return a.Identity.Authenticate(r.Context(), token)
}

// headerOrQueryToken gives "" if there is no token, which is never valid. A
// header that is there, even one without a token, wins.
func (a *API) headerOrQueryToken(r *http.Request) string {
	if h := r.Header["Authorization"]; len(h) > 0 {
		return bearer(h[0])
	}
	if r.Method != http.MethodGet || a.NoQueryToken || !strings.Contains(r.URL.RawQuery, tokenField) {
		return ""
	}
	return r.URL.Query().Get(tokenField)
}

// bearer gives the token of an Authorization header. Clients that are logged
// out send the word "null".
func bearer(header string) string {
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "null" {
		return ""
	}
	return token
}

// takesFormToken says whether the body may hold the token as a field.
func takesFormToken(r *http.Request) bool {
	if r.Method != http.MethodPost && r.Method != http.MethodPut {
		return false
	}
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(media), "application/x-www-form-urlencoded")
}

// cutFormToken takes every access_token field out of a form and gives the first
// one's value, so that no handler stores or repeats it. The form changes in
// place.
func cutFormToken(form []byte) (rest []byte, token string) {
	if !bytes.Contains(form, []byte(tokenField)) {
		return form, ""
	}
	rest = form[:0]
	for field := range bytes.SplitSeq(form, []byte{'&'}) {
		name, value, _ := bytes.Cut(field, []byte{'='})
		if string(name) != tokenField {
			rest = append(append(rest, field...), '&')
			continue
		}
		if v, err := url.QueryUnescape(string(value)); err == nil && token == "" {
			token = v
		}
	}
	return bytes.TrimSuffix(rest, []byte{'&'}), token
}
