package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/fieldhook/fieldhook/internal/integration"
)

// Integrations implements integration.Store. The list and the version are of
// the same moment.
func (s *Store) Integrations(ctx context.Context) (all []integration.Record, version int64, err error) {
	snapshot := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, s.read, snapshot, func(tx pgx.Tx) (err error) {
		if err = tx.QueryRow(ctx, "SELECT version FROM config_version").Scan(&version); err != nil {
			return err
		}
		all, err = collect(ctx, tx, scanIntegration,
			"SELECT id, scope_kind, scope_id, created, updated, config FROM integration ORDER BY created, id")
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("postgres store: integrations: %w", err)
	}
	return all, version, nil
}

func scanIntegration(row pgx.Row) (r integration.Record, err error) {
	err = row.Scan(&r.ID, &r.Scope.Kind, &r.Scope.ID, &r.Created, &r.Updated, &r.Config)
	return r, err
}

// InsertIntegration implements integration.Store. A known id is a fault
// Conflict.
func (s *Store) InsertIntegration(ctx context.Context, r integration.Record) (int64, error) {
	return s.configure(ctx, "insert integration", func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx,
			"INSERT INTO integration (id, scope_kind, scope_id, created, updated, config) VALUES ($1, $2, $3, $4, $5, $6)",
			integrationArgs(r)...)
		return written(err, "integration", "id")
	})
}

// UpdateIntegration implements integration.Store. It replaces the whole record.
func (s *Store) UpdateIntegration(ctx context.Context, r integration.Record) (int64, error) {
	return s.configure(ctx, "update integration", func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx,
			"UPDATE integration SET scope_kind = $2, scope_id = $3, created = $4, updated = $5, config = $6 WHERE id = $1",
			integrationArgs(r)...)
		return affected(tag, written(err, "integration", "id"), "integration")
	})
}

// DeleteIntegration implements integration.Store.
func (s *Store) DeleteIntegration(ctx context.Context, id string) (int64, error) {
	return s.configure(ctx, "delete integration", func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "DELETE FROM integration WHERE id = $1", id)
		return affected(tag, err, "integration")
	})
}

func integrationArgs(r integration.Record) []any {
	config := r.Config
	if config == nil {
		config = []byte{} // nil would be NULL
	}
	return []any{r.ID, r.Scope.Kind, r.Scope.ID, r.Created, r.Updated, config}
}
