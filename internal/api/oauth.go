package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/identity"
)

// maxClient bounds the name of an OAuth client, in bytes.
const maxClient = 128

// issued is the answer of POST /oauth/token.
type issued struct {
	Type      string `json:"token_type"`
	Token     string `json:"access_token"`
	ExpiresIn int64  `json:"expires_in"` // seconds; 0 = never, which clients test for
}

// grantToken handles POST /oauth/token (cloud API reference, section 2.2). A
// Bearer header means nothing here: clients send stale ones. A client that is
// not known is a public one; its id is the token's client name.
func (a *API) grantToken(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	switch in["grant_type"] {
	case "password":
		return a.grantPassword(w, r, in)
	case "":
		return fault.Field("grant_type", "It is missing; send grant_type=password.")
	}
	return fault.New(unsupportedGrant, "The grant type %.40q is not supported; send grant_type=password.", in["grant_type"])
}

func (a *API) grantPassword(w http.ResponseWriter, r *http.Request, in fields) error {
	login, err := a.loginOf(r, in)
	if err != nil {
		return err
	}
	got, err := a.Identity.PasswordGrant(r.Context(), login)
	if errors.Is(err, identity.ErrCredentials) {
		return fault.New(invalidGrant, "User credentials are invalid").Because(err)
	}
	if err != nil {
		return err
	}
	doNotStore(w)
	reply(w, http.StatusOK, issued{Type: "bearer", Token: got.Token, ExpiresIn: got.ExpiresIn})
	return nil
}

// loginOf reads the fields of a password grant.
func (a *API) loginOf(r *http.Request, in fields) (identity.Login, error) {
	l := identity.Login{Username: in["username"], Password: in["password"], Address: a.Address(r), Client: in["client_id"]}
	if id, _, ok := r.BasicAuth(); ok {
		l.Client = id
	}
	switch {
	case l.Username == "":
		return l, fault.Field("username", "It is missing.")
	case l.Password == "":
		return l, fault.Field("password", "It is missing.")
	case len(l.Client) > maxClient || strings.ContainsRune(l.Client, 0):
		return l, fault.Field("client_id", "It has at most %d bytes and no NUL.", maxClient)
	}
	if text := in["expires_in"]; text != "" {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return l, fault.Field("expires_in", "It must be a whole number of seconds, 0 for never.")
		}
		l.ExpiresIn = &seconds
	}
	return l, nil
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
