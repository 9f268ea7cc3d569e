package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/api"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// by makes a request with a person's token and a JSON body.
func by(token, method, path, body string) ask {
	return ask{method: method, path: path, authorization: "Bearer " + token, body: body}
}

// organization makes an organization of the token's user and gives its slug.
func (s *server) organization(token, name string) string {
	s.t.Helper()
	made := s.want(201, by(token, "POST", "/v1/orgs", `{"name":"`+name+`"}`))
	return made.json["organization"].(map[string]any)["slug"].(string)
}

// ownedProduct makes a product of an owner.
func (s *server) ownedProduct(slug string, owner scope.Scope) {
	s.t.Helper()
	_, err := s.store.InsertProduct(s.t.Context(), fleet.Product{Slug: slug, Name: slug, Owner: owner})
	s.must(err)
}

// roles are the members of a team with the names of their roles, sorted.
func roles(got answer) string {
	var all []string
	for _, m := range got.json["team"].([]any) {
		m := m.(map[string]any)
		all = append(all, m["username"].(string)+"="+m["role"].(map[string]any)["name"].(string))
	}
	slices.Sort(all) // who joined in the same millisecond comes in any order
	return strings.Join(all, " ")
}

func TestOrganizations(t *testing.T) {
	s := newServer(t, nil)
	_, ann := s.person("ann")
	_, bob := s.person("bob")
	if got := s.want(200, by(ann, "GET", "/v1/orgs", "")); len(got.json["organizations"].([]any)) != 0 {
		t.Errorf("got %s, want none", got.text)
	}
	s.want(400, by(ann, "POST", "/v1/orgs", `{"name":" "}`))
	slug := s.organization(ann, "Acme & Co")
	if slug != "acme-co" {
		t.Errorf("got slug %q, want acme-co", slug)
	}
	if other := s.organization(bob, "ACME co"); !strings.HasPrefix(other, "acme-co-") {
		t.Errorf("got slug %q for a second one, want another", other)
	}
	list := s.want(200, by(ann, "GET", "/v1/orgs", "")).json["organizations"].([]any)
	one := list[0].(map[string]any)
	if len(list) != 1 || one["slug"] != slug || one["name"] != "Acme & Co" || len(one["id"].(string)) != 24 {
		t.Errorf("got %v", list)
	}
	current := s.want(200, by(ann, "GET", "/v1/access_tokens/current", ""))
	if orgs := current.json["orgs"].([]any); len(orgs) != 1 || orgs[0].(map[string]any)["slug"] != slug {
		t.Errorf("got %s, want the organization", current.text)
	}
	renamed := s.want(200, by(ann, "PUT", "/v1/orgs/"+one["id"].(string), `{"name":"Acme"}`))
	if o := renamed.json["organization"].(map[string]any); o["name"] != "Acme" || o["slug"] != slug {
		t.Errorf("got %s, want the new name and the old slug", renamed.text)
	}
	foreign, missing := s.send(by(bob, "GET", "/v1/orgs/"+slug, "")), s.send(by(bob, "GET", "/v1/orgs/nowhere", ""))
	if foreign.StatusCode != 403 || foreign.text != missing.text {
		t.Errorf("foreign %d %s, missing %s, want the same 403", foreign.StatusCode, foreign.text, missing.text)
	}
	s.ownedProduct("lamp", scope.OfOrganization(one["id"].(string)))
	s.want(409, by(ann, "DELETE", "/v1/orgs/"+slug, ""))
}

func TestTeamRules(t *testing.T) {
	s := newServer(t, nil)
	_, owner := s.person("owner")
	_, admin := s.person("admin2")
	_, dev := s.person("dev")
	_, stranger := s.person("stranger")
	slug := s.organization(owner, "Acme")
	base := "/v1/orgs/" + slug + "/team"
	s.want(200, by(owner, "POST", base, `{"username":"ADMIN2","role":"administrator"}`))
	s.want(200, by(admin, "POST", base, `{"username":"dev"}`))
	got := s.want(200, by(dev, "GET", base, ""))
	if want := "admin2=Administrator dev=Developer owner=Owner"; roles(got) != want || got.json["ok"] != true {
		t.Errorf("got %s, want %s", got.text, want)
	}
	for _, c := range []struct {
		name, token, method, path, body string
		want                            int
		text                            string
	}{
		{"a developer adds", dev, "POST", "", `{"username":"stranger"}`, 403, "Permission denied: this takes the role Administrator, yours is Developer."},
		{"a stranger looks", stranger, "GET", "", "", 403, "Permission denied."},
		{"a role above one's own", admin, "POST", "", `{"username":"stranger","role":"Owner"}`, 403, "Permission denied: nobody can give a role above his own; yours is Administrator."},
		{"promoting oneself", admin, "PUT", "/admin2", `{"role":"Owner"}`, 403, "Permission denied: nobody can give a role above his own; yours is Administrator."},
		{"putting the owner down", admin, "PUT", "/owner", `{"role":"Developer"}`, 403, "Permission denied: this member's role Owner is above yours."},
		{"removing the owner", admin, "DELETE", "/owner", "", 403, "Permission denied: this member's role Owner is above yours."},
		{"the last owner steps down", owner, "PUT", "/owner", `{"role":"Developer"}`, 409, "This is the organization's last owner. Make somebody else an owner first."},
		{"the last owner goes", owner, "DELETE", "/owner", "", 409, "This is the organization's last owner. Make somebody else an owner first."},
		{"no such role", owner, "PUT", "/dev", `{"role":"King"}`, 400, "role: It must be Owner, Administrator, Developer or View-only."},
		{"somebody else", owner, "PUT", "/stranger", `{"role":"Developer"}`, 404, "The team has no such member."},
		{"nobody", owner, "DELETE", "/nobody", "", 404, "The team has no such member."},
		{"unknown, and sign-up is closed", owner, "POST", "", `{"username":"new"}`, 400, "username: There is no such user, and nobody can sign up at this hub. Ask its administrator for an account."},
		{"no name", owner, "POST", "", `{}`, 400, "username: It is missing."},
	} {
		got := s.send(by(c.token, c.method, base+c.path, c.body))
		if got.StatusCode != c.want || got.json["error_description"] != c.text {
			t.Errorf("%s: got %d %s, want %d %s", c.name, got.StatusCode, got.text, c.want, c.text)
		}
	}
	s.want(200, by(owner, "PUT", base+"/admin2", `{"role":"Owner"}`))
	s.want(200, by(admin, "DELETE", base+"/owner", ""))
	s.want(403, by(owner, "GET", base, ""))
	s.want(200, by(admin, "PUT", base+"/dev", `{"role":"View-only"}`))
	s.want(403, by(dev, "POST", "/v1/orgs/"+slug+"/events", `{"name":"t"}`))
	s.want(200, by(admin, "DELETE", "/v1/orgs/"+slug, ""))
	s.want(403, by(admin, "GET", "/v1/orgs/"+slug, ""))
}

func TestProductTeam(t *testing.T) {
	var rooms *team.Service
	s := newServer(t, func(d *api.Deps) { rooms = d.Team })
	id, ann := s.person("ann@example.org")
	_, bob := s.person("bob@example.org")
	s.ownedProduct("lamp", scope.Of(id))
	const base = "/v1/products/lamp/team"
	s.want(200, by(ann, "POST", base, `{"username":"bob@example.org","role":"View-only"}`))
	if got := s.want(200, by(bob, "GET", base, "")); roles(got) != "ann@example.org=Owner bob@example.org=View-only" {
		t.Errorf("got %s", got.text)
	}
	s.want(409, by(ann, "PUT", base+"/ann@example.org", `{"role":"Developer"}`))
	s.want(200, by(ann, "DELETE", base+"/bob@example.org", ""))
	foreign, missing := s.send(by(bob, "GET", base, "")), s.send(by(bob, "GET", "/v1/products/nothing/team", ""))
	if foreign.StatusCode != 403 || foreign.text != missing.text {
		t.Errorf("foreign %d %s, missing %s, want the same 403", foreign.StatusCode, foreign.text, missing.text)
	}
	err := rooms.CheckLeaving(t.Context(), id)
	if err == nil || !strings.Contains(err.Error(), "owns products: 1") {
		t.Errorf("got %v, want that the product needs its owner", err)
	}
}

func TestTeamInvitesWhoHasNoAccount(t *testing.T) {
	s := newServer(t, func(d *api.Deps) { d.SignUp = api.SignUpInvite })
	_, owner := s.person("owner")
	slug := s.organization(owner, "Acme")
	base := "/v1/orgs/" + slug + "/team"
	s.want(400, by(owner, "POST", base, `{"username":"a b"}`))
	old := s.want(201, by(owner, "POST", base, `{"username":"new@example.org"}`)).json["code"].(string)
	made := s.want(201, by(owner, "POST", base, `{"username":"new@example.org","role":"Administrator"}`))
	list := s.want(200, by(owner, "GET", base, ""))
	invited := list.json["invitations"].([]any)
	if len(invited) != 1 || invited[0].(map[string]any)["username"] != "new@example.org" || strings.Contains(list.text, made.json["code"].(string)) {
		t.Errorf("got %s, want the latest invitation, without its code", list.text)
	}
	signUp := func(want int, code string) {
		t.Helper()
		s.want(want, ask{method: "POST", path: "/v1/users", authorization: "-", body: `{"username":"new@example.org","password":"` + goodPassword + `","code":"` + code + `"}`})
	}
	signUp(400, old)
	signUp(200, made.json["code"].(string))
	if got := s.want(200, by(s.tokenOf("new@example.org", goodPassword), "GET", base, "")); roles(got) != "new@example.org=Administrator owner=Owner" {
		t.Errorf("got %s", got.text)
	}
	code := s.want(201, by(owner, "POST", base, `{"username":"other"}`)).json["code"].(string)
	s.want(200, by(owner, "DELETE", base+"/other", ""))
	s.want(400, ask{method: "POST", path: "/v1/users", authorization: "-", body: `{"username":"other","password":"` + goodPassword + `","code":"` + code + `"}`})
}

func TestAPIUsers(t *testing.T) {
	s := newServer(t, nil)
	_, ann := s.person("ann")
	slug := s.organization(ann, "Acme")
	base := "/v1/orgs/" + slug + "/team"
	for body, text := range map[string]string{
		`{"friendly_name":"x"}`:                                    "scopes: It is missing: a list of actions such as devices:list.",
		`{"friendly_name":"x","scopes":"devices:list"}`:            `scopes: It must be a list of actions such as ["devices:list"].`,
		`{"friendly_name":"x","scopes":["devices:fly"]}`:           `scopes: There is no action "devices:fly".`,
		`{"friendly_name":"x","scopes":["team:create"]}`:           "scopes: team:create cannot be given to an API user.",
		`{"friendly_name":"x","scopes":["team:list","team:list"]}`: "scopes: team:list is given twice.",
		`{"scopes":["devices:list"]}`:                              "friendly_name: It is missing.",
	} {
		checkFailure(t, s.send(by(ann, "POST", base, body)), 400, "invalid_request", text)
	}
	token := func(got answer, name string) (username, token string) {
		t.Helper()
		made := got.json[name].(map[string]any)
		if made["is_programmatic"] != true {
			t.Errorf("got %s", got.text)
		}
		return made["username"].(string), made["tokens"].([]any)[0].(map[string]any)["token"].(string)
	}
	name, robot := token(s.want(200, by(ann, "POST", base, `{"friendly_name":"Example API user","scopes":["integrations:list","team:list"]}`)), "created")
	if !strings.HasPrefix(name, "example-api-user+") || !strings.HasSuffix(name, "@api.localhost") {
		t.Errorf("got name %q", name)
	}
	s.want(200, by(robot, "GET", "/v1/orgs/"+slug+"/integrations", ""))
	if got := s.want(200, by(robot, "GET", base, "")); roles(got) != "ann=Owner "+name+"=API user" || strings.Contains(got.text, robot) {
		t.Errorf("got %s", got.text)
	}
	for _, path := range []string{"/v1/orgs/" + slug + "/secrets", "/v1/integrations", "/v1/hosts", "/v1/access_tokens"} {
		checkFailure(t, s.send(by(robot, "GET", path, "")), 403, "unauthorized", "API users are not allowed to call this endpoint")
	}
	s.want(403, by(robot, "POST", "/v1/devices/events", `{"name":"t"}`))
	me := s.want(200, by(robot, "GET", "/v1/user", ""))
	current := s.want(200, by(robot, "GET", "/v1/access_tokens/current", ""))
	if me.json["is_programmatic"] != true || current.json["expires_at"] != nil || len(current.json["scopes"].([]any)) != 2 || len(current.json["orgs"].([]any)) != 1 {
		t.Errorf("got %s, %s", me.text, current.text)
	}
	s.want(400, ask{method: "POST", path: "/oauth/token", authorization: "-", body: `{"grant_type":"password","username":"` + name + `","password":"x"}`})

	_, second := token(s.want(200, by(ann, "PUT", base+"/"+name, `{"scopes":["team:list"]}`)), "updated")
	s.want(401, by(robot, "GET", "/v1/user", ""))
	s.want(200, by(second, "GET", base, ""))
	s.want(403, by(second, "GET", "/v1/orgs/"+slug+"/integrations", ""))
	s.want(200, by(ann, "DELETE", base+"/"+name, ""))
	s.want(401, by(second, "GET", "/v1/user", ""))
	s.want(404, by(ann, "DELETE", base+"/"+name, ""))
}

// Every action that a route asks for is in team's table, which is what API users
// can be given.
func TestActionsOfRoutesAreKnown(t *testing.T) {
	s := newServer(t, nil)
	for _, needs := range s.api.AllNeeds() {
		if strings.Contains(string(needs), ":") && !team.Known(needs) {
			t.Errorf("%s is not in the table of internal/team/actions.go", needs)
		}
	}
}
