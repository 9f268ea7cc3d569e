package records

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Ledgers implements ledger.Definitions.
func (s *Store) Ledgers(ctx context.Context, owner scope.Scope) ([]ledger.Definition, error) {
	const query = "SELECT name, description, kind, direction, created, updated, archived FROM ledger" +
		" WHERE scope_kind = $1 AND scope_id = $2 ORDER BY name"
	scan := func(r Rows) (d ledger.Definition, err error) {
		d.Owner = owner
		err = r.Scan(&d.Name, &d.Description, &d.Kind, &d.Direction, &d.Created, &d.Updated, &d.Archived)
		return d, err
	}
	return collect(ctx, s, "ledgers", scan, query, int64(owner.Kind), owner.ID)
}

// InsertLedger implements ledger.Definitions.
func (s *Store) InsertLedger(ctx context.Context, d ledger.Definition) error {
	const insert = "INSERT INTO ledger (scope_kind, scope_id, name, description, kind, direction, created, updated, archived)" +
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
	return s.db.Change(ctx, "insert ledger", func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, insert, int64(d.Owner.Kind), d.Owner.ID, d.Name, d.Description, string(d.Kind), string(d.Direction),
			d.Created, d.Updated, d.Archived)
		return s.written(err, "ledger", "name")
	})
}

// UpdateLedger implements ledger.Definitions.
func (s *Store) UpdateLedger(ctx context.Context, d ledger.Definition) error {
	const update = "UPDATE ledger SET description = $4, updated = $5, archived = $6 WHERE scope_kind = $1 AND scope_id = $2 AND name = $3"
	return s.db.Change(ctx, "update ledger", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, update, int64(d.Owner.Kind), d.Owner.ID, d.Name, d.Description, d.Updated, d.Archived)
		return s.affected(n, s.written(err, "ledger", "name"), "ledger")
	})
}

// ofInstance selects one instance or its versions; arguments gives its key.
const ofInstance = " WHERE scope_kind = $1 AND scope_id = $2 AND ledger = $3 AND value = $4"

func arguments(k ledger.Key, more ...any) []any {
	return append([]any{int64(k.Owner.Kind), k.Owner.ID, k.Ledger, k.Value}, more...)
}

// scanInstance reads a version of an instance whose key is known but for its
// value.
func scanInstance(k ledger.Key) func(Rows) (ledger.Instance, error) {
	return func(r Rows) (ledger.Instance, error) {
		in, data := ledger.Instance{Key: k}, []byte(nil)
		err := r.Scan(&in.Value, &in.Version, &data, &in.Created, &in.Updated, &in.Replaced)
		in.Data = string(data)
		return in, err
	}
}

const instanceColumns = "SELECT value, version, data, created, updated, 0 FROM ledger_instance"

// LedgerInstance implements ledger.Instances.
func (s *Store) LedgerInstance(ctx context.Context, k ledger.Key) (ledger.Instance, error) {
	return one(ctx, s, "ledger instance", scanInstance(k), instanceColumns+ofInstance, arguments(k)...)
}

// LedgerInstances implements ledger.Instances.
func (s *Store) LedgerInstances(ctx context.Context, owner scope.Scope, name string, skip, limit int) ([]ledger.Instance, int, error) {
	const of = " WHERE scope_kind = $1 AND scope_id = $2 AND ledger = $3"
	k := ledger.Key{Owner: owner, Ledger: name}
	all, err := collect(ctx, s, "ledger instances", scanInstance(k), instanceColumns+of+" ORDER BY value LIMIT $4 OFFSET $5",
		int64(owner.Kind), owner.ID, name, int64(limit), int64(skip))
	if err != nil {
		return nil, 0, err
	}
	total, err := s.count(ctx, "ledger instances", "SELECT count(*) FROM ledger_instance"+of, int64(owner.Kind), owner.ID, name)
	return all, total, err
}

// LedgerVersions implements ledger.Instances.
func (s *Store) LedgerVersions(ctx context.Context, k ledger.Key) ([]ledger.Instance, error) {
	return collect(ctx, s, "ledger versions", scanInstance(k),
		"SELECT value, version, data, created, updated, replaced FROM ledger_version"+ofInstance+" ORDER BY version DESC", arguments(k)...)
}

// SaveLedgerInstance implements ledger.Changes.
func (s *Store) SaveLedgerInstance(ctx context.Context, in ledger.Instance, kept int) error {
	return s.db.Change(ctx, "save ledger instance", func(ctx context.Context, tx Tx) error {
		write := replaceInstance
		if in.Version == 1 {
			write = insertInstance
		}
		n, err := write(ctx, tx, &in)
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "The instance was changed meanwhile.")
		}
		if err != nil {
			return s.written(err, "ledger instance", "value")
		}
		_, err = tx.Exec(ctx, "DELETE FROM ledger_version"+ofInstance+" AND version < $5", arguments(in.Key, in.Version-int64(kept))...)
		return err
	})
}

func insertInstance(ctx context.Context, tx Tx, in *ledger.Instance) (changed int64, err error) {
	return tx.Exec(ctx, "INSERT INTO ledger_instance (scope_kind, scope_id, ledger, value, version, data, created, updated)"+
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (scope_kind, scope_id, ledger, value) DO NOTHING",
		arguments(in.Key, in.Version, []byte(in.Data), in.Created, in.Updated)...)
}

// replaceInstance keeps the version before and writes the next one over it.
func replaceInstance(ctx context.Context, tx Tx, in *ledger.Instance) (changed int64, err error) {
	const keep = "INSERT INTO ledger_version (scope_kind, scope_id, ledger, value, version, data, created, updated, replaced)" +
		" SELECT scope_kind, scope_id, ledger, value, version, data, created, updated, $6 FROM ledger_instance" + ofInstance + " AND version = $5"
	if n, err := tx.Exec(ctx, keep, arguments(in.Key, in.Version-1, in.Updated)...); n == 0 || err != nil {
		return n, err
	}
	return tx.Exec(ctx, "UPDATE ledger_instance SET version = $5, data = $6, updated = $7"+ofInstance,
		arguments(in.Key, in.Version, []byte(in.Data), in.Updated)...)
}

// DeleteLedgerInstance implements ledger.Changes.
func (s *Store) DeleteLedgerInstance(ctx context.Context, k ledger.Key) error {
	return s.db.Change(ctx, "delete ledger instance", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM ledger_instance"+ofInstance, arguments(k)...)
		if err := s.affected(n, err, "ledger instance"); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "DELETE FROM ledger_version"+ofInstance, arguments(k)...)
		return err
	})
}

// DeleteLedgers implements ledger.Changes.
func (s *Store) DeleteLedgers(ctx context.Context, owner scope.Scope) error {
	return s.db.Change(ctx, "delete ledgers", func(ctx context.Context, tx Tx) error {
		for _, table := range []string{"ledger", "ledger_instance", "ledger_version"} {
			if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE scope_kind = $1 AND scope_id = $2", int64(owner.Kind), owner.ID); err != nil {
				return err
			}
		}
		return nil
	})
}
