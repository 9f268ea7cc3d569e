package fleet

import (
	"context"
	"slices"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// Bounds of groups.
const (
	maxGroupName  = 50  // bytes of a name
	maxGroups     = 100 // of a device
	maxGroupNotes = 1000
)

// Group is a name for some devices of a product.
type Group struct {
	Product     int64
	Name        string // lower-case letters, digits, dash and underscore
	Description string
	Color       string // as the console shows it; free text
	Created     int64  // Unix milliseconds
	Devices     int64  // how many are in it; the store counts
}

// Groups stores groups. An unknown one is a fault NotFound, a second one with
// the same name a fault Conflict.
type Groups interface {
	GroupsOf(ctx context.Context, product int64) ([]Group, error) // by name
	// GroupNames gives the names of the groups of several products, ascending.
	GroupNames(ctx context.Context, products []int64) (map[int64][]string, error)
	InsertGroup(ctx context.Context, g Group) error
	// UpdateGroup replaces the group of that name, which may get another one.
	UpdateGroup(ctx context.Context, name string, g Group) error
	DeleteGroup(ctx context.Context, product int64, name string) error
}

// maxGroupsOf is how many groups a product has at the most, so that a list
// needs no pages.
const maxGroupsOf = 1000

// GroupsOf gives the groups of a product by name.
func (s *Service) GroupsOf(ctx context.Context, product int64) ([]Group, error) {
	return s.store.GroupsOf(ctx, product)
}

// GroupNames gives the names of the groups of several products, ascending.
func (s *Service) GroupNames(ctx context.Context, products []int64) (map[int64][]string, error) {
	if len(products) == 0 {
		return nil, nil
	}
	return s.store.GroupNames(ctx, products)
}

// Group gives a group of a product. Errors: a fault NotFound.
func (s *Service) Group(ctx context.Context, product int64, name string) (Group, error) {
	all, err := s.store.GroupsOf(ctx, product)
	if err != nil {
		return Group{}, err
	}
	for _, g := range all {
		if g.Name == name {
			return g, nil
		}
	}
	return Group{}, fault.New(fault.NotFound, "Group not found.")
}

// CreateGroup makes a group. Errors: a fault Invalid that names the field, a
// fault Conflict.
func (s *Service) CreateGroup(ctx context.Context, g Group) (Group, error) {
	if err := g.check(); err != nil {
		return Group{}, err
	}
	all, err := s.store.GroupsOf(ctx, g.Product)
	if err != nil {
		return Group{}, err
	}
	if len(all) >= maxGroupsOf {
		return Group{}, fault.New(fault.Conflict, "A product has at most %d groups.", maxGroupsOf)
	}
	g.Created, g.Devices = s.now().UnixMilli(), 0
	return g, s.store.InsertGroup(ctx, g)
}

// UpdateGroup replaces the group of that name. Errors: as CreateGroup, and a
// fault NotFound.
func (s *Service) UpdateGroup(ctx context.Context, name string, g Group) error {
	if err := g.check(); err != nil {
		return err
	}
	return s.store.UpdateGroup(ctx, name, g)
}

// DeleteGroup deletes a group; its devices stay. Errors: a fault NotFound.
func (s *Service) DeleteGroup(ctx context.Context, product int64, name string) error {
	return s.store.DeleteGroup(ctx, product, name)
}

func (g *Group) check() error {
	if err := checkGroupName("name", g.Name); err != nil {
		return err
	}
	if err := checkText("color", g.Color, maxGroupName); err != nil {
		return err
	}
	return checkText("description", g.Description, maxGroupNotes)
}

func checkGroupName(field, name string) error {
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return fault.Field(field, "A group's name has lower-case letters, digits, dashes and underscores.")
		}
	}
	if name == "" || len(name) > maxGroupName {
		return fault.Field(field, "A group's name has 1 to %d characters.", maxGroupName)
	}
	return nil
}

// groupsOf checks the groups that a device shall be in, and sorts them.
func groupsOf(names []string) ([]string, error) {
	if len(names) > maxGroups {
		return nil, fault.Field("groups", "A device is in at most %d groups.", maxGroups)
	}
	for _, name := range names {
		if err := checkGroupName("groups", name); err != nil {
			return nil, err
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	return slices.Compact(sorted), nil
}
