package api

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// productsPage is how many products a list shows at the most; old clients ask
// for no second page.
const productsPage = 1000

// routeProducts adds the routes about products (cloud API reference, section 8).
func (a *API) routeProducts(m *table) {
	for _, base := range []string{"/v1/products", "/v1/user/products"} {
		m.Get(base, a.may("products:list", a.listProducts))
		m.Post(base, a.may("products:create", a.createProduct))
	}
	m.Get(inOrganization+"/products", a.may("products:list", a.listProducts))
	m.Post(inOrganization+"/products", a.may("products:create", a.createProduct))
	m.Get(inProduct, a.may("products:get", a.getProduct))
	m.Put(inProduct, a.may("products:update", a.updateProduct))
	m.Delete(inProduct, a.may("products:delete", a.deleteProduct))
	m.Get(inProduct+"/firmware", a.may("firmware:list", a.listFirmware))
	m.Get(inProduct+"/groups", a.may("groups:list", a.listGroups))
	m.Post(inProduct+"/groups", a.may("groups:create", a.createGroup))
	m.Get(inProduct+"/groups/{group}", a.may("groups:get", a.getGroup))
	m.Put(inProduct+"/groups/{group}", a.may("groups:update", a.updateGroup))
	m.Delete(inProduct+"/groups/{group}", a.may("groups:delete", a.deleteGroup))
}

// productObject is a product on the wire.
type productObject struct {
	ID             int64           `json:"id"`
	PlatformID     int             `json:"platform_id"`
	Name           string          `json:"name"`
	Slug           string          `json:"slug"`
	Description    string          `json:"description"`
	User           string          `json:"user,omitempty"` // name of the owner
	Org            string          `json:"org,omitempty"`  // slug of the owner
	OrganizationID *string         `json:"organization_id"`
	Groups         []string        `json:"groups"`
	Settings       json.RawMessage `json:"settings"`
	DeviceCount    int64           `json:"device_count"`
	CreatedAt      string          `json:"created_at"`
	UpdatedAt      string          `json:"updated_at"`
}

// productObjects shows products with the names of their owners.
func (a *API) productObjects(r *http.Request, products []fleet.Product) ([]productObject, error) {
	var users []string
	slugs := map[string]string{} // of organizations, by id
	for _, p := range products {
		if p.Owner.Kind == scope.Sandbox {
			users = append(users, p.Owner.ID)
			continue
		}
		if _, known := slugs[p.Owner.ID]; !known {
			o, err := a.Team.Organizations.Organization(r.Context(), p.Owner.ID)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return nil, err
			}
			slugs[p.Owner.ID] = o.Slug
		}
	}
	names, err := a.Fleet.Usernames(r.Context(), users)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(products))
	for i := range products {
		ids[i] = products[i].ID
	}
	groups, err := a.Fleet.GroupNames(r.Context(), ids)
	out := make([]productObject, len(products))
	for i := range products {
		out[i] = productObjectOf(&products[i], names, slugs)
		out[i].Groups = orEmpty(groups[products[i].ID])
	}
	return out, err
}

func productObjectOf(p *fleet.Product, users, slugs map[string]string) productObject {
	j := productObject{
		ID: p.ID, PlatformID: p.Platform, Name: p.Name, Slug: p.Slug, Description: p.Description,
		Settings: json.RawMessage(p.Settings), DeviceCount: p.Devices,
		CreatedAt: event.FormatTime(p.Created), UpdatedAt: event.FormatTime(p.Updated),
	}
	if p.Owner.Kind == scope.Organization {
		j.Org, j.OrganizationID = slugs[p.Owner.ID], &p.Owner.ID
	} else {
		j.User = users[p.Owner.ID]
	}
	return j
}

// listProducts handles GET of the products that the caller has a part in, or of
// those of an organization.
func (a *API) listProducts(w http.ResponseWriter, r *http.Request) error {
	p, err := pageWithin(r, productsPage, productsPage)
	if err != nil {
		return err
	}
	owners, ids := []scope.Scope{scopeOf(r)}, []int64(nil)
	if scopeOf(r).Kind == scope.Sandbox {
		places, err := a.Team.Members.MembershipsOf(r.Context(), caller(r).User)
		if err != nil {
			return err
		}
		owners, ids = addPlaces(owners, ids, places)
	}
	products, err := a.Fleet.Products(r.Context(), owners, ids, p.size, p.offset())
	if err != nil {
		return err
	}
	list, err := a.productObjects(r, products)
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, map[string]any{"products": list})
	return nil
}

// addPlaces adds the organizations and products that a user is a member of.
func addPlaces(owners []scope.Scope, ids []int64, places []team.Member) ([]scope.Scope, []int64) {
	for _, m := range places {
		if m.Scope.Kind == scope.Product {
			ids = append(ids, m.Scope.Number())
		} else {
			owners = append(owners, m.Scope)
		}
	}
	return owners, ids
}

func readProduct(r *http.Request) (fleet.ProductChange, error) {
	in, err := readInput(r, "product")
	if err != nil {
		return fleet.ProductChange{}, err
	}
	c := fleet.ProductChange{
		Name: in.text("name"), Description: in.text("description"),
		Platform: in.number("platform_id", "platformId"), Settings: in.object("settings"),
	}
	return c, in.err
}

// createProduct handles POST of a product in the sandbox or an organization.
func (a *API) createProduct(w http.ResponseWriter, r *http.Request) error {
	c, err := readProduct(r)
	if err != nil {
		return err
	}
	p, err := a.Fleet.CreateProduct(r.Context(), scopeOf(r), c)
	if err != nil {
		return err
	}
	return a.replyProduct(w, r, p)
}

func (a *API) replyProduct(w http.ResponseWriter, r *http.Request, p fleet.Product) error {
	list, err := a.productObjects(r, []fleet.Product{p})
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, map[string]any{"ok": true, "product": list[0]})
	return nil
}

// getProduct handles GET /v1/products/{product}.
func (a *API) getProduct(w http.ResponseWriter, r *http.Request) error {
	return a.replyProduct(w, r, *productOf(r))
}

// updateProduct handles PUT /v1/products/{product}.
func (a *API) updateProduct(w http.ResponseWriter, r *http.Request) error {
	c, err := readProduct(r)
	if err != nil {
		return err
	}
	p, err := a.Fleet.UpdateProduct(r.Context(), *productOf(r), c)
	if err != nil {
		return err
	}
	return a.replyProduct(w, r, p)
}

// deleteProduct handles DELETE /v1/products/{product}: with its integrations and
// all else that is its own and, if the query or the body says force=true, with
// its devices.
func (a *API) deleteProduct(w http.ResponseWriter, r *http.Request) error {
	in, err := readInput(r, "")
	if err != nil {
		return err
	}
	f := in.flag("force")
	if in.err != nil {
		return in.err
	}
	force := f != nil && *f || slices.Contains([]string{"true", "1"}, r.URL.Query().Get("force"))
	if n := productOf(r).Devices; n > 0 && !force {
		return fault.New(fault.Conflict, "The product has %d devices. Remove them first, or send force: true.", n)
	}
	for _, i := range a.Integrations.List(scopeOf(r)) {
		if err := a.removeID(r, i.ID); err != nil {
			return err
		}
	}
	if err := a.Team.Clear(r.Context(), scopeOf(r)); err != nil {
		return err
	}
	return done(w, a.Fleet.DeleteProduct(r.Context(), productOf(r).ID, force))
}

// listFirmware handles GET /v1/products/{product}/firmware: this hub keeps none.
func (a *API) listFirmware(w http.ResponseWriter, _ *http.Request) error {
	reply(w, http.StatusOK, []struct{}{})
	return nil
}
