package api_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"github.com/fieldhook/fieldhook/internal/api"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// open are the routes under /v1 that need no token.
var open = []string{"GET /v1/hub", "DELETE /v1/access_tokens/{token}", "POST /v1/users", "POST /v1/user/password-reset", "POST /v1/session", "GET /v1/gallery", "GET /v1/gallery/{id}", "GET /v1/gallery/{id}/logo"}

// forDevices are the routes that a device's own token may use.
var forDevices = []string{
	"POST /v1/devices/events",
	"GET /v1/events", "GET /v1/events/*",
	"GET /v1/devices/events", "GET /v1/devices/events/*",
	"GET /v1/devices/{device}/events", "GET /v1/devices/{device}/events/*",
	"GET /v1/devices/{device}",
	"DELETE /v1/access_tokens/current",
}

// walk calls f for every route under /v1 that is neither open nor left out.
func (s *server) walk(f func(route, method, path string), but ...string) {
	s.t.Helper()
	fill := strings.NewReplacer("{device}", foreignDevice, "{id}", "0123456789abcdef01234567", "*", "temp")
	count := 0
	err := chi.Walk(s.api.Routes(), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		route := method + " " + pattern
		if strings.HasPrefix(pattern, "/v1/") && !slices.Contains(open, route) {
			count++
			if slices.Contains(but, route) {
				return nil
			}
			f(route, method, fill.Replace(pattern))
		}
		return nil
	})
	s.must(err)
	if count < 28 {
		s.t.Errorf("walked over %d routes only", count)
	}
}

func TestEveryRouteNeedsAToken(t *testing.T) {
	s := newServer(t, nil)
	s.walk(func(route, method, path string) {
		for _, authorization := range []string{"-", "Bearer null", "Bearer", "Bearer ", "Bearer wrong", "Basic YWRtaW46eA=="} {
			got := s.send(ask{method: method, path: path, authorization: authorization})
			if got.StatusCode != 401 || got.json["error"] != "invalid_token" {
				t.Errorf("%s with %q: got %d %s, want 401 invalid_token", route, authorization, got.StatusCode, got.text)
			}
		}
	})
}

func TestDeviceTokenLimits(t *testing.T) {
	s := newServer(t, nil)
	_, token := s.register("")
	s.walk(func(route, method, path string) {
		got := s.send(ask{method: method, path: path, authorization: "Bearer " + token})
		description, _ := got.json["error_description"].(string)
		if got.StatusCode != 403 || !strings.HasPrefix(description, "Permission denied") {
			t.Errorf("%s: got %d %s, want 403", route, got.StatusCode, got.text)
		}
	}, forDevices...)
}

func TestDeviceTokenRights(t *testing.T) {
	s := newServer(t, nil)
	id, token := s.register("mine")
	other, _ := s.register("neighbour")
	var coreid string
	s.publish = func(p *scope.Principal, _ publish.Input) error { coreid = p.Coreid(); return nil }
	as := "Bearer " + token
	s.want(200, ask{method: "POST", path: "/v1/devices/events", body: `{"name":"t"}`, authorization: as})
	if coreid != id {
		t.Errorf("published as %q, want %q", coreid, id)
	}
	s.want(200, ask{method: "GET", path: "/v1/devices/" + id, authorization: as})
	s.want(200, ask{method: "GET", path: "/v1/devices/mine", authorization: as})
	for _, path := range []string{other, "neighbour", foreignDevice, other + "/events", foreignDevice + "/events"} {
		s.want(404, ask{method: "GET", path: "/v1/devices/" + path, authorization: as})
	}
	s.want(200, ask{method: "DELETE", path: "/v1/access_tokens/current", authorization: as})
	s.want(401, ask{method: "GET", path: "/v1/devices/" + id, authorization: as})
}

func TestPathsAreForgiving(t *testing.T) {
	s := newServer(t, nil)
	for _, c := range []struct{ method, path string }{
		{"GET", "/v1/devices/"}, {"GET", "//v1//devices"}, {"GET", "/v1/devices///"},
		{"POST", "/v1/devices/events/"}, {"POST", "//v1/devices//events"},
		{"GET", "/v1/integrations/"}, {"GET", "/v1/user?nonce=0.5"}, {"GET", "/health/"}, {"GET", "//"},
		{"DELETE", "/v1/access_tokens/current/"},
	} {
		got := s.send(ask{method: c.method, path: c.path, body: `{"name":"t"}`})
		if got.StatusCode != 200 || got.Request.URL.Path != mustParse(t, c.path).Path {
			t.Errorf("%s %s: got %d %s, want 200 without a redirect", c.method, c.path, got.StatusCode, got.text)
		}
	}
}

func mustParse(t *testing.T, path string) *url.URL {
	t.Helper()
	u, err := url.Parse("http://hub" + path)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestEscapedSegments(t *testing.T) {
	s := newServer(t, nil)
	for _, name := range []string{"a/b", "50%", "%2F", "two words", "Küche", "a//b/", "?&#"} {
		id, _ := s.register(name)
		got := s.send(ask{method: "GET", path: "/v1/devices/" + escapeAll(name)})
		if got.StatusCode != 200 || got.json["id"] != id || got.json["name"] != name {
			t.Errorf("device %q: got %d %s", name, got.StatusCode, got.text)
		}
		s.want(200, ask{method: "DELETE", path: "/v1/devices/" + url.PathEscape(name)})
	}
}

// escapeAll escapes every byte, also those that need it not.
func escapeAll(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		b.WriteByte('%')
		b.WriteByte(hex[s[i]>>4])
		b.WriteByte(hex[s[i]&15])
	}
	return b.String()
}

func TestBinIsOpen(t *testing.T) {
	s := newServer(t, func(d *api.Deps) {
		d.Bin = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(r.Method + " " + r.URL.EscapedPath()))
		})
	})
	for _, c := range []struct{ method, path string }{{"GET", "/bin/"}, {"POST", "/bin/a/b%2Fc"}, {"PUT", "/bin"}} {
		got := s.want(200, ask{method: c.method, path: c.path, authorization: "-"})
		if got.text != c.method+" "+c.path {
			t.Errorf("got %q, want the request as it came: %s %s", got.text, c.method, c.path)
		}
	}
	s.want(404, ask{method: "GET", path: "/binary"})
}

func TestWithoutBin(t *testing.T) {
	newServer(t, nil).want(404, ask{method: "GET", path: "/bin/x"})
}

// discard is a ResponseWriter that costs nothing.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return len(p), nil }
func (d *discard) WriteHeader(int)             {}

func BenchmarkPublishRoute(b *testing.B) {
	s := newServer(b, nil)
	h := s.api.Handler()
	body := strings.NewReader("")
	r := httptest.NewRequest("POST", "/v1/devices/events", body)
	r.Header.Set("Authorization", "Bearer "+adminToken)
	r.Header.Set("Content-Type", "application/json")
	w := &discard{header: http.Header{}}
	b.ReportAllocs()
	for b.Loop() {
		body.Reset(`{"name":"temperature","data":"25.3","private":true}`)
		h.ServeHTTP(w, r)
	}
}
