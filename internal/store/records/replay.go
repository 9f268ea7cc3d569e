package records

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/replay"
)

// Replays implements replay.Jobs.
func (s *Store) Replays(ctx context.Context) ([]replay.Job, error) {
	scan := func(r Rows) (j replay.Job, err error) {
		err = r.Scan(&j.ID, &j.Integration, &j.Kind, &j.Rate, &j.State, &j.From, &j.Done, &j.To, &j.Accepted, &j.Missing, &j.Started, &j.Ended)
		return j, err
	}
	return collect(ctx, s, "replays", scan, "SELECT id, integration, kind, rate, state, begins, done, ends, accepted, missing, started, ended FROM replay ORDER BY id")
}

// PutReplay implements replay.Jobs.
func (s *Store) PutReplay(ctx context.Context, j replay.Job) error {
	return s.db.Change(ctx, "put replay", func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO replay (id, integration, kind, rate, state, begins, done, ends, accepted, missing, started, ended)"+
			" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id)"+
			" DO UPDATE SET state = excluded.state, done = excluded.done, accepted = excluded.accepted, missing = excluded.missing, ended = excluded.ended",
			j.ID, j.Integration, string(j.Kind), j.Rate, string(j.State), j.From, j.Done, j.To, j.Accepted, j.Missing, j.Started, j.Ended)
		return err
	})
}

// DeleteReplays implements replay.Jobs.
func (s *Store) DeleteReplays(ctx context.Context, ids []int64) error {
	return s.db.Change(ctx, "delete replays", func(ctx context.Context, tx Tx) error {
		for _, id := range ids {
			if _, err := tx.Exec(ctx, "DELETE FROM replay WHERE id = $1", id); err != nil {
				return err
			}
		}
		return nil
	})
}
