package fleet

import (
	"context"
	"strconv"

	"github.com/fieldhook/fieldhook/internal/scope"
)

// Product is a kind of device with its fleet.
type Product struct {
	ID          int64  // from 10,000 up
	Slug        string // unique, made from the name
	Name        string
	Description string
	Platform    int         // kind of hardware; cloud API reference, section 7.1
	Owner       scope.Scope // the sandbox of a user, or an organization
	Created     int64       // Unix milliseconds
	Updated     int64       // Unix milliseconds
}

// Products stores products. An unknown one is a fault NotFound, a second one
// with the same slug a fault Conflict.
type Products interface {
	ProductByID(ctx context.Context, id int64) (Product, error)
	ProductBySlug(ctx context.Context, slug string) (Product, error)
	// InsertProduct gives the product its number, the next one that was never used.
	InsertProduct(ctx context.Context, p Product) (Product, error)
}

// Product finds a product by its number or slug. Errors: a fault NotFound.
// Whether the caller may know of it is for team to say.
func (s *Service) Product(ctx context.Context, idOrSlug string) (Product, error) {
	if n, err := strconv.ParseInt(idOrSlug, 10, 64); err == nil {
		return s.products.ProductByID(ctx, n)
	}
	return s.products.ProductBySlug(ctx, idOrSlug)
}

// ProductOwner tells who owns a product. Errors: a fault NotFound.
func (s *Service) ProductOwner(ctx context.Context, product int64) (scope.Scope, error) {
	p, err := s.products.ProductByID(ctx, product)
	return p.Owner, err
}
