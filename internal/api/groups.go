package api

import (
	"net/http"

	"github.com/fieldhook/fieldhook/internal/fleet"
)

// groupJSON is a group of a product's devices.
type groupJSON struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Color       string `json:"color"`
	DeviceCount int64  `json:"device_count"`
}

func groupJSONOf(g *fleet.Group) groupJSON {
	return groupJSON{g.Name, g.Description, g.Color, g.Devices}
}

// listGroups handles GET /v1/products/{product}/groups; a product has few.
func (a *API) listGroups(w http.ResponseWriter, r *http.Request) error {
	groups, err := a.Fleet.GroupsOf(r.Context(), productOf(r).ID)
	if err != nil {
		return err
	}
	list := make([]groupJSON, len(groups))
	for i := range groups {
		list[i] = groupJSONOf(&groups[i])
	}
	reply(w, http.StatusOK, map[string]any{"groups": list})
	return nil
}

// createGroup handles POST /v1/products/{product}/groups.
func (a *API) createGroup(w http.ResponseWriter, r *http.Request) error {
	g := fleet.Group{Product: productOf(r).ID}
	if err := readGroup(r, &g); err != nil {
		return err
	}
	made, err := a.Fleet.CreateGroup(r.Context(), g)
	if err != nil {
		return err
	}
	return replyGroup(w, &made)
}

// readGroup changes what the body names.
func readGroup(r *http.Request, g *fleet.Group) error {
	in, err := readInput(r, "group")
	if err != nil {
		return err
	}
	for _, f := range []struct{ from, to *string }{{in.text("name"), &g.Name}, {in.text("description"), &g.Description}, {in.text("color"), &g.Color}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	return in.err
}

func replyGroup(w http.ResponseWriter, g *fleet.Group) error {
	reply(w, http.StatusOK, map[string]any{"ok": true, "group": groupJSONOf(g)})
	return nil
}

// getGroup handles GET /v1/products/{product}/groups/{group}.
func (a *API) getGroup(w http.ResponseWriter, r *http.Request) error {
	g, err := a.Fleet.Group(r.Context(), productOf(r).ID, param(r, "group"))
	if err != nil {
		return err
	}
	return replyGroup(w, &g)
}

// updateGroup handles PUT /v1/products/{product}/groups/{group}.
func (a *API) updateGroup(w http.ResponseWriter, r *http.Request) error {
	g, err := a.Fleet.Group(r.Context(), productOf(r).ID, param(r, "group"))
	if err != nil {
		return err
	}
	name := g.Name
	if err := readGroup(r, &g); err != nil {
		return err
	}
	if err := a.Fleet.UpdateGroup(r.Context(), name, g); err != nil {
		return err
	}
	return replyGroup(w, &g)
}

// deleteGroup handles DELETE /v1/products/{product}/groups/{group}.
func (a *API) deleteGroup(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.Fleet.DeleteGroup(r.Context(), productOf(r).ID, param(r, "group")))
}
