package records

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/fleet"
)

// CodeByHash implements fleet.Codes.
func (s *Store) CodeByHash(ctx context.Context, hash [32]byte) (fleet.Code, error) {
	scan := func(r Rows) (fleet.Code, error) {
		c := fleet.Code{Hash: hash}
		err := r.Scan(&c.User, &c.Product, &c.Expires)
		return c, err
	}
	return one(ctx, s, "claim code", scan, `SELECT "user", product, expires FROM claim_code WHERE hash = $1`, hash[:])
}

// InsertCode implements fleet.Codes.
func (s *Store) InsertCode(ctx context.Context, c fleet.Code, now int64) error {
	return s.db.Change(ctx, "insert claim code", func(ctx context.Context, tx Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM claim_code WHERE expires <= $1", now); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO claim_code (hash, "user", product, expires) VALUES ($1, $2, $3, $4)`, c.Hash[:], c.User, c.Product, c.Expires)
		return s.written(err, "claim code", "hash")
	})
}

// DeleteCode implements fleet.Codes.
func (s *Store) DeleteCode(ctx context.Context, hash [32]byte) error {
	return s.db.Change(ctx, "delete claim code", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM claim_code WHERE hash = $1", hash[:])
		return s.affected(n, err, "claim code")
	})
}

// CertificatesOf implements fleet.Certificates.
func (s *Store) CertificatesOf(ctx context.Context, device string) ([]fleet.Certificate, error) {
	scan := func(r Rows) (c fleet.Certificate, err error) {
		err = r.Scan(&c.Fingerprint, &c.Device, &c.Created)
		return c, err
	}
	return collect(ctx, s, "certificates", scan,
		"SELECT fingerprint, device, created FROM certificate WHERE device = $1 ORDER BY created, fingerprint", device)
}

// InsertCertificate implements fleet.Certificates.
func (s *Store) InsertCertificate(ctx context.Context, c fleet.Certificate) error {
	return s.db.Change(ctx, "insert certificate", func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO certificate (fingerprint, device, created) VALUES ($1, $2, $3)", c.Fingerprint, c.Device, c.Created)
		return s.written(err, "certificate", "fingerprint")
	})
}

// DeleteCertificate implements fleet.Certificates.
func (s *Store) DeleteCertificate(ctx context.Context, device, fingerprint string) error {
	return s.db.Change(ctx, "delete certificate", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM certificate WHERE device = $1 AND fingerprint = $2", device, fingerprint)
		return s.affected(n, err, "certificate")
	})
}
