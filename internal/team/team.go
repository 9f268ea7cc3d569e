// Package team knows organizations, who belongs to them and to products, and
// what each of them may do.
//
// Check is the one place that decides whether a principal may do an action in a
// scope. Everything is denied unless a rule here allows it, and a product or
// organization that the caller has no part in looks exactly like one that does
// not exist (cloud API reference, section 3: unknown products are "Permission
// denied").
//
// A Service is safe for concurrent use. Users and their tokens are identity's;
// products are the fleet's, which tells here only who owns them.
package team

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/scope"
)

// Role is what a member may do. Its numbers are stored; never renumber them.
// A higher role may do everything that a lower one may.
type Role uint8

// The roles of a member.
const (
	None          Role = 0
	ViewOnly      Role = 1
	Developer     Role = 2
	Administrator Role = 3
	Owner         Role = 4
)

// String gives the name that the API shows.
func (r Role) String() string {
	switch r {
	case ViewOnly:
		return "View-only"
	case Developer:
		return "Developer"
	case Administrator:
		return "Administrator"
	case Owner:
		return "Owner"
	}
	return "None"
}

// Organization owns products.
type Organization struct {
	ID      string // 24 hex
	Slug    string // unique, in lower case
	Name    string
	Created int64 // Unix milliseconds
}

// Member is a user's place in an organization or in one product.
type Member struct {
	Scope   scope.Scope
	User    string // user id
	Role    Role
	Created int64 // Unix milliseconds
}

// Organizations stores organizations. One that is not there is a fault
// NotFound, a second one with the same slug a fault Conflict.
type Organizations interface {
	Organization(ctx context.Context, idOrSlug string) (Organization, error)
	SaveOrganization(ctx context.Context, o Organization) error
	DeleteOrganization(ctx context.Context, id string) error // and its members
}

// Members stores who belongs where.
type Members interface {
	// RoleOf is None for one who does not belong to the scope.
	RoleOf(ctx context.Context, sc scope.Scope, user string) (Role, error)
	MembersOf(ctx context.Context, sc scope.Scope) ([]Member, error)  // by creation, then user
	MembershipsOf(ctx context.Context, user string) ([]Member, error) // by creation, then scope
}

// Changes stores changes of memberships.
type Changes interface {
	SaveMember(ctx context.Context, m Member) error // inserts, or replaces the user's role in the scope
	DeleteMember(ctx context.Context, sc scope.Scope, user string) error
}

// Holdings counts what would be left without an owner.
type Holdings interface {
	CountProducts(ctx context.Context, owner scope.Scope) (int, error)
}

// Products tells who owns a product: the sandbox of a user, or an organization.
// An unknown product is a fault NotFound.
type Products interface {
	ProductOwner(ctx context.Context, product int64) (scope.Scope, error)
}
