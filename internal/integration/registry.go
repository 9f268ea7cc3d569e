package integration

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Index is told of every change, in order of versions. It returns once
// lookups see the change.
type Index interface {
	// Change takes out the old definition and puts in the new one, and the
	// branch that was made of it, in one step; nil stands for none.
	Change(old, in *Integration, version int64, branch ...*Integration)
	// Reset replaces everything.
	Reset(all []*Integration, version int64)
}

// Registry holds the compiled integrations of the hub in memory and keeps store
// and index in step with them: a change is in force once it is stored. It is
// safe for concurrent use; the integrations it hands out are read-only.
type Registry struct {
	store Store
	index Index
	now   func() time.Time

	products Products // nil = none may be listed

	change sync.Mutex // one change at a time, store and memory together

	mu      sync.RWMutex
	byID    map[string]*Integration
	byScope map[scope.Scope][]*Integration // by creation
}

// NewRegistry reads and compiles every stored integration. A stored definition
// that no longer compiles is an error that names it.
func NewRegistry(ctx context.Context, store Store, index Index, now func() time.Time) (*Registry, error) {
	r := &Registry{store: store, index: index, now: now}
	return r, r.Refresh(ctx)
}

// Refresh waits for a change in progress and then reads everything anew, so
// that the index is as new as the store.
func (r *Registry) Refresh(ctx context.Context) error {
	r.change.Lock()
	defer r.change.Unlock()
	records, version, err := r.store.Integrations(ctx)
	if err != nil {
		return fmt.Errorf("read integrations: %w", err)
	}
	all := make([]*Integration, len(records))
	for i, rec := range records {
		if all[i], err = compile(rec); err != nil {
			return fmt.Errorf("integration %s: %w", rec.ID, err)
		}
	}
	r.replace(all)
	r.index.Reset(all, version)
	return nil
}

func compile(rec Record) (*Integration, error) {
	def, _, err := Parse(rec.Config, rec.Scope.Kind)
	if err != nil {
		return nil, err
	}
	return &Integration{ID: rec.ID, Scope: rec.Scope, Org: rec.Org, Created: rec.Created, Updated: rec.Updated, Definition: def}, nil
}

func (r *Registry) replace(all []*Integration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byID = make(map[string]*Integration, len(all))
	r.byScope = map[scope.Scope][]*Integration{}
	for _, in := range all {
		r.byID[in.ID] = in
		r.byScope[in.Scope] = append(r.byScope[in.Scope], in)
	}
}

// Lookup finds an integration by id, whoever owns it.
func (r *Registry) Lookup(id string) (*Integration, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	in, ok := r.byID[id]
	return in, ok
}

// Get finds an integration of a scope. One that does not exist and one of
// another owner are the same fault NotFound.
func (r *Registry) Get(sc scope.Scope, id string) (*Integration, error) {
	if in, ok := r.Lookup(id); ok && in.Scope == sc {
		return in, nil
	}
	return nil, fault.New(fault.NotFound, "No integration has this id.")
}

// List gives the integrations of a scope by creation.
func (r *Registry) List(sc scope.Scope) []*Integration {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Clone(r.byScope[sc])
}

// Create checks and saves a new integration. The warnings are full sentences
// about things that are allowed but probably not meant.
func (r *Registry) Create(ctx context.Context, sc scope.Scope, config []byte) (*Integration, []string, error) {
	r.change.Lock()
	defer r.change.Unlock()
	in, warnings, err := r.fresh(ctx, sc, config)
	if err != nil {
		return nil, nil, err
	}
	return in, warnings, r.insert(ctx, in)
}

// insert stores a new integration and puts it in force.
func (r *Registry) insert(ctx context.Context, in *Integration) error {
	version, err := r.store.InsertIntegration(ctx, record(in))
	if err != nil {
		return err
	}
	r.put(in)
	r.index.Change(nil, in, version)
	return nil
}

const twinText = "Another integration has the same event and URL: both will send a request."

// twin says whether another enabled integration of the scope has the same
// event and URL.
func (r *Registry) twin(in *Integration) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.ContainsFunc(r.byScope[in.Scope], func(o *Integration) bool {
		return o.ID != in.ID && !o.Definition.Disabled && o.Definition.Event == in.Definition.Event && o.Definition.URL() == in.Definition.URL()
	})
}

// Update merges a patch into an integration: a key that is present replaces the
// old value, null removes it.
func (r *Registry) Update(ctx context.Context, sc scope.Scope, id string, patch []byte) (*Integration, []string, error) {
	r.change.Lock()
	defer r.change.Unlock()
	old, err := r.Get(sc, id)
	if err != nil {
		return nil, nil, err
	}
	in, warnings, err := r.changed(ctx, old, patch)
	if err != nil {
		return nil, nil, err
	}
	version, err := r.store.UpdateIntegration(ctx, record(in))
	if err != nil {
		return nil, nil, err
	}
	r.put(in)
	r.index.Change(old, in, version)
	return in, warnings, nil
}

// Delete removes an integration. Its pending deliveries end as dropped.
func (r *Registry) Delete(ctx context.Context, sc scope.Scope, id string) error {
	r.change.Lock()
	defer r.change.Unlock()
	in, err := r.Get(sc, id)
	if err != nil {
		return err
	}
	version, err := r.store.DeleteIntegration(ctx, id)
	if err != nil {
		return err
	}
	r.drop(in)
	r.index.Change(in, nil, version)
	return nil
}

func record(in *Integration) Record {
	return Record{ID: in.ID, Scope: in.Scope, Created: in.Created, Updated: in.Updated, Config: in.Definition.JSON()}
}

// put adds an integration or replaces the one with its id. Lists that were
// handed out stay as they are.
func (r *Registry) put(in *Integration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.byScope[in.Scope]
	if i := slices.IndexFunc(list, func(o *Integration) bool { return o.ID == in.ID }); i >= 0 {
		list[i] = in
	} else {
		list = append(list, in)
	}
	r.byScope[in.Scope], r.byID[in.ID] = list, in
}

func (r *Registry) drop(in *Integration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.byID, in.ID)
	list := slices.DeleteFunc(r.byScope[in.Scope], func(o *Integration) bool { return o.ID == in.ID })
	if len(list) == 0 {
		delete(r.byScope, in.Scope)
		return
	}
	r.byScope[in.Scope] = list
}
