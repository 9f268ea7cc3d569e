package integration_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/match"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

// fakeIndex writes down what it is told.
type fakeIndex struct{ told []string }

func (x *fakeIndex) Change(old, in *integration.Integration, version int64, branch ...*integration.Integration) {
	name := func(in *integration.Integration) string {
		if in == nil {
			return "none"
		}
		return in.Definition.Event
	}
	x.told = append(x.told, fmt.Sprintf("%s to %s v%d", name(old), name(in), version))
	for _, b := range branch {
		x.told = append(x.told, fmt.Sprintf("and %s", b.Scope.ID))
	}
}

func (x *fakeIndex) Reset(all []*integration.Integration, version int64) {
	x.told = append(x.told, fmt.Sprintf("reset %d v%d", len(all), version))
}

func newRegistry(t *testing.T, store integration.Store, index integration.Index) *integration.Registry {
	t.Helper()
	r, err := integration.NewRegistry(t.Context(), store, index, func() time.Time { return time.UnixMilli(5) })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRegistryLife(t *testing.T) {
	store, index := memory.New(), &fakeIndex{}
	r := newRegistry(t, store, index)
	mine, other := scope.Of("u"), scope.Of("v")
	in, _, err := r.Create(t.Context(), mine, []byte(`{"event":"a","url":"http://h/","json":{"n":1.50}}`))
	if err != nil {
		t.Fatal(err)
	}
	in, _, err = r.Update(t.Context(), mine, in.ID, []byte(`{"event":"b","json":null,"body":"x"}`))
	if err != nil || in.Definition.Event != "b" {
		t.Fatalf("%+v, %v", in, err)
	}
	for name, err := range map[string]error{
		"get foreign":    get(r, other, in.ID),
		"get unknown":    get(r, mine, "000000000000000000000000"),
		"delete foreign": r.Delete(t.Context(), other, in.ID),
		"update foreign": update(t, r, other, in.ID),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	again := newRegistry(t, store, &fakeIndex{})
	if got, err := again.Get(mine, in.ID); err != nil || string(got.Definition.JSON()) != string(in.Definition.JSON()) {
		t.Errorf("after a restart: %v, %v", got, err)
	}
	if err := r.Delete(t.Context(), mine, in.ID); err != nil {
		t.Fatal(err)
	}
	if n := len(r.List(mine)); n != 0 {
		t.Errorf("%d integrations after the delete", n)
	}
	want := "reset 0 v1, none to a v2, a to b v3, b to none v4"
	if got := strings.Join(index.told, ", "); got != want {
		t.Errorf("index was told %s, want %s", got, want)
	}
}

// watchedIndex looks an event up right after each change that it is told of.
type watchedIndex struct {
	*match.Index
	look func()
}

func (x *watchedIndex) Change(old, in *integration.Integration, version int64, branch ...*integration.Integration) {
	x.look()
	x.Index.Change(old, in, version, branch...)
	x.look()
}

// TestNoEventSlipsThroughAnEdit publishes in the middle of an edit: a lookup
// that misses the integration must not pass for one of the present version,
// which the log would commit.
func TestNoEventSlipsThroughAnEdit(t *testing.T) {
	store := memory.New()
	index := &watchedIndex{Index: match.New(), look: func() {}}
	r := newRegistry(t, store, index)
	in, _, err := r.Create(t.Context(), scope.Of("u"), []byte(`{"event":"a","url":"http://h/"}`))
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	index.look = func() {
		looked++
		found, version := index.Match(&event.Event{Name: "a", Owner: "u"}, nil)
		_, stored, err := store.Integrations(t.Context())
		if err != nil || len(found) == 0 && version >= stored {
			t.Errorf("lookup %d finds nothing at version %d of %d, %v", looked, version, stored, err)
		}
	}
	if _, _, err = r.Update(t.Context(), scope.Of("u"), in.ID, []byte(`{"url":"http://other/"}`)); err != nil || looked == 0 {
		t.Errorf("%d lookups, %v", looked, err)
	}
}

func get(r *integration.Registry, sc scope.Scope, id string) error {
	_, err := r.Get(sc, id)
	return err
}

func update(t *testing.T, r *integration.Registry, sc scope.Scope, id string) error {
	_, _, err := r.Update(t.Context(), sc, id, []byte(`{"event":"stolen"}`))
	return err
}

func TestTwinsAreMadeWithAWarning(t *testing.T) {
	r := newRegistry(t, memory.New(), &fakeIndex{})
	config := []byte(`{"event":"a","url":"http://h/"}`)
	if _, w, err := r.Create(t.Context(), scope.Of("u"), config); err != nil || len(w) != 0 {
		t.Fatalf("first: %v, %v", w, err)
	}
	if _, w, err := r.Create(t.Context(), scope.Of("v"), config); err != nil || len(w) != 0 {
		t.Fatalf("another owner's: %v, %v", w, err)
	}
	if _, w, err := r.Create(t.Context(), scope.Of("u"), config); err != nil || len(w) != 1 {
		t.Fatalf("second: %v, %v", w, err)
	}
}

// failingStore refuses every change.
type failingStore struct{ *memory.Store }

func (failingStore) InsertIntegration(ctx context.Context, r integration.Record) (int64, error) {
	return 0, errors.New("disk full")
}

func (failingStore) UpdateIntegration(ctx context.Context, r integration.Record) (int64, error) {
	return 0, errors.New("disk full")
}

func TestWhatIsNotStoredIsNotInForce(t *testing.T) {
	store, index := memory.New(), &fakeIndex{}
	in, _, err := newRegistry(t, store, &fakeIndex{}).Create(t.Context(), scope.Of("u"), []byte(`{"event":"a","url":"http://h/"}`))
	if err != nil {
		t.Fatal(err)
	}
	r := newRegistry(t, failingStore{store}, index)
	if _, _, err := r.Create(t.Context(), scope.Of("u"), []byte(`{"event":"b","url":"http://h/"}`)); err == nil {
		t.Error("create succeeded")
	}
	if _, _, err := r.Update(t.Context(), scope.Of("u"), in.ID, []byte(`{"event":"c"}`)); err == nil {
		t.Error("update succeeded")
	}
	if got := r.List(scope.Of("u")); len(got) != 1 || got[0].Definition.Event != "a" || len(index.told) != 1 {
		t.Errorf("in force: %v; index was told %v", got, index.told)
	}
}
