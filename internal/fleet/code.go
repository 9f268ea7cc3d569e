package fleet

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
)

const (
	codeLength   = 63 // characters (cloud API reference, section 7.2)
	codeLifetime = 24 * time.Hour
)

// Code is a claim code as it is stored: by its hash only. Whoever has it may
// claim one device for the user that made it.
type Code struct {
	Hash    [32]byte // SHA-256 of the code
	User    string   // user id
	Product int64    // whose devices may use it; 0 = devices of a sandbox
	Expires int64    // Unix milliseconds
}

// Codes stores claim codes. An unknown one is a fault NotFound.
type Codes interface {
	CodeByHash(ctx context.Context, hash [32]byte) (Code, error)
	// InsertCode deletes the codes that have expired by now, Unix milliseconds, too.
	InsertCode(ctx context.Context, c Code, now int64) error
	DeleteCode(ctx context.Context, hash [32]byte) error
}

// NewCode makes a claim code for a user (an id), of a product unless that is 0.
// It can be used once and for a day. Errors: a fault Limited for more than 50 in
// an hour.
func (s *Service) NewCode(ctx context.Context, user string, product int64) (string, error) {
	now := s.now()
	if err := s.codes.admit(user, now); err != nil {
		return "", err
	}
	var random [48]byte
	rand.Read(random[:]) // never fails (crypto/rand)
	code := base64.RawURLEncoding.EncodeToString(random[:])[:codeLength]
	c := Code{Hash: sha256.Sum256([]byte(code)), User: user, Product: product, Expires: now.Add(codeLifetime).UnixMilli()}
	return code, s.store.InsertCode(ctx, c, now.UnixMilli())
}

// Redeem claims a device for the user that made a claim code, and uses the code
// up. A code of the sandbox registers an id that nobody knows; one of a product
// is good for the product's devices. The claim's Owner is not looked at; its May
// is asked about devices of other products. Errors: a fault Invalid naming
// "claim_code"; those of Claim.
func (s *Service) Redeem(ctx context.Context, code string, c Claim) (Device, error) {
	known, err := s.store.CodeByHash(ctx, sha256.Sum256([]byte(code)))
	if err != nil {
		return Device{}, codeFault(err)
	}
	if known.Expires <= s.now().UnixMilli() {
		return Device{}, badCode()
	}
	if c.Holds != nil && c.Holds(ctx, known.User, known.Product) != nil {
		return Device{}, badCode() // whoever made it has left
	}
	if err := s.store.DeleteCode(ctx, known.Hash); err != nil {
		return Device{}, codeFault(err) // somebody else may have been faster
	}
	may := c.May
	c.Owner, c.Register, c.May = known.User, known.Product == 0, func(product int64) error {
		if product == known.Product {
			return nil
		}
		return may(product)
	}
	d, err := s.Claim(ctx, c)
	if err != nil { // the code was of no use yet
		return Device{}, errors.Join(err, s.store.InsertCode(ctx, known, s.now().UnixMilli()))
	}
	return d, nil
}

func codeFault(err error) error {
	if fault.Is(err, fault.NotFound) {
		return badCode()
	}
	return err
}

func badCode() error {
	return fault.Field("claim_code", "It is not valid, was used or has expired.")
}
