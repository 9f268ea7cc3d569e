package api_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/api"
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
	html := http.Header{"Accept": {"text/html,application/xhtml+xml"}}
	got = s.want(200, ask{method: "GET", path: "/", authorization: "-", header: html})
	if !strings.HasPrefix(got.text, "<!doctype html>") || !strings.Contains(got.text, "1.2.3") || !strings.Contains(got.text, "https://hub.example.org") {
		t.Errorf("got %s, want a page", got.text)
	}
	for _, path := range []string{"/", "/health"} {
		if got := s.want(200, ask{method: "HEAD", path: path, authorization: "-"}); got.text != "" {
			t.Errorf("HEAD %s: got a body %q", path, got.text)
		}
	}
}
