package integration

import (
	"context"
	"slices"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Products tells who owns a product. An unknown one is a fault NotFound.
type Products interface {
	ProductOwner(ctx context.Context, product int64) (scope.Scope, error)
}

// Confine says whose products are whose: an organization's integration lists
// its own only, and its products' integrations see what is published into it. It
// must be called before the first change of either; until then no product may be
// listed.
func (r *Registry) Confine(p Products) { r.products = p }

// confined checks the list of an organization's integration. A product that
// does not exist is refused like one of others.
func (r *Registry) confined(ctx context.Context, sc scope.Scope, products []int64) error {
	for _, product := range products {
		foreign := fault.Field("product_ids", "%d is no product of this organization.", product)
		if r.products == nil {
			return foreign
		}
		owner, err := r.products.ProductOwner(ctx, product)
		switch {
		case fault.Is(err, fault.NotFound), err == nil && owner != sc:
			return foreign
		case err != nil:
			return err
		}
	}
	return nil
}

// organizationOf is the organization that owns a product, "" for other scopes
// and products.
func (r *Registry) organizationOf(ctx context.Context, sc scope.Scope) (string, error) {
	if sc.Kind != scope.Product || r.products == nil {
		return "", nil
	}
	owner, err := r.products.ProductOwner(ctx, sc.Number())
	if err != nil || owner.Kind != scope.Organization {
		return "", err
	}
	return owner.ID, nil
}

// Target is where a copy goes.
type Target struct {
	Scope    scope.Scope
	Products []int64 // that trigger the copy, in an organization
}

// Copy makes a copy of an integration in another scope or the same one. With
// disable the original is switched off in the same step: no event triggers both
// or neither. Errors: a fault NotFound; faults Invalid for a setting that the
// other scope does not have.
func (r *Registry) Copy(ctx context.Context, sc scope.Scope, id string, to Target, disable bool) (*Integration, []string, error) {
	r.change.Lock()
	defer r.change.Unlock()
	old, err := r.Get(sc, id)
	if err != nil {
		return nil, nil, err
	}
	fresh, warnings, err := r.copyOf(ctx, old, to)
	if err != nil {
		return nil, nil, err
	}
	if !disable {
		if !old.Definition.Disabled && to.Scope.Kind != sc.Kind {
			warnings = append(warnings, "The original is still on: an event that concerns both scopes sends a request for each.")
		}
		return fresh, warnings, r.insert(ctx, fresh)
	}
	changed, _, err := r.changed(ctx, old, []byte(`{"disabled":true}`))
	if err != nil {
		return nil, nil, err
	}
	return fresh, warnings, r.branch(ctx, old, changed, fresh)
}

// Move makes a copy in another scope and deletes the original, in one step.
// What the original had not delivered yet ends as dropped. Errors: as Copy.
func (r *Registry) Move(ctx context.Context, sc scope.Scope, id string, to Target) (*Integration, []string, error) {
	if to.Scope == sc {
		return nil, nil, fault.Field("to", "The integration is there already.")
	}
	r.change.Lock()
	defer r.change.Unlock()
	old, err := r.Get(sc, id)
	if err != nil {
		return nil, nil, err
	}
	fresh, warnings, err := r.copyOf(ctx, old, to)
	if err != nil {
		return nil, nil, err
	}
	return fresh, warnings, r.branch(ctx, old, nil, fresh)
}

// Separate gives a product a copy of its own of an organization's integration
// and takes the product off the list, in one step. Errors: a fault NotFound; a
// fault Invalid for a product that is not on the list.
func (r *Registry) Separate(ctx context.Context, org scope.Scope, id string, product int64) (*Integration, []string, error) {
	r.change.Lock()
	defer r.change.Unlock()
	old, err := r.Get(org, id)
	if err != nil {
		return nil, nil, err
	}
	if !slices.Contains(old.Definition.Products, product) {
		return nil, nil, fault.Field("product_id", "The integration does not list this product.")
	}
	fresh, warnings, err := r.copyOf(ctx, old, Target{Scope: scope.OfProduct(product)})
	if err != nil {
		return nil, nil, err
	}
	rest := slices.DeleteFunc(slices.Clone(old.Definition.Products), func(p int64) bool { return p == product })
	changed, _, err := r.changed(ctx, old, withProducts(rest))
	if err != nil {
		return nil, nil, err
	}
	return fresh, warnings, r.branch(ctx, old, changed, fresh)
}

// withProducts is a patch that sets the list of products.
func withProducts(products []int64) []byte {
	return appendObject(nil, []member{{"product_ids", productList(products)}})
}

// copyOf makes an integration of another scope, not stored yet.
func (r *Registry) copyOf(ctx context.Context, old *Integration, to Target) (*Integration, []string, error) {
	config, err := Merge(old.Definition.JSON(), withProducts(to.Products))
	if err != nil {
		return nil, nil, err
	}
	return r.fresh(ctx, to.Scope, config)
}

// fresh checks a configuration and makes an integration of it, not stored yet.
func (r *Registry) fresh(ctx context.Context, sc scope.Scope, config []byte) (*Integration, []string, error) {
	def, warnings, err := Parse(config, sc.Kind)
	if err != nil {
		return nil, nil, err
	}
	if err := r.confined(ctx, sc, def.Products); err != nil {
		return nil, nil, err
	}
	now := r.now().UnixMilli()
	in := &Integration{ID: event.NewID(), Scope: sc, Created: now, Updated: now, Definition: def}
	if in.Org, err = r.organizationOf(ctx, sc); err != nil {
		return nil, nil, err
	}
	if r.twin(in) {
		warnings = append(warnings, twinText)
	}
	return in, warnings, nil
}

// changed is an integration after a patch, not stored yet.
func (r *Registry) changed(ctx context.Context, old *Integration, patch []byte) (*Integration, []string, error) {
	config, err := Merge(old.Definition.JSON(), patch)
	if err != nil {
		return nil, nil, err
	}
	def, warnings, err := Parse(config, old.Scope.Kind)
	if err != nil {
		return nil, nil, err
	}
	added := slices.DeleteFunc(slices.Clone(def.Products), func(p int64) bool { return slices.Contains(old.Definition.Products, p) })
	if err := r.confined(ctx, old.Scope, added); err != nil {
		return nil, nil, err
	}
	return &Integration{ID: old.ID, Scope: old.Scope, Org: old.Org, Created: old.Created, Updated: r.now().UnixMilli(), Definition: def}, warnings, nil
}

// branch stores a new integration together with what becomes of the one it was
// made from (nil = deleted), and puts both in force at once.
func (r *Registry) branch(ctx context.Context, old, changed, fresh *Integration) error {
	from := old
	if changed != nil {
		from = changed
	}
	version, err := r.store.BranchIntegration(ctx, record(fresh), record(from), changed != nil)
	if err != nil {
		return err
	}
	r.put(fresh)
	if changed != nil {
		r.put(changed)
	} else {
		r.drop(old)
	}
	r.index.Change(old, changed, version, fresh)
	return nil
}
