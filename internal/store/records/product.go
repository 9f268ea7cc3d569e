package records

import (
	"context"
	"strconv"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
)

const productColumns = "SELECT id, slug, name, description, platform, owner_kind, owner_id, settings, devices, created, updated FROM product "

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
	err = r.Scan(&p.ID, &p.Slug, &p.Name, &p.Description, &p.Platform, &kind, &p.Owner.ID, &p.Settings, &p.Devices, &p.Created, &p.Updated)
	p.Owner.Kind = scope.Kind(kind)
	return p, err
}

// InsertProduct implements fleet.Products.
func (s *Store) InsertProduct(ctx context.Context, p fleet.Product) (fleet.Product, error) {
	const insert = "INSERT INTO product (id, slug, name, description, platform, owner_kind, owner_id, settings, created, updated)" +
		" SELECT next, $1, $2, $3, $4, $5, $6, $7, $8, $9 FROM product_number"
	err := s.db.Change(ctx, "insert product", func(ctx context.Context, tx Tx) error {
		if _, err := tx.Exec(ctx, insert, p.Slug, p.Name, p.Description, p.Platform, int64(p.Owner.Kind), p.Owner.ID, p.Settings, p.Created, p.Updated); err != nil {
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

// ProductsOf implements fleet.Products.
func (s *Store) ProductsOf(ctx context.Context, owners []scope.Scope, ids []int64, limit, offset int) ([]fleet.Product, error) {
	where, args := "", []any{}
	for _, o := range owners {
		args = append(args, int64(o.Kind), o.ID)
		where += " OR owner_kind = $" + strconv.Itoa(len(args)-1) + " AND owner_id = $" + strconv.Itoa(len(args))
	}
	if len(ids) > 0 {
		where += " OR id IN " + list(len(args)+1, len(ids))
		args = append(args, anys(ids)...)
	}
	if where == "" {
		return nil, nil
	}
	page := "WHERE " + where[len(" OR "):] + " ORDER BY id LIMIT $" + strconv.Itoa(len(args)+1) + " OFFSET $" + strconv.Itoa(len(args)+2)
	return collect(ctx, s, "products", scanProduct, productColumns+page, append(args, limit, offset)...)
}

// UpdateProduct implements fleet.Products.
func (s *Store) UpdateProduct(ctx context.Context, p fleet.Product) error {
	return s.db.Change(ctx, "update product", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "UPDATE product SET name = $2, description = $3, platform = $4, settings = $5, updated = $6 WHERE id = $1",
			p.ID, p.Name, p.Description, p.Platform, p.Settings, p.Updated)
		return s.affected(n, s.written(err, "product", "name"), "product")
	})
}

// DeleteProduct implements fleet.Products.
func (s *Store) DeleteProduct(ctx context.Context, id int64) error {
	if _, err := s.ProductByID(ctx, id); err != nil {
		return err
	}
	return s.db.Change(ctx, "delete product", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM product WHERE id = $1 AND devices = 0", id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.Conflict, "The product has devices.")
		}
		err = each(ctx, tx, []string{"DELETE FROM product_group WHERE product = $1", "DELETE FROM claim_code WHERE product = $1"}, id)
		if err != nil {
			return err
		}
		sc := scope.OfProduct(id)
		_, err = tx.Exec(ctx, "DELETE FROM member WHERE scope_kind = $1 AND scope_id = $2", int64(sc.Kind), sc.ID)
		return err
	})
}
