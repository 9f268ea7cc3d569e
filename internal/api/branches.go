package api

import (
	"net/http"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// routeBranches adds the routes that bring an integration into another scope.
// Copying shows headers and credentials to that scope, so it takes the right to
// edit the original, too.
func (a *API) routeBranches(m *table, base string) {
	m.Post(base+"/{id}/copy", a.may("integrations:update", a.copyIntegration))
	m.Post(base+"/{id}/move", a.may("integrations:delete", a.moveIntegration))
	if base == inOrganization+"/integrations" {
		m.Post(base+"/{id}/separate", a.may("integrations:update", a.separateIntegration))
	}
}

// copyIntegration handles POST .../{id}/copy with {"to":…,"disable_original":true},
// where to is {"product":…}, {"org":…,"product_ids":[…]} or {"sandbox":true}.
func (a *API) copyIntegration(w http.ResponseWriter, r *http.Request) error {
	object, to, err := a.readTarget(r)
	if err != nil {
		return err
	}
	disable := string(member(object, "disable_original")) == "true"
	in, warnings, err := a.Integrations.Copy(r.Context(), scopeOf(r), param(r, "id"), to, disable)
	if err != nil {
		return err
	}
	a.replySaved(w, r, http.StatusCreated, in, warnings)
	return nil
}

// moveIntegration handles POST .../{id}/move with {"to":…}. The new integration
// has an id and a history of its own.
func (a *API) moveIntegration(w http.ResponseWriter, r *http.Request) error {
	_, to, err := a.readTarget(r)
	if err != nil {
		return err
	}
	old, err := a.owned(r)
	if err != nil {
		return err
	}
	in, warnings, err := a.Integrations.Move(r.Context(), scopeOf(r), old.ID, to)
	if err != nil {
		return err
	}
	if err := a.Replays.Forget(r.Context(), old.ID); err != nil {
		a.Log.WarnContext(r.Context(), "delete the replays of a moved integration", "integration", old.ID, "error", err)
	}
	a.forgetCalls(r.Context(), old.ID)
	a.replyMade(w, r, http.StatusCreated, in, warnings, !a.mayEdit(r))
	return nil
}

// separateIntegration handles POST /v1/orgs/{org}/integrations/{id}/separate
// with {"product_id":N}: the product gets a copy of its own and leaves the list.
func (a *API) separateIntegration(w http.ResponseWriter, r *http.Request) error {
	object, err := readObject(r)
	if err != nil {
		return err
	}
	name := textOf(object, "product_id")
	if name == "" {
		return fault.Field("product_id", "It is missing: say which product gets an integration of its own.")
	}
	at, err := a.targetPlace(r, "", name)
	if err != nil {
		return err
	}
	in, warnings, err := a.Integrations.Separate(r.Context(), scopeOf(r), param(r, "id"), at.product.ID)
	if err != nil {
		return err
	}
	a.replySaved(w, r, http.StatusCreated, in, warnings)
	return nil
}

// readTarget reads where a copy goes. The caller must have the right to create
// integrations there.
func (a *API) readTarget(r *http.Request) (object []byte, to integration.Target, err error) {
	if object, err = readObject(r); err != nil {
		return nil, to, err
	}
	inner := member(object, "to")
	if len(inner) == 0 || inner[0] != '{' {
		return nil, to, fault.Field("to", `Say where to: {"to":{"product":"…"}}, {"to":{"org":"…"}} or {"to":{"sandbox":true}}.`)
	}
	org, product := textOf(inner, "org"), textOf(inner, "product")
	if sandbox := string(member(inner, "sandbox")) == "true"; !sandbox && org == "" && product == "" || sandbox && (org != "" || product != "") {
		return nil, to, fault.Field("to", "It names one of product, org and sandbox.")
	}
	at, err := a.targetPlace(r, org, product)
	if err != nil {
		return nil, to, err
	}
	to.Scope = at.scope
	if at.scope.Kind == scope.Organization {
		to.Products, err = integration.ReadProducts(member(inner, "product_ids"))
	}
	return object, to, err
}

// targetPlace finds the product, organization or, if both are "", the sandbox
// that an integration is to be made in.
func (a *API) targetPlace(r *http.Request, org, product string) (place, error) {
	at, err := a.findPlace(r.Context(), caller(r), org, product)
	if err != nil {
		return at, err
	}
	return at, a.Team.Check(r.Context(), caller(r), at.scope, "integrations:create")
}

// textOf gives a member's text, or a number's digits; "" for none.
func textOf(object []byte, name string) string {
	value := member(object, name)
	if len(value) == 0 || value[0] == 'n' || value[0] == '{' || value[0] == '[' {
		return ""
	}
	return jsonText(value)
}
