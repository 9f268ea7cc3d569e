package api

import (
	"net/http"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// sessionCookie holds a browser's token. Scripts cannot read it, and pages of
// other sites cannot make a browser send it.
const sessionCookie = "fieldhook_session"

// routeSession adds the routes with which a browser logs in and out, all of them
// native.
func (a *API) routeSession(m *table) {
	m.Post("/v1/session", a.open(a.openSession))
	m.Get("/v1/session", a.self(a.getSession))
	m.Delete("/v1/session", a.self(a.closeSession))
}

// sessionPrincipal gives the principal behind the request's cookie. A request
// that changes something must come from a page of this hub.
func (a *API) sessionPrincipal(w http.ResponseWriter, r *http.Request, cookie *http.Cookie) (*scope.Principal, error) {
	if err := a.checkOrigin(r); err != nil {
		return nil, err
	}
	p, extended, err := a.Identity.AuthenticateSession(r.Context(), cookie.Value)
	if err != nil {
		return nil, err
	}
	if extended != 0 {
		a.setSession(w, cookie.Value, extended)
	}
	w.Header().Del("Access-Control-Allow-Origin") // what a cookie opens is for this hub's own pages
	return p, nil
}

// checkOrigin refuses a request that a page of another origin made and that is
// not safe.
func (a *API) checkOrigin(r *http.Request) error {
	if err := a.crossOrigin.Check(r); err != nil {
		return fault.New(fault.Forbidden, "Permission denied: the request comes from a page of another site.").Because(err)
	}
	return nil
}

// setSession sends the cookie; ends is in Unix milliseconds, and what is past
// makes a browser forget it.
func (a *API) setSession(w http.ResponseWriter, token string, ends int64) {
	http.SetCookie(w, &http.Cookie{
		Name: sessionCookie, Value: token, Path: "/", Expires: time.UnixMilli(ends).UTC(),
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: strings.HasPrefix(a.BaseURL, "https:"),
	})
}

// sessionJSON is the answer of the session routes.
type sessionJSON struct {
	OK        bool    `json:"ok"`
	ID        string  `json:"id"`
	Username  string  `json:"username"`
	Admin     bool    `json:"admin"`
	ExpiresAt *string `json:"expires_at"`
}

// openSession handles POST /v1/session.
func (a *API) openSession(w http.ResponseWriter, r *http.Request) error {
	if err := a.checkOrigin(r); err != nil {
		return err
	}
	in, err := readFields(r)
	if err != nil {
		return err
	}
	opened, err := a.proveSession(r, in)
	if err != nil {
		return err
	}
	w.Header().Del("Access-Control-Allow-Origin")
	doNotStore(w)
	a.setSession(w, opened.Token, opened.Expires)
	ends := event.FormatTime(opened.Expires)
	reply(w, http.StatusOK, sessionJSON{OK: true, ID: opened.User.ID, Username: opened.User.Username, Admin: opened.User.Admin, ExpiresAt: &ends})
	return nil
}

// proveSession opens a session for a password, or for the code of a sign-in
// link.
func (a *API) proveSession(r *http.Request, in fields) (identity.Opened, error) {
	if code, ok := in["code"]; ok {
		if in["username"] != "" || in["password"] != "" {
			return identity.Opened{}, fault.Field("code", "It is given instead of user name and password.")
		}
		opened, err := a.Identity.OpenSessionByCode(r.Context(), code, a.Address(r))
		return opened, oauthFault(err, "The sign-in link is not valid here, or no longer.")
	}
	if err := in.need("username", "password"); err != nil {
		return identity.Opened{}, err
	}
	opened, err := a.Identity.OpenSession(r.Context(), in["username"], in["password"], a.Address(r))
	return opened, oauthFault(err, "User credentials are invalid")
}

// getSession handles GET /v1/session: who is logged in.
func (a *API) getSession(w http.ResponseWriter, r *http.Request) error {
	p := caller(r)
	doNotStore(w)
	reply(w, http.StatusOK, sessionJSON{OK: true, ID: p.User, Username: p.Username, Admin: p.Admin, ExpiresAt: expiry(p.Expires)})
	return nil
}

// closeSession handles DELETE /v1/session. Only a browser has one to close.
func (a *API) closeSession(w http.ResponseWriter, r *http.Request) error {
	p := caller(r)
	if !p.Session {
		return team.Denied()
	}
	if err := a.Identity.RevokeID(r.Context(), p.User, p.Token); err != nil {
		return err
	}
	a.setSession(w, "", 1)
	replyOK(w)
	return nil
}
