package api_test

import (
	"context"
	"crypto/sha256"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/api"
	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/history"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/match"
	"github.com/fieldhook/fieldhook/internal/preview"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/replay"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/secret"
	"github.com/fieldhook/fieldhook/internal/store/memory"
	"github.com/fieldhook/fieldhook/internal/team"
	"github.com/fieldhook/fieldhook/internal/throttle"
	"github.com/fieldhook/fieldhook/internal/tutorial"
	"github.com/fieldhook/fieldhook/internal/usage"
)

// Two users, a device of each, and their tokens.
const (
	ann, annToken             = "a00000000000000000000001", "token-of-ann-0000000001"
	bob, bobToken             = "b00000000000000000000002", "token-of-bob-0000000002"
	annDevice, annDeviceToken = "d00000000000000000000001", "token-of-device-0000001"
	bobDevice                 = "d00000000000000000000002"
)

// hub is an API over real rooms and a store in memory. Requests travel through
// pipes, so that it also runs in the virtual time of a synctest bubble.
type hub struct {
	t        *testing.T
	api      *api.API
	store    *memory.Store
	log      *eventlog.Log
	tester   *fakeTester
	throttle *throttle.Throttle
	pipes    *pipes
	client   *http.Client
}

func newHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{t: t, store: memory.New(), tester: &fakeTester{}, throttle: throttle.New(throttle.Options{}), pipes: newPipes()}
	index := match.New()
	registry, err := integration.NewRegistry(t.Context(), h.store, index, time.Now)
	h.must(err)
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	meter, err := usage.Open(t.Context(), usage.Options{Store: h.store, Log: h.store, Now: time.Now})
	h.must(err)
	h.log, err = eventlog.Open(t.Context(), h.store, matcher{index, registry}, logger, meter.Committed)
	h.must(err)
	users := identity.New(identity.Options{Users: h.store, Tokens: h.store, Devices: fleet.NewDirectory(h.store), Clients: h.store, Now: time.Now, Revoked: h.log.Disconnect})
	vault, err := secret.New(h.store, secret.NewKey(), time.Now)
	h.must(err)
	replays, err := replay.Open(t.Context(), replay.Options{
		Store: h.store, Jobs: h.store, Log: h.log, Finder: h.store, Keep: new(sync.Mutex), Now: time.Now, Error: func(err error) { t.Error(err) },
	})
	h.must(err)
	t.Cleanup(replays.Close)
	devices := fleet.New(fleet.Options{Store: h.store, Tokens: users, RegisterOnImport: true})
	registry.Confine(devices)
	ledgers := ledger.New(ledger.Options{Definitions: h.store, Instances: h.store, Changes: h.store, Fleet: h.store})
	h.api = api.New(api.Deps{
		Identity: users, Fleet: devices, Team: team.New(team.Options{Organizations: h.store, Members: h.store, Changes: h.store, Invitations: h.store, Holdings: h.store, Products: devices}),
		Integrations: registry, Publisher: publish.New(h.log, time.Now), Streams: h.log, Tester: h.tester, Previewer: &preview.Previewer{Ledgers: ledgers, UserAgent: "Fieldhook/test", Now: time.Now}, Hosts: h.throttle, History: history.New(h.store, time.Now), Secrets: vault, Replays: replays,
		Ledgers: ledgers,
		Usage:   meter, Tutorial: tutorial.New("https://hub.example.org", time.Now), StreamsPerAccount: 50, MaxStreams: 70, PublishRate: 12.5,
		BaseURL: "https://hub.example.org/", Version: "test", Log: logger,
	})
	h.people()
	h.serve()
	return h
}

// matcher joins the two halves of what the log asks for.
type matcher struct {
	*match.Index
	registry *integration.Registry
}

func (m matcher) Refresh(ctx context.Context) error { return m.registry.Refresh(ctx) }

func (h *hub) people() {
	ctx := h.t.Context()
	h.must(h.store.SaveUser(ctx, identity.User{ID: ann, Username: "ann"}))
	h.must(h.store.SaveUser(ctx, identity.User{ID: bob, Username: "bob"}))
	h.must(h.store.InsertDevice(ctx, fleet.Device{ID: annDevice, Name: "porch", Owner: ann}))
	h.must(h.store.InsertDevice(ctx, fleet.Device{ID: bobDevice, Name: "attic", Owner: bob}))
	h.token(annToken, identity.Token{User: ann})
	h.token(bobToken, identity.Token{User: bob})
	h.token(annDeviceToken, identity.Token{User: ann, Device: annDevice})
}

func (h *hub) token(token string, t identity.Token) {
	t.Hash = sha256.Sum256([]byte(token))
	h.must(h.store.InsertToken(h.t.Context(), t))
}

// serve runs the API under a server with short general time limits, which
// streams must outlive.
func (h *hub) serve() {
	server := &http.Server{Handler: h.api.Handler(), ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second}
	transport := &http.Transport{DialContext: h.pipes.dial}
	h.client = &http.Client{Transport: transport}
	ended := make(chan struct{})
	go func() { defer close(ended); _ = server.Serve(h.pipes) }()
	h.t.Cleanup(func() {
		h.log.EndStreams()
		transport.CloseIdleConnections()
		_ = server.Close()
		<-ended
		_ = h.log.Close(context.Background())
	})
}

func (h *hub) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// request makes a request with ann's token.
func (h *hub) request(method, path, contentType, body string) *http.Request {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, "http://hub"+path, strings.NewReader(body))
	h.must(err)
	r.Header.Set("Authorization", "Bearer "+annToken)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

// do sends a request and gives the answer with its whole body.
func (h *hub) do(r *http.Request) (*http.Response, string) {
	h.t.Helper()
	resp, err := h.client.Do(r)
	h.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	h.must(err)
	checkDescribed(h.t, h.api.Routes(), resp, string(text))
	return resp, string(text)
}

// send is do for a JSON body; it wants the status.
func (h *hub) send(method, path, body string, want int) string {
	h.t.Helper()
	resp, text := h.do(h.request(method, path, "application/json", body))
	if resp.StatusCode != want {
		h.t.Fatalf("%s %s: got %d %s, want %d", method, path, resp.StatusCode, text, want)
	}
	return text
}

// append puts an event straight into the log.
func (h *hub) append(e event.Event) {
	h.t.Helper()
	_, err := h.log.Append(h.t.Context(), e)
	h.must(err)
}

// fakeTester records what it was asked and answers with a report.
type fakeTester struct {
	report       deliver.Report
	err          error
	wait         bool // for the context to end
	id           string
	data, device string
	by           scope.Principal
}

func (f *fakeTester) Test(ctx context.Context, by *scope.Principal, in *integration.Integration, data string) (deliver.Report, error) {
	f.id, f.data, f.device, f.by = in.ID, data, by.Device, *by
	if f.wait {
		<-ctx.Done()
		return deliver.Report{}, ctx.Err()
	}
	return f.report, f.err
}

// pipes is a listener whose connections are pipes.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), done: make(chan struct{})} }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	server, client := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements net.Listener.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

// Addr implements net.Listener.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }
