package records

import (
	"context"
	"strings"

	"github.com/fieldhook/fieldhook/internal/identity"
)

const (
	userColumns  = "SELECT id, username, password_hash, admin, created FROM account "
	tokenColumns = `SELECT hash, "user", device, client, created, expires, last4 FROM token `
)

// UserByName implements identity.Users.
func (s *Store) UserByName(ctx context.Context, username string) (identity.User, error) {
	return one(ctx, s, "user", scanUser, userColumns+"WHERE name = $1", strings.ToLower(username))
}

// UserByID implements identity.Users.
func (s *Store) UserByID(ctx context.Context, id string) (identity.User, error) {
	return one(ctx, s, "user", scanUser, userColumns+"WHERE id = $1", id)
}

func scanUser(r Rows) (u identity.User, err error) {
	err = r.Scan(&u.ID, &u.Username, &u.PasswordHash, &u.Admin, &u.Created)
	return u, err
}

// SaveUser implements identity.Users.
func (s *Store) SaveUser(ctx context.Context, u identity.User) error {
	const upsert = "INSERT INTO account (id, name, username, password_hash, admin, created) VALUES ($1, $2, $3, $4, $5, $6)" +
		" ON CONFLICT (id) DO UPDATE SET name = excluded.name, username = excluded.username," +
		" password_hash = excluded.password_hash, admin = excluded.admin, created = excluded.created"
	return s.db.Change(ctx, "save user", func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, upsert, u.ID, strings.ToLower(u.Username), u.Username, u.PasswordHash, u.Admin, u.Created)
		return s.written(err, "user", "username")
	})
}

// TokenByHash implements identity.Tokens.
func (s *Store) TokenByHash(ctx context.Context, hash [32]byte) (identity.Token, error) {
	return one(ctx, s, "token", scanToken, tokenColumns+"WHERE hash = $1", hash[:])
}

// TokensOf implements identity.Tokens; tokens of the same millisecond come in
// the order of their hashes.
func (s *Store) TokensOf(ctx context.Context, user string) ([]identity.Token, error) {
	return collect(ctx, s, "tokens", scanToken, tokenColumns+`WHERE "user" = $1 ORDER BY created, hash`, user)
}

func scanToken(r Rows) (t identity.Token, err error) {
	var hash []byte
	err = r.Scan(&hash, &t.User, &t.Device, &t.Client, &t.Created, &t.Expires, &t.Last4)
	copy(t.Hash[:], hash)
	return t, err
}

// InsertToken implements identity.Tokens. A known hash is a fault Conflict.
func (s *Store) InsertToken(ctx context.Context, t identity.Token) error {
	const insert = `INSERT INTO token (hash, "user", device, client, created, expires, last4) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	return s.db.Change(ctx, "insert token", func(ctx context.Context, tx Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM token WHERE expires > 0 AND expires <= $1", t.Created); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insert, t.Hash[:], t.User, t.Device, t.Client, t.Created, t.Expires, t.Last4)
		return s.written(err, "token", "hash")
	})
}

// DeleteTokens implements identity.Tokens.
func (s *Store) DeleteTokens(ctx context.Context, hashes [][32]byte) error {
	return s.db.Change(ctx, "delete tokens", func(ctx context.Context, tx Tx) error {
		for _, h := range hashes {
			if _, err := tx.Exec(ctx, "DELETE FROM token WHERE hash = $1", h[:]); err != nil {
				return err
			}
		}
		return nil
	})
}
