package api

import (
	"cmp"
	"net/http"
	"slices"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/secret"
)

// routeSecrets adds the routes about named secrets (cloud API reference, section
// 11). Values go in and never come out.
func (a *API) routeSecrets(m *table) {
	for _, base := range []string{inSandbox, inProduct, inOrganization} {
		m.Get(base+"/secrets", a.may("secrets:list", a.listSecrets))
		m.Get(base+"/secrets/{name}", a.may("secrets:get", a.getSecret))
		m.Put(base+"/secrets/{name}", a.may("secrets:update", a.putSecret))
		m.Delete(base+"/secrets/{name}", a.may("secrets:delete", a.deleteSecret))
	}
}

// secretJSON is what people may know of a secret.
type secretJSON struct {
	Name         string     `json:"name"`
	CreatedAt    string     `json:"created_at"`
	UpdatedAt    string     `json:"updated_at"`
	LastUsed     *string    `json:"last_accessed_at"` // null = never
	UsageCount   int        `json:"usage_count"`      // integrations that select it
	Integrations []usedBy   `json:"integrations"`
	Functions    []struct{} `json:"logic_functions"` // there are none here; clients expect the member
}

// usedBy is an integration that selects a secret.
type usedBy struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Product int64  `json:"product_id,omitempty"` // 0 = of a sandbox or an organization
}

// secretsOf gives the scope's secrets by name.
func (a *API) secretsOf(r *http.Request) ([]secretJSON, error) {
	infos, err := a.Secrets.List(r.Context(), scopeOf(r))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(infos, func(x, y secret.Info) int { return cmp.Compare(x.Name, y.Name) })
	list := make([]secretJSON, len(infos))
	for i, info := range infos {
		users := a.usersOf(r, info.Name)
		list[i] = secretJSON{
			Name: info.Name, CreatedAt: event.FormatTime(info.Created), UpdatedAt: event.FormatTime(info.Updated),
			LastUsed: expiry(info.LastUsed), UsageCount: len(users), Integrations: users, Functions: []struct{}{},
		}
	}
	return list, nil
}

// usersOf gives the integrations that select a secret.
func (a *API) usersOf(r *http.Request, name string) []usedBy {
	users := []usedBy{}
	for _, in := range a.Integrations.List(scopeOf(r)) {
		if slices.Contains(in.Definition.Secrets, name) {
			users = append(users, usedBy{in.ID, in.Definition.Name, in.Scope.Number()})
		}
	}
	return users
}

// listSecrets handles GET /v1/secrets.
func (a *API) listSecrets(w http.ResponseWriter, r *http.Request) error {
	list, err := a.secretsOf(r)
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, map[string]any{"secrets": list})
	return nil
}

// getSecret handles GET /v1/secrets/{name}.
func (a *API) getSecret(w http.ResponseWriter, r *http.Request) error {
	list, err := a.secretsOf(r)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].Name == param(r, "name") {
			reply(w, http.StatusOK, map[string]any{"secret": list[i]})
			return nil
		}
	}
	return fault.New(fault.NotFound, "No secret has this name.")
}

// putSecret handles PUT /v1/secrets/{name}: it creates or changes.
func (a *API) putSecret(w http.ResponseWriter, r *http.Request) error {
	name := param(r, "name")
	if !integration.ValidSecretName(name) {
		return fault.Field("name", "It has 1 to %d capital letters, digits and underscores, and begins with no digit.", integration.MaxSecretName)
	}
	value, err := readSecret(r)
	if err != nil {
		return err
	}
	if err := a.Secrets.Put(r.Context(), scopeOf(r), name, value); err != nil {
		return err
	}
	return a.getSecret(w, r)
}

// readSecret reads {"secret":{"value":"…"}} or {"value":"…"}. Errors do not
// repeat the body.
func readSecret(r *http.Request) (string, error) {
	in, err := readInput(r, "secret")
	if err != nil {
		return "", err
	}
	value := in.members["value"]
	if len(value) == 0 || value[0] != '"' {
		return "", fault.Field("value", "It is missing or not a text. Send {\"value\":\"…\"}.")
	}
	return unquote(value), nil
}

// member gives a member of a valid object, as it stands; nil if there is none.
func member(object []byte, name string) (value []byte) {
	if object == nil {
		return nil
	}
	for m, err := objectOf(object); err == nil && m.next(); {
		if string(m.name) == name {
			value = m.value
		}
	}
	return value
}

// deleteSecret handles DELETE /v1/secrets/{name}. One that is in use stays.
func (a *API) deleteSecret(w http.ResponseWriter, r *http.Request) error {
	name := param(r, "name")
	if users := a.usersOf(r, name); len(users) > 0 {
		return fault.New(fault.Conflict, "The secret is used by %d integrations, among them %s. Take it out of them first.", len(users), users[0].ID)
	}
	return done(w, a.Secrets.Delete(r.Context(), scopeOf(r), name))
}

// secretWarnings tells which secrets an integration selects that its scope does
// not have: its requests would fail.
func (a *API) secretWarnings(r *http.Request, in *integration.Integration) (warnings []string) {
	if len(in.Definition.Secrets) == 0 {
		return nil
	}
	infos, err := a.Secrets.List(r.Context(), in.Scope)
	if err != nil {
		return nil // the integration is saved; its requests will tell
	}
	for _, name := range in.Definition.Secrets {
		if !slices.ContainsFunc(infos, func(i secret.Info) bool { return i.Name == name }) {
			warnings = append(warnings, "There is no secret "+name+" in this "+in.Scope.Kind.String()+" yet: set it, or requests will fail.")
		}
	}
	return warnings
}
