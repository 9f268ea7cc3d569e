package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/api"
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
