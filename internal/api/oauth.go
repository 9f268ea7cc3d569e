package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/identity"
)

// maxClient bounds the name of an OAuth client, in bytes.
const maxClient = 128

// issued is the answer of POST /oauth/token.
type issued struct {
	Type      string `json:"token_type"`
	Token     string `json:"access_token"`
	ExpiresIn int64  `json:"expires_in"`              // seconds; 0 = never, which clients test for
	Refresh   string `json:"refresh_token,omitempty"` // absent where there is nothing to refresh
}

// grantToken handles POST /oauth/token (cloud API reference, section 2.2). A
// Bearer header means nothing here: clients send stale ones.
func (a *API) grantToken(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	from, err := a.callerOf(r, in)
	if err != nil {
		return err
	}
	wanted, err := lifetimeOf(in)
	if err != nil {
		return err
	}
	got, err := a.grant(r, in, from, wanted)
	if err != nil {
		return err
	}
	replyIssued(w, got)
	return nil
}

// replyIssued writes a token, which is shown this once.
func replyIssued(w http.ResponseWriter, got identity.Issued) {
	doNotStore(w)
	reply(w, http.StatusOK, issued{Type: "bearer", Token: got.Token, ExpiresIn: got.ExpiresIn, Refresh: got.Refresh})
}

func (a *API) grant(r *http.Request, in fields, from identity.Caller, wanted identity.Lifetime) (got identity.Issued, err error) {
	switch in["grant_type"] {
	case "password":
		if err := in.need("username", "password"); err != nil {
			return got, err
		}
		got, err = a.Identity.PasswordGrant(r.Context(), identity.Login{
			Caller: from, Lifetime: wanted, Username: in["username"], Password: in["password"],
		})
		return got, oauthFault(err, "User credentials are invalid")
	case "refresh_token":
		if err := in.need("refresh_token"); err != nil {
			return got, err
		}
		got, err = a.Identity.RefreshGrant(r.Context(), from, in["refresh_token"], wanted)
		return got, oauthFault(err, "The refresh token is not valid, or not this client's.")
	case "client_credentials":
		customer, err := customerScope(in["scope"])
		if err != nil {
			return got, err
		}
		got, err = a.Identity.ClientGrant(r.Context(), from, customer, wanted)
		return got, oauthFault(err, "There is no such customer.")
	case "":
		return got, fault.Field("grant_type", "It is missing; send grant_type=password.")
	}
	return got, fault.New(unsupportedGrant, "The grant type %.40q is not supported; send grant_type=password.", in["grant_type"])
}

// oauthFault words what a grant refuses. The text is about the credentials.
func oauthFault(err error, credentials string) error {
	switch {
	case errors.Is(err, identity.ErrCredentials):
		return fault.New(invalidGrant, "%s", credentials).Because(err)
	case errors.Is(err, identity.ErrClient):
		return fault.New(invalidClient, "Client credentials are invalid").Because(err)
	}
	return err
}

// customerScope reads the scope of a client_credentials grant:
// "customer=<e-mail address>", or nothing.
func customerScope(text string) (email string, err error) {
	email, ok := strings.CutPrefix(text, "customer=")
	if text != "" && (!ok || email == "") {
		return "", fault.Field("scope", "It must be empty or customer= and an e-mail address.")
	}
	return email, nil
}

// callerOf reads who asks for a token. HTTP Basic wins over the fields.
func (a *API) callerOf(r *http.Request, in fields) (identity.Caller, error) {
	c := identity.Caller{Client: in["client_id"], Secret: in["client_secret"], Address: a.Address(r)}
	if id, secret, ok := r.BasicAuth(); ok {
		c.Client, c.Secret = id, secret
	}
	if len(c.Client) > maxClient || strings.ContainsRune(c.Client, 0) {
		return c, fault.Field("client_id", "It has at most %d bytes and no NUL.", maxClient)
	}
	return c, nil
}

// lifetimeOf reads how long a token is wanted to be valid.
func lifetimeOf(in fields) (l identity.Lifetime, err error) {
	if text := in["expires_in"]; text != "" {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return l, fault.Field("expires_in", "It must be a whole number of seconds, 0 for never.")
		}
		l.In = &seconds
	}
	if text := in["expires_at"]; text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return l, fault.Field("expires_at", "It must be a time such as 2030-01-31T12:00:00Z.")
		}
		ms := at.UnixMilli()
		l.At = &ms
	}
	return l, nil
}

// need refuses a body without some of its members.
func (f fields) need(names ...string) error {
	for _, name := range names {
		if f[name] == "" {
			return fault.Field(name, "It is missing.")
		}
	}
	return nil
}

// doNotStore marks an answer that holds a secret: nothing on the way may keep it.
func doNotStore(w http.ResponseWriter) { w.Header().Set("Cache-Control", "no-store") }

// fields are the members of a request body as texts: strings as they are,
// numbers and booleans as they are spelled, objects as JSON. Members that are
// null are left out.
type fields map[string]string

// readFields reads the body of a request, JSON or form. No body has no fields.
// Errors: as readObject.
func readFields(r *http.Request) (fields, error) {
	data, err := readObject(r)
	if err != nil {
		return nil, err
	}
	in := fields{}
	if data == nil {
		return in, nil
	}
	m, err := objectOf(data)
	if err != nil {
		return nil, err
	}
	for m.next() {
		if string(m.value) != "null" {
			in[string(m.name)] = jsonText(m.value)
		}
	}
	return in, nil
}

// given is the text of a member, nil if it is not there.
func (f fields) given(name string) *string {
	if text, ok := f[name]; ok {
		return &text
	}
	return nil
}

// flag reads a member that is true or false; absent is false.
func (f fields) flag(name string) (bool, error) {
	switch f[name] {
	case "true", "1":
		return true, nil
	case "", "false", "0":
		return false, nil
	}
	return false, fault.Field(name, "It must be true or false.")
}
