package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/fieldhook/fieldhook/internal/integration"
)

// Integrations implements integration.Store. The list and the version are of
// the same moment.
func (s *Store) Integrations(ctx context.Context) ([]integration.Record, int64, error) {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, 0, fmt.Errorf("sqlite store: integrations: %w", err)
	}
	defer tx.Rollback()
	var version int64
	if err := tx.QueryRowContext(ctx, "SELECT version FROM config_version").Scan(&version); err != nil {
		return nil, 0, fmt.Errorf("sqlite store: configuration version: %w", err)
	}
	all, err := collect(ctx, tx, scanIntegration,
		"SELECT id, scope_kind, scope_id, created, updated, config FROM integration ORDER BY created, id")
	if err != nil {
		return nil, 0, fmt.Errorf("sqlite store: integrations: %w", err)
	}
	return all, version, nil
}

func scanIntegration(row scanner) (r integration.Record, err error) {
	err = row.Scan(&r.ID, &r.Scope.Kind, &r.Scope.ID, &r.Created, &r.Updated, &r.Config)
	return r, err
}

// InsertIntegration implements integration.Store. A known id is a fault
// Conflict.
func (s *Store) InsertIntegration(ctx context.Context, r integration.Record) (int64, error) {
	return s.configure(ctx, "insert integration", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx,
			"INSERT INTO integration (scope_kind, scope_id, created, updated, config, id) VALUES (?, ?, ?, ?, ?, ?)",
			integrationArgs(r)...)
		return unique(err, "integration", "id")
	})
}

// UpdateIntegration implements integration.Store. It replaces the whole record.
func (s *Store) UpdateIntegration(ctx context.Context, r integration.Record) (int64, error) {
	return s.configure(ctx, "update integration", func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx,
			"UPDATE integration SET scope_kind = ?, scope_id = ?, created = ?, updated = ?, config = ? WHERE id = ?",
			integrationArgs(r)...)
		return affected(result, err, "integration")
	})
}

// DeleteIntegration implements integration.Store.
func (s *Store) DeleteIntegration(ctx context.Context, id string) (int64, error) {
	return s.configure(ctx, "delete integration", func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM integration WHERE id = ?", id)
		return affected(result, err, "integration")
	})
}

func integrationArgs(r integration.Record) []any {
	config := r.Config
	if config == nil {
		config = []byte{} // nil would be NULL
	}
	return []any{r.Scope.Kind, r.Scope.ID, r.Created, r.Updated, config, r.ID}
}
