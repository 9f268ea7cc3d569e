package match_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/match"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/sqlite"
)

// matcher is the index together with the registry that fills it.
type matcher struct {
	*match.Index
	registry *integration.Registry
}

func (m matcher) Refresh(ctx context.Context) error { return m.registry.Refresh(ctx) }

// TestChangesApplyToLaterEvents switches an integration on and off while events
// are published: each switch is in force for every event accepted after it, also
// for those that were matched before it and committed behind it (design, section
// 3, rule 2). Those that follow each other without a switch between them in the
// log thus all have a delivery, or none has.
func TestChangesApplyToLaterEvents(t *testing.T) {
	store, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "hub.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	index := match.New()
	registry, err := integration.NewRegistry(t.Context(), store, index, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	l, err := eventlog.Open(t.Context(), store, matcher{index, registry}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close(context.Background())
	in, _, err := registry.Create(t.Context(), scope.Of("u"), []byte(`{"event":"temp","url":"http://a/"}`))
	if err != nil {
		t.Fatal(err)
	}
	const switches = 60
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() { publishUntil(t, l, event.Event{Name: "temp", Owner: "u"}, stop) })
	}
	for i := range switches {
		disabled := i%2 == 0
		patch := map[bool]string{true: `{"disabled":true}`, false: `{"disabled":false}`}[disabled]
		if _, _, err := registry.Update(t.Context(), scope.Of("u"), in.ID, []byte(patch)); err != nil {
			t.Fatal(err)
		}
		seq, err := l.Append(t.Context(), event.Event{Name: "temp", Owner: "u"})
		if err != nil {
			t.Fatal(err)
		}
		p, err := store.Pending(t.Context(), seq-2, true, "", 1)
		if err != nil {
			t.Fatal(err)
		}
		if delivered := len(p) == 1 && p[0].EventSeq == seq; delivered == disabled {
			t.Errorf("switch %d: disabled %v, delivered %v", i, disabled, delivered)
		}
	}
	close(stop)
	wg.Wait()
	if n := phases(t, store); n > switches+1 {
		t.Errorf("the log has %d stretches with and without deliveries, want at most %d", n, switches+1)
	}
}

// owner owns all products.
type owner scope.Scope

// ProductOwner implements integration.Products.
func (o owner) ProductOwner(context.Context, int64) (scope.Scope, error) { return scope.Scope(o), nil }

// TestSeparatingLosesNothing takes a product off an organization's integration
// and back again while its devices publish: each event has one delivery, by the
// organization's integration or by the product's own.
func TestSeparatingLosesNothing(t *testing.T) {
	store, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "hub.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	index := match.New()
	registry, err := integration.NewRegistry(t.Context(), store, index, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	acme, product := scope.OfOrganization("acme"), scope.OfProduct(10001)
	registry.Confine(owner(acme))
	l, err := eventlog.Open(t.Context(), store, matcher{index, registry}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close(context.Background())
	in, _, err := registry.Create(t.Context(), acme, []byte(`{"event":"temp","url":"http://a/","product_ids":[10001]}`))
	if err != nil {
		t.Fatal(err)
	}
	fromProduct := event.Event{Name: "temp", Product: 10001, Org: "acme"}
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() { publishUntil(t, l, fromProduct, stop) })
	}
	const rounds = 30
	for range rounds {
		if in, _, err = registry.Separate(t.Context(), in.Scope, in.ID, 10001); err != nil {
			t.Fatal(err)
		}
		publishOne(t, l, fromProduct)
		if in, _, err = registry.Move(t.Context(), product, in.ID, integration.Target{Scope: acme, Products: []int64{10001}}); err != nil {
			t.Fatal(err)
		}
		publishOne(t, l, fromProduct)
	}
	close(stop)
	wg.Wait()
	pending, err := store.Pending(t.Context(), 0, true, "", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	events, err := store.Events(t.Context(), 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	deliveries, by := map[int64]int{}, map[string]bool{}
	for _, p := range pending {
		deliveries[p.EventSeq]++
		by[p.Integration] = true
	}
	for _, e := range events {
		if deliveries[e.Seq] != 1 {
			t.Errorf("event %d of %d has %d deliveries, want 1", e.Seq, len(events), deliveries[e.Seq])
		}
	}
	if len(by) < rounds {
		t.Errorf("%d events went to %d integrations only, want one at least for each of %d rounds", len(events), len(by), rounds)
	}
}

// publishOne appends one event: what it was matched with was in force when it
// was accepted, however slow the disk is.
func publishOne(t *testing.T, l *eventlog.Log, e event.Event) {
	t.Helper()
	if _, err := l.Append(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

func publishUntil(t *testing.T, l *eventlog.Log, e event.Event, stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		if _, err := l.Append(context.Background(), e); err != nil {
			t.Error(err)
			return
		}
	}
}

// phases counts how often events with a delivery begin to follow such without,
// and the other way round.
func phases(t *testing.T, store *sqlite.Store) (n int) {
	t.Helper()
	const all = 1 << 20
	pending, err := store.Pending(t.Context(), 0, true, "", all)
	if err != nil {
		t.Fatal(err)
	}
	with := map[int64]bool{}
	for _, p := range pending {
		with[p.EventSeq] = true
	}
	events, err := store.Events(t.Context(), 0, all)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range events {
		if i == 0 || with[e.Seq] != with[events[i-1].Seq] {
			n++
		}
	}
	return n
}
