package memory

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/store"
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
	return p, nil
}

// ProductBySlug implements fleet.Products.
func (s *Store) ProductBySlug(_ context.Context, slug string) (fleet.Product, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, p := range s.products {
		if p.Slug == slug {
			return p, nil
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
