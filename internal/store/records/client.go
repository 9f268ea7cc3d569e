package records

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
)

const clientColumns = "SELECT id, name, type, scope_kind, scope_id, secret, redirect_uri, rights, created FROM client "

// ClientByID implements identity.Clients.
func (s *Store) ClientByID(ctx context.Context, id string) (identity.Client, error) {
	return one(ctx, s, "client", scanClient, clientColumns+"WHERE id = $1", id)
}

// ClientsOf implements identity.Clients.
func (s *Store) ClientsOf(ctx context.Context, owner scope.Scope) ([]identity.Client, error) {
	return collect(ctx, s, "clients", scanClient, clientColumns+"WHERE scope_kind = $1 AND scope_id = $2 ORDER BY created, id",
		int64(owner.Kind), owner.ID)
}

func scanClient(r Rows) (c identity.Client, err error) {
	var kind int64
	var secret []byte
	err = r.Scan(&c.ID, &c.Name, &c.Type, &kind, &c.Owner.ID, &secret, &c.Redirect, &c.Rights, &c.Created)
	c.Owner.Kind = scope.Kind(kind)
	copy(c.Secret[:], secret)
	return c, err
}

// SaveClient implements identity.Clients.
func (s *Store) SaveClient(ctx context.Context, c identity.Client) error {
	const upsert = "INSERT INTO client (id, name, type, scope_kind, scope_id, secret, redirect_uri, rights, created)" +
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)" +
		" ON CONFLICT (id) DO UPDATE SET name = excluded.name, type = excluded.type, scope_kind = excluded.scope_kind, scope_id = excluded.scope_id," +
		" secret = excluded.secret, redirect_uri = excluded.redirect_uri, rights = excluded.rights, created = excluded.created"
	return s.db.Change(ctx, "save client", func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, upsert, c.ID, c.Name, c.Type, int64(c.Owner.Kind), c.Owner.ID, c.Secret[:], c.Redirect, c.Rights, c.Created)
		return s.written(err, "client", "id")
	})
}

// DeleteClient implements identity.Clients: it removes the client and the tokens
// that it has for itself.
func (s *Store) DeleteClient(ctx context.Context, id string) error {
	return s.db.Change(ctx, "delete client", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM client WHERE id = $1", id)
		if err := s.affected(n, err, "client"); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM token WHERE "user" = $1`, id)
		return err
	})
}
