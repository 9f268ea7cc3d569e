package api

import (
	"net/http"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/identity"
)

// routeClients adds the routes about OAuth clients (cloud API reference,
// section 9).
func (a *API) routeClients(m *table, base string) {
	m.Get(base+"/clients", a.may("clients:list", a.listClients))
	m.Post(base+"/clients", a.may("clients:create", a.createClient))
	m.Put(base+"/clients/{client}", a.may("clients:update", a.updateClient))
	m.Delete(base+"/clients/{client}", a.may("clients:delete", a.deleteClient))
}

// clientJSON is an OAuth client on the wire.
type clientJSON struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Type      string  `json:"type"`
	ProductID *int64  `json:"product_id"` // null for a user's client
	Redirect  *string `json:"redirect_uri"`
	Scope     *string `json:"scope"`
	CreatedAt string  `json:"created_at"`
	Secret    string  `json:"secret,omitempty"` // when it is made, this once
}

func clientJSONOf(c *identity.Client) clientJSON {
	v := clientJSON{
		ID: c.ID, Name: c.Name, Type: c.Type, Redirect: orNull(c.Redirect), Scope: orNull(c.Rights), CreatedAt: event.FormatTime(c.Created),
	}
	if n := c.Owner.Number(); n != 0 {
		v.ProductID = &n
	}
	return v
}

// changedClient is the answer about one client. Some clients of this API look
// for it in "client", others beside "ok".
type changedClient struct {
	OK bool `json:"ok"`
	clientJSON
	Client clientJSON `json:"client"`
}

// listClients handles GET .../clients.
func (a *API) listClients(w http.ResponseWriter, r *http.Request) error {
	at, err := pageOf(r)
	if err != nil {
		return err
	}
	all, err := a.Identity.ClientsOf(r.Context(), scopeOf(r))
	if err != nil {
		return err
	}
	shown := pageFrom(at, all)
	list := make([]clientJSON, len(shown))
	for i := range shown {
		list[i] = clientJSONOf(&shown[i])
	}
	reply(w, http.StatusOK, map[string]any{"ok": true, "clients": list, "meta": at.meta(len(all))})
	return nil
}

// createClient handles POST .../clients. The secret is shown this once.
func (a *API) createClient(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	c, secret, err := a.Identity.CreateClient(r.Context(), identity.Client{
		Name: in["name"], Type: in["type"], Owner: scopeOf(r), Redirect: in["redirect_uri"], Rights: in["scope"],
	})
	if err != nil {
		return err
	}
	v := clientJSONOf(&c)
	v.Secret = secret
	doNotStore(w)
	reply(w, http.StatusOK, changedClient{true, v, v})
	return nil
}

// updateClient handles PUT .../clients/{client}: its name, redirect_uri and
// scope.
func (a *API) updateClient(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	c, err := a.Identity.EditClient(r.Context(), scopeOf(r), param(r, "client"), in.given("name"), in.given("redirect_uri"), in.given("scope"))
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, changedClient{true, clientJSONOf(&c), clientJSONOf(&c)})
	return nil
}

// deleteClient handles DELETE .../clients/{client}. Its own tokens end.
func (a *API) deleteClient(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.Identity.DeleteClient(r.Context(), scopeOf(r), param(r, "client")))
}
