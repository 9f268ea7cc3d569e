package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/api"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/identity"
)

// openSession logs the administrator's browser in.
func (s *server) openSession() *http.Cookie {
	s.t.Helper()
	got := s.want(200, ask{method: "POST", path: "/v1/session", authorization: "-", body: `{"username":"admin","password":"` + adminPassword + `"}`})
	if got.json["username"] != "admin" || got.json["expires_at"] == nil || strings.Contains(got.text, "token") {
		s.t.Errorf("got %s", got.text)
	}
	cookies := got.Cookies()
	if len(cookies) != 1 {
		s.t.Fatalf("got cookies %v, want one", cookies)
	}
	return cookies[0]
}

// with are the headers of a browser's request.
func with(c *http.Cookie, more ...string) http.Header {
	h := http.Header{"Cookie": {c.Name + "=" + c.Value}}
	for i := 0; i < len(more); i += 2 {
		h.Set(more[i], more[i+1])
	}
	return h
}

func TestSession(t *testing.T) {
	s := newServer(t, nil)
	c := s.openSession()
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || !c.Secure || c.Path != "/" || time.Until(c.Expires) < 29*24*time.Hour {
		t.Errorf("got cookie %+v, want one that is for this hub alone and lasts 30 days", c)
	}
	got := s.want(200, ask{method: "GET", path: "/v1/session", authorization: "-", header: with(c)})
	if got.json["username"] != "admin" || got.json["admin"] != true || got.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("got %s, allowed origins %q, want none", got.text, got.Header.Get("Access-Control-Allow-Origin"))
	}
	s.want(201, ask{method: "POST", path: "/v1/integrations", authorization: "-", header: with(c), body: `{"event":"t","url":"https://example.com/"}`})
	s.want(401, ask{method: "GET", path: "/v1/user", authorization: "Bearer " + c.Value})
	s.want(401, ask{method: "GET", path: "/v1/user", authorization: "Bearer null", header: with(c)})
	s.want(401, ask{method: "GET", path: "/v1/user", authorization: "-", header: http.Header{"Cookie": {c.Name + "=" + adminToken}}})
	s.want(403, ask{method: "DELETE", path: "/v1/session"}) // a token is no session
	bye := s.want(200, ask{method: "DELETE", path: "/v1/session", authorization: "-", header: with(c)})
	if cs := bye.Cookies(); len(cs) != 1 || cs[0].Value != "" || cs[0].Expires.After(time.Now()) {
		t.Errorf("got cookies %v, want it to be forgotten", bye.Cookies())
	}
	s.want(401, ask{method: "GET", path: "/v1/session", authorization: "-", header: with(c)})
}

// A browser revokes another token of its user by the id that the list shows; a
// page of another site does not.
func TestSessionRevokesByID(t *testing.T) {
	s := newServer(t, nil)
	c := s.openSession()
	mine := s.login()
	id := func() (found string) {
		for _, each := range s.want(200, ask{method: "GET", path: "/v1/access_tokens", authorization: "-", header: with(c)}).list {
			if each := each.(map[string]any); each["client"] == "particle-cli" {
				found = each["id"].(string)
			}
		}
		return found
	}
	path := "/v1/access_tokens/" + id()
	s.want(200, ask{method: "DELETE", path: path, authorization: "-", header: with(c, "Sec-Fetch-Site", "cross-site")})
	s.want(200, ask{method: "GET", path: "/v1/user", authorization: "Bearer " + mine})
	s.want(200, ask{method: "DELETE", path: path, authorization: "-", header: with(c)})
	s.want(401, ask{method: "GET", path: "/v1/user", authorization: "Bearer " + mine})
	if id() != "" {
		t.Error("the token is still in the list")
	}
}

func TestSessionOfAnotherSitesPages(t *testing.T) {
	s := newServer(t, func(d *api.Deps) { d.BaseURL = "http://hub.example.org" })
	c := s.openSession()
	if c.Secure {
		t.Error("the cookie asks for TLS at a hub without")
	}
	for _, h := range []http.Header{
		with(c, "Sec-Fetch-Site", "cross-site"), with(c, "Sec-Fetch-Site", "same-site"), with(c, "Origin", "https://evil.example"),
	} {
		got := s.send(ask{method: "POST", path: "/v1/devices/events", authorization: "-", header: h, body: `{"name":"t"}`})
		checkFailure(t, got, 403, "permission_denied", "Permission denied: the request comes from a page of another site.")
		s.want(403, ask{method: "DELETE", path: "/v1/session", authorization: "-", header: h})
		h.Del("Cookie")
		s.want(403, ask{method: "POST", path: "/v1/session", authorization: "-", header: h, body: `{"username":"admin","password":"` + adminPassword + `"}`})
		s.want(200, ask{method: "POST", path: "/v1/devices/events", header: h, body: `{"name":"t"}`}) // a token is proof enough
	}
	s.want(200, ask{method: "POST", path: "/v1/devices/events", authorization: "-", header: with(c, "Sec-Fetch-Site", "same-origin"), body: `{"name":"t"}`})
	for _, body := range []string{`{"username":"admin","password":"wrong"}`, `{"username":"nobody","password":"wrong"}`} {
		checkFailure(t, s.send(ask{method: "POST", path: "/v1/session", authorization: "-", body: body}), 400, "invalid_grant", "User credentials are invalid")
	}
}

// A token in a form is taken before the cookie, and out of the form.
func TestFormTokenBeatsTheCookie(t *testing.T) {
	s := newServer(t, nil)
	_, ann := s.person("ann")
	made := s.want(201, ask{method: "POST", path: "/v1/integrations", authorization: "-", header: with(s.openSession()), contentType: formType,
		body: "event=t&url=https%3A%2F%2Fexample.com%2F&access_token=" + ann})
	if strings.Contains(made.text, ann) {
		t.Error("the token is kept")
	}
	s.want(404, ask{method: "GET", path: "/v1/integrations/" + made.json["id"].(string)})
}

// The code of a sign-in link opens a session of the administrator, where one is
// set.
func TestSessionByCode(t *testing.T) {
	const code = "c0de-of-256-bits"
	s := newServer(t, nil)
	by := func(body string, h http.Header) answer {
		return s.send(ask{method: "POST", path: "/v1/session", authorization: "-", header: h, body: body})
	}
	const invalid = "The sign-in link is not valid here, or no longer."
	checkFailure(t, by(`{"code":"`+code+`"}`, nil), 400, "invalid_grant", invalid)
	checkFailure(t, by(`{"code":""}`, nil), 400, "invalid_grant", invalid)

	s.api.Identity = identity.New(identity.Options{
		Users: s.store, Tokens: s.store, Devices: fleet.NewDirectory(s.store), Clients: s.store, SignInCode: code,
	})
	got := by(`{"code":"`+code+`"}`, nil)
	cookies := got.Cookies()
	if got.StatusCode != 200 || got.json["username"] != "admin" || len(cookies) != 1 || strings.Contains(got.text, code) {
		t.Fatalf("got %d %s, cookies %v", got.StatusCode, got.text, cookies)
	}
	s.want(200, ask{method: "GET", path: "/v1/user", authorization: "-", header: with(cookies[0])})
	checkFailure(t, by(`{"code":"`+code+`x"}`, nil), 400, "invalid_grant", invalid)
	checkFailure(t, by(`{"code":"`+code+`"}`, http.Header{"Origin": {"https://evil.example"}}), 403, "permission_denied", "Permission denied: the request comes from a page of another site.")
	if both := by(`{"code":"`+code+`","username":"admin"}`, nil); both.StatusCode != 400 || !strings.Contains(both.text, "instead of user name") {
		t.Errorf("a code and a user name: got %d %s", both.StatusCode, both.text)
	}
	for range 10 {
		by(`{"code":"wrong"}`, nil)
	}
	if got := by(`{"code":"`+code+`"}`, nil); got.StatusCode != 429 || got.Header.Get("Retry-After") == "" {
		t.Errorf("after ten wrong codes: got %d %s", got.StatusCode, got.text)
	}
	if strings.Contains(s.log.String(), code) {
		t.Errorf("the code is logged:\n%s", s.log)
	}
}
