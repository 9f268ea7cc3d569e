package api

import (
	"encoding/json"
	"net/http"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/team"
)

// routeTeam adds the routes about the team of a product or organization (cloud
// API reference, section 9).
func (a *API) routeTeam(m *table, base string) {
	m.Get(base+"/team", a.may("team:list", a.listTeam))
	m.Post(base+"/team", a.may("team:create", a.addToTeam))
	m.Put(base+"/team/{username}", a.may("team:update", a.changeRole))
	m.Delete(base+"/team/{username}", a.may("team:delete", a.leaveTeam))
}

// memberJSON is a member of a team: a person, or an API user.
type memberJSON struct {
	Username string   `json:"username"`
	Role     roleJSON `json:"role"`
	Machine  bool     `json:"is_programmatic"`
	Scopes   []string `json:"scopes,omitempty"` // of an API user
}

// roleJSON is a role on the wire.
type roleJSON struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

func roleJSONOf(r team.Role) roleJSON { return roleJSON{int(r), r.String()} }

// invitedJSON is somebody who has not signed up yet.
type invitedJSON struct {
	Username  string   `json:"username"`
	Role      roleJSON `json:"role"`
	ExpiresAt string   `json:"expires_at"`
}

func invitedJSONOf(i *team.Invitation) invitedJSON {
	return invitedJSON{i.Username, roleJSONOf(i.Role), event.FormatTime(i.Expires)}
}

// listTeam handles GET .../team: a page of members and API users, and who is
// invited.
func (a *API) listTeam(w http.ResponseWriter, r *http.Request) error {
	at, err := pageOf(r)
	if err != nil {
		return err
	}
	list, total, err := a.membersOn(r, at)
	if err != nil {
		return err
	}
	open, err := a.Team.OpenInvitations(r.Context(), scopeOf(r))
	if err != nil {
		return err
	}
	invited := make([]invitedJSON, len(open))
	for i := range open {
		invited[i] = invitedJSONOf(&open[i])
	}
	reply(w, http.StatusOK, map[string]any{"ok": true, "team": list, "invitations": invited, "meta": at.meta(total)})
	return nil
}

// membersOn gives a page of the team, and how many there are in all.
func (a *API) membersOn(r *http.Request, at page) (list []memberJSON, total int, err error) {
	people, err := a.Team.Team(r.Context(), scopeOf(r))
	if err != nil {
		return nil, 0, err
	}
	machines, err := a.Identity.APIUsers(r.Context(), scopeOf(r))
	if err != nil {
		return nil, 0, err
	}
	all := make([]memberJSON, 0, len(people)+len(machines))
	for _, m := range people {
		all = append(all, memberJSON{Username: m.User, Role: roleJSONOf(m.Role)})
	}
	for i := range machines {
		all = append(all, machineJSONOf(&machines[i]))
	}
	list = pageFrom(at, all)
	return list, len(all), a.nameMembers(r, list)
}

// nameMembers puts the names of people in the place of their ids.
func (a *API) nameMembers(r *http.Request, list []memberJSON) error {
	var ids []string
	for i := range list {
		if !list[i].Machine {
			ids = append(ids, list[i].Username)
		}
	}
	names, err := a.Fleet.Usernames(r.Context(), ids)
	for i := range list {
		if !list[i].Machine {
			list[i].Username = names[list[i].Username]
		}
	}
	return err
}

func machineJSONOf(u *identity.User) memberJSON {
	return memberJSON{Username: u.Username, Role: roleJSON{0, "API user"}, Machine: true, Scopes: u.Actions}
}

// addToTeam handles POST .../team: with "friendly_name" and "scopes" it makes an
// API user; with "username" it adds that user, or invites one who is not there.
func (a *API) addToTeam(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	if in["friendly_name"] != "" || in["scopes"] != "" {
		return a.createAPIUser(w, r, in)
	}
	if err := in.need("username"); err != nil {
		return err
	}
	role, err := roleIn(in, team.Developer)
	if err != nil {
		return err
	}
	u, err := a.Identity.FindPerson(r.Context(), in["username"])
	switch {
	case fault.Is(err, fault.NotFound):
		return a.invite(w, r, in["username"], role)
	case err != nil:
		return err
	}
	if err := a.Team.Grant(r.Context(), caller(r), scopeOf(r), u.ID, role); err != nil {
		return err
	}
	replyMember(w, http.StatusOK, memberJSON{Username: u.Username, Role: roleJSONOf(role)})
	return nil
}

func replyMember(w http.ResponseWriter, status int, m memberJSON) {
	reply(w, status, map[string]any{"ok": true, "member": m})
}

// roleIn reads the name of a role; absent is the usual one.
func roleIn(in fields, usual team.Role) (team.Role, error) {
	if in["role"] == "" && usual != team.None {
		return usual, nil
	}
	role, ok := team.ParseRole(in["role"])
	if !ok {
		return team.None, fault.Field("role", "It must be Owner, Administrator, Developer or View-only.")
	}
	return role, nil
}

// invite makes an invitation's code for a name that nobody has.
func (a *API) invite(w http.ResponseWriter, r *http.Request, username string, role team.Role) error {
	if a.SignUp != SignUpOpen && a.SignUp != SignUpInvite {
		return fault.Field("username", "There is no such user, and nobody can sign up at this hub. Ask its administrator for an account.")
	}
	if err := a.Identity.CheckUsername(username); err != nil {
		return err
	}
	if err := a.Team.CheckRole(r.Context(), caller(r), scopeOf(r), role); err != nil {
		return err
	}
	code, i, err := a.Team.Invite(r.Context(), scopeOf(r), username, role)
	if err != nil {
		return err
	}
	doNotStore(w)
	reply(w, http.StatusCreated, map[string]any{"ok": true, "invitation": invitedJSONOf(&i), "code": code})
	return nil
}

// changeRole handles PUT .../team/{username}: another role for a person, other
// actions and another token for an API user.
func (a *API) changeRole(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	username := param(r, "username")
	if in["scopes"] != "" {
		if err := a.updateAPIUser(w, r, username, in); in["role"] == "" || !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	role, err := roleIn(in, team.None)
	if err != nil {
		return err
	}
	u, err := a.memberNamed(r, username)
	if err != nil {
		return err
	}
	if err := a.Team.Grant(r.Context(), caller(r), scopeOf(r), u.ID, role); err != nil {
		return err
	}
	replyMember(w, http.StatusOK, memberJSON{Username: u.Username, Role: roleJSONOf(role)})
	return nil
}

// memberNamed finds a member of the team that the path names. Somebody else is
// answered like nobody.
func (a *API) memberNamed(r *http.Request, username string) (identity.User, error) {
	u, err := a.Identity.FindPerson(r.Context(), username)
	if fault.Is(err, fault.NotFound) {
		return u, team.NoMember()
	}
	if err != nil {
		return u, err
	}
	all, err := a.Team.Team(r.Context(), scopeOf(r))
	if err != nil {
		return u, err
	}
	for _, m := range all {
		if m.User == u.ID {
			return u, nil
		}
	}
	return u, team.NoMember()
}

// leaveTeam handles DELETE .../team/{username}, for API users and open
// invitations, too.
func (a *API) leaveTeam(w http.ResponseWriter, r *http.Request) error {
	username := param(r, "username")
	if err := a.Identity.DeleteAPIUser(r.Context(), scopeOf(r), username); !fault.Is(err, fault.NotFound) {
		return done(w, err)
	}
	u, err := a.memberNamed(r, username)
	if fault.Is(err, fault.NotFound) {
		return done(w, a.Team.Disinvite(r.Context(), scopeOf(r), username))
	}
	if err != nil {
		return err
	}
	return done(w, a.Team.Remove(r.Context(), caller(r), scopeOf(r), u.ID))
}

// apiUserJSON is a new API user, or one with a new token, which is shown this
// once.
type apiUserJSON struct {
	memberJSON
	Tokens []shownToken `json:"tokens"`
}

// shownToken is a token that is shown.
type shownToken struct {
	Token string `json:"token"`
}

// createAPIUser is addToTeam for an API user.
func (a *API) createAPIUser(w http.ResponseWriter, r *http.Request, in fields) error {
	if err := in.need("friendly_name"); err != nil {
		return err
	}
	actions, err := a.actionsIn(r, in)
	if err != nil {
		return err
	}
	u, token, err := a.Identity.CreateAPIUser(r.Context(), scopeOf(r), in["friendly_name"], actions)
	if err != nil {
		return err
	}
	doNotStore(w)
	reply(w, http.StatusOK, map[string]any{"ok": true, "created": apiUserJSON{machineJSONOf(&u), []shownToken{{token}}}})
	return nil
}

// updateAPIUser is changeRole for an API user.
func (a *API) updateAPIUser(w http.ResponseWriter, r *http.Request, username string, in fields) error {
	actions, err := a.actionsIn(r, in)
	if err != nil {
		return err
	}
	u, token, err := a.Identity.EditAPIUser(r.Context(), scopeOf(r), username, actions)
	if err != nil {
		return err
	}
	doNotStore(w)
	reply(w, http.StatusOK, map[string]any{"ok": true, "updated": apiUserJSON{machineJSONOf(&u), []shownToken{{token}}}})
	return nil
}

// actionsIn reads "scopes", a list of actions that the caller may give.
func (a *API) actionsIn(r *http.Request, in fields) ([]string, error) {
	var names []string
	if text := in["scopes"]; text != "" && json.Unmarshal([]byte(text), &names) != nil {
		return nil, fault.Field("scopes", "It must be a list of actions such as [\"devices:list\"].")
	}
	own, err := a.Team.Role(r.Context(), caller(r).User, scopeOf(r))
	if err != nil {
		return nil, err
	}
	return names, team.CheckActions(names, own)
}
