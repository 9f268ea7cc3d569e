package records

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/fleet"
)

const deviceColumns = "SELECT id, name, owner, created FROM device "

// DeviceByID implements fleet.Devices.
func (s *Store) DeviceByID(ctx context.Context, id string) (fleet.Device, error) {
	return one(ctx, s, "device", scanDevice, deviceColumns+"WHERE id = $1", id)
}

// DevicesOf implements fleet.Devices.
func (s *Store) DevicesOf(ctx context.Context, owner string) ([]fleet.Device, error) {
	return collect(ctx, s, "devices", scanDevice, deviceColumns+"WHERE owner = $1 ORDER BY created, id", owner)
}

func scanDevice(r Rows) (d fleet.Device, err error) {
	err = r.Scan(&d.ID, &d.Name, &d.Owner, &d.Created)
	return d, err
}

// InsertDevice implements fleet.Devices.
func (s *Store) InsertDevice(ctx context.Context, d fleet.Device) error {
	return s.db.Change(ctx, "insert device", func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO device (id, name, owner, created) VALUES ($1, $2, $3, $4)", d.ID, d.Name, d.Owner, d.Created)
		return s.written(err, "device", "id")
	})
}

// UpdateDevice implements fleet.Devices. It replaces the whole device.
func (s *Store) UpdateDevice(ctx context.Context, d fleet.Device) error {
	return s.db.Change(ctx, "update device", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "UPDATE device SET name = $2, owner = $3, created = $4 WHERE id = $1", d.ID, d.Name, d.Owner, d.Created)
		return s.affected(n, s.written(err, "device", "id"), "device")
	})
}

// DeleteDevice implements fleet.Devices: it removes the device and its tokens.
func (s *Store) DeleteDevice(ctx context.Context, id string) error {
	return s.db.Change(ctx, "delete device", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM device WHERE id = $1", id)
		if err := s.affected(n, err, "device"); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "DELETE FROM token WHERE device = $1 AND device <> ''", id)
		return err
	})
}
