package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/store"
)

// CodeByHash implements fleet.Codes.
func (s *Store) CodeByHash(_ context.Context, hash [32]byte) (fleet.Code, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, ok := s.codes[hash]
	if !ok {
		return fleet.Code{}, store.Missing("claim code")
	}
	return c, nil
}

// InsertCode implements fleet.Codes.
func (s *Store) InsertCode(_ context.Context, c fleet.Code, now int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.codes, func(_ [32]byte, c fleet.Code) bool { return c.Expires <= now })
	s.codes[c.Hash] = c
	return nil
}

// DeleteCode implements fleet.Codes.
func (s *Store) DeleteCode(_ context.Context, hash [32]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.codes[hash]; !ok {
		return store.Missing("claim code")
	}
	delete(s.codes, hash)
	return nil
}

// CertificatesOf implements fleet.Certificates.
func (s *Store) CertificatesOf(_ context.Context, device string) ([]fleet.Certificate, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []fleet.Certificate
	for _, c := range s.certificates {
		if c.Device == device {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b fleet.Certificate) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	return out, nil
}

// InsertCertificate implements fleet.Certificates.
func (s *Store) InsertCertificate(_ context.Context, c fleet.Certificate) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.certificates[c.Fingerprint]; ok {
		return store.Taken("certificate", "fingerprint")
	}
	s.certificates[c.Fingerprint] = c
	return nil
}

// DeleteCertificate implements fleet.Certificates.
func (s *Store) DeleteCertificate(_ context.Context, device, fingerprint string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.certificates[fingerprint]; !ok || c.Device != device {
		return store.Missing("certificate")
	}
	delete(s.certificates, fingerprint)
	return nil
}
