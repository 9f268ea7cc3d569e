package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store"
	"github.com/fieldhook/fieldhook/internal/team"
)

// firstProduct is the number of a store's first product.
const firstProduct = 10001

// ProductByID implements fleet.Products.
func (s *Store) ProductByID(_ context.Context, id int64) (fleet.Product, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	p, ok := s.products[id]
	if !ok {
		return fleet.Product{}, store.Missing("product")
	}
	return s.counted(p), nil
}

// counted fills in how many devices a product has. The caller holds s.mu.
func (s *Store) counted(p fleet.Product) fleet.Product {
	p.Devices = 0
	for _, d := range s.devices {
		if d.Product == p.ID {
			p.Devices++
		}
	}
	return p
}

// ProductBySlug implements fleet.Products.
func (s *Store) ProductBySlug(_ context.Context, slug string) (fleet.Product, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range s.products {
		if p.Slug == slug {
			return s.counted(p), nil
		}
	}
	return fleet.Product{}, store.Missing("product")
}

// InsertProduct implements fleet.Products.
func (s *Store) InsertProduct(_ context.Context, p fleet.Product) (fleet.Product, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, other := range s.products {
		if other.Slug == p.Slug {
			return fleet.Product{}, store.Taken("product", "slug")
		}
	}
	p.ID = s.nextProduct
	s.nextProduct++
	s.products[p.ID] = p
	return p, nil
}

// ProductsOf implements fleet.Products.
func (s *Store) ProductsOf(_ context.Context, owners []scope.Scope, ids []int64, limit, offset int) ([]fleet.Product, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []fleet.Product
	for _, p := range s.products {
		if slices.Contains(owners, p.Owner) || slices.Contains(ids, p.ID) {
			out = append(out, s.counted(p))
		}
	}
	slices.SortFunc(out, func(a, b fleet.Product) int { return cmp.Compare(a.ID, b.ID) })
	return paged(out, limit, offset), nil
}

// UpdateProduct implements fleet.Products.
func (s *Store) UpdateProduct(_ context.Context, p fleet.Product) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	was, ok := s.products[p.ID]
	if !ok {
		return store.Missing("product")
	}
	was.Name, was.Description, was.Platform, was.Settings, was.Updated = p.Name, p.Description, p.Platform, p.Settings, p.Updated
	s.products[p.ID] = was
	return nil
}

// DeleteProduct implements fleet.Products.
func (s *Store) DeleteProduct(_ context.Context, id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.products[id]
	if !ok {
		return store.Missing("product")
	}
	if s.counted(p).Devices > 0 {
		return fault.New(fault.Conflict, "The product has devices.")
	}
	delete(s.products, id)
	maps.DeleteFunc(s.codes, func(_ [32]byte, c fleet.Code) bool { return c.Product == id })
	maps.DeleteFunc(s.groups, func(key groupKey, _ fleet.Group) bool { return key.product == id })
	maps.DeleteFunc(s.members, func(_ memberKey, m team.Member) bool { return m.Scope == scope.OfProduct(id) })
	return nil
}
