// Package storetest says whether a storage engine is done: one suite that runs
// against every engine. Run is for all of them, RunDurable for those that
// outlive a process, Bench measures the log's hot path.
package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/presence"
	"github.com/fieldhook/fieldhook/internal/replay"
	"github.com/fieldhook/fieldhook/internal/secret"
	"github.com/fieldhook/fieldhook/internal/team"
)

// Store is everything that an engine implements.
type Store interface {
	eventlog.Engine
	integration.Store
	identity.Users
	identity.Tokens
	identity.Clients
	fleet.Store
	presence.Store
	team.Organizations
	team.Members
	team.Changes
	team.Invitations
	team.Holdings
	History
	secret.Store
	HasSecrets(ctx context.Context) (bool, error)
	replay.Jobs
	ledger.Definitions
	ledger.Instances
	ledger.Changes
	Usage
	Close() error
}

// check is one test of the suite.
type check struct {
	name string
	run  func(t *testing.T, s Store)
}

// Run runs the suite. open gives an empty store and closes it at the test's
// end.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, group := range [][]check{logChecks, pendingChecks, historyChecks, pruneChecks, concurrentChecks, integrationChecks, identityChecks, fleetChecks, presenceChecks, secretChecks, usageChecks, replayChecks, teamChecks, ledgerChecks} {
		for _, c := range group {
			t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
		}
	}
}

// at is the time of most events of the suite, Unix milliseconds.
const at = 1_753_000_000_123

// accept makes an event that is matched by an integration for each origin.
func accept(name string, origins ...string) *eventlog.Accept {
	a := &eventlog.Accept{Event: event.Event{
		At: at, Name: name, Data: `{"t":21.5}`, Device: id("de", 1), Owner: id("aa", 1), TTL: event.DefaultTTL,
	}}
	for i, o := range origins {
		a.Deliveries = append(a.Deliveries, eventlog.Delivery{Integration: id("1f", i), Origin: o})
	}
	return a
}

// finish ends a delivery with hook events of the given names.
func finish(d *eventlog.Delivery, names ...string) *eventlog.Result {
	f := &eventlog.Result{Delivery: d, Attempt: eventlog.Attempt{
		At: at + 1, Outcome: eventlog.Success, Status: 200, Called: true, Timing: eventlog.Timing{Total: 4 * time.Millisecond},
	}}
	for _, n := range names {
		f.Events = append(f.Events, event.Event{
			At: at + 5, Name: n, Data: "ok", Device: event.Internal, Owner: id("aa", 1), TTL: event.DefaultTTL,
			Kind: event.HookResponse, Cause: d.EventSeq, Integration: d.Integration,
		})
	}
	return f
}

// postpone makes a delivery wait; the log would have it sealed.
func postpone(d *eventlog.Delivery, a eventlog.Again) *eventlog.Result {
	return &eventlog.Result{Delivery: d, Again: &a, Attempt: eventlog.Attempt{At: at + 1, Outcome: eventlog.Failure, Status: 503, Called: true}}
}

// id makes a 24 hex id.
func id(kind string, n int) string { return fmt.Sprintf("%s%022x", kind, n) }

func commit(t *testing.T, s Store, b *eventlog.Batch) {
	t.Helper()
	b.Seal()
	if err := s.Commit(t.Context(), b); err != nil {
		t.Fatalf("commit: %v", err)
	}
}

// events reads the whole log.
func events(t *testing.T, s Store) []event.Event {
	t.Helper()
	const page = 1000
	var all []event.Event
	for after := int64(0); ; after = all[len(all)-1].Seq {
		es, err := s.Events(t.Context(), after, page)
		if err != nil {
			t.Fatalf("events: %v", err)
		}
		all = append(all, es...)
		if len(es) < page {
			return all
		}
	}
}

func pending(t *testing.T, s Store) []eventlog.Pending {
	t.Helper()
	ps, err := s.Pending(t.Context(), 0, true, "", 1_000_000)
	if err != nil {
		t.Fatalf("pending: %v", err)
	}
	return ps
}

func head(t *testing.T, s Store) int64 {
	t.Helper()
	h, err := s.Head(t.Context())
	if err != nil {
		t.Fatalf("head: %v", err)
	}
	return h
}

func version(t *testing.T, s Store) int64 {
	t.Helper()
	_, v, err := s.Integrations(t.Context())
	if err != nil {
		t.Fatalf("integrations: %v", err)
	}
	return v
}

func diff(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

func refused(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("%s: got %v, want a fault %s", what, err, code)
	}
}

// cancelled is a context that has ended.
func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
