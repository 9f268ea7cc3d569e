package api

import (
	"net/http"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// routeCustomers adds the routes about a product's customers, as far as mobile
// apps need them (cloud API reference, section 9).
func (a *API) routeCustomers(m *table) {
	m.Get(inProduct+"/customers", a.may("customers:list", a.listCustomers))
	m.Post(inProduct+"/customers", a.mayAsClient("customers:create", a.createCustomer))
	m.Put(inProduct+"/customers/{email}", a.may("customers:update", a.updateCustomer))
	m.Delete(inProduct+"/customers/{email}", a.may("customers:delete", a.deleteCustomer))
}

// withFields is a handler of a request whose body has been read.
type withFields func(w http.ResponseWriter, r *http.Request, in fields) error

// mayAsClient is may for a route that also takes the credentials of a product's
// OAuth client, by HTTP Basic or as fields, in place of a token: the apps that
// make customers have nothing else yet.
func (a *API) mayAsClient(action team.Action, h withFields) route {
	return route{action, a.serveFault(func(w http.ResponseWriter, r *http.Request) error {
		in, err := readFields(r)
		if err != nil {
			return err
		}
		if callOf(r).principal, err = a.tokenOrClient(w, r, in); err != nil {
			return err
		}
		return a.checked(action, func(w http.ResponseWriter, r *http.Request) error { return h(w, r, in) })(w, r)
	})}
}

// tokenOrClient gives the principal behind a token, wherever it is, or else
// behind a client's credentials.
func (a *API) tokenOrClient(w http.ResponseWriter, r *http.Request, in fields) (*scope.Principal, error) {
	token := a.headerOrQueryToken(r)
	if takesFormToken(r) && r.Header["Authorization"] == nil {
		token = in[tokenField]
	}
	from, err := a.callerOf(r, in)
	if err != nil {
		return nil, err
	}
	if token != "" || from.Client == "" {
		return a.authenticate(w, r, token)
	}
	return a.Identity.AuthenticateClient(r.Context(), from)
}

// customerJSON is a customer on the wire.
type customerJSON struct {
	ID        string `json:"id"`
	Username  string `json:"username"` // an e-mail address
	Email     string `json:"email"`
	Shadow    bool   `json:"shadow"` // has no password
	CreatedAt string `json:"created_at"`
}

func customerJSONOf(u *identity.User) customerJSON {
	return customerJSON{ID: u.ID, Username: u.Username, Email: u.Username, Shadow: u.PasswordHash == "", CreatedAt: event.FormatTime(u.Created)}
}

// listCustomers handles GET /v1/products/{product}/customers.
func (a *API) listCustomers(w http.ResponseWriter, r *http.Request) error {
	at, err := pageOf(r)
	if err != nil {
		return err
	}
	all, total, err := a.Identity.Customers(r.Context(), scopeOf(r), at.offset(), at.size)
	if err != nil {
		return err
	}
	list := make([]customerJSON, len(all))
	for i := range all {
		list[i] = customerJSONOf(&all[i])
	}
	reply(w, http.StatusOK, map[string]any{"customers": list, "meta": at.meta(total)})
	return nil
}

// createCustomer handles POST /v1/products/{product}/customers: it makes a
// customer and answers with its token, as POST /oauth/token does.
func (a *API) createCustomer(w http.ResponseWriter, r *http.Request, in fields) error {
	got, err := a.Identity.CreateCustomer(r.Context(), scopeOf(r), in["email"], in["password"], caller(r).Client, a.Address(r))
	if err != nil {
		return err
	}
	replyIssued(w, got)
	return nil
}

// updateCustomer handles PUT /v1/products/{product}/customers/{email}: another
// password, which ends the customer's tokens.
func (a *API) updateCustomer(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	u, err := a.Identity.SetCustomerPassword(r.Context(), scopeOf(r), param(r, "email"), in["password"])
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, map[string]any{"ok": true, "customer": customerJSONOf(&u)})
	return nil
}

// deleteCustomer handles DELETE /v1/products/{product}/customers/{email}. The
// customer's devices are released.
func (a *API) deleteCustomer(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.Identity.DeleteCustomer(r.Context(), scopeOf(r), param(r, "email")))
}
