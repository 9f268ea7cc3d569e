package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

const (
	annID = "aaaaaaaaaaaaaaaaaaaaaaaa"
	bobID = "bbbbbbbbbbbbbbbbbbbbbbbb"
	one   = "111111111111111111111111"
	two   = "222222222222222222222222"
)

var ann, bob, acme = scope.Of(annID), scope.Of(bobID), scope.OfOrganization("0a0a0a0a0a0a0a0a0a0a0a0a")

// counted is a store that counts what is read of it, and can do something
// between a read and its answer.
type counted struct {
	*memory.Store
	mu      sync.Mutex
	reads   int
	between func()
	err     error
}

func (c *counted) note() error {
	c.mu.Lock()
	c.reads++
	do, err := c.between, c.err
	c.between = nil
	c.mu.Unlock()
	if do != nil {
		do()
	}
	return err
}

func (c *counted) Ledgers(ctx context.Context, owner scope.Scope) ([]ledger.Definition, error) {
	all, err := c.Store.Ledgers(ctx, owner)
	return all, errors.Join(err, c.note())
}

func (c *counted) LedgerInstance(ctx context.Context, k ledger.Key) (ledger.Instance, error) {
	in, err := c.Store.LedgerInstance(ctx, k)
	if failed := c.note(); failed != nil {
		return in, failed
	}
	return in, err
}

// newService has a device of ann and one of bob, a product of ann and one of an
// organization.
func newService(t *testing.T) (s *ledger.Service, store *counted, annProduct, acmeProduct int64) {
	t.Helper()
	store = &counted{Store: memory.New()}
	for id, owner := range map[string]string{one: annID, two: bobID} {
		must(t, store.InsertDevice(t.Context(), fleet.Device{ID: id, Owner: owner}))
	}
	a, err := store.InsertProduct(t.Context(), fleet.Product{Slug: "a", Owner: ann})
	must(t, err)
	b, err := store.InsertProduct(t.Context(), fleet.Product{Slug: "b", Owner: acme})
	must(t, err)
	s = ledger.New(ledger.Options{Definitions: store, Instances: store, Changes: store, Fleet: store, Now: func() time.Time { return time.UnixMilli(1000) }})
	return s, store, a.ID, b.ID
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func define(t *testing.T, s *ledger.Service, owner scope.Scope, name string, kind ledger.Kind) {
	t.Helper()
	_, err := s.Create(t.Context(), ledger.Definition{Owner: owner, Name: name, Kind: kind})
	must(t, err)
}

func set(t *testing.T, s *ledger.Service, owner scope.Scope, name, value, data string) {
	t.Helper()
	_, err := s.Set(t.Context(), owner, name, value, data, ledger.Replace)
	must(t, err)
}

// resolved is what the ledgers hold for an event, joined.
func resolved(t *testing.T, s *ledger.Service, sc scope.Scope, e *event.Event, names ...string) string {
	t.Helper()
	texts, err := s.Resolve(sc, e, names, nil)
	must(t, err)
	return strings.Join(texts, "|")
}

func TestResolve(t *testing.T) {
	s, _, annProduct, acmeProduct := newService(t)
	for owner, product := range map[scope.Scope]int64{ann: annProduct, acme: acmeProduct} {
		define(t, s, owner, "dev", ledger.OfDevice)
		define(t, s, owner, "prod", ledger.OfProduct)
		define(t, s, owner, "own", ledger.OfOwner)
		set(t, s, owner, "prod", fmt.Sprint(product), fmt.Sprintf(`{"p":%d}`, product))
		set(t, s, owner, "own", owner.ID, `{"o":"`+owner.Kind.String()+`"}`)
	}
	set(t, s, ann, "dev", one, `{"d":1}`)
	annText, acmeText := fmt.Sprintf(`{"p":%d}`, annProduct), fmt.Sprintf(`{"p":%d}`, acmeProduct)
	for _, c := range []struct {
		name string
		of   scope.Scope
		e    event.Event
		want string
	}{
		{"a device in a sandbox", ann, event.Event{Device: one, Owner: annID}, `{"d":1}||{"o":"sandbox"}`},
		{"a device without an instance", ann, event.Event{Device: two}, `||{"o":"sandbox"}`},
		{"the API", ann, event.Event{Device: event.API}, `||{"o":"sandbox"}`},
		{"a device of a product, seen by its owner", ann, event.Event{Device: one, Product: annProduct}, `{"d":1}|` + annText + `|{"o":"sandbox"}`},
		{"an integration of a user's product", scope.OfProduct(annProduct), event.Event{Device: one, Product: annProduct}, `{"d":1}|` + annText + `|{"o":"sandbox"}`},
		{"an integration of an organization's product", scope.OfProduct(acmeProduct), event.Event{Device: one, Owner: annID, Product: acmeProduct}, "|" + acmeText + `|{"o":"organization"}`},
		{"an integration of an organization", acme, event.Event{Device: one, Product: acmeProduct}, "|" + acmeText + `|{"o":"organization"}`},
		{"an event of somebody else's product", acme, event.Event{Device: one, Product: annProduct}, `||{"o":"organization"}`},
		{"somebody without ledgers", bob, event.Event{Device: one, Product: annProduct}, "||"},
		{"a product that is gone", scope.OfProduct(99), event.Event{Device: one, Product: 99}, "||"},
	} {
		for range 2 { // from the store, and from memory
			if got := resolved(t, s, c.of, &c.e, "dev", "prod", "own"); got != c.want {
				t.Errorf("%s: got %s, want %s", c.name, got, c.want)
			}
		}
	}
}

// TestResolveReadsOnce reads the store once, also for what is not there, and
// sees every change at once.
func TestResolveReadsOnce(t *testing.T) {
	s, store, _, _ := newService(t)
	e := &event.Event{Device: one}
	look := func(want string, reads int) {
		t.Helper()
		before := store.reads
		if got := resolved(t, s, ann, e, "dev", "none"); got != want+"|" {
			t.Errorf("got %s, want %s", got, want)
		}
		if n := store.reads - before; n != reads {
			t.Errorf("%d reads, want %d", n, reads)
		}
	}
	look("", 1)
	look("", 0)
	define(t, s, ann, "dev", ledger.OfDevice)
	look("", 2)
	look("", 0)
	set(t, s, ann, "dev", one, `{"a":1}`)
	look(`{"a":1}`, 1)
	look(`{"a":1}`, 0)
	set(t, s, ann, "dev", one, `{"a":2}`)
	look(`{"a":2}`, 1)
	yes, no := true, false
	_, err := s.Update(t.Context(), ann, "dev", ledger.Patch{Archived: &yes})
	must(t, err)
	look("", 1)
	_, err = s.Update(t.Context(), ann, "dev", ledger.Patch{Archived: &no})
	must(t, err)
	look(`{"a":2}`, 1)
	must(t, s.Delete(t.Context(), ann, "dev", one))
	look("", 1)
}

// TestAChangeDuringALookup writes between a look-up's read and its answer: that
// one may be old, but it must not stay.
func TestAChangeDuringALookup(t *testing.T) {
	s, store, _, _ := newService(t)
	define(t, s, ann, "dev", ledger.OfDevice)
	set(t, s, ann, "dev", one, `{"a":"old"}`)
	e := &event.Event{Device: one}
	_ = resolved(t, s, ann, &event.Event{Device: two}, "dev") // the definition is in memory
	store.between = func() { set(t, s, ann, "dev", one, `{"a":"new"}`) }
	_ = resolved(t, s, ann, e, "dev")
	if got := resolved(t, s, ann, e, "dev"); got != `{"a":"new"}` {
		t.Errorf("got %s after the change", got)
	}
}

func TestResolveTellsNothingOfTheStore(t *testing.T) {
	s, store, _, _ := newService(t)
	store.err = errors.New("disk on fire")
	_, err := s.Resolve(ann, &event.Event{Device: one}, []string{"dev"}, nil)
	if err == nil || strings.Contains(err.Error(), "fire") {
		t.Errorf("got %v, want an error that hides the store's", err)
	}
}

func TestUnknown(t *testing.T) {
	s, _, annProduct, _ := newService(t)
	define(t, s, ann, "dev", ledger.OfDevice)
	for _, sc := range []scope.Scope{ann, scope.OfProduct(annProduct)} {
		got, err := s.Unknown(t.Context(), sc, []string{"dev", "gone", "Not A Name"})
		if err != nil || !slices.Equal(got, []string{"gone", "Not A Name"}) {
			t.Errorf("%v: got %q, %v", sc, got, err)
		}
	}
}

// TestMergesLoseNothing merges from many goroutines at once.
func TestMergesLoseNothing(t *testing.T) {
	s, _, _, _ := newService(t)
	define(t, s, ann, "own", ledger.OfOwner)
	var wg sync.WaitGroup
	const writers = 50
	for i := range writers {
		wg.Go(func() {
			if _, err := s.Set(t.Context(), ann, "own", annID, fmt.Sprintf(`{"k%d":%d}`, i, i), ledger.Merge); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	in, err := s.Instance(t.Context(), ann, "own", annID)
	must(t, err)
	if n := strings.Count(in.Data, ":"); n != writers || in.Version != writers {
		t.Errorf("%d members and version %d, want %d of both: %s", n, in.Version, writers, in.Data)
	}
}

// TestSetIsBounded merges two documents that are too large together, and keeps
// no more versions than it says.
func TestSetIsBounded(t *testing.T) {
	s, store, _, _ := newService(t)
	define(t, s, ann, "own", ledger.OfOwner)
	half := strings.Repeat("x", ledger.MaxData/2)
	set(t, s, ann, "own", annID, `{"a":"`+half+`"}`)
	_, err := s.Set(t.Context(), ann, "own", annID, `{"b":"`+half+`"}`, ledger.Merge)
	if fieldOf(err) != "data" {
		t.Errorf("too large together: got %v", err)
	}
	if in, _ := s.Instance(t.Context(), ann, "own", annID); in.Version != 1 || strings.Contains(in.Data, "b") {
		t.Errorf("the refused merge left version %d", in.Version)
	}
	for range ledger.KeptVersions + 3 {
		set(t, s, ann, "own", annID, `{}`)
	}
	kept, err := store.LedgerVersions(t.Context(), ledger.Key{Owner: ann, Ledger: "own", Value: annID})
	must(t, err)
	if len(kept) != ledger.KeptVersions {
		t.Errorf("%d versions are kept, want %d", len(kept), ledger.KeptVersions)
	}
	for i := 1; i < len(kept); i++ {
		if kept[i-1].Replaced <= kept[i].Replaced {
			t.Fatalf("versions %d and %d were replaced at the same time, though the clock stands", kept[i-1].Version, kept[i].Version)
		}
	}
}

func TestCreateIsBounded(t *testing.T) {
	s, _, _, _ := newService(t)
	for i := range ledger.MaxLedgers {
		define(t, s, ann, fmt.Sprint("l", i), ledger.OfOwner)
	}
	_, err := s.Create(t.Context(), ledger.Definition{Owner: ann, Name: "more", Kind: ledger.OfOwner})
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("one too many: got %v", err)
	}
	define(t, s, bob, "more", ledger.OfOwner)
}

func TestForget(t *testing.T) {
	s, _, _, _ := newService(t)
	e := &event.Event{Device: one}
	for _, owner := range []scope.Scope{ann, bob} {
		define(t, s, owner, "own", ledger.OfOwner)
		set(t, s, owner, "own", owner.ID, `{"a":1}`)
		_ = resolved(t, s, owner, e, "own")
	}
	must(t, s.Forget(t.Context(), ann))
	define(t, s, ann, "own", ledger.OfOwner)
	if got, rest := resolved(t, s, ann, e, "own"), resolved(t, s, bob, e, "own"); got != "" || rest != `{"a":1}` {
		t.Errorf("got %q of the one who left and %q of another", got, rest)
	}
}

// TestDevicesOfProducts has devices that are claimed, in a product, or both: an
// instance is for those whose user or whose product's owner has the ledger.
func TestDevicesOfProducts(t *testing.T) {
	s, store, annProduct, acmeProduct := newService(t)
	owners := []scope.Scope{ann, bob, acme}
	for _, owner := range owners {
		define(t, s, owner, "dev", ledger.OfDevice)
	}
	for i, c := range []struct {
		user    string
		product int64
		want    string // owners, in the order above
	}{
		{annID, 0, "yes no no"},
		{"", annProduct, "yes no no"},
		{"", acmeProduct, "no no yes"},
		{bobID, acmeProduct, "no yes yes"},
		{annID, annProduct, "yes no no"},
		{bobID, annProduct, "yes yes no"},
		{"", 0, "no no no"},
		{"", 99, "no no no"}, // its product is gone
	} {
		id := fmt.Sprintf("%024x", i+1)
		must(t, store.InsertDevice(t.Context(), fleet.Device{ID: id, Owner: c.user, Product: c.product}))
		var got []string
		for _, owner := range owners {
			_, err := s.Set(t.Context(), owner, "dev", id, "{}", ledger.Replace)
			switch {
			case err == nil:
				got = append(got, "yes")
			case fault.Is(err, fault.NotFound):
				got = append(got, "no")
			default:
				t.Fatal(err)
			}
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("a device of user %q in product %d: %s, want %s", c.user, c.product, text, c.want)
		}
	}
}
