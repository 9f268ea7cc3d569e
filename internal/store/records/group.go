package records

import (
	"context"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fleet"
)

// GroupsOf implements fleet.Groups.
func (s *Store) GroupsOf(ctx context.Context, product int64) ([]fleet.Group, error) {
	const query = "SELECT product, name, description, color, created," +
		" (SELECT count(*) FROM device_group d WHERE d.product = product_group.product AND d.name = product_group.name)" +
		" FROM product_group WHERE product = $1 ORDER BY name"
	scan := func(r Rows) (g fleet.Group, err error) {
		err = r.Scan(&g.Product, &g.Name, &g.Description, &g.Color, &g.Created, &g.Devices)
		return g, err
	}
	return collect(ctx, s, "groups", scan, query, product)
}

// GroupNames implements fleet.Groups.
func (s *Store) GroupNames(ctx context.Context, products []int64) (map[int64][]string, error) {
	names := map[int64][]string{}
	if len(products) == 0 {
		return names, nil
	}
	scan := func(r Rows) (name string, err error) {
		var product int64
		err = r.Scan(&product, &name)
		names[product] = append(names[product], name)
		return name, err
	}
	const query = "SELECT product, name FROM product_group WHERE product IN @ ORDER BY product, name"
	_, err := collect(ctx, s, "names of groups", scan, strings.Replace(query, "@", list(1, len(products)), 1), anys(products)...)
	return names, err
}

// InsertGroup implements fleet.Groups.
func (s *Store) InsertGroup(ctx context.Context, g fleet.Group) error {
	return s.db.Change(ctx, "insert group", func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO product_group (product, name, description, color, created) VALUES ($1, $2, $3, $4, $5)",
			g.Product, g.Name, g.Description, g.Color, g.Created)
		return s.written(err, "group", "name")
	})
}

// UpdateGroup implements fleet.Groups.
func (s *Store) UpdateGroup(ctx context.Context, name string, g fleet.Group) error {
	return s.db.Change(ctx, "update group", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "UPDATE product_group SET name = $3, description = $4, color = $5 WHERE product = $1 AND name = $2",
			g.Product, name, g.Name, g.Description, g.Color)
		if err := s.affected(n, s.written(err, "group", "name"), "group"); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE device_group SET name = $3 WHERE product = $1 AND name = $2", g.Product, name, g.Name)
		return err
	})
}

// DeleteGroup implements fleet.Groups.
func (s *Store) DeleteGroup(ctx context.Context, product int64, name string) error {
	return s.db.Change(ctx, "delete group", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM product_group WHERE product = $1 AND name = $2", product, name)
		if err := s.affected(n, err, "group"); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "DELETE FROM device_group WHERE product = $1 AND name = $2", product, name)
		return err
	})
}

// Usernames implements fleet.Owners.
func (s *Store) Usernames(ctx context.Context, ids []string) (map[string]string, error) {
	names := make(map[string]string, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	scan := func(r Rows) (id string, err error) {
		var name string
		err = r.Scan(&id, &name)
		names[id] = name
		return id, err
	}
	_, err := collect(ctx, s, "user names", scan, "SELECT id, username FROM account WHERE id IN "+list(1, len(ids)), anys(ids)...)
	return names, err
}
