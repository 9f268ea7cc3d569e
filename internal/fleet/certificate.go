package fleet

import (
	"context"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// maxCertificates is how many a device may have at once.
const maxCertificates = 10

// Certificate is what a device may show in place of a token where it connects by
// TLS.
type Certificate struct {
	Fingerprint string // SHA-256 of the DER form, 64 hexadecimal digits in lower case
	Device      string
	Created     int64 // Unix milliseconds
}

// Certificates stores certificates. An unknown one is a fault NotFound, one that
// a device has already a fault Conflict.
type Certificates interface {
	CertificatesOf(ctx context.Context, device string) ([]Certificate, error) // by creation
	InsertCertificate(ctx context.Context, c Certificate) error
	DeleteCertificate(ctx context.Context, device, fingerprint string) error
}

// CertificatesOf lists the certificates of a device.
func (s *Service) CertificatesOf(ctx context.Context, device string) ([]Certificate, error) {
	return s.store.CertificatesOf(ctx, device)
}

// AddCertificate gives a device a certificate, named by its fingerprint; colons
// in it are passed over. Errors: a fault Invalid naming "fingerprint", a fault
// Conflict.
func (s *Service) AddCertificate(ctx context.Context, device, fingerprint string) (Certificate, error) {
	c := Certificate{Fingerprint: plainFingerprint(fingerprint), Device: device, Created: s.now().UnixMilli()}
	if !isFingerprint(c.Fingerprint) {
		return c, fault.Field("fingerprint", "It must be the SHA-256 of the certificate: 64 hexadecimal digits.")
	}
	all, err := s.store.CertificatesOf(ctx, device)
	if err != nil {
		return c, err
	}
	if len(all) >= maxCertificates {
		return c, fault.New(fault.Conflict, "A device has at most %d certificates.", maxCertificates)
	}
	return c, s.store.InsertCertificate(ctx, c)
}

// RemoveCertificate takes a certificate from a device. Errors: a fault NotFound.
func (s *Service) RemoveCertificate(ctx context.Context, device, fingerprint string) error {
	return s.store.DeleteCertificate(ctx, device, plainFingerprint(fingerprint))
}

func plainFingerprint(s string) string { return strings.ToLower(strings.ReplaceAll(s, ":", "")) }

func isFingerprint(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(s) == 64
}
