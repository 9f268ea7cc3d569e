package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/api"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/gallery"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/match"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
	"github.com/fieldhook/fieldhook/internal/team"
)

// The administrator of a server, and a device of another user.
const (
	adminToken    = "0123456789abcdef0123456789abcdef01234567"
	adminPassword = "open sesame"
	foreignDevice = "f00000000000000000000001"
)

// server is an API with an administrator, behind a real HTTP server.
type server struct {
	*httptest.Server
	t     testing.TB
	api   *api.API
	store *memory.Store
	users *identity.Service
	log   *lockedBuffer

	publish func(*scope.Principal, publish.Input) error // what the publisher does
}

// PublishIn implements api.Publisher.
func (s *server) PublishIn(ctx context.Context, p *scope.Principal, _ int64, _ string, in publish.Input) error {
	return s.Publish(ctx, p, in)
}

// Publish implements api.Publisher.
func (s *server) Publish(_ context.Context, p *scope.Principal, in publish.Input) error {
	return s.publish(p, in)
}

// lockedBuffer collects the log, which handlers write at once.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

// String gives everything logged so far.
func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// Reset forgets what was logged.
func (b *lockedBuffer) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buf.Reset()
}

func newServer(t testing.TB, change func(*api.Deps)) *server {
	t.Helper()
	s := &server{t: t, store: memory.New(), log: &lockedBuffer{}}
	s.publish = func(*scope.Principal, publish.Input) error { return nil }
	s.users = identity.New(identity.Options{Users: s.store, Tokens: s.store, Devices: fleet.NewDirectory(s.store), Clients: s.store})
	_, err := s.users.Bootstrap(t.Context(), adminPassword, adminToken)
	s.must(err)
	s.must(s.store.InsertDevice(t.Context(), fleet.Device{ID: foreignDevice, Name: "theirs", Owner: "somebody"}))
	registry, err := integration.NewRegistry(t.Context(), s.store, match.New(), time.Now)
	s.must(err)
	devices := fleet.New(fleet.Options{Store: s.store, Tokens: s.users, RegisterOnImport: true})
	entries, err := gallery.New()
	s.must(err)
	d := api.Deps{
		Gallery:  entries,
		Identity: s.users, Fleet: devices, Team: team.New(team.Options{Organizations: s.store, Members: s.store, Changes: s.store, Invitations: s.store, Holdings: s.store, Products: devices}),
		Integrations: registry, Publisher: s, BaseURL: "https://hub.example.org", Version: "1.2.3",
		Log: slog.New(slog.NewTextHandler(s.log, nil)),
	}
	if change != nil {
		change(&d)
	}
	s.api = api.New(d)
	s.Server = httptest.NewServer(s.api.Handler())
	t.Cleanup(s.Close)
	return s
}

func (s *server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// ask is one request. Authorization defaults to the administrator's token; "-"
// sends none.
type ask struct {
	method, path  string
	authorization string
	contentType   string // default JSON
	body          string
	header        http.Header
}

// answer is what came back, its body decoded into JSON.
type answer struct {
	*http.Response
	text string
	json map[string]any
	list []any
}

func (s *server) send(a ask) answer {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), a.method, s.URL+a.path, strings.NewReader(a.body))
	s.must(err)
	for name, values := range a.header {
		r.Header[name] = values
	}
	if a.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if a.contentType != "" {
		r.Header.Set("Content-Type", a.contentType)
	}
	switch a.authorization {
	case "-":
	case "":
		r.Header.Set("Authorization", "Bearer "+adminToken)
	default:
		r.Header.Set("Authorization", a.authorization)
	}
	return s.receive(r)
}

func (s *server) receive(r *http.Request) answer {
	s.t.Helper()
	resp, err := s.Client().Do(r)
	s.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	s.must(err)
	checkDescribed(s.t, s.api.Routes(), resp, string(text))
	got := answer{Response: resp, text: string(text)}
	if strings.HasPrefix(got.text, "[") {
		s.must(json.Unmarshal(text, &got.list))
	} else if strings.HasPrefix(got.text, "{") {
		s.must(json.Unmarshal(text, &got.json))
	}
	return got
}

// want sends a request and stops the test if the status is another one.
func (s *server) want(status int, a ask) answer {
	s.t.Helper()
	got := s.send(a)
	if got.StatusCode != status {
		s.t.Fatalf("%s %s: got %d %s, want %d", a.method, a.path, got.StatusCode, got.text, status)
	}
	return got
}

// register makes a device of the administrator and a token of that device.
func (s *server) register(name string) (id, token string) {
	s.t.Helper()
	body, _ := json.Marshal(map[string]any{"register": true, "name": name})
	id = s.want(200, ask{method: "POST", path: "/v1/devices", body: string(body)}).json["id"].(string)
	token = s.want(201, ask{method: "POST", path: "/v1/devices/" + id + "/tokens"}).json["token"].(string)
	return id, token
}
