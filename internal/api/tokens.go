package api

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/team"
)

// tokenJSON is an element of GET /v1/access_tokens.
type tokenJSON struct {
	Token     string  `json:"token"` // masked but for its last four characters
	ExpiresAt *string `json:"expires_at"`
	Client    string  `json:"client"`
	ID        string  `json:"id"`
	CreatedAt string  `json:"created_at"`
	DeviceID  *string `json:"device_id"` // null for a token of the user
}

// currentToken is the answer of GET /v1/access_tokens/current.
type currentToken struct {
	ExpiresAt *string  `json:"expires_at"` // null = never
	Client    string   `json:"client_id"`
	Scopes    []string `json:"scopes"` // what an API user or client is confined to; empty = nothing
	Orgs      []orgRef `json:"orgs"`
}

// orgRef names an organization.
type orgRef struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
}

// masked stands for the characters of a token that nobody sees again.
var masked = strings.Repeat("*", 36)

// listTokens handles GET /v1/access_tokens, a page of a thousand unless asked
// otherwise.
func (a *API) listTokens(w http.ResponseWriter, r *http.Request) error {
	at, err := pageWithin(r, mostPage, mostPage)
	if err != nil {
		return err
	}
	tokens, err := a.Identity.Tokens(r.Context(), caller(r).User)
	if err != nil {
		return err
	}
	tokens = pageFrom(at, tokens)
	list := make([]tokenJSON, len(tokens))
	for i := range tokens {
		list[i] = tokenJSONOf(&tokens[i])
	}
	reply(w, http.StatusOK, list)
	return nil
}

func tokenJSONOf(t *identity.Token) tokenJSON {
	return tokenJSON{
		Token: masked + t.Last4, ExpiresAt: expiry(t.Expires), Client: t.Client,
		ID: t.ID(), CreatedAt: event.FormatTime(t.Created), DeviceID: orNull(t.Device),
	}
}

// getCurrentToken handles GET /v1/access_tokens/current.
func (a *API) getCurrentToken(w http.ResponseWriter, r *http.Request) error {
	p := caller(r)
	organizations, err := a.Team.OrganizationsOf(r.Context(), p)
	if err != nil {
		return err
	}
	v := currentToken{ExpiresAt: expiry(p.Expires), Client: p.Client, Scopes: append([]string{}, p.Actions...), Orgs: make([]orgRef, len(organizations))}
	for i, o := range organizations {
		v.Orgs[i] = orgRef{o.ID, o.Slug}
	}
	reply(w, http.StatusOK, v)
	return nil
}

// revokeCurrent handles DELETE /v1/access_tokens/current.
func (a *API) revokeCurrent(w http.ResponseWriter, r *http.Request) error {
	p := caller(r)
	if p.Device == "" {
		return done(w, a.Identity.RevokeID(r.Context(), cmp.Or(p.User, p.Client), p.Token))
	}
	for _, issuer := range []string{p.User, ""} { // its owner, or its product
		if err := a.Identity.RevokeDeviceToken(r.Context(), issuer, p.Device, p.Token); err != nil {
			return err
		}
	}
	replyOK(w)
	return nil
}

// revokeToken handles DELETE /v1/access_tokens/{token}. It needs no
// authentication: having the token is the proof. The answer is the same for a
// token that is not valid. With a token of one's own in the header, or in a
// browser's session, another one may be named by the id that lists show.
func (a *API) revokeToken(w http.ResponseWriter, r *http.Request) error {
	token := param(r, "token")
	if err := a.Identity.Revoke(r.Context(), token); err != nil {
		return err
	}
	p, err := a.authenticate(w, r, bearer(r.Header.Get("Authorization")))
	if err == nil && team.CheckSelf(p) == nil {
		return done(w, a.Identity.RevokeID(r.Context(), cmp.Or(p.User, p.Client), token))
	}
	replyOK(w)
	return nil
}

// revokeTokens handles DELETE /v1/access_tokens: the user is logged out
// everywhere. Devices keep their tokens.
func (a *API) revokeTokens(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.Identity.RevokeAll(r.Context(), caller(r).User))
}

// done answers {"ok":true} unless there is an error.
func done(w http.ResponseWriter, err error) error {
	if err != nil {
		return err
	}
	replyOK(w)
	return nil
}

// expiry is a time on the wire, null for never.
func expiry(ms int64) *string {
	if ms == 0 {
		return nil
	}
	s := event.FormatTime(ms)
	return &s
}

// orNull is a text on the wire, null if there is none.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
