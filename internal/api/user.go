package api

import (
	"encoding/json"
	"net/http"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// userJSON is a user on the wire (cloud API reference, section 2.3). Clients
// read the name only; the counts are there because some print them.
type userJSON struct {
	ID       string          `json:"id"`
	Username string          `json:"username"`
	Admin    bool            `json:"admin"`
	Machine  bool            `json:"is_programmatic"`
	Account  json.RawMessage `json:"account_info"`
	MFA      struct {
		Enabled bool `json:"enabled"`
	} `json:"mfa"`
	NoPassword  bool     `json:"no_password"`
	Memberships []string `json:"memberships"` // ids of organizations
	WiFi        int      `json:"wifi_device_count"`
	Cellular    int      `json:"cellular_device_count"`
}

func (a *API) userJSONOf(r *http.Request, u *identity.User) (userJSON, error) {
	members, err := a.Team.Members.MembershipsOf(r.Context(), u.ID)
	if err != nil {
		return userJSON{}, err
	}
	v := userJSON{
		ID: u.ID, Username: u.Username, Admin: u.Admin, Machine: u.Kind == identity.Programmatic,
		Account: json.RawMessage("{}"), NoPassword: u.PasswordHash == "", Memberships: []string{},
	}
	if u.Info != "" {
		v.Account = json.RawMessage(u.Info)
	}
	for _, m := range members {
		if m.Scope.Kind == scope.Organization {
			v.Memberships = append(v.Memberships, m.Scope.ID)
		}
	}
	return v, nil
}

func (a *API) replyUser(w http.ResponseWriter, r *http.Request, status int, u *identity.User) error {
	v, err := a.userJSONOf(r, u)
	if err != nil {
		return err
	}
	reply(w, status, v)
	return nil
}

// self makes a route about the caller itself, which any principal may use but a
// device.
func (a *API) self(h handler) route {
	return route{notADevice, a.serveFault(a.withToken(func(w http.ResponseWriter, r *http.Request) error {
		if err := team.CheckSelf(caller(r)); err != nil {
			return err
		}
		return h(w, r)
	}))}
}

// getUser handles GET /v1/user.
func (a *API) getUser(w http.ResponseWriter, r *http.Request) error {
	p := caller(r)
	if p.User == "" {
		return fault.New(fault.NotFound, "This token is an OAuth client's: no user is behind it.")
	}
	u, err := a.Identity.User(r.Context(), p.User)
	if err != nil {
		return err
	}
	return a.replyUser(w, r, http.StatusOK, &u)
}

// identifyUser handles GET /v1/user/identify.
func (a *API) identifyUser(w http.ResponseWriter, r *http.Request) error {
	p := caller(r)
	reply(w, http.StatusOK, map[string]string{"id": p.User, "email": p.Username})
	return nil
}

// updateUser handles PUT /v1/user: account_info, or username and password, which
// take current_password.
func (a *API) updateUser(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	e := identity.Edit{
		Username: in.given("username"), Password: in.given("password"), Info: in.given("account_info"),
		Current: in["current_password"], Address: a.Address(r),
	}
	if e.Invalidate, err = in.flag("invalidate_tokens"); err != nil {
		return err
	}
	u, err := a.Identity.EditUser(r.Context(), caller(r).User, e)
	if err != nil {
		return err
	}
	return a.replyUser(w, r, http.StatusOK, &u)
}

// deleteUser handles DELETE /v1/user.
func (a *API) deleteUser(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	return done(w, a.Identity.Leave(r.Context(), caller(r).User, in["password"], a.Address(r)))
}
