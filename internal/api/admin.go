package api

import (
	"net/http"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// routeAdmin adds the routes of the hub's administrators, all of them native.
func (a *API) routeAdmin(m *table) {
	m.Get("/v1/admin/users", a.admin(a.listUsers))
	m.Post("/v1/admin/users", a.admin(a.createUser))
	m.Delete("/v1/admin/users/{user}", a.admin(a.removeUser))
	m.Post("/v1/admin/users/{user}/password", a.admin(a.setPassword))
	m.Post("/v1/admin/invitations", a.admin(a.inviteUser))
}

// admin makes a route for the administrators of the hub.
func (a *API) admin(h handler) route {
	return route{anAdmin, a.serveFault(a.withToken(func(w http.ResponseWriter, r *http.Request) error {
		if !caller(r).Admin {
			return team.Denied()
		}
		return h(w, r)
	}))}
}

// accountJSON is a person as administrators see it.
type accountJSON struct {
	ID        string `json:"id"`
	Username  string `json:"username"`
	Admin     bool   `json:"admin"`
	CreatedAt string `json:"created_at"`
	Password  string `json:"password,omitempty"` // one that was made up, this once
}

func accountJSONOf(u *identity.User) accountJSON {
	return accountJSON{ID: u.ID, Username: u.Username, Admin: u.Admin, CreatedAt: event.FormatTime(u.Created)}
}

// listUsers handles GET /v1/admin/users?page=N&per_page=N.
func (a *API) listUsers(w http.ResponseWriter, r *http.Request) error {
	at, err := pageOf(r)
	if err != nil {
		return err
	}
	users, total, err := a.Identity.People(r.Context(), at.offset(), at.size)
	if err != nil {
		return err
	}
	list := make([]accountJSON, len(users))
	for i := range users {
		list[i] = accountJSONOf(&users[i])
	}
	reply(w, http.StatusOK, map[string]any{"users": list, "meta": at.meta(total)})
	return nil
}

// createUser handles POST /v1/admin/users. Without a password it makes one up.
func (a *API) createUser(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	account := identity.Account{Username: in["username"], Password: in["password"], Info: in["account_info"]}
	if account.Admin, err = in.flag("admin"); err != nil {
		return err
	}
	made := ""
	if account.Password == "" {
		made = identity.NewPassword()
		account.Password = made
	}
	u, err := a.Identity.CreateUser(r.Context(), account)
	if err != nil {
		return err
	}
	v := accountJSONOf(&u)
	v.Password = made
	doNotStore(w)
	reply(w, http.StatusCreated, v)
	return nil
}

// person is the user that the path names by id or username.
func (a *API) person(r *http.Request) (identity.User, error) {
	return a.Identity.FindPerson(r.Context(), param(r, "user"))
}

// setPassword handles POST /v1/admin/users/{user}/password: another password,
// made up unless given, and the end of the user's tokens.
func (a *API) setPassword(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	u, err := a.person(r)
	if err != nil {
		return err
	}
	password := in["password"]
	v := accountJSONOf(&u)
	if password == "" {
		password = identity.NewPassword()
		v.Password = password
	}
	if err := a.Identity.ResetPassword(r.Context(), u, password); err != nil {
		return err
	}
	doNotStore(w)
	reply(w, http.StatusOK, v)
	return nil
}

// removeUser handles DELETE /v1/admin/users/{user}.
func (a *API) removeUser(w http.ResponseWriter, r *http.Request) error {
	u, err := a.person(r)
	if err != nil {
		return err
	}
	if u.ID == caller(r).User {
		return fault.New(fault.Conflict, "This is your own account; DELETE /v1/user with your password deletes it.")
	}
	return done(w, a.Identity.DeleteUser(r.Context(), u))
}

// inviteUser handles POST /v1/admin/invitations: a code to sign up with, for one
// username or for whoever has it.
func (a *API) inviteUser(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	code, i, err := a.Team.Invite(r.Context(), scope.Scope{}, in["username"], team.None)
	if err != nil {
		return err
	}
	doNotStore(w)
	reply(w, http.StatusCreated, map[string]any{"ok": true, "code": code, "username": orNull(i.Username), "expires_at": event.FormatTime(i.Expires)})
	return nil
}
