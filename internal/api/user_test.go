package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/api"
)

// The password of the people that tests make.
const goodPassword = "correct horse"

// person makes an account and gives a token of it.
func (s *server) person(name string) (id, token string) {
	s.t.Helper()
	made := s.want(201, ask{method: "POST", path: "/v1/admin/users", body: `{"username":"` + name + `","password":"` + goodPassword + `"}`})
	return made.json["id"].(string), s.tokenOf(name, goodPassword)
}

// tokenOf logs a person in.
func (s *server) tokenOf(name, password string) string {
	s.t.Helper()
	return s.want(200, ask{method: "POST", path: "/oauth/token", authorization: "-",
		body: `{"grant_type":"password","client_id":"particle","username":"` + name + `","password":"` + password + `"}`}).json["access_token"].(string)
}

func TestSignUpPolicies(t *testing.T) {
	const body = `{"username":"new@example.org","password":"correct horse","account_info":{"first_name":"N"}}`
	for _, c := range []struct {
		policy, body string
		want         int
		text         string
	}{
		{"", body, 403, "Nobody can sign up at this hub. Ask its administrator for an account."},
		{api.SignUpClosed, body, 403, "Nobody can sign up at this hub. Ask its administrator for an account."},
		{api.SignUpInvite, body, 400, "code: It is missing. Signing up at this hub takes the code of an invitation."},
		{api.SignUpInvite, strings.Replace(body, `{`, `{"code":"wrong",`, 1), 400, "code: It is no invitation for this username, or it is too old."},
		{api.SignUpOpen, `{"username":"new"}`, 400, "password: It has 8 to 1024 bytes."},
		{api.SignUpOpen, `{"username":"a/b","password":"correct horse"}`, 400, "username: It holds no spaces, slashes or control characters, and is valid UTF-8."},
		{api.SignUpOpen, `{"username":"ADMIN","password":"correct horse"}`, 400, "username: The name admin is the administrator's."},
		{api.SignUpOpen, `{"username":"x@API.localhost","password":"correct horse"}`, 400, "username: Names that end in @api.localhost are those of API users."},
		{api.SignUpOpen, `{"username":"x","password":"correct horse","account_info":[1]}`, 400, "account_info: It must be a JSON object of at most 8192 bytes."},
	} {
		s := newServer(t, func(d *api.Deps) { d.SignUp = c.policy })
		got := s.send(ask{method: "POST", path: "/v1/users", authorization: "Bearer null", body: c.body})
		list, _ := got.json["errors"].([]any)
		if got.StatusCode != c.want || got.json["ok"] != false || len(list) != 1 || list[0] != c.text {
			t.Errorf("%q %s: got %d %s, want %d %s", c.policy, c.body, got.StatusCode, got.text, c.want, c.text)
		}
	}
	s := newServer(t, func(d *api.Deps) { d.SignUp = api.SignUpOpen })
	if got := s.want(200, ask{method: "POST", path: "/v1/users", authorization: "-", body: body}); got.text != `{"ok":true}` {
		t.Errorf("got %s", got.text)
	}
	user := s.want(200, ask{method: "GET", path: "/v1/user", authorization: "Bearer " + s.tokenOf("New@Example.org", goodPassword)})
	if info := user.json["account_info"].(map[string]any); info["first_name"] != "N" || user.json["username"] != "new@example.org" || user.json["admin"] != false {
		t.Errorf("got %s", user.text)
	}
}

func TestInvitationsAdmitOnce(t *testing.T) {
	s := newServer(t, func(d *api.Deps) { d.SignUp = api.SignUpInvite })
	made := s.want(201, ask{method: "POST", path: "/v1/admin/invitations", body: `{"username":"Ann"}`})
	code := made.json["code"].(string)
	signUp := func(want int, name, password string) {
		t.Helper()
		s.want(want, ask{method: "POST", path: "/v1/users", authorization: "-", body: `{"username":"` + name + `","password":"` + password + `","code":"` + code + `"}`})
	}
	signUp(400, "bob", goodPassword)
	signUp(400, "ann", "short") // the code stays good
	signUp(200, "ann", goodPassword)
	signUp(400, "ann", goodPassword)
	if strings.Contains(s.log.String(), code) {
		t.Error("the log holds the code")
	}
}

func TestOwnAccount(t *testing.T) {
	s := newServer(t, nil)
	id, token := s.person("ann")
	other := s.tokenOf("ann", goodPassword)
	as := "Bearer " + token
	put := func(want int, body string) answer {
		t.Helper()
		return s.want(want, ask{method: "PUT", path: "/v1/user", authorization: as, body: body})
	}
	if got := put(200, `{"account_info":{"a":1}}`); got.json["account_info"].(map[string]any)["a"] != 1.0 {
		t.Errorf("got %s", got.text)
	}
	checkFailure(t, put(400, `{"username":"anna"}`), 400, "invalid_request", "current_password: It is not the password of this account.")
	checkFailure(t, put(400, `{"password":"another horse","current_password":"wrong"}`), 400, "invalid_request", "current_password: It is not the password of this account.")
	put(400, `{"username":"Admin","current_password":"`+goodPassword+`"}`)
	put(400, `{"password":"short","current_password":"`+goodPassword+`"}`)
	if got := put(200, `{"username":"anna","current_password":"`+goodPassword+`"}`); got.json["username"] != "anna" {
		t.Errorf("got %s", got.text)
	}
	got := s.want(200, ask{method: "GET", path: "/v1/user/identify?tracking=1", authorization: as})
	if got.json["id"] != id || got.json["email"] != "anna" {
		t.Errorf("got %s, want the new name at once", got.text)
	}
	put(200, `{"password":"another horse","current_password":"`+goodPassword+`"}`)
	s.want(200, ask{method: "GET", path: "/v1/user", authorization: "Bearer " + other})
	put(200, `{"password":"a third horse","current_password":"another horse","invalidate_tokens":true}`)
	for _, old := range []string{token, other} {
		s.want(401, ask{method: "GET", path: "/v1/user", authorization: "Bearer " + old})
	}
	as = "Bearer " + s.tokenOf("anna", "a third horse")
	s.want(400, ask{method: "DELETE", path: "/v1/user", authorization: as, body: `{"password":"wrong"}`})
	s.want(200, ask{method: "DELETE", path: "/v1/user", authorization: as, body: `{"password":"a third horse"}`})
	s.want(401, ask{method: "GET", path: "/v1/user", authorization: as})
}

func TestAdministratorsManageUsers(t *testing.T) {
	s := newServer(t, nil)
	id, token := s.person("ann")
	s.person("bob")
	list := s.want(200, ask{method: "GET", path: "/v1/admin/users?per_page=2&page=2"})
	meta := list.json["meta"].(map[string]any)
	users := list.json["users"].([]any)
	if len(users) != 1 || users[0].(map[string]any)["username"] != "bob" || meta["total_records"] != 3.0 || meta["total_pages"] != 2.0 {
		t.Errorf("got %s, want bob alone on the second of two pages", list.text)
	}
	s.want(400, ask{method: "GET", path: "/v1/admin/users?per_page=1001"})
	made := s.want(200, ask{method: "POST", path: "/v1/admin/users/ann/password"})
	s.want(401, ask{method: "GET", path: "/v1/user", authorization: "Bearer " + token})
	s.tokenOf("ann", made.json["password"].(string))
	s.want(200, ask{method: "POST", path: "/v1/admin/users/" + id + "/password", body: `{"password":"` + goodPassword + `"}`})
	token = s.tokenOf("ann", goodPassword)
	for _, route := range []struct{ method, path string }{
		{"GET", "/v1/admin/users"}, {"POST", "/v1/admin/users"}, {"POST", "/v1/admin/users/admin/password"},
		{"DELETE", "/v1/admin/users/bob"}, {"POST", "/v1/admin/invitations"},
	} {
		got := s.send(ask{method: route.method, path: route.path, authorization: "Bearer " + token})
		checkFailure(t, got, 403, "permission_denied", "Permission denied.")
	}
	s.want(404, ask{method: "DELETE", path: "/v1/admin/users/nobody"})
	s.want(409, ask{method: "DELETE", path: "/v1/admin/users/admin"})
	s.want(409, ask{method: "DELETE", path: "/v1/user", body: `{"password":"` + adminPassword + `"}`}) // the last one
	s.want(200, ask{method: "DELETE", path: "/v1/admin/users/" + id})
	s.want(401, ask{method: "GET", path: "/v1/user", authorization: "Bearer " + token})
}

func TestPasswordResetTellsOperatorsOnly(t *testing.T) {
	s := newServer(t, nil)
	for _, c := range []struct {
		name   string
		logged bool
	}{{"admin", true}, {"my password, by mistake", false}, {"", false}} {
		s.log.Reset()
		got := s.want(200, ask{method: "POST", path: "/v1/user/password-reset", authorization: "-", body: `{"username":"` + c.name + `"}`})
		if got.text != `{"ok":true}` || strings.Contains(s.log.String(), "asks for a new password") != c.logged {
			t.Errorf("%q: got %s, log %q", c.name, got.text, s.log.String())
		}
		if !c.logged && s.log.String() != "" {
			t.Errorf("logged %q, want nothing", s.log.String())
		}
	}
}

// Asking for a reset or signing up must not wipe out a row of wrong passwords.
func TestOtherRequestsDoNotEndARowOfFailures(t *testing.T) {
	s := newServer(t, func(d *api.Deps) {
		d.Address = func(*http.Request) string { return "192.0.2.1" }
		d.SignUp = api.SignUpOpen
	})
	for i := range 10 {
		s.want(400, ask{method: "PUT", path: "/v1/user", body: `{"password":"whatever it is","current_password":"guess"}`})
		if i == 8 {
			s.want(200, ask{method: "POST", path: "/v1/user/password-reset", body: `{"username":"admin"}`})
			s.want(200, ask{method: "POST", path: "/v1/users", body: `{"username":"new","password":"correct horse"}`})
		}
	}
	s.want(429, ask{method: "PUT", path: "/v1/user", body: `{"password":"whatever it is","current_password":"` + adminPassword + `"}`})
	s.want(429, ask{method: "DELETE", path: "/v1/user", body: `{"password":"` + adminPassword + `"}`})
}
