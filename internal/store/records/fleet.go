package records

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fleet"
)

const deviceColumns = "SELECT id, name, owner, product, platform, serial, iccid, imei, notes, firmware, desired," +
	" denied, quarantined, development, created, heard, handshake, ip, online," +
	" coalesce((SELECT string_agg(g.name, ',') FROM device_group g WHERE g.device = device.id), '') FROM device "

// DeviceByID implements fleet.Devices.
func (s *Store) DeviceByID(ctx context.Context, id string) (fleet.Device, error) {
	return one(ctx, s, "device", scanDevice, deviceColumns+"WHERE id = $1", id)
}

// DeviceByName implements fleet.Devices.
func (s *Store) DeviceByName(ctx context.Context, owner, name string) (fleet.Device, error) {
	return one(ctx, s, "device", scanDevice, deviceColumns+"WHERE owner = $1 AND name = $2 ORDER BY created, id LIMIT 1", owner, name)
}

// DevicesOf implements fleet.Devices.
func (s *Store) DevicesOf(ctx context.Context, owner string, limit, offset int) ([]fleet.Device, error) {
	const page = "WHERE id IN (SELECT id FROM device WHERE owner = $1 ORDER BY created, id LIMIT $2 OFFSET $3) ORDER BY created, id"
	return collect(ctx, s, "devices", scanDevice, deviceColumns+page, owner, limit, offset)
}

// DevicesByID implements fleet.Devices.
func (s *Store) DevicesByID(ctx context.Context, ids []string) ([]fleet.Device, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return collect(ctx, s, "devices", scanDevice, deviceColumns+"WHERE id IN "+list(1, len(ids)), anys(ids)...)
}

// DevicesByNumber implements fleet.Devices.
func (s *Store) DevicesByNumber(ctx context.Context, numbers []string) ([]fleet.Device, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	const some = "WHERE id IN (SELECT id FROM device WHERE serial <> '' AND serial IN @ UNION" +
		" SELECT id FROM device WHERE iccid <> '' AND iccid IN @ UNION SELECT id FROM device WHERE imei <> '' AND imei IN @)"
	return collect(ctx, s, "devices", scanDevice, deviceColumns+strings.ReplaceAll(some, "@", list(1, len(numbers))), anys(numbers)...)
}

// list gives "($3,$4)" for two places from the third on.
func list(from, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(",$")
		b.WriteString(strconv.Itoa(from + i))
	}
	return "(" + b.String()[1:] + ")"
}

func anys[T any](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

func scanDevice(r Rows) (d fleet.Device, err error) {
	var groups string
	err = r.Scan(&d.ID, &d.Name, &d.Owner, &d.Product, &d.Platform, &d.Serial, &d.ICCID, &d.IMEI, &d.Notes, &d.Firmware, &d.Desired,
		&d.Denied, &d.Quarantined, &d.Development, &d.Created, &d.Heard, &d.Handshake, &d.IP, &d.Online, &groups)
	if groups != "" {
		d.Groups = strings.Split(groups, ",")
		slices.Sort(d.Groups)
	}
	return d, err
}

// deviceRows is how many rows one statement inserts at the most, newDevice which
// columns they have.
const (
	deviceRows = 100
	newDevice  = "INSERT INTO device (id, name, name_key, owner, product, platform, serial, iccid, imei, notes, firmware, desired," +
		" denied, quarantined, development, created, heard, handshake, ip, online) VALUES "
	newColumns = 20
)

// InsertDevice implements fleet.Devices.
func (s *Store) InsertDevice(ctx context.Context, ds ...fleet.Device) error {
	if len(ds) == 0 {
		return nil
	}
	return s.db.Change(ctx, "insert devices", func(ctx context.Context, tx Tx) error {
		for some := range slices.Chunk(ds, deviceRows) {
			args := make([]any, 0, len(some)*newColumns)
			for _, d := range some {
				args = append(args, d.ID, d.Name, strings.ToLower(d.Name), d.Owner, d.Product, d.Platform, d.Serial, d.ICCID, d.IMEI, d.Notes,
					d.Firmware, d.Desired, d.Denied, d.Quarantined, d.Development, d.Created, d.Heard, d.Handshake, d.IP, d.Online)
			}
			if _, err := tx.Exec(ctx, newDevice+places(len(some), newColumns), args...); err != nil {
				return s.written(err, "device", "id")
			}
		}
		return s.joined(ctx, tx, ds)
	})
}

// joined counts devices into their products and writes their groups.
func (s *Store) joined(ctx context.Context, tx Tx, ds []fleet.Device) error {
	count := map[int64]int64{}
	for i := range ds {
		if ds[i].Product == 0 {
			continue
		}
		count[ds[i].Product]++
		if err := s.insertGroups(ctx, tx, &ds[i]); err != nil {
			return err
		}
	}
	for product, n := range count {
		if _, err := tx.Exec(ctx, "UPDATE product SET devices = devices + $2 WHERE id = $1", product, n); err != nil {
			return err
		}
	}
	return nil
}

// insertGroups writes the groups of a device and makes those that are new.
func (s *Store) insertGroups(ctx context.Context, tx Tx, d *fleet.Device) error {
	for _, name := range d.Groups {
		if _, err := tx.Exec(ctx, "INSERT INTO device_group (product, name, device) VALUES ($1, $2, $3)", d.Product, name, d.ID); err != nil {
			return s.written(err, "group", "name")
		}
		_, err := tx.Exec(ctx, "INSERT INTO product_group (product, name, description, color, created) VALUES ($1, $2, '', '', $3)"+
			" ON CONFLICT (product, name) DO NOTHING", d.Product, name, d.Created)
		if err != nil {
			return err
		}
	}
	return nil
}

// parted counts a device out of its product and deletes its groups.
func parted(ctx context.Context, tx Tx, id string) error {
	return each(ctx, tx, []string{
		"UPDATE product SET devices = devices - 1 WHERE id = (SELECT product FROM device WHERE id = $1)",
		"DELETE FROM device_group WHERE device = $1",
	}, id)
}

// UpdateDevice implements fleet.Devices.
func (s *Store) UpdateDevice(ctx context.Context, ds ...fleet.Device) error {
	if len(ds) == 0 {
		return nil
	}
	const update = "UPDATE device SET name = $2, name_key = $3, owner = $4, product = $5, platform = $6, serial = $7, iccid = $8, imei = $9," +
		" notes = $10, firmware = $11, desired = $12, denied = $13, quarantined = $14, development = $15, created = $16 WHERE id = $1"
	return s.db.Change(ctx, "update devices", func(ctx context.Context, tx Tx) error {
		for _, d := range ds {
			if err := parted(ctx, tx, d.ID); err != nil {
				return s.affected(1, err, "device")
			}
			n, err := tx.Exec(ctx, update, d.ID, d.Name, strings.ToLower(d.Name), d.Owner, d.Product, d.Platform, d.Serial, d.ICCID, d.IMEI,
				d.Notes, d.Firmware, d.Desired, d.Denied, d.Quarantined, d.Development, d.Created)
			if err := s.affected(n, s.written(err, "device", "id"), "device"); err != nil {
				return err
			}
		}
		return s.joined(ctx, tx, ds)
	})
}

// DeleteDevice implements fleet.Devices: it removes devices and their tokens.
func (s *Store) DeleteDevice(ctx context.Context, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	return s.db.Change(ctx, "delete devices", func(ctx context.Context, tx Tx) error {
		for _, id := range ids {
			if err := parted(ctx, tx, id); err != nil {
				return s.affected(1, err, "device")
			}
			n, err := tx.Exec(ctx, "DELETE FROM device WHERE id = $1", id)
			if err := s.affected(n, err, "device"); err != nil {
				return err
			}
			err = each(ctx, tx, []string{
				"DELETE FROM token WHERE device = $1 AND device <> ''", "DELETE FROM certificate WHERE device = $1",
			}, id)
			if err != nil {
				return err
			}
		}
		return nil
	})
}
