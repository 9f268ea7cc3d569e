package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/api"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// checkFailure compares an answer with the one shape of failures.
func checkFailure(t *testing.T, got answer, status int, code, text string) {
	t.Helper()
	errs, _ := got.json["errors"].([]any)
	if got.StatusCode != status || got.json["ok"] != false || got.json["error"] != code ||
		got.json["error_description"] != text || got.json["info"] != text || len(errs) != 1 || errs[0] != text {
		t.Errorf("got %d %s, want %d with error %q and the text %q four times", got.StatusCode, got.text, status, code, text)
	}
	if ct := got.Header.Get("Content-Type"); ct != "application/json; charset=utf-8" {
		t.Errorf("got Content-Type %q, want JSON", ct)
	}
}

var errStore = errors.New("disk on fire at /var/secret")

func TestFaultsBecomeAnswers(t *testing.T) {
	const hidden = "Something went wrong on our side."
	limited := fault.New(fault.Limited, "Slow down.")
	limited.RetryAfter = 17
	s := newServer(t, nil)
	for _, c := range []struct {
		err        error
		status     int
		code, text string
		retry      string
		logged     string // "" = nothing
	}{
		{fault.New(fault.Invalid, "No."), 400, "invalid_request", "No.", "", ""},
		{fault.New(fault.Unauthenticated, "No."), 401, "invalid_token", "No.", "", ""},
		{fault.New(fault.Forbidden, "No."), 403, "permission_denied", "No.", "", ""},
		{fault.New(fault.NotFound, "No <b>."), 404, "not_found", "No <b>.", "", ""},
		{fault.New(fault.Conflict, "No."), 409, "conflict", "No.", "", ""},
		{fault.New(fault.TooLarge, "No."), 413, "too_large", "No.", "", ""},
		{limited, 429, "too_many_requests", "Slow down.", "17", ""},
		{fault.New(fault.Unavailable, "Full."), 503, "service_unavailable", "Full.", "1", ""},
		{fault.New(fault.Unavailable, "Unknown.").Because(errStore), 503, "service_unavailable", "Unknown.", "1", "disk on fire"},
		{fault.New(fault.Invalid, "No.").Because(errStore), 400, "invalid_request", "No.", "", ""},
		{fmt.Errorf("append: %w", errStore), 500, "internal_error", hidden, "", "disk on fire"},
		{fmt.Errorf("wrapped: %w", fault.New(fault.NotFound, "No.")), 404, "not_found", "No.", "", ""},
	} {
		s.log.Reset()
		s.publish = func(*scope.Principal, publish.Input) error { return c.err }
		got := s.send(ask{method: "POST", path: "/v1/devices/events", body: `{"name":"t"}`})
		checkFailure(t, got, c.status, c.code, c.text)
		if retry := got.Header.Get("Retry-After"); retry != c.retry {
			t.Errorf("%v: got Retry-After %q, want %q", c.err, retry, c.retry)
		}
		lines := strings.Count(s.log.String(), "\n")
		if c.logged == "" && lines != 0 || c.logged != "" && (lines != 1 || !strings.Contains(s.log.String(), c.logged)) {
			t.Errorf("%v: logged %q, want one line with %q", c.err, s.log.String(), c.logged)
		}
	}
}

// What a client put into the address does not get into the log: it may be a
// secret.
func TestLogHasNoAddress(t *testing.T) {
	s := newServer(t, nil)
	s.publish = func(*scope.Principal, publish.Input) error { return errStore }
	s.want(500, ask{method: "POST", path: "/v1/devices/events?access_token=hush", body: `{"name":"t"}`})
	if got := s.log.String(); !strings.Contains(got, "route=/v1/devices/events ") || strings.Contains(got, "hush") {
		t.Errorf("logged %q, want the route without the query", got)
	}
}

func TestClientThatHungUpIsNotLogged(t *testing.T) {
	s := newServer(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	s.publish = func(*scope.Principal, publish.Input) error {
		cancel()
		return fmt.Errorf("append: %w", ctx.Err())
	}
	r := httptest.NewRequestWithContext(ctx, "POST", "/v1/devices/events", strings.NewReader(`{"name":"t"}`))
	r.Header.Set("Authorization", "Bearer "+adminToken)
	w := httptest.NewRecorder()
	s.api.Handler().ServeHTTP(w, r)
	if w.Code != 500 || s.log.String() != "" {
		t.Errorf("got %d and logged %q, want 500 and nothing", w.Code, s.log.String())
	}
}

func TestFailureNamesTheField(t *testing.T) {
	s := newServer(t, nil)
	got := s.want(400, ask{method: "POST", path: "/v1/devices", body: `{"register":true,"id":"short"}`})
	checkDeviceFailure(t, got, 400, "id: It must be 24 hexadecimal digits.")
	if got.json["field"] != "id" {
		t.Errorf("got field %v, want id", got.json["field"])
	}
}

func TestBadTokenText(t *testing.T) {
	got := newServer(t, nil).send(ask{method: "GET", path: "/v1/user", authorization: "Bearer x"})
	checkFailure(t, got, 401, "invalid_token", "The access token provided is invalid.")
	if h := got.Header.Get("WWW-Authenticate"); h != `Bearer error="invalid_token"` {
		t.Errorf("got WWW-Authenticate %q", h)
	}
}

// A newer client forgets its login on any error that speaks of an access token
// (cloud API reference, section 3), so only 401 may.
func TestOtherTextsDoNotSpeakOfAccessTokens(t *testing.T) {
	s := newServer(t, nil)
	_, token := s.register("")
	s.walk(func(route, method, path string) {
		got := s.send(ask{method: method, path: path, authorization: "Bearer " + token, body: "{"})
		if got.StatusCode >= 400 && got.StatusCode != 401 && strings.Contains(strings.ToLower(got.text), "access token") {
			t.Errorf("%s: got %d %s", route, got.StatusCode, got.text)
		}
	}, "DELETE /v1/access_tokens/current", "GET /v1/events", "GET /v1/events/*", "GET /v1/devices/events", "GET /v1/devices/events/*")
}

func TestUnknownRoute(t *testing.T) {
	s := newServer(t, nil)
	for _, path := range []string{"/nothing", "/v1", "/v1/devices/a/b/c/d", "/v2/devices", "/v1/deviceses"} {
		got := s.send(ask{method: "GET", path: path, authorization: "-"})
		checkFailure(t, got, 404, "not_found", fmt.Sprintf("There is no route GET %q.", path))
	}
}

func TestWrongMethod(t *testing.T) {
	s := newServer(t, nil)
	for _, c := range []struct{ method, path, allow string }{
		{"PATCH", "/v1/devices/", "OPTIONS, GET, POST"},
		{"GET", "/oauth/token", "OPTIONS, POST"},
		{"POST", "/health", "OPTIONS, GET, HEAD"},
		{"BREW", "/v1/user", "OPTIONS, GET, PUT, DELETE"},
	} {
		got := s.send(ask{method: c.method, path: c.path})
		checkFailure(t, got, 405, "method_not_allowed", fmt.Sprintf("This route does not take %q, but %s.", c.method, c.allow))
		if got.Header.Get("Allow") != c.allow {
			t.Errorf("%s %s: got Allow %q, want %q", c.method, c.path, got.Header.Get("Allow"), c.allow)
		}
	}
}

func TestPanicBecomesAnAnswer(t *testing.T) {
	s := newServer(t, nil)
	s.publish = func(*scope.Principal, publish.Input) error { panic("secret state") }
	for range 2 { // the server lives on
		got := s.send(ask{method: "POST", path: "/v1/devices/events", body: `{"name":"t"}`})
		checkFailure(t, got, 500, "internal_error", "Something went wrong on our side.")
	}
	if !strings.Contains(s.log.String(), "secret state") || !strings.Contains(s.log.String(), "route=/v1/devices/events") {
		t.Errorf("logged %q, want the panic and the route", s.log.String())
	}
}

func TestPanicAfterTheAnswerBeganCutsIt(t *testing.T) {
	s := newServer(t, func(d *api.Deps) {
		d.Bin = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write([]byte("half of"))
			w.(http.Flusher).Flush()
			panic("oops")
		})
	})
	resp, err := s.Client().Get(s.URL + "/bin/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil || string(text) != "half of" {
		t.Errorf("got %q and error %v, want a broken answer", text, err)
	}
}

func TestLargeBody(t *testing.T) {
	s := newServer(t, nil)
	for _, contentType := range []string{"application/json", formType} {
		got := s.send(ask{method: "POST", path: "/v1/devices", contentType: contentType, body: strings.Repeat("a", 1<<20+1)})
		checkDeviceFailure(t, got, 413, "A request body has at most 1048576 bytes.")
	}
}
