// Package api is the hub's public HTTP API: the routes that existing clients of
// device clouds call, and our native additions beside them under /v1.
//
// It is a thin adapter. A handler reads the request, asks one room and writes
// the answer; what is allowed and what it means is decided by the rooms. Every
// answer is JSON (streams apart), every failure has one shape (errors.go), and
// every route needs a valid token unless the table in routes.go opens it.
//
// An API and its handler are safe for concurrent use. Timeouts of connections,
// TLS and the listening socket are left to whoever runs the http.Server.
package api

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/gallery"
	"github.com/fieldhook/fieldhook/internal/history"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/preview"
	"github.com/fieldhook/fieldhook/internal/replay"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/secret"
	"github.com/fieldhook/fieldhook/internal/team"
	"github.com/fieldhook/fieldhook/internal/tutorial"
)

// Deps is what an API stands on. Bin, Reference, Tutorial, Log and Now may be
// left out.
type Deps struct {
	Identity     *identity.Service
	Fleet        *fleet.Service
	Team         *team.Service
	Integrations *integration.Registry
	Publisher    Publisher
	Streams      Streams
	Tester       Tester
	Previewer    *preview.Previewer
	Hosts        Hosts
	History      *history.Reader
	Secrets      *secret.Vault
	Ledgers      *ledger.Service
	Gallery      *gallery.Gallery // default: no gallery
	Replays      *replay.Service
	Usage        Usage
	Presence     Presence     // default: nobody is online
	Bin          http.Handler // the request bin, mounted at /bin/ and open to all
	Console      Console      // what browsers get where no route is; nil = nothing
	Reference    http.Handler // the pages /docs, /openapi.yaml and /openapi.json, open to all
	Tutorial     *tutorial.Server
	BaseURL      string       // how clients reach the hub, such as "https://hub.example.org"
	Version      string       // the hub's version, told by /health
	Docs         string       // URL where people learn what the hub can do
	Log          *slog.Logger // internal errors only; default: discarded
	Now          func() time.Time

	// SignUp says who may make an account: SignUpOpen, SignUpInvite or
	// SignUpClosed, which is the default.
	SignUp string

	// Demo says that the hub shows an example fleet.
	Demo bool

	// SampleUntil is the date (2026-03-01) before which the counts of history
	// are made up, for show; "" = none are.
	SampleUntil string

	// RatePerAccount says that the throttle rates hosts per account.
	RatePerAccount bool

	// PublishRate is the bound that Publisher keeps, to be shown; events per
	// second and account, 0 = none.
	PublishRate float64

	// StreamsPerAccount and MaxStreams bound the event streams that are open at
	// once; 0 = no bound.
	StreamsPerAccount, MaxStreams int

	// NoQueryToken refuses tokens in the query string (?access_token=), which
	// end up in logs of proxies. They are accepted on GET by default because
	// older clients send them so.
	NoQueryToken bool

	// Address tells the IP address that a request comes from, for limits. The
	// default is the peer's; behind a reverse proxy that would be the proxy's.
	Address func(*http.Request) string
}

// API serves the routes.
type API struct {
	Deps
	stream streaming // see stream.go

	crossOrigin *http.CrossOriginProtection // of requests with a cookie

	mux    *table
	routes sync.Pool // of *chi.Context
}

// New makes an API.
func New(d Deps) *API {
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Presence == nil {
		d.Presence = nobody{}
	}
	if d.Address == nil {
		d.Address = peerAddress
	}
	a := &API{Deps: d, stream: newStreaming(d.StreamsPerAccount, d.MaxStreams)}
	a.crossOrigin = http.NewCrossOriginProtection()
	a.routes.New = func() any { return chi.NewRouteContext() }
	a.mux = a.router()
	return a
}

// Handler gives the handler of all routes.
func (a *API) Handler() http.Handler { return http.HandlerFunc(a.serve) }

// handler is the shape of every handler: it writes the answer, or returns the
// error to be written and has then written nothing.
type handler func(w http.ResponseWriter, r *http.Request) error

// call is the context of one request. One value carries what routing and
// authentication found out, so that the publish route copies the request once.
type call struct {
	context.Context
	route     *chi.Context
	principal *scope.Principal
	place     place

	// What the principal showed and was asked for, to check it again; see
	// API.still. action is "" for routes that any token may use.
	token  string
	action team.Action
}

type callKey struct{}

// Value implements context.Context.
func (c *call) Value(key any) any {
	switch key {
	case callKey{}:
		return c
	case chi.RouteCtxKey:
		return c.route
	}
	return c.Context.Value(key)
}

func callOf(r *http.Request) *call {
	c, _ := r.Context().Value(callKey{}).(*call)
	return c
}

// caller is the principal behind the request's token. It is nil on open routes.
func caller(r *http.Request) *scope.Principal {
	if c := callOf(r); c != nil {
		return c.principal
	}
	return nil
}

// param gives a parameter of the request's path, unescaped. The rest of a path
// that ends in a wildcard is named "*".
func param(r *http.Request, name string) string {
	v := chi.URLParam(r, name)
	if s, err := url.PathUnescape(v); err == nil {
		return s
	}
	return v
}

// reply writes v as JSON.
func reply(w http.ResponseWriter, status int, v any) {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)              // URLs and templates stay readable
	if err := e.Encode(v); err != nil { // only for types that JSON cannot express: a mistake of ours
		panic(err)
	}
	replyBytes(w, status, body.Bytes())
}

// replyBytes writes a body that is JSON already.
func replyBytes(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h["Content-Type"] = jsonType
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is gone: nobody is left to tell
}

// jsonType is shared between answers; nothing may append to it.
var jsonType = []string{"application/json; charset=utf-8"}
