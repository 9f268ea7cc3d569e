package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"

	"golang.org/x/crypto/argon2"
)

// cost is what hashing one password takes.
type cost struct {
	memory uint32 // KiB
	time   uint32 // passes
	lanes  uint8
}

// present is the cost of new hashes: 19 MiB and two passes in one lane, the
// OWASP recommendation for argon2id.
var present = cost{memory: 19 * 1024, time: 2, lanes: 1}

const (
	saltSize = 16
	keySize  = 32
)

// phc is a parsed hash in PHC string form,
// $argon2id$v=19$m=19456,t=2,p=1$<salt>$<key>.
type phc struct {
	cost
	salt, key []byte
}

// nobody stands in for a user who does not exist, so that refusing takes as
// long. No password is known to match it.
var nobody = phc{cost: present, salt: make([]byte, saltSize), key: make([]byte, keySize)}

var errHash = errors.New("identity: malformed password hash")

func (h phc) String() string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, h.memory, h.time, h.lanes, b64(h.salt), b64(h.key))
}

// parsePHC reads what String writes. Costs are bounded, so that a damaged
// store cannot make a login exhaust memory. Errors: errHash.
func parsePHC(s string) (phc, error) {
	part := strings.Split(s, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, errHash
	}
	var h phc
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &h.memory, &h.time, &h.lanes); err != nil {
		return phc{}, errHash
	}
	var err1, err2 error
	h.salt, err1 = base64.RawStdEncoding.DecodeString(part[4])
	h.key, err2 = base64.RawStdEncoding.DecodeString(part[5])
	if err1 != nil || err2 != nil || !h.sane() || h.String() != s {
		return phc{}, errHash
	}
	return h, nil
}

func (h *phc) sane() bool {
	return h.memory >= 8 && h.memory <= 1<<20 && h.time >= 1 && h.time <= 64 &&
		h.lanes >= 1 && h.lanes <= 16 && len(h.salt) >= 8 && len(h.salt) <= 64 &&
		len(h.key) >= 16 && len(h.key) <= 64
}

func (h *phc) matches(password string) bool {
	got := argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.lanes, uint32(len(h.key)))
	return subtle.ConstantTimeCompare(got, h.key) == 1
}

// hashPassword gives the stored form of a password.
func (s *Service) hashPassword(ctx context.Context, password string) (string, error) {
	h := phc{cost: present, salt: make([]byte, saltSize)}
	rand.Read(h.salt) // never fails (crypto/rand)
	err := s.hashing(ctx, func() {
		h.key = argon2.IDKey([]byte(password), h.salt, h.time, h.memory, h.lanes, keySize)
	})
	return h.String(), err
}

// checkPassword compares a password with a stored hash; "" stands for a user
// who does not exist and takes as long.
func (s *Service) checkPassword(ctx context.Context, stored, password string) (ok bool, err error) {
	h := nobody
	if stored != "" {
		if h, err = parsePHC(stored); err != nil {
			return false, err
		}
	}
	err = s.hashing(ctx, func() { ok = h.matches(password) })
	return ok && stored != "", err
}

// hashing runs f when one of the slots is free, so that many logins at once
// cannot exhaust memory. Errors: the context's, when it ends before.
func (s *Service) hashing(ctx context.Context, f func()) error {
	select {
	case s.hashes <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-s.hashes }()
	f()
	// A hash works on 19 MiB at once. Left to the collector they would stay in
	// the process and set its pace for the rest of the heap, which is smaller.
	debug.FreeOSMemory()
	return nil
}
