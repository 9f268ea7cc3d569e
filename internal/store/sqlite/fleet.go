package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/fieldhook/fieldhook/internal/fleet"
)

const deviceColumns = "SELECT id, name, owner, created FROM device "

// DeviceByID implements fleet.Devices.
func (s *Store) DeviceByID(ctx context.Context, id string) (fleet.Device, error) {
	d, err := scanDevice(s.read.QueryRowContext(ctx, deviceColumns+"WHERE id = ?", id))
	return d, found(err, "device")
}

// DevicesOf implements fleet.Devices.
func (s *Store) DevicesOf(ctx context.Context, owner string) ([]fleet.Device, error) {
	out, err := collect(ctx, s.read, scanDevice, deviceColumns+"WHERE owner = ? ORDER BY created, id", owner)
	if err != nil {
		return nil, fmt.Errorf("sqlite store: devices of a user: %w", err)
	}
	return out, nil
}

func scanDevice(row scanner) (d fleet.Device, err error) {
	err = row.Scan(&d.ID, &d.Name, &d.Owner, &d.Created)
	return d, err
}

// InsertDevice implements fleet.Devices.
func (s *Store) InsertDevice(ctx context.Context, d fleet.Device) error {
	return s.change(ctx, "insert device", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO device (id, name, owner, created) VALUES (?, ?, ?, ?)", d.ID, d.Name, d.Owner, d.Created)
		return unique(err, "device", "id")
	})
}

// UpdateDevice implements fleet.Devices. It replaces the whole device.
func (s *Store) UpdateDevice(ctx context.Context, d fleet.Device) error {
	return s.change(ctx, "update device", func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE device SET name = ?, owner = ?, created = ? WHERE id = ?", d.Name, d.Owner, d.Created, d.ID)
		return affected(result, err, "device")
	})
}

// DeleteDevice implements fleet.Devices: it removes the device and its tokens.
func (s *Store) DeleteDevice(ctx context.Context, id string) error {
	return s.change(ctx, "delete device", func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM device WHERE id = ?", id)
		if err := affected(result, err, "device"); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM token WHERE device = ? AND device <> ''", id)
		return err
	})
}
