package team

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Action is something that a route does to a kind of thing, such as
// "devices:list". API users are given actions by these names.
type Action string

// verb is what follows the colon.
func (a Action) verb() string {
	_, verb, _ := strings.Cut(string(a), ":")
	return verb
}

// thing is what stands before the colon.
func (a Action) thing() string {
	thing, _, _ := strings.Cut(string(a), ":")
	return thing
}

// Unauthorized is the code of the answer to an API user outside its actions
// (cloud API reference, section 3).
const Unauthorized fault.Code = "unauthorized"

// least is the lowest role that may do an action: who may only look may list,
// get and watch; developers may change what a product is made of, but neither
// the team nor the product itself.
func (a Action) least() Role {
	switch {
	case a == "organizations:delete" || a == "products:delete":
		return Owner
	case a.verb() == "list" || a.verb() == "get" || a.verb() == "watch":
		return ViewOnly
	}
	switch a.thing() {
	case "team", "clients", "organizations", "products":
		return Administrator
	}
	return Developer
}

// ofCustomers are the things that a product's customers use with their own
// devices.
var ofCustomers = []string{"devices", "events", "user", "tokens"}

// Options configures a Service; all but Now and Vacate are required.
type Options struct {
	Organizations Organizations
	Members       Members
	Changes       Changes
	Products      Products
	Invitations   Invitations
	Holdings      Holdings
	Now           func() time.Time // default time.Now

	// Vacate, if set, deletes what belongs to an organization in other rooms.
	Vacate func(ctx context.Context, sc scope.Scope) error
}

// Service decides what a principal may do.
type Service struct {
	Options
	changing sync.Mutex // of teams: what was checked stays true until it is written
}

// New makes a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Vacate == nil {
		o.Vacate = func(context.Context, scope.Scope) error { return nil }
	}
	return &Service{Options: o}
}

// Check returns nil if the principal may do the action in the scope. Errors: a
// fault Forbidden, which is the same for a scope that does not exist and for
// one that is none of the principal's business; a fault Unauthorized for an API
// user outside its actions; the store's.
func (s *Service) Check(ctx context.Context, p *scope.Principal, sc scope.Scope, a Action) error {
	if err := CheckSelf(p); err != nil {
		return err
	}
	switch {
	case p.Customer:
		return checkCustomer(p, sc, a)
	case p.Home != scope.Scope{}:
		return s.checkConfined(ctx, p, sc, a)
	case sc.Kind == scope.Sandbox:
		if p.User == "" || sc.ID != p.User {
			return Denied()
		}
		return nil
	}
	role, err := s.Role(ctx, p.User, sc)
	if err != nil {
		return err
	}
	return role.check(a)
}

// CheckSelf returns nil if the principal may act on itself: its name, its
// tokens. A token that is taken out of a device may not.
func CheckSelf(p *scope.Principal) error {
	if p.Device != "" {
		return fault.New(fault.Forbidden, "Permission denied: the token of a device may not do this.")
	}
	return nil
}

func (r Role) check(a Action) error {
	switch {
	case r == None:
		return Denied()
	case r < a.least():
		return fault.New(fault.Forbidden, "Permission denied: this takes the role %s, yours is %s.", a.least(), r)
	}
	return nil
}

// checkCustomer is for a product's customers: their own devices and account,
// and codes to claim devices of the product with, which apps ask for there.
func checkCustomer(p *scope.Principal, sc scope.Scope, a Action) error {
	if sc == p.Home && a == "devices:claim" {
		return nil
	}
	if sc != p.Sandbox() || a == "devices:authorize" || !slices.Contains(ofCustomers, a.thing()) {
		return Denied()
	}
	return nil
}

// checkConfined is for the tokens of API users and of products' clients: they
// reach their own product or organization, and an organization's products.
func (s *Service) checkConfined(ctx context.Context, p *scope.Principal, sc scope.Scope, a Action) error {
	if sc.Kind == scope.Sandbox {
		return outside()
	}
	within, err := s.within(ctx, p.Home, sc)
	if err != nil {
		return err
	}
	switch {
	case !within:
		return Denied()
	case p.Actions != nil && (!slices.Contains(p.Actions, string(a)) || personal(a)):
		return outside()
	case p.Actions == nil && a.least() > Developer:
		return outside()
	}
	return nil
}

// within says whether a scope is the home or a product of it.
func (s *Service) within(ctx context.Context, home, sc scope.Scope) (bool, error) {
	if sc == home || sc.Kind != scope.Product || home.Kind != scope.Organization {
		return sc == home, nil
	}
	owner, err := s.Products.ProductOwner(ctx, sc.Number())
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return owner == home, err
}

// Role is the highest role that a user has in a product or organization: as a
// member, as the owner of a product, or as a member of the organization that
// owns it.
func (s *Service) Role(ctx context.Context, user string, sc scope.Scope) (Role, error) {
	if user == "" || sc.Kind == scope.Sandbox {
		return None, nil
	}
	role, err := s.Members.RoleOf(ctx, sc, user)
	if err != nil || sc.Kind != scope.Product {
		return role, err
	}
	owner, err := s.Products.ProductOwner(ctx, sc.Number())
	switch {
	case fault.Is(err, fault.NotFound):
		return None, nil
	case err != nil:
		return None, err
	case owner == scope.Of(user):
		return Owner, nil
	case owner.Kind == scope.Organization:
		inherited, err := s.Members.RoleOf(ctx, owner, user)
		return max(role, inherited), err
	}
	return role, nil
}

// Denied is the fault for a scope that does not exist or is none of the
// caller's business. Clients look for the words (cloud API reference, section 3).
func Denied() error { return fault.New(fault.Forbidden, "Permission denied.") }

// outside is the documented fault for an API user outside its actions.
func outside() error {
	return fault.New(Unauthorized, "API users are not allowed to call this endpoint")
}
