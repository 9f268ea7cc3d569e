package records

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
)

const productColumns = "SELECT id, slug, name, description, platform, owner_kind, owner_id, created, updated FROM product "

// ProductByID implements fleet.Products.
func (s *Store) ProductByID(ctx context.Context, id int64) (fleet.Product, error) {
	return one(ctx, s, "product", scanProduct, productColumns+"WHERE id = $1", id)
}

// ProductBySlug implements fleet.Products.
func (s *Store) ProductBySlug(ctx context.Context, slug string) (fleet.Product, error) {
	return one(ctx, s, "product", scanProduct, productColumns+"WHERE slug = $1", slug)
}

func scanProduct(r Rows) (p fleet.Product, err error) {
	var kind int64
	err = r.Scan(&p.ID, &p.Slug, &p.Name, &p.Description, &p.Platform, &kind, &p.Owner.ID, &p.Created, &p.Updated)
	p.Owner.Kind = scope.Kind(kind)
	return p, err
}

// InsertProduct implements fleet.Products.
func (s *Store) InsertProduct(ctx context.Context, p fleet.Product) (fleet.Product, error) {
	const insert = "INSERT INTO product (id, slug, name, description, platform, owner_kind, owner_id, created, updated)" +
		" SELECT next, $1, $2, $3, $4, $5, $6, $7, $8 FROM product_number"
	err := s.db.Change(ctx, "insert product", func(ctx context.Context, tx Tx) error {
		if _, err := tx.Exec(ctx, insert, p.Slug, p.Name, p.Description, p.Platform, int64(p.Owner.Kind), p.Owner.ID, p.Created, p.Updated); err != nil {
			return s.written(err, "product", "slug")
		}
		_, err := tx.Exec(ctx, "UPDATE product_number SET next = next + 1")
		return err
	})
	if err != nil {
		return fleet.Product{}, err
	}
	return s.ProductBySlug(ctx, p.Slug)
}
