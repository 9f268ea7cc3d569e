package records

import (
	"context"
	"strings"

	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
)

const (
	userColumns  = "SELECT id, username, password_hash, admin, created, kind, home_kind, home_id, actions, info FROM account "
	tokenColumns = `SELECT hash, "user", device, client, created, expires, last4, kind, family, spent FROM token `
)

// UserByName implements identity.Users.
func (s *Store) UserByName(ctx context.Context, key string) (identity.User, error) {
	return one(ctx, s, "user", scanUser, userColumns+"WHERE name = $1", strings.ToLower(key))
}

// UserByID implements identity.Users.
func (s *Store) UserByID(ctx context.Context, id string) (identity.User, error) {
	return one(ctx, s, "user", scanUser, userColumns+"WHERE id = $1", id)
}

func scanUser(r Rows) (u identity.User, err error) {
	var kind, home int64
	var actions string
	err = r.Scan(&u.ID, &u.Username, &u.PasswordHash, &u.Admin, &u.Created, &kind, &home, &u.Home.ID, &actions, &u.Info)
	u.Kind, u.Home.Kind = identity.Kind(kind), scope.Kind(home)
	if actions != "" {
		u.Actions = strings.Split(actions, " ")
	}
	return u, err
}

// inHome is the condition for users of a kind; $1 to $3 are its parameters.
const inHome = "WHERE kind = $1 AND home_kind = $2 AND home_id = $3 "

// UsersOf implements identity.Users.
func (s *Store) UsersOf(ctx context.Context, kind identity.Kind, home scope.Scope, offset, limit int) ([]identity.User, error) {
	return collect(ctx, s, "users", scanUser, userColumns+inHome+"ORDER BY name LIMIT $4 OFFSET $5",
		int64(kind), int64(home.Kind), home.ID, limit, offset)
}

// CountUsers implements identity.Users.
func (s *Store) CountUsers(ctx context.Context, kind identity.Kind, home scope.Scope) (int, error) {
	return s.count(ctx, "number of users", "SELECT count(*) FROM account "+inHome, int64(kind), int64(home.Kind), home.ID)
}

// SaveUser implements identity.Users.
func (s *Store) SaveUser(ctx context.Context, u identity.User) error {
	const upsert = "INSERT INTO account (id, name, username, password_hash, admin, created, kind, home_kind, home_id, actions, info)" +
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)" +
		" ON CONFLICT (id) DO UPDATE SET name = excluded.name, username = excluded.username," +
		" password_hash = excluded.password_hash, admin = excluded.admin, created = excluded.created," +
		" kind = excluded.kind, home_kind = excluded.home_kind, home_id = excluded.home_id, actions = excluded.actions, info = excluded.info"
	return s.db.Change(ctx, "save user", func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, upsert, u.ID, u.Key(), u.Username, u.PasswordHash, u.Admin, u.Created,
			int64(u.Kind), int64(u.Home.Kind), u.Home.ID, strings.Join(u.Actions, " "), u.Info)
		return s.written(err, "user", "username")
	})
}

// DeleteUser implements identity.Users: it removes the user, its tokens and its
// places in teams.
func (s *Store) DeleteUser(ctx context.Context, id string) error {
	return s.db.Change(ctx, "delete user", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM account WHERE id = $1", id)
		if err := s.affected(n, err, "user"); err != nil {
			return err
		}
		for _, table := range []string{"token", "member", "claim_code"} {
			if _, err := tx.Exec(ctx, "DELETE FROM "+table+` WHERE "user" = $1`, id); err != nil {
				return err
			}
		}
		return nil
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

// TokensOfDevice implements identity.Tokens, in the order of TokensOf.
func (s *Store) TokensOfDevice(ctx context.Context, device string) ([]identity.Token, error) {
	return collect(ctx, s, "tokens", scanToken, tokenColumns+"WHERE device = $1 AND device <> '' ORDER BY created, hash", device)
}

func scanToken(r Rows) (t identity.Token, err error) {
	var hash []byte
	var kind int64
	err = r.Scan(&hash, &t.User, &t.Device, &t.Client, &t.Created, &t.Expires, &t.Last4, &kind, &t.Family, &t.Spent)
	copy(t.Hash[:], hash)
	t.Kind = identity.TokenKind(kind)
	return t, err
}

// InsertToken implements identity.Tokens. A known hash is a fault Conflict.
func (s *Store) InsertToken(ctx context.Context, t identity.Token) error {
	const insert = `INSERT INTO token (hash, "user", device, client, created, expires, last4, kind, family, spent)` +
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
	return s.db.Change(ctx, "insert token", func(ctx context.Context, tx Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM token WHERE expires > 0 AND expires <= $1", t.Created); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, insert, t.Hash[:], t.User, t.Device, t.Client, t.Created, t.Expires, t.Last4,
			int64(t.Kind), t.Family, t.Spent)
		return s.written(err, "token", "hash")
	})
}

// SpendToken implements identity.Tokens.
func (s *Store) SpendToken(ctx context.Context, hash [32]byte) error {
	return s.db.Change(ctx, "spend token", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "UPDATE token SET spent = $2 WHERE hash = $1 AND spent <> $2", hash[:], true)
		return s.affected(n, err, "token")
	})
}

// ExtendToken implements identity.Tokens.
func (s *Store) ExtendToken(ctx context.Context, hash [32]byte, expires int64) error {
	return s.db.Change(ctx, "extend token", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "UPDATE token SET expires = $2 WHERE hash = $1", hash[:], expires)
		return s.affected(n, err, "token")
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
