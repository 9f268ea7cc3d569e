package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/store"
)

// DeviceByID implements fleet.Devices.
func (s *Store) DeviceByID(_ context.Context, id string) (fleet.Device, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	d, ok := s.devices[id]
	if !ok {
		return fleet.Device{}, store.Missing("device")
	}
	return ownDevice(d), nil
}

func ownDevice(d fleet.Device) fleet.Device {
	d.Groups = slices.Clone(d.Groups)
	return d
}

// devicesWhere gives the devices that pass, in the order of compare.
func (s *Store) devicesWhere(pass func(*fleet.Device) bool, compare func(a, b fleet.Device) int) []fleet.Device {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []fleet.Device
	for _, d := range s.devices {
		if pass(&d) {
			out = append(out, ownDevice(d))
		}
	}
	slices.SortFunc(out, func(a, b fleet.Device) int { return cmp.Or(compare(a, b), cmp.Compare(a.ID, b.ID)) })
	return out
}

func byCreation(a, b fleet.Device) int { return cmp.Compare(a.Created, b.Created) }

// paged cuts a page out of a list.
func paged[T any](all []T, limit, offset int) []T {
	all = all[min(offset, len(all)):]
	if all = all[:min(limit, len(all))]; len(all) == 0 {
		return nil
	}
	return all
}

// DeviceByName implements fleet.Devices.
func (s *Store) DeviceByName(_ context.Context, owner, name string) (fleet.Device, error) {
	all := s.devicesWhere(func(d *fleet.Device) bool { return d.Owner == owner && d.Name == name }, byCreation)
	if len(all) == 0 {
		return fleet.Device{}, store.Missing("device")
	}
	return all[0], nil
}

// DevicesOf implements fleet.Devices.
func (s *Store) DevicesOf(_ context.Context, owner string, limit, offset int) ([]fleet.Device, error) {
	return paged(s.devicesWhere(func(d *fleet.Device) bool { return d.Owner == owner }, byCreation), limit, offset), nil
}

// DevicesByID implements fleet.Devices.
func (s *Store) DevicesByID(_ context.Context, ids []string) ([]fleet.Device, error) {
	return s.devicesWhere(func(d *fleet.Device) bool { return slices.Contains(ids, d.ID) }, byCreation), nil
}

// DevicesByNumber implements fleet.Devices.
func (s *Store) DevicesByNumber(_ context.Context, numbers []string) ([]fleet.Device, error) {
	has := func(n string) bool { return n != "" && slices.Contains(numbers, n) }
	return s.devicesWhere(func(d *fleet.Device) bool { return has(d.Serial) || has(d.ICCID) || has(d.IMEI) }, byCreation), nil
}

// ProductDevices implements fleet.ProductDevices.
func (s *Store) ProductDevices(_ context.Context, q fleet.Query) ([]fleet.Device, error) {
	all := s.devicesWhere(passes(&q), func(a, b fleet.Device) int {
		switch q.Sort {
		case fleet.ByName:
			return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
		case fleet.ByFirmware:
			return cmp.Compare(a.Firmware, b.Firmware)
		case fleet.ByHeard:
			return cmp.Compare(a.Heard, b.Heard)
		case fleet.ByCreation:
			return cmp.Compare(a.Created, b.Created)
		}
		return 0
	})
	if q.Down {
		slices.Reverse(all)
	}
	return paged(all, q.Limit, q.Offset), nil
}

// CountProductDevices implements fleet.ProductDevices.
func (s *Store) CountProductDevices(_ context.Context, q fleet.Query) (int64, error) {
	return int64(len(s.devicesWhere(passes(&q), byCreation))), nil
}

func passes(q *fleet.Query) func(*fleet.Device) bool {
	return func(d *fleet.Device) bool {
		if q.Owner == "" && d.Product != q.Product || q.Owner != "" && d.Owner != q.Owner {
			return false
		}
		any := q.Text == "" || strings.Contains(d.ID, q.Text) || strings.Contains(strings.ToLower(d.Name), q.Text) || strings.Contains(d.Serial, strings.ToUpper(q.Text))
		return any && strings.Contains(d.ID, q.ID) &&
			strings.Contains(strings.ToLower(d.Name), q.Name) && strings.Contains(d.Serial, q.Serial) &&
			(q.Quarantined == nil || d.Quarantined == *q.Quarantined) &&
			(q.Groups == nil || slices.ContainsFunc(d.Groups, func(g string) bool { return slices.Contains(q.Groups, g) }))
	}
}

// InsertDevice implements fleet.Devices.
func (s *Store) InsertDevice(_ context.Context, ds ...fleet.Device) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, d := range ds {
		if _, ok := s.devices[d.ID]; ok || slices.ContainsFunc(ds[:i], func(o fleet.Device) bool { return o.ID == d.ID }) {
			return store.Taken("device", "id")
		}
	}
	for _, d := range ds {
		s.keep(d)
	}
	return nil
}

// keep stores a device and makes its groups. The caller holds s.mu.
func (s *Store) keep(d fleet.Device) {
	if d.Product == 0 {
		d.Groups = nil
	}
	for _, name := range d.Groups {
		key := groupKey{d.Product, name}
		if _, ok := s.groups[key]; !ok {
			s.groups[key] = fleet.Group{Product: d.Product, Name: name, Created: d.Created}
		}
	}
	s.devices[d.ID] = ownDevice(d)
}

// UpdateDevice implements fleet.Devices.
func (s *Store) UpdateDevice(_ context.Context, ds ...fleet.Device) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range ds {
		if _, ok := s.devices[d.ID]; !ok {
			return store.Missing("device")
		}
	}
	for _, d := range ds {
		d.Presence = s.devices[d.ID].Presence
		s.keep(d)
	}
	return nil
}

// DeleteDevice implements fleet.Devices: it removes devices and their tokens.
func (s *Store) DeleteDevice(_ context.Context, ids ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		if _, ok := s.devices[id]; !ok {
			return store.Missing("device")
		}
	}
	for _, id := range ids {
		delete(s.devices, id)
		maps.DeleteFunc(s.tokens, func(_ [32]byte, t identity.Token) bool { return t.Device == id })
		maps.DeleteFunc(s.certificates, func(_ string, c fleet.Certificate) bool { return c.Device == id })
	}
	return nil
}

// groupKey names a group.
type groupKey struct {
	product int64
	name    string
}

// GroupsOf implements fleet.Groups.
func (s *Store) GroupsOf(_ context.Context, product int64) ([]fleet.Group, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []fleet.Group
	for key, g := range s.groups {
		if key.product != product {
			continue
		}
		for _, d := range s.devices {
			if d.Product == product && slices.Contains(d.Groups, g.Name) {
				g.Devices++
			}
		}
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b fleet.Group) int { return cmp.Compare(a.Name, b.Name) })
	return out, nil
}

// GroupNames implements fleet.Groups.
func (s *Store) GroupNames(_ context.Context, products []int64) (map[int64][]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	names := map[int64][]string{}
	for key := range s.groups {
		if slices.Contains(products, key.product) {
			names[key.product] = append(names[key.product], key.name)
		}
	}
	for _, list := range names {
		slices.Sort(list)
	}
	return names, nil
}

// InsertGroup implements fleet.Groups.
func (s *Store) InsertGroup(_ context.Context, g fleet.Group) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := groupKey{g.Product, g.Name}
	if _, ok := s.groups[key]; ok {
		return store.Taken("group", "name")
	}
	g.Devices = 0
	s.groups[key] = g
	return nil
}

// UpdateGroup implements fleet.Groups.
func (s *Store) UpdateGroup(_ context.Context, name string, g fleet.Group) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	from, to := groupKey{g.Product, name}, groupKey{g.Product, g.Name}
	was, ok := s.groups[from]
	if !ok {
		return store.Missing("group")
	}
	if _, taken := s.groups[to]; taken && from != to {
		return store.Taken("group", "name")
	}
	delete(s.groups, from)
	g.Created, g.Devices = was.Created, 0
	s.groups[to] = g
	s.regroup(g.Product, name, g.Name)
	return nil
}

// DeleteGroup implements fleet.Groups.
func (s *Store) DeleteGroup(_ context.Context, product int64, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := groupKey{product, name}
	if _, ok := s.groups[key]; !ok {
		return store.Missing("group")
	}
	delete(s.groups, key)
	s.regroup(product, name, "")
	return nil
}

// regroup renames a group in its devices; "" takes it away. The caller holds
// s.mu.
func (s *Store) regroup(product int64, from, to string) {
	for id, d := range s.devices {
		i := slices.Index(d.Groups, from)
		if d.Product != product || i < 0 {
			continue
		}
		d.Groups = slices.Delete(slices.Clone(d.Groups), i, i+1)
		if to != "" {
			d.Groups = append(d.Groups, to)
		}
		slices.Sort(d.Groups)
		if len(d.Groups) == 0 {
			d.Groups = nil
		}
		s.devices[id] = d
	}
}

// Usernames implements fleet.Owners.
func (s *Store) Usernames(_ context.Context, ids []string) (map[string]string, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	names := make(map[string]string, len(ids))
	for _, id := range ids {
		if u, ok := s.users[id]; ok {
			names[id] = u.Username
		}
	}
	return names, nil
}
