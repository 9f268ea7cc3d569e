package api

import (
	"net/http"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/identity"
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
	Scopes    []string `json:"scopes"`
	Orgs      []string `json:"orgs"`
}

// masked stands for the characters of a token that nobody sees again.
var masked = strings.Repeat("*", 36)

// listTokens handles GET /v1/access_tokens.
func (a *API) listTokens(w http.ResponseWriter, r *http.Request) error {
	tokens, err := a.Identity.Tokens(r.Context(), caller(r).User)
	if err != nil {
		return err
	}
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
	reply(w, http.StatusOK, currentToken{ExpiresAt: expiry(p.Expires), Client: p.Client, Scopes: []string{}, Orgs: []string{}})
	return nil
}

// revokeCurrent handles DELETE /v1/access_tokens/current.
func (a *API) revokeCurrent(w http.ResponseWriter, r *http.Request) error {
	p := caller(r)
	return done(w, a.Identity.RevokeID(r.Context(), p.User, p.Token))
}

// revokeToken handles DELETE /v1/access_tokens/{token}. It needs no
// authentication: having the token is the proof. The answer is the same for a
// token that is not valid.
func (a *API) revokeToken(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.Identity.Revoke(r.Context(), param(r, "token")))
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
