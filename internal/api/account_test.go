package api_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/api"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// login is the form that clients send.
func login(change url.Values) string {
	form := url.Values{
		"grant_type": {"password"}, "username": {"admin"}, "password": {adminPassword},
		"client_id": {"particle-cli"}, "client_secret": {"particle-cli"},
	}
	for name, values := range change {
		form[name] = values
	}
	return form.Encode()
}

var hex40 = regexp.MustCompile(`^[0-9a-f]{40}$`)

func TestPasswordGrant(t *testing.T) {
	s := newServer(t, nil)
	for _, c := range []struct {
		name          string
		authorization string
		contentType   string
		body          string
		expiresIn     float64
		client        string
	}{
		{"form client", "-", formType, login(nil), 7776000, "particle-cli"},
		{"stale Bearer", "Bearer null", formType, login(url.Values{"client_id": {"CLI2"}}), 7776000, "CLI2"},
		{"Basic wins", "Basic cGFydGljbGU6cGFydGljbGU=", formType, login(nil), 7776000, "particle"},
		{"no client", "-", formType, login(url.Values{"client_id": nil}), 7776000, ""},
		{"unknown client", "-", formType, login(url.Values{"client_id": {"my-app"}}), 7776000, "my-app"},
		{"never expires", "-", formType, login(url.Values{"expires_in": {"0"}}), 0, "particle-cli"},
		{"an hour", "-", formType, login(url.Values{"expires_in": {"3600"}}), 3600, "particle-cli"},
		{"JSON", "-", "application/json", `{"grant_type":"password","username":"admin","password":"open sesame","client_id":"js","expires_in":60}`, 60, "js"},
	} {
		got := s.send(ask{method: "POST", path: "/oauth/token", authorization: c.authorization, contentType: c.contentType, body: c.body})
		token, _ := got.json["access_token"].(string)
		if got.StatusCode != 200 || got.json["token_type"] != "bearer" || got.json["expires_in"] != c.expiresIn || !hex40.MatchString(token) {
			t.Errorf("%s: got %d %s, want a token for %v s", c.name, got.StatusCode, got.text, c.expiresIn)
			continue
		}
		if got.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: the answer may be cached", c.name)
		}
		current := s.want(200, ask{method: "GET", path: "/v1/access_tokens/current", authorization: "Bearer " + token})
		if current.json["client_id"] != c.client || (current.json["expires_at"] == nil) != (c.expiresIn == 0) {
			t.Errorf("%s: the token is %s, want client %q", c.name, current.text, c.client)
		}
	}
}

// exchange asks for a token with a refresh token.
func (s *server) exchange(refresh string, change url.Values) answer {
	s.t.Helper()
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {"particle-cli"}, "client_secret": {"particle-cli"}}
	for name, values := range change {
		form[name] = values
	}
	return s.send(ask{method: "POST", path: "/oauth/token", authorization: "-", contentType: formType, body: form.Encode()})
}

func TestRefreshTokensRotate(t *testing.T) {
	s := newServer(t, nil)
	text := func(a answer, name string) string { v, _ := a.json[name].(string); return v }
	user := func(token string, want int) {
		t.Helper()
		s.want(want, ask{method: "GET", path: "/v1/user", authorization: "Bearer " + token})
	}
	first := s.want(200, ask{method: "POST", path: "/oauth/token", authorization: "-", contentType: formType, body: login(nil)})
	checkFailure(t, s.exchange(text(first, "refresh_token"), url.Values{"client_id": {"other"}}), 400, "invalid_grant", "The refresh token is not valid, or not this client's.")
	checkFailure(t, s.exchange(text(first, "access_token"), nil), 400, "invalid_grant", "The refresh token is not valid, or not this client's.")
	user(text(first, "refresh_token"), 401)
	second := s.exchange(text(first, "refresh_token"), url.Values{"expires_in": {"60"}})
	if second.StatusCode != 200 || second.json["expires_in"] != 60.0 || !hex40.MatchString(text(second, "refresh_token")) {
		t.Fatalf("got %d %s, want a new pair", second.StatusCode, second.text)
	}
	user(text(first, "access_token"), 401) // replaced
	user(text(second, "access_token"), 200)
	third := s.exchange(text(second, "refresh_token"), nil)
	user(text(third, "access_token"), 200)
	if got := s.exchange(text(first, "refresh_token"), nil); got.StatusCode != 400 {
		t.Errorf("a used refresh token: got %d %s, want 400", got.StatusCode, got.text)
	}
	user(text(third, "access_token"), 401) // it was stolen: all of it ends
	if got := s.exchange(text(third, "refresh_token"), nil); got.StatusCode != 400 {
		t.Errorf("the family's last refresh token: got %d %s, want 400", got.StatusCode, got.text)
	}
	user(adminToken, 200)
}

func TestLogoutEndsTheRefreshToken(t *testing.T) {
	s := newServer(t, nil)
	for _, path := range []string{"/v1/access_tokens/current", "/v1/access_tokens/"} {
		got := s.want(200, ask{method: "POST", path: "/oauth/token", authorization: "-", contentType: formType, body: login(nil)})
		token := got.json["access_token"].(string)
		if path == "/v1/access_tokens/" {
			path += token
		}
		s.want(200, ask{method: "DELETE", path: path, authorization: "Bearer " + token})
		if again := s.exchange(got.json["refresh_token"].(string), nil); again.StatusCode != 400 {
			t.Errorf("%s: the refresh token still works", path)
		}
	}
	never := s.want(200, ask{method: "POST", path: "/oauth/token", authorization: "-", contentType: formType, body: login(url.Values{"expires_in": {"0"}})})
	if _, ok := never.json["refresh_token"]; ok {
		t.Errorf("got %s, want no refresh token for one that never expires", never.text)
	}
}

func TestExpiresAt(t *testing.T) {
	s := newServer(t, nil)
	got := s.want(200, ask{method: "POST", path: "/oauth/token", authorization: "-", contentType: formType,
		body: login(url.Values{"expires_at": {time.Now().Add(time.Hour).Format(time.RFC3339)}})})
	if in := got.json["expires_in"].(float64); in < 3590 || in > 3600 {
		t.Errorf("got %v seconds, want an hour", in)
	}
	for _, bad := range []string{"tomorrow", "2001-01-01T00:00:00Z"} {
		s.want(400, ask{method: "POST", path: "/oauth/token", contentType: formType, body: login(url.Values{"expires_at": {bad}})})
	}
}

func TestListTokensWithAPassword(t *testing.T) {
	s := newServer(t, func(d *api.Deps) { d.Address = func(*http.Request) string { return "192.0.2.1" } })
	basic := func(password string) string {
		r := http.Request{Header: http.Header{}}
		r.SetBasicAuth("admin", password)
		return r.Header.Get("Authorization")
	}
	got := s.want(200, ask{method: "GET", path: "/v1/access_tokens", authorization: basic(adminPassword)})
	if len(got.list) != 1 {
		t.Errorf("got %s, want one token", got.text)
	}
	if got := s.send(ask{method: "GET", path: "/v1/user", authorization: basic(adminPassword)}); got.StatusCode != 401 {
		t.Errorf("another route took a password: %d", got.StatusCode)
	}
	for range 10 {
		s.want(401, ask{method: "GET", path: "/v1/access_tokens", authorization: basic("wrong")})
	}
	s.want(429, ask{method: "GET", path: "/v1/access_tokens", authorization: basic(adminPassword)})
}

func TestRevokeByID(t *testing.T) {
	s := newServer(t, nil)
	_, ann := s.person("ann")
	token := s.login()
	var id string
	for _, each := range s.want(200, ask{method: "GET", path: "/v1/access_tokens"}).list {
		if each := each.(map[string]any); each["client"] == "particle-cli" {
			id = each["id"].(string)
		}
	}
	for _, authorization := range []string{"-", "Bearer " + ann} {
		s.want(200, ask{method: "DELETE", path: "/v1/access_tokens/" + id, authorization: authorization})
		s.want(200, ask{method: "GET", path: "/v1/user", authorization: "Bearer " + token})
	}
	s.want(200, ask{method: "DELETE", path: "/v1/access_tokens/" + id})
	s.want(401, ask{method: "GET", path: "/v1/user", authorization: "Bearer " + token})
}

func TestUnregisteredClientsHaveNoCredentials(t *testing.T) {
	s := newServer(t, nil)
	for _, body := range []string{"grant_type=client_credentials", "grant_type=client_credentials&client_id=particle&client_secret=particle"} {
		got := s.send(ask{method: "POST", path: "/oauth/token", authorization: "-", contentType: formType, body: body})
		checkFailure(t, got, 400, "invalid_client", "Client credentials are invalid")
	}
}

func TestStrictClients(t *testing.T) {
	s := newServer(t, func(d *api.Deps) {
		store := d.Team.Members.(*memory.Store)
		d.Identity = identity.New(identity.Options{Users: store, Tokens: store, Clients: store, Strict: true})
	})
	for _, c := range []struct {
		id, secret string
		want       int
	}{{"CLI2", "client_secret_here", 200}, {"CLI2", "particle-cli", 400}, {"my-app", "", 400}, {"", "", 400}} {
		form := login(url.Values{"client_id": {c.id}, "client_secret": {c.secret}})
		s.want(c.want, ask{method: "POST", path: "/oauth/token", authorization: "-", contentType: formType, body: form})
	}
}

func TestPasswordGrantRefuses(t *testing.T) {
	s := newServer(t, nil)
	for _, c := range []struct{ body, code, text string }{
		{login(url.Values{"password": {"wrong"}}), "invalid_grant", "User credentials are invalid"},
		{login(url.Values{"username": {"nobody"}}), "invalid_grant", "User credentials are invalid"},
		{login(url.Values{"username": {""}}), "invalid_request", "username: It is missing."},
		{login(url.Values{"password": {""}}), "invalid_request", "password: It is missing."},
		{login(url.Values{"grant_type": {""}}), "invalid_request", "grant_type: It is missing; send grant_type=password."},
		{login(url.Values{"grant_type": {"magic"}}), "unsupported_grant_type", `The grant type "magic" is not supported; send grant_type=password.`},
		{login(url.Values{"expires_in": {"soon"}}), "invalid_request", "expires_in: It must be a whole number of seconds, 0 for never."},
		{login(url.Values{"expires_in": {"-5"}}), "invalid_request", "expires_in: It must be between 0 (never) and 3153600000 seconds."},
		{login(url.Values{"client_id": {strings.Repeat("c", 129)}}), "invalid_request", "client_id: It has at most 128 bytes and no NUL."},
		{"", "invalid_request", "grant_type: It is missing; send grant_type=password."},
	} {
		got := s.send(ask{method: "POST", path: "/oauth/token", authorization: "-", contentType: formType, body: c.body})
		checkFailure(t, got, 400, c.code, c.text)
	}
	if s.log.String() != "" {
		t.Errorf("logged %q, want nothing", s.log.String())
	}
}

func TestGuessingIsLimited(t *testing.T) {
	address := "192.0.2.1"
	s := newServer(t, func(d *api.Deps) { d.Address = func(*http.Request) string { return address } })
	for range 10 {
		s.want(400, ask{method: "POST", path: "/oauth/token", contentType: formType, body: login(url.Values{"password": {"wrong"}})})
	}
	got := s.want(429, ask{method: "POST", path: "/oauth/token", contentType: formType, body: login(nil)})
	if got.json["error"] != "too_many_requests" || got.Header.Get("Retry-After") == "" {
		t.Errorf("got %s with Retry-After %q", got.text, got.Header.Get("Retry-After"))
	}
	address = "192.0.2.2"
	s.want(200, ask{method: "POST", path: "/oauth/token", contentType: formType, body: login(nil)})
}

func (s *server) login() string {
	s.t.Helper()
	got := s.want(200, ask{method: "POST", path: "/oauth/token", authorization: "-", contentType: formType, body: login(nil)})
	return got.json["access_token"].(string)
}

func TestRevoke(t *testing.T) {
	s := newServer(t, nil)
	current, named := s.login(), s.login()
	got := s.want(200, ask{method: "DELETE", path: "/v1/access_tokens/current", authorization: "Bearer " + current})
	if got.text != `{"ok":true}` {
		t.Errorf("got %q", got.text)
	}
	s.want(401, ask{method: "GET", path: "/v1/user", authorization: "Bearer " + current})
	for range 2 { // unknown now, and the answer stays the same
		got = s.want(200, ask{method: "DELETE", path: "/v1/access_tokens/" + named, authorization: "-"})
		if got.text != `{"ok":true}` {
			t.Errorf("got %q", got.text)
		}
	}
	s.want(401, ask{method: "GET", path: "/v1/user", authorization: "Bearer " + named})
	s.want(200, ask{method: "GET", path: "/v1/user"})
}

func TestRevokeAll(t *testing.T) {
	s := newServer(t, nil)
	id, device := s.register("")
	token := s.login()
	s.want(200, ask{method: "DELETE", path: "/v1/access_tokens"})
	s.want(401, ask{method: "GET", path: "/v1/user"})
	s.want(401, ask{method: "GET", path: "/v1/user", authorization: "Bearer " + token})
	s.want(200, ask{method: "GET", path: "/v1/devices/" + id, authorization: "Bearer " + device})
}

func TestListTokens(t *testing.T) {
	s := newServer(t, nil)
	token := s.login()
	got := s.want(200, ask{method: "GET", path: "/v1/access_tokens"})
	if len(got.list) != 2 {
		t.Fatalf("got %s, want two tokens", got.text)
	}
	var shown map[string]any
	for _, each := range got.list {
		if each := each.(map[string]any); each["client"] == "particle-cli" {
			shown = each
		}
	}
	if shown["token"] != strings.Repeat("*", 36)+token[36:] || shown["expires_at"] == nil || shown["device_id"] != nil {
		t.Errorf("got %v, want the token masked but for its end", shown)
	}
	if strings.Contains(got.text, token) || strings.Contains(got.text, adminToken) {
		t.Error("the list gives tokens away")
	}
}

func TestUser(t *testing.T) {
	got := newServer(t, nil).want(200, ask{method: "GET", path: "/v1/user"})
	mfa, _ := got.json["mfa"].(map[string]any)
	if got.json["username"] != "admin" || mfa["enabled"] != false || got.json["account_info"] == nil ||
		got.json["wifi_device_count"] != 0.0 || got.json["cellular_device_count"] != 0.0 || got.json["admin"] != true {
		t.Errorf("got %s, want the documented members", got.text)
	}
}

func TestHealthAndFront(t *testing.T) {
	s := newServer(t, nil)
	got := s.want(200, ask{method: "GET", path: "/health", authorization: "-"})
	if got.json["ok"] != true || got.json["version"] != "1.2.3" {
		t.Errorf("got %s, want ok and the version", got.text)
	}
	got = s.want(200, ask{method: "GET", path: "/", authorization: "-"})
	if got.json["name"] != "Fieldhook" || got.json["docs"] == nil {
		t.Errorf("got %s, want where the documentation is", got.text)
	}
	for _, path := range []string{"/", "/health"} {
		if got := s.want(200, ask{method: "HEAD", path: path, authorization: "-"}); got.text != "" {
			t.Errorf("HEAD %s: got a body %q", path, got.text)
		}
	}
}

// fakeConsole answers browsers.
type fakeConsole struct{}

func (fakeConsole) Answers(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/html")
}

func (fakeConsole) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte("the console"))
}

// TestConsole: a browser gets the console where the API has nothing, and the
// API's own answer everywhere else.
func TestConsole(t *testing.T) {
	s := newServer(t, func(d *api.Deps) { d.Console = fakeConsole{} })
	html := http.Header{"Accept": {"text/html,application/xhtml+xml"}}
	for _, path := range []string{"/", "/events", "/products/kitchen/integrations"} {
		if got := s.want(200, ask{method: "GET", path: path, authorization: "-", header: html}); got.text != "the console" {
			t.Errorf("%s: got %q, want the console", path, got.text)
		}
	}
	s.want(404, ask{method: "GET", path: "/events", authorization: "-"})
	if got := s.want(200, ask{method: "GET", path: "/", authorization: "-"}); got.json["name"] != "Fieldhook" {
		t.Errorf("a client got %s, want what answers here", got.text)
	}
	if got := s.want(200, ask{method: "GET", path: "/health", authorization: "-", header: html}); got.json["ok"] != true {
		t.Errorf("a browser got %s of /health, want the API's answer", got.text)
	}
}
