package memory

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/presence"
)

// Online implements presence.Store.
func (s *Store) Online(_ context.Context, device string) (bool, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.devices[device].Online, nil
}

// SavePresence implements presence.Store.
func (s *Store) SavePresence(_ context.Context, heard []presence.Heard, statuses []presence.Status) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range heard {
		if d, ok := s.devices[h.Device]; ok && h.At > d.Heard {
			d.Heard = h.At
			if h.IP != "" {
				d.IP = h.IP
			}
			s.devices[h.Device] = d
		}
	}
	for _, st := range statuses {
		if d, ok := s.devices[st.Device]; ok {
			d.Online, d.Handshake = st.Online, max(d.Handshake, st.Since)
			s.devices[st.Device] = d
		}
	}
	return nil
}
