// Package app puts the rooms together and starts and stops them in order. It
// decides nothing else.
package app

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	description "github.com/fieldhook/fieldhook/api"
	"github.com/fieldhook/fieldhook/internal/api"
	"github.com/fieldhook/fieldhook/internal/authorize"
	"github.com/fieldhook/fieldhook/internal/console"
	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/gallery"
	"github.com/fieldhook/fieldhook/internal/history"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/match"
	"github.com/fieldhook/fieldhook/internal/outbound"
	"github.com/fieldhook/fieldhook/internal/presence"
	"github.com/fieldhook/fieldhook/internal/preview"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/reference"
	"github.com/fieldhook/fieldhook/internal/replay"
	"github.com/fieldhook/fieldhook/internal/requestbin"
	"github.com/fieldhook/fieldhook/internal/respond"
	"github.com/fieldhook/fieldhook/internal/retention"
	"github.com/fieldhook/fieldhook/internal/secret"
	"github.com/fieldhook/fieldhook/internal/team"
	"github.com/fieldhook/fieldhook/internal/throttle"
	"github.com/fieldhook/fieldhook/internal/tutorial"
	"github.com/fieldhook/fieldhook/internal/usage"
)

// Version is the hub's version. Releases set it when they are linked.
var Version = "0.1.0-dev"

// Docs is where the User-Agent of outgoing requests points to.
const Docs = "https://github.com/fieldhook/fieldhook"

// Options is what a hub is made from. Everything but Settings may be left out;
// the rest exists for tests and the demo.
type Options struct {
	Settings Settings
	Log      *slog.Logger
	Store    Store // instead of the one that the settings name; the hub closes it
	Now      func() time.Time
	Dial     func(ctx context.Context, network, address string) (net.Conn, error)
	Resolver outbound.Resolver
	RootCAs  *x509.CertPool
	Random   func() float64 // of [0,1): whether a throttled host's call is skipped

	// SignInCode opens a browser's session of the administrator without a
	// password, as long as the hub runs; "" = nothing does. Only the demo sets it.
	SignInCode string

	// Local are web services that answer in this process, by the beginning of
	// their URLs ("http://host"). Requests of integrations are handed to them, so
	// that the guard against private targets stays shut.
	Local map[string]http.Handler

	Demo        bool   // the hub shows an example fleet, and says so
	SampleUntil string // date (2026-03-01) before which counts are made up; "" = none are
}

// Hub is a running hub.
type Hub struct {
	Publisher    *publish.Service
	Integrations *integration.Registry
	Identity     *identity.Service
	Fleet        *fleet.Service
	Team         *team.Service
	Log          *eventlog.Log
	Throttle     *throttle.Throttle
	Secrets      *secret.Vault
	Ledgers      *ledger.Service
	Bin          *requestbin.Bin
	Created      identity.Created // what the first start made up, to be shown once

	settings   Settings
	logger     *slog.Logger
	store      Store
	client     *outbound.Client
	dispatcher *deliver.Dispatcher
	keeper     *retention.Keeper
	replays    *replay.Service
	usage      *usage.Meter
	presence   *presence.Tracker
	tutorial   *tutorial.Server
	listener   net.Listener
	server     *http.Server
}

// New opens the store, wires the rooms, listens, and queues what an earlier
// process left undelivered. Serve answers requests.
func New(ctx context.Context, o Options) (*Hub, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	h := &Hub{settings: o.Settings, logger: o.Log, store: o.Store, Bin: requestbin.New()}
	if err := h.open(ctx, &o); err != nil {
		h.release()
		return nil, err
	}
	return h, nil
}

// open builds the hub from the cellar up; release undoes what was done when a
// step fails.
func (h *Hub) open(ctx context.Context, o *Options) (err error) {
	if h.listener, err = net.Listen("tcp", h.settings.Listen); err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	if h.settings.BaseURL == "" {
		h.settings.BaseURL = "http://" + reachable(h.listener.Addr())
	}
	h.tutorial = tutorial.New(strings.TrimSuffix(h.settings.BaseURL, "/"), o.Now)
	if h.store == nil {
		if h.store, err = openStore(ctx, &h.settings); err != nil {
			return fmt.Errorf("--store: %w", err)
		}
	}
	if err = h.openVault(ctx, o); err != nil {
		return err
	}
	h.Ledgers = ledger.New(ledger.Options{Definitions: h.store, Instances: h.store, Changes: h.store, Fleet: h.store, Now: o.Now})
	if err = h.openCorridor(ctx, o); err != nil {
		return err
	}
	if err = h.openIdentity(ctx, o); err != nil {
		return err
	}
	var keep sync.RWMutex
	h.replays, err = replay.Open(ctx, replay.Options{
		Store: h.store, Jobs: h.store, Log: h.Log, Finder: h.store, Keep: keep.RLocker(), Now: o.Now, Unfinished: h.dispatcher.Replaying,
		Error: func(err error) { h.logger.Error("store what became of a replay", "room", "replay", "error", err) },
	})
	if err != nil {
		return err
	}
	h.keeper = retention.New(retention.Options{
		Store: pruner{h.store, &keep}, Log: h.store, Age: h.settings.KeepEvents, Bytes: int64(h.settings.KeepMiB) << 20, Now: o.Now,
		Error: func(err error) { h.logger.Error("delete what is old", "room", "retention", "error", err) },
	})
	h.presence = presence.New(presence.Options{
		Store: h.store, Publisher: h.Publisher, Now: o.Now,
		Error: func(err error) { h.logger.Error("store or publish who is online", "room", "presence", "error", err) },
	})
	return h.openServer(o)
}

// pruner deletes no event while a replay of it is being accepted.
type pruner struct {
	retention.Store
	keep *sync.RWMutex
}

// Prune implements retention.Store.
func (p pruner) Prune(ctx context.Context, fromSeq, toSeq int64, limit int) (next, freed int64, err error) {
	p.keep.Lock()
	defer p.keep.Unlock()
	return p.Store.Prune(ctx, fromSeq, toSeq, limit)
}

// reachable is an address that this machine can be called by.
func reachable(a net.Addr) string {
	host, port, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// openCorridor wires the way of an event: match, log, deliver, respond.
func (h *Hub) openCorridor(ctx context.Context, o *Options) error {
	index := match.New()
	var err error
	if h.Integrations, err = integration.NewRegistry(ctx, h.store, index, o.Now); err != nil {
		return err
	}
	h.Throttle = throttle.New(throttle.Options{
		Now:     o.Now,
		Random:  o.Random,
		Lenient: h.settings.IgnoreClientErrors,
		Lost:    max(time.Minute, h.settings.CallTimeout+10*time.Second), // a probe may take as long as a call
	})
	policy, _ := integration.ParseRetryPolicy(h.settings.Retry) // the command line allows no other words
	h.dispatcher = deliver.New(deliver.Options{
		Integrations: h.Integrations, Backlog: h.store, Sender: h.openSender(o), Responder: respond.New(o.Now), Throttle: h.Throttle,
		PerAccount: h.settings.RatePerAccount, Secrets: h.Secrets, Ledgers: h.Ledgers, Rings: h.store, UserAgent: h.userAgent(), Timeout: h.settings.CallTimeout, Calls: h.settings.MaxCalls,
		Retry: policy, RetryAge: h.settings.RetryAge, MaxPending: h.settings.MaxPending, MaxAge: h.settings.MaxAge,
		RecentCalls: h.settings.RecentCalls, Now: o.Now,
		Unexpected: func(msg string, err error) { h.logger.Error(msg, "room", "deliver", "error", err) },
	})
	h.usage, err = usage.Open(ctx, usage.Options{Store: h.store, Log: h.store, Block: h.settings.OperationBlock, Now: o.Now})
	if err != nil {
		return err
	}
	h.Log, err = eventlog.Open(ctx, h.store, matcher{index, h.Integrations}, h.logger.With("room", "eventlog"), h.dispatcher.Committed, h.usage.Committed)
	if err != nil {
		return err
	}
	h.Publisher = publish.New(h.Log, o.Now)
	h.Publisher.Limit(h.settings.PublishRate, h.usage.Refused)
	queued, err := h.dispatcher.Start(ctx, h.Log)
	if queued > 0 {
		h.logger.Info("delivering what an earlier run left unfinished", "deliveries", queued)
	}
	return err
}

// openSender stacks the layers of a call. Requests to the hub itself are
// handed over in process, so that the guard against private targets stays shut.
func (h *Hub) openSender(o *Options) deliver.Sender {
	allow, _ := h.settings.prefixes() // checked by Validate
	h.client = outbound.New(outbound.Options{Allow: allow, Resolver: o.Resolver, Dial: o.Dial, RootCAs: o.RootCAs})
	var next deliver.Sender = h.client
	for base, service := range o.Local {
		next = &outbound.Local{Origin: originOf(base), Prefix: []string{"/"}, Handler: service, Next: next}
	}
	here := originOf(h.settings.BaseURL)
	bin := &outbound.Local{Origin: here, Prefix: []string{"/bin/"}, Handler: h.Bin, Next: next}
	local := &outbound.Local{Origin: here, Prefix: []string{tutorial.Below}, Handler: h.tutorial, Next: bin}
	return authorize.New(authorize.Options{Next: local, Names: deviceNames{h.store}, Now: o.Now, UserAgent: h.userAgent()})
}

// deviceNames tells the layer of authorization what devices are called.
type deviceNames struct{ fleet.Devices }

// DeviceName implements authorize.Names.
func (d deviceNames) DeviceName(ctx context.Context, id string) (string, error) {
	device, err := d.DeviceByID(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return device.Name, err
}

// originOf gives the scheme, host and port of a URL that Validate accepted, in
// the form of render.Request.Origin.
func originOf(base string) string {
	a, err := integration.ParseAddress(base)
	if err != nil {
		return ""
	}
	return a.Origin()
}

func (h *Hub) userAgent() string {
	if h.settings.UserAgent != "" {
		return h.settings.UserAgent
	}
	return "Fieldhook/" + Version + " (+" + Docs + ")"
}

func (h *Hub) openIdentity(ctx context.Context, o *Options) (err error) {
	h.Identity = identity.New(identity.Options{
		Users: h.store, Tokens: h.store, Clients: h.store, Devices: fleet.NewDirectory(h.store), Now: o.Now, Revoked: h.Log.Disconnect,
		Strict: h.settings.StrictClients, Host: hostOf(h.settings.BaseURL),
		Leaving: h.leave, SignInCode: o.SignInCode,
	})
	h.Fleet = fleet.New(fleet.Options{
		Store: h.store, Tokens: h.Identity, Now: o.Now,
		RegisterOnImport: h.settings.RegisterUnknownDevices != "off", RegisterOnClaim: h.settings.RegisterUnknownDevices == "on",
	})
	h.Integrations.Confine(h.Fleet)
	h.Team = team.New(team.Options{Organizations: h.store, Members: h.store, Changes: memberships{h.store, h.Log.DisconnectMember}, Invitations: h.store, Holdings: h.store, Products: h.Fleet, Now: o.Now, Vacate: h.vacate})
	for _, w := range identity.Guessable(h.settings.AdminPassword, h.settings.AdminToken) {
		h.logger.Warn(w)
	}
	h.Created, err = h.Identity.Bootstrap(ctx, h.settings.AdminPassword, h.settings.AdminToken)
	return err
}

// hostOf gives the host name of a URL that Validate accepted.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

func (h *Hub) openServer(o *Options) error {
	pages, err := reference.New(description.OpenAPI(), strings.TrimSuffix(h.settings.BaseURL, "/"))
	if err != nil {
		return err
	}
	entries, err := gallery.New()
	if err != nil {
		return err
	}
	proxies, _ := h.settings.proxies() // checked by Validate
	surface := api.New(api.Deps{
		Address: api.AddressBehind(proxies), Gallery: entries,
		Identity: h.Identity, Fleet: h.Fleet, Team: h.Team, Integrations: h.Integrations,
		Hosts: h.Throttle, History: history.New(h.store, o.Now), Secrets: h.Secrets, Ledgers: h.Ledgers, Replays: h.replays, Usage: h.usage, Presence: h.presence, Publisher: h.Publisher, Streams: h.Log, Tester: &deliver.Tester{Log: h.Log, Now: o.Now},
		Previewer: &preview.Previewer{Ledgers: h.Ledgers, UserAgent: h.userAgent(), Now: o.Now},
		Bin:       h.Bin, Console: console.New(), Tutorial: h.tutorial, Reference: pages, BaseURL: strings.TrimSuffix(h.settings.BaseURL, "/"), Version: Version, Docs: Docs,
		Log: h.logger.With("room", "api"), Now: o.Now, NoQueryToken: h.settings.NoQueryToken, RatePerAccount: h.settings.RatePerAccount,
		Demo: o.Demo, SampleUntil: o.SampleUntil,
		SignUp: h.settings.SignUp, PublishRate: h.settings.PublishRate, StreamsPerAccount: h.settings.StreamsPerAccount, MaxStreams: h.settings.MaxStreams,
	})
	h.server = newServer(surface.Handler(), h.logger)
	return nil
}

// newServer makes a server that lets no client hold a connection for ever.
// Streams and tests, which take long by their nature, lift the limits of body
// and answer for themselves.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,
		WriteTimeout:      90 * time.Second, // from the header on: it includes reading the body
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// URL is how clients reach the hub.
func (h *Hub) URL() string { return h.settings.BaseURL }

// HasConsole says whether the binary was built with the console in it.
func (h *Hub) HasConsole() bool { return console.New().Complete() }

// Addr is the address the hub listens on.
func (h *Hub) Addr() string { return h.listener.Addr().String() }

// Serve answers requests until ctx ends, then stops in order: publishes are
// refused, streams ended, calls in flight awaited, results committed.
func (h *Hub) Serve(ctx context.Context) error {
	debug, err := h.debug()
	if err != nil {
		h.stop()
		return err
	}
	defer debug.Close()
	work, rest := context.WithCancel(context.Background())
	defer rest()
	go h.flushSecrets(work)
	go h.keeper.Run(work)
	go h.usage.Run(work, func(err error) { h.logger.Error("store what was used", "room", "usage", "error", err) })
	failed := make(chan error, 1)
	go func() { failed <- h.server.Serve(h.listener) }()
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	rest()
	h.stop()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

func (h *Hub) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), h.settings.StopTimeout)
	defer cancel()
	h.Log.EndStreams()
	h.tutorial.Close()
	h.stopServer(ctx)
	h.replays.Close()
	h.dispatcher.Stop(ctx)
	if err := h.Secrets.Flush(ctx); err != nil {
		h.logger.Error("store when secrets were last used", "error", err)
	}
	h.release()
}

// stopServer lets requests under way end, but leaves most of the time to the
// calls in flight: those would be repeated, an unanswered publish would not.
func (h *Hub) stopServer(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, h.settings.StopTimeout/4)
	defer cancel()
	if err := h.server.Shutdown(ctx); err != nil {
		_ = h.server.Close()
	}
}

// release closes what is open, the log before the store it writes to.
func (h *Hub) release() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if h.presence != nil {
		h.presence.Close(ctx)
	}
	if h.Log != nil {
		if err := h.Log.Close(ctx); err != nil {
			h.logger.Error("results could not be committed; their deliveries will be repeated", "error", err)
		}
	}
	h.storeUsage()
	if h.client != nil {
		h.client.Close()
	}
	if h.store != nil {
		if err := h.store.Close(); err != nil {
			h.logger.Error("close the store", "error", err)
		}
	}
	if h.listener != nil {
		_ = h.listener.Close() // the server has closed it already, if it ran
	}
}

// storeUsage stores what was used last; after a failure the next start counts
// it again.
func (h *Hub) storeUsage() {
	if h.usage == nil {
		return
	}
	if err := h.usage.Flush(context.Background()); err != nil {
		h.logger.Error("store what was used", "room", "usage", "error", err)
	}
}

// Close ends a hub that does not serve.
func (h *Hub) Close() { h.stop() }

// matcher is what the log asks of the matching rooms.
type matcher struct {
	*match.Index
	registry *integration.Registry
}

// Refresh implements eventlog.Matcher.
func (m matcher) Refresh(ctx context.Context) error { return m.registry.Refresh(ctx) }

// Logger makes the log that the settings ask for.
func Logger(s *Settings, w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: s.level()}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

var _ eventlog.Matcher = matcher{}

var _ publish.Log = (*eventlog.Log)(nil)
