package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/fieldhook/fieldhook/internal/fleet"
)

const deviceColumns = "SELECT id, name, owner, created FROM device "

// DeviceByID implements fleet.Devices.
func (s *Store) DeviceByID(ctx context.Context, id string) (fleet.Device, error) {
	d, err := scanDevice(s.read.QueryRow(ctx, deviceColumns+"WHERE id = $1", id))
	return d, found(err, "device")
}

// DevicesOf implements fleet.Devices.
func (s *Store) DevicesOf(ctx context.Context, owner string) ([]fleet.Device, error) {
	out, err := collect(ctx, s.read, scanDevice, deviceColumns+"WHERE owner = $1 ORDER BY created, id", owner)
	if err != nil {
		return nil, fmt.Errorf("postgres store: devices of a user: %w", err)
	}
	return out, nil
}

func scanDevice(row pgx.Row) (d fleet.Device, err error) {
	err = row.Scan(&d.ID, &d.Name, &d.Owner, &d.Created)
	return d, err
}

// InsertDevice implements fleet.Devices.
func (s *Store) InsertDevice(ctx context.Context, d fleet.Device) error {
	return s.change(ctx, "insert device", func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO device (id, name, owner, created) VALUES ($1, $2, $3, $4)", d.ID, d.Name, d.Owner, d.Created)
		return written(err, "device", "id")
	})
}

// UpdateDevice implements fleet.Devices. It replaces the whole device.
func (s *Store) UpdateDevice(ctx context.Context, d fleet.Device) error {
	return s.change(ctx, "update device", func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "UPDATE device SET name = $2, owner = $3, created = $4 WHERE id = $1", d.ID, d.Name, d.Owner, d.Created)
		return affected(tag, written(err, "device", "id"), "device")
	})
}

// DeleteDevice implements fleet.Devices: it removes the device and its tokens.
func (s *Store) DeleteDevice(ctx context.Context, id string) error {
	return s.change(ctx, "delete device", func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "DELETE FROM device WHERE id = $1", id)
		if err := affected(tag, err, "device"); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "DELETE FROM token WHERE device = $1 AND device <> ''", id)
		return err
	})
}
