package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/fieldhook/fieldhook/internal/identity"
)

const (
	userColumns  = "SELECT id, username, password_hash, admin, created FROM account "
	tokenColumns = `SELECT hash, "user", device, client, created, expires, last4 FROM token `
)

// UserByName implements identity.Users.
func (s *Store) UserByName(ctx context.Context, username string) (identity.User, error) {
	return s.user(ctx, "WHERE name = $1", strings.ToLower(username))
}

// UserByID implements identity.Users.
func (s *Store) UserByID(ctx context.Context, id string) (identity.User, error) {
	return s.user(ctx, "WHERE id = $1", id)
}

func (s *Store) user(ctx context.Context, where, key string) (u identity.User, err error) {
	row := s.read.QueryRow(ctx, userColumns+where, key)
	err = row.Scan(&u.ID, &u.Username, &u.PasswordHash, &u.Admin, &u.Created)
	return u, found(err, "user")
}

// SaveUser implements identity.Users.
func (s *Store) SaveUser(ctx context.Context, u identity.User) error {
	const upsert = "INSERT INTO account (id, name, username, password_hash, admin, created) VALUES ($1, $2, $3, $4, $5, $6)" +
		" ON CONFLICT (id) DO UPDATE SET name = excluded.name, username = excluded.username," +
		" password_hash = excluded.password_hash, admin = excluded.admin, created = excluded.created"
	return s.change(ctx, "save user", func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, upsert, u.ID, strings.ToLower(u.Username), u.Username, u.PasswordHash, u.Admin, u.Created)
		return written(err, "user", "username")
	})
}

// TokenByHash implements identity.Tokens.
func (s *Store) TokenByHash(ctx context.Context, hash [32]byte) (identity.Token, error) {
	t, err := scanToken(s.read.QueryRow(ctx, tokenColumns+"WHERE hash = $1", hash[:]))
	return t, found(err, "token")
}

// TokensOf implements identity.Tokens; tokens of the same millisecond come in
// the order of their hashes.
func (s *Store) TokensOf(ctx context.Context, user string) ([]identity.Token, error) {
	out, err := collect(ctx, s.read, scanToken, tokenColumns+`WHERE "user" = $1 ORDER BY created, hash`, user)
	if err != nil {
		return nil, fmt.Errorf("postgres store: tokens of a user: %w", err)
	}
	return out, nil
}

func scanToken(row pgx.Row) (t identity.Token, err error) {
	var hash []byte
	err = row.Scan(&hash, &t.User, &t.Device, &t.Client, &t.Created, &t.Expires, &t.Last4)
	copy(t.Hash[:], hash)
	return t, err
}

// InsertToken implements identity.Tokens. A known hash is a fault Conflict.
func (s *Store) InsertToken(ctx context.Context, t identity.Token) error {
	const insert = `INSERT INTO token (hash, "user", device, client, created, expires, last4) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	return s.change(ctx, "insert token", func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, insert, t.Hash[:], t.User, t.Device, t.Client, t.Created, t.Expires, t.Last4)
		return written(err, "token", "hash")
	})
}

// DeleteTokens implements identity.Tokens.
func (s *Store) DeleteTokens(ctx context.Context, hashes [][32]byte) error {
	keys := make([][]byte, len(hashes))
	for i := range hashes {
		keys[i] = hashes[i][:]
	}
	return s.change(ctx, "delete tokens", func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM token WHERE hash = ANY($1)", keys)
		return err
	})
}
