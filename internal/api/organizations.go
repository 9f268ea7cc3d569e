package api

import (
	"net/http"

	"github.com/fieldhook/fieldhook/internal/team"
)

// routeOrganizations adds the routes about organizations (cloud API reference,
// section 9).
func (a *API) routeOrganizations(m *table) {
	m.Get("/v1/orgs", a.self(a.listOrganizations))
	m.Post("/v1/orgs", a.may("organizations:create", a.createOrganization))
	m.Get(inOrganization, a.may("organizations:get", a.getOrganization))
	m.Put(inOrganization, a.may("organizations:update", a.renameOrganization))
	m.Delete(inOrganization, a.may("organizations:delete", a.deleteOrganization))
}

// organizationJSON is an organization on the wire.
type organizationJSON struct {
	ID   string `json:"id"`
	Slug string `json:"slug"`
	Name string `json:"name"`
}

func organizationJSONOf(o *team.Organization) organizationJSON {
	return organizationJSON{ID: o.ID, Slug: o.Slug, Name: o.Name}
}

func replyOrganization(w http.ResponseWriter, status int, o *team.Organization) {
	reply(w, status, map[string]any{"ok": true, "organization": organizationJSONOf(o)})
}

// listOrganizations handles GET /v1/orgs: those that the caller belongs to.
func (a *API) listOrganizations(w http.ResponseWriter, r *http.Request) error {
	at, err := pageOf(r)
	if err != nil {
		return err
	}
	all, err := a.Team.OrganizationsOf(r.Context(), caller(r))
	if err != nil {
		return err
	}
	shown := pageFrom(at, all)
	list := make([]organizationJSON, len(shown))
	for i := range shown {
		list[i] = organizationJSONOf(&shown[i])
	}
	reply(w, http.StatusOK, map[string]any{"organizations": list, "meta": at.meta(len(all))})
	return nil
}

// createOrganization handles POST /v1/orgs, a native addition. The caller
// becomes its owner.
func (a *API) createOrganization(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	o, err := a.Team.CreateOrganization(r.Context(), caller(r).User, in["name"])
	if err != nil {
		return err
	}
	replyOrganization(w, http.StatusCreated, &o)
	return nil
}

// getOrganization handles GET /v1/orgs/{org}.
func (a *API) getOrganization(w http.ResponseWriter, r *http.Request) error {
	replyOrganization(w, http.StatusOK, organizationOf(r))
	return nil
}

// renameOrganization handles PUT /v1/orgs/{org}.
func (a *API) renameOrganization(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	o, err := a.Team.RenameOrganization(r.Context(), *organizationOf(r), in["name"])
	if err != nil {
		return err
	}
	replyOrganization(w, http.StatusOK, &o)
	return nil
}

// deleteOrganization handles DELETE /v1/orgs/{org}.
func (a *API) deleteOrganization(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.Team.DeleteOrganization(r.Context(), organizationOf(r).ID))
}
