package api

import (
	"context"
	"net/http"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// The beginnings of the routes that exist once for each kind of scope.
const (
	inSandbox      = "/v1"
	inProduct      = "/v1/products/{product}"
	inOrganization = "/v1/orgs/{org}"
)

// place is the scope that a request's path names, with what was found out about
// it on the way.
type place struct {
	scope        scope.Scope
	product      fleet.Product     // zero if the path names none
	organization team.Organization // zero if the path names none
}

// org is the organization that events of the place belong to; "" = none.
func (p *place) org() string {
	if p.product.Owner.Kind == scope.Organization {
		return p.product.Owner.ID
	}
	return p.organization.ID
}

// scopeOf is the scope that the request's path names: the caller's sandbox, a
// product or an organization. The caller may do there what its route asked for.
func scopeOf(r *http.Request) scope.Scope { return callOf(r).place.scope }

// productOf is the product that the request's path names.
func productOf(r *http.Request) *fleet.Product { return &callOf(r).place.product }

// organizationOf is the organization that the request's path names.
func organizationOf(r *http.Request) *team.Organization { return &callOf(r).place.organization }

// may makes a route of a handler that takes the right to do an action in the
// scope that the path names. Tokens of devices have no such rights: one that is
// taken out of a device gives no power over the rest of the fleet.
func (a *API) may(action team.Action, h handler) route {
	return route{action, a.serveFault(a.withToken(a.checked(action, h)))}
}

// checked makes a handler of the caller's rights and what to do then.
func (a *API) checked(action team.Action, h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p := caller(r)
		if err := team.CheckSelf(p); err != nil {
			return err // before anything is looked up: a device's token finds out nothing
		}
		at, err := a.placeOf(r)
		if err != nil {
			return err
		}
		if err := a.Team.Check(r.Context(), p, at.scope, action); err != nil {
			return err
		}
		c := callOf(r)
		c.place, c.action = at, action
		return h(w, r)
	}
}

// still checks once more that the caller may do what it is about to. A stream
// that is registered is closed when the right to it ends; what ended it just
// before found no stream to close.
func (a *API) still(w http.ResponseWriter, r *http.Request) error {
	c := callOf(r)
	now, err := a.authenticate(w, r, c.token)
	if err != nil {
		return err
	}
	if p := c.principal; now.User != p.User || now.Product != p.Product || now.Org != p.Org {
		return team.Denied()
	}
	if c.action == "" {
		return nil
	}
	return a.Team.Check(r.Context(), now, c.place.scope, c.action)
}

// placeOf finds the scope that the path names. An unknown product or
// organization is answered like a foreign one.
func (a *API) placeOf(r *http.Request) (at place, err error) {
	return a.findPlace(r.Context(), caller(r), param(r, "org"), param(r, "product"))
}

// findPlace finds an organization and a product, by id or slug; "" = none. If
// both are "" it is the principal's sandbox.
func (a *API) findPlace(ctx context.Context, p *scope.Principal, org, product string) (at place, err error) {
	at.scope = p.Sandbox()
	if org != "" {
		if at.organization, err = a.Team.Organizations.Organization(ctx, org); err != nil {
			return at, deniedIfMissing(err)
		}
		at.scope = scope.OfOrganization(at.organization.ID)
	}
	if product == "" {
		return at, nil
	}
	if at.product, err = a.productIn(ctx, at.scope, product); err != nil {
		return at, deniedIfMissing(err)
	}
	at.scope = scope.OfProduct(at.product.ID)
	return at, nil
}

// productIn finds a product; where the path names an organization, too, it must
// be one of that.
func (a *API) productIn(ctx context.Context, outer scope.Scope, idOrSlug string) (fleet.Product, error) {
	p, err := a.Fleet.Product(ctx, idOrSlug)
	if err == nil && outer.Kind == scope.Organization && p.Owner != outer {
		return fleet.Product{}, team.Denied()
	}
	return p, err
}

func deniedIfMissing(err error) error {
	if fault.Is(err, fault.NotFound) {
		return team.Denied()
	}
	return err
}
