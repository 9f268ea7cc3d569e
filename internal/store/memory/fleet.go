package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

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
	return d, nil
}

// DevicesOf implements fleet.Devices.
func (s *Store) DevicesOf(_ context.Context, owner string) ([]fleet.Device, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []fleet.Device
	for _, d := range s.devices {
		if d.Owner == owner {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b fleet.Device) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// InsertDevice implements fleet.Devices.
func (s *Store) InsertDevice(_ context.Context, d fleet.Device) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.devices[d.ID]; ok {
		return store.Taken("device", "id")
	}
	s.devices[d.ID] = d
	return nil
}

// UpdateDevice implements fleet.Devices. It replaces the whole device.
func (s *Store) UpdateDevice(_ context.Context, d fleet.Device) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.devices[d.ID]; !ok {
		return store.Missing("device")
	}
	s.devices[d.ID] = d
	return nil
}

// DeleteDevice implements fleet.Devices: it removes the device and its tokens.
func (s *Store) DeleteDevice(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.devices[id]; !ok {
		return store.Missing("device")
	}
	delete(s.devices, id)
	maps.DeleteFunc(s.tokens, func(_ [32]byte, t identity.Token) bool { return t.Device == id })
	return nil
}
