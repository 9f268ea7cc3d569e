package api

import (
	"errors"
	"net/http"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/team"
)

// The values of Deps.SignUp: who may make an account.
const (
	SignUpOpen   = "open"   // everybody
	SignUpInvite = "invite" // who has an invitation's code
	SignUpClosed = "closed" // nobody; administrators make accounts
)

// signUp handles POST /v1/users (cloud API reference, section 2.3). It needs no
// token, and ignores the stale ones that clients send.
func (a *API) signUp(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	code := in["code"]
	switch {
	case a.SignUp != SignUpOpen && a.SignUp != SignUpInvite:
		return fault.New(fault.Forbidden, "Nobody can sign up at this hub. Ask its administrator for an account.")
	case code == "" && a.SignUp == SignUpInvite:
		return fault.Field("code", "It is missing. Signing up at this hub takes the code of an invitation.")
	}
	return done(w, a.join(r, code, identity.Account{Username: in["username"], Password: in["password"], Info: in["account_info"]}))
}

// join makes an account and, with an invitation's code, gives it its place.
func (a *API) join(r *http.Request, code string, account identity.Account) (err error) {
	var invitation team.Invitation
	if code != "" {
		if invitation, err = a.Team.Take(r.Context(), code, account.Username); err != nil {
			return err
		}
	}
	u, err := a.Identity.SignUp(r.Context(), account, a.Address(r))
	if err != nil {
		if code != "" {
			err = errors.Join(err, a.Team.PutBack(r.Context(), invitation))
		}
		return err
	}
	return a.Team.Join(r.Context(), invitation, u.ID)
}

// resetPassword handles POST /v1/user/password-reset. The hub sends no mail: it
// tells its operators, and answers the same whether or not there is such a
// user.
func (a *API) resetPassword(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	u, err := a.Identity.AskForReset(r.Context(), in["username"], a.Address(r))
	switch {
	case fault.Is(err, fault.NotFound):
	case err != nil:
		return err
	default:
		a.Log.Warn("a user asks for a new password; fieldhook user password sets one", "username", u.Username)
	}
	replyOK(w)
	return nil
}
