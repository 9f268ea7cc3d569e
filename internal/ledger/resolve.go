package ledger

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// errRead hides the store's error from the events that tell what failed.
var errRead = errors.New("the ledgers cannot be read")

// Resolve appends what the ledgers with these names hold for an event, in their
// order: the data of its device, of its product, or of the owner, as JSON; "" for
// a ledger that does not exist, is archived or has no such instance. The ledgers
// are those of the owner of sc: for a product, of whoever owns the product.
// Errors: the store cannot be read.
func (s *Service) Resolve(sc scope.Scope, e *event.Event, names, into []string) ([]string, error) {
	ctx := context.Background()
	owner, err := s.ownerOf(ctx, sc)
	if err != nil {
		return into, errRead
	}
	known, err := s.known(ctx, owner)
	if err != nil {
		return into, errRead
	}
	for _, name := range names {
		text, err := s.textFor(ctx, known[name], e)
		if err != nil {
			return into, errRead
		}
		into = append(into, text)
	}
	return into, nil
}

// Unknown gives those of the names that no ledger in use has; see Resolve for
// whose ledgers are meant.
func (s *Service) Unknown(ctx context.Context, sc scope.Scope, names []string) ([]string, error) {
	if len(names) == 0 {
		return nil, nil
	}
	owner, err := s.ownerOf(ctx, sc)
	if err != nil {
		return nil, err
	}
	known, err := s.known(ctx, owner)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return known[name].inUse() }), nil
}

// inUse is false for an archived ledger, and for the zero value, which stands
// for one that does not exist.
func (d Definition) inUse() bool { return d.Name != "" && d.Archived == 0 }

// ownerOf is who owns the ledgers that an integration of a scope may read. A
// product that does not exist has an owner without ledgers.
func (s *Service) ownerOf(ctx context.Context, sc scope.Scope) (scope.Scope, error) {
	if sc.Kind != scope.Product {
		return sc, nil
	}
	p, err := s.Fleet.ProductByID(ctx, sc.Number())
	return p.Owner, ignoreMissing(err)
}

// known gives an owner's ledgers by name. Nobody may change the map.
func (s *Service) known(ctx context.Context, owner scope.Scope) (map[string]Definition, error) {
	known, age, ok := s.cache.owner(owner)
	if ok {
		return known, nil
	}
	all, err := s.Definitions.Ledgers(ctx, owner)
	if err != nil {
		return nil, err
	}
	known = make(map[string]Definition, len(all))
	for _, d := range all {
		known[d.Name] = d
	}
	s.cache.putOwner(owner, known, age)
	return known, nil
}

// textFor is what a ledger holds for an event.
func (s *Service) textFor(ctx context.Context, d Definition, e *event.Event) (string, error) {
	value := d.valueFor(e)
	if !d.inUse() || value == "" {
		return "", nil
	}
	k := Key{d.Owner, d.Name, value}
	text, age, ok := s.cache.text(k)
	if ok {
		return text, nil
	}
	in, err := s.Instances.LedgerInstance(ctx, k)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return "", err
	}
	s.cache.putText(k, in.Data, age)
	return in.Data, nil
}

// valueFor names the instance for an event, "" if it can have none.
func (d *Definition) valueFor(e *event.Event) string {
	switch {
	case d.Kind == OfOwner:
		return d.Owner.ID
	case d.Kind == OfProduct && e.Product != 0:
		return strconv.FormatInt(e.Product, 10)
	case d.Kind == OfDevice && event.IsID(e.Device):
		return e.Device
	}
	return ""
}
