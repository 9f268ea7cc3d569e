package records

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/presence"
)

// Online implements presence.Store.
func (s *Store) Online(ctx context.Context, device string) (bool, error) {
	scan := func(r Rows) (online bool, err error) {
		err = r.Scan(&online)
		return online, err
	}
	all, err := collect(ctx, s, "status of a device", scan, "SELECT online FROM device WHERE id = $1", device)
	return len(all) == 1 && all[0], err
}

// SavePresence implements presence.Store.
func (s *Store) SavePresence(ctx context.Context, heard []presence.Heard, statuses []presence.Status) error {
	return s.db.Change(ctx, "save presence", func(ctx context.Context, tx Tx) error {
		for _, h := range heard {
			_, err := tx.Exec(ctx, "UPDATE device SET heard = $2, ip = CASE WHEN $3 = '' THEN ip ELSE $3 END WHERE id = $1 AND heard < $2", h.Device, h.At, h.IP)
			if err != nil {
				return err
			}
		}
		for _, st := range statuses {
			_, err := tx.Exec(ctx, "UPDATE device SET online = $2, handshake = CASE WHEN $3 > handshake THEN $3 ELSE handshake END WHERE id = $1",
				st.Device, st.Online, st.Since)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
