package records

import (
	"context"
	"errors"

	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// allIntegrations reads list and version in one statement, so that they are of
// the same moment; without any integration there is one row of nulls.
const allIntegrations = "SELECT v.version, i.id, i.scope_kind, i.scope_id, i.created, i.updated, i.config" +
	", CASE WHEN p.owner_kind = 3 THEN p.owner_id ELSE '' END FROM config_version v LEFT JOIN integration i ON 1 = 1" +
	" LEFT JOIN product p ON i.scope_kind = 2 AND CAST(p.id AS TEXT) = i.scope_id ORDER BY i.created, i.id"

// versioned is a row of allIntegrations.
type versioned struct {
	version int64
	record  *integration.Record
}

// Integrations implements integration.Store.
func (s *Store) Integrations(ctx context.Context) ([]integration.Record, int64, error) {
	rows, err := collect(ctx, s, "integrations", scanIntegration, allIntegrations)
	if err != nil {
		return nil, 0, err
	}
	if len(rows) == 0 {
		return nil, 0, errors.New("read integrations: the store has no configuration version")
	}
	var all []integration.Record
	for _, row := range rows {
		if row.record != nil {
			all = append(all, *row.record)
		}
	}
	return all, rows[0].version, nil
}

func scanIntegration(r Rows) (v versioned, err error) {
	var id, owner *string
	var org string
	var kind, created, updated *int64
	var config []byte
	if err = r.Scan(&v.version, &id, &kind, &owner, &created, &updated, &config, &org); err != nil || id == nil {
		return v, err
	}
	v.record = &integration.Record{
		ID: *id, Scope: scope.Scope{Kind: scope.Kind(*kind), ID: *owner}, Org: org,
		Created: *created, Updated: *updated, Config: config,
	}
	return v, nil
}

// The changes of an integration.
const (
	insertIntegration = "INSERT INTO integration (id, scope_kind, scope_id, created, updated, config) VALUES ($1, $2, $3, $4, $5, $6)"
	updateIntegration = "UPDATE integration SET scope_kind = $2, scope_id = $3, created = $4, updated = $5, config = $6 WHERE id = $1"
	deleteIntegration = "DELETE FROM integration WHERE id = $1"
)

// InsertIntegration implements integration.Store. A known id is a fault
// Conflict.
func (s *Store) InsertIntegration(ctx context.Context, r integration.Record) (int64, error) {
	return s.db.Configure(ctx, "insert integration", func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, insertIntegration, integrationArgs(r)...)
		return s.written(err, "integration", "id")
	})
}

// UpdateIntegration implements integration.Store. It replaces the whole record.
func (s *Store) UpdateIntegration(ctx context.Context, r integration.Record) (int64, error) {
	return s.db.Configure(ctx, "update integration", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, updateIntegration, integrationArgs(r)...)
		return s.affected(n, s.written(err, "integration", "id"), "integration")
	})
}

// DeleteIntegration implements integration.Store.
func (s *Store) DeleteIntegration(ctx context.Context, id string) (int64, error) {
	return s.db.Configure(ctx, "delete integration", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, deleteIntegration, id)
		return s.affected(n, err, "integration")
	})
}

// BranchIntegration implements integration.Store.
func (s *Store) BranchIntegration(ctx context.Context, fresh, from integration.Record, kept bool) (int64, error) {
	change, args := deleteIntegration, []any{from.ID}
	if kept {
		change, args = updateIntegration, integrationArgs(from)
	}
	return s.db.Configure(ctx, "branch integration", func(ctx context.Context, tx Tx) error {
		if _, err := tx.Exec(ctx, insertIntegration, integrationArgs(fresh)...); err != nil {
			return s.written(err, "integration", "id")
		}
		n, err := tx.Exec(ctx, change, args...)
		return s.affected(n, err, "integration")
	})
}

func integrationArgs(r integration.Record) []any {
	config := r.Config
	if config == nil {
		config = []byte{} // nil would be NULL
	}
	return []any{r.ID, int64(r.Scope.Kind), r.Scope.ID, r.Created, r.Updated, config}
}
