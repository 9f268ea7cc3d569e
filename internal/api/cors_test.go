package api_test

import (
	"net/http"
	"testing"
)

func TestEveryAnswerIsOpenToAnyOrigin(t *testing.T) {
	s := newServer(t, nil)
	for _, c := range []ask{
		{method: "GET", path: "/health"},
		{method: "GET", path: "/v1/user"},
		{method: "GET", path: "/v1/user", authorization: "-"},
		{method: "GET", path: "/nothing"},
		{method: "PATCH", path: "/v1/user"},
		{method: "POST", path: "/v1/devices", body: "{"},
	} {
		c.header = http.Header{"Origin": {"https://page.example"}}
		if got := s.send(c).Header.Get("Access-Control-Allow-Origin"); got != "*" {
			t.Errorf("%s %s: got Access-Control-Allow-Origin %q, want *", c.method, c.path, got)
		}
	}
}

func TestPreflightNeedsNoToken(t *testing.T) {
	s := newServer(t, nil)
	want := map[string]string{
		"Access-Control-Allow-Origin":  "*",
		"Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
		"Access-Control-Allow-Headers": "Authorization, Content-Type, Accept, X-Requested-With, X-Particle-Tool, X-Particle-Project, Last-Event-ID",
		"Access-Control-Max-Age":       "300",
	}
	for _, path := range []string{"/v1/devices/events", "/v1/integrations/x", "/oauth/token", "/nothing"} {
		got := s.want(204, ask{method: "OPTIONS", path: path, authorization: "-", header: http.Header{
			"Origin": {"https://page.example"}, "Access-Control-Request-Method": {"POST"},
		}})
		for name, value := range want {
			if got.Header.Get(name) != value || got.text != "" {
				t.Errorf("%s: got %s %q, want %q", path, name, got.Header.Get(name), value)
			}
		}
	}
}
