package records

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/secret"
)

// Secrets implements secret.Store.
func (s *Store) Secrets(ctx context.Context, sc scope.Scope) ([]secret.Record, error) {
	const query = "SELECT name, sealed, created, updated, last_used FROM secret WHERE scope_kind = $1 AND scope_id = $2 ORDER BY name"
	scan := func(r Rows) (rec secret.Record, err error) {
		rec.Scope = sc
		err = r.Scan(&rec.Name, &rec.Sealed, &rec.Created, &rec.Updated, &rec.LastUsed)
		return rec, err
	}
	return collect(ctx, s, "secrets", scan, query, int64(sc.Kind), sc.ID)
}

// PutSecret implements secret.Store.
func (s *Store) PutSecret(ctx context.Context, r secret.Record) error {
	return s.db.Change(ctx, "put secret", func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO secret (scope_kind, scope_id, name, sealed, created, updated, last_used)"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (scope_kind, scope_id, name)"+
			" DO UPDATE SET sealed = excluded.sealed, updated = excluded.updated, last_used = excluded.last_used",
			int64(r.Scope.Kind), r.Scope.ID, r.Name, r.Sealed, r.Created, r.Updated, r.LastUsed)
		return err
	})
}

// DeleteSecret implements secret.Store.
func (s *Store) DeleteSecret(ctx context.Context, sc scope.Scope, name string) error {
	return s.db.Change(ctx, "delete secret", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM secret WHERE scope_kind = $1 AND scope_id = $2 AND name = $3", int64(sc.Kind), sc.ID, name)
		return s.affected(n, err, "secret")
	})
}

// HasSecrets says whether there is a secret of any owner.
func (s *Store) HasSecrets(ctx context.Context) (bool, error) {
	scan := func(r Rows) (name string, err error) { return name, r.Scan(&name) }
	found, err := collect(ctx, s, "secrets", scan, "SELECT name FROM secret LIMIT 1")
	return len(found) > 0, err
}
