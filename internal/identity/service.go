package identity

import (
	"context"
	"crypto/subtle"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// maxToken bounds a presented token, in bytes. Longer ones are not ours.
const maxToken = 256

// Options configures a Service. Users and Tokens are required.
type Options struct {
	Users  Users
	Tokens Tokens
	Now    func() time.Time // default time.Now

	// Trust is how long a cached token is believed without asking the store
	// again; 0 means until it is revoked or expires here. A hub that shares
	// its store with others sets at most 2 s, the promised delay of a
	// revocation made elsewhere.
	Trust time.Duration

	// CacheSize bounds the cache of valid tokens; default 10,000.
	CacheSize int

	// Hashes bounds how many passwords are hashed at once, each taking
	// 19 MiB of memory; default 2. Further logins wait.
	Hashes int

	// Revoked, if set, is told the id of each token (scope.Principal.Token)
	// that was revoked here, so that what it opened can be closed. It must not
	// block.
	Revoked func(token string)
}

// Service authenticates callers and manages their tokens.
type Service struct {
	users   Users
	tokens  Tokens
	now     func() time.Time
	cache   *cache
	limits  *limiter
	hashes  chan struct{} // one slot per password hash under way
	revoked func(token string)
}

// New makes a Service. It reads nothing yet; see Bootstrap.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.CacheSize <= 0 {
		o.CacheSize = 10_000
	}
	if o.Hashes <= 0 {
		o.Hashes = 2
	}
	if o.Revoked == nil {
		o.Revoked = func(string) {}
	}
	return &Service{
		users: o.Users, tokens: o.Tokens, now: o.Now,
		cache:   newCache(o.CacheSize, o.Trust),
		limits:  newLimiter(maxAddresses),
		hashes:  make(chan struct{}, o.Hashes),
		revoked: o.Revoked,
	}
}

// Authenticate gives the principal behind a token. The principal is shared
// between requests: do not change it. A token that is unknown or has expired is
// a fault Unauthenticated; other errors are the store's.
func (s *Service) Authenticate(ctx context.Context, token string) (*scope.Principal, error) {
	if token == "" || len(token) > maxToken {
		return nil, invalidToken()
	}
	now := s.now()
	hash := hashToken(token)
	p := s.cache.get(hash, now)
	if p == nil {
		var err error
		if p, err = s.load(ctx, hash, now); err != nil {
			return nil, err
		}
	}
	if p.Expires != 0 && p.Expires <= now.UnixMilli() {
		return nil, invalidToken()
	}
	return p, nil
}

// load reads the token from the store and remembers it, unless a token was
// revoked meanwhile: it could have been this one.
func (s *Service) load(ctx context.Context, hash [32]byte, now time.Time) (*scope.Principal, error) {
	generation := s.cache.generation()
	t, err := s.tokens.TokenByHash(ctx, hash)
	if fault.Is(err, fault.NotFound) {
		return nil, invalidToken()
	}
	if err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare(t.Hash[:], hash[:]) != 1 {
		return nil, invalidToken()
	}
	u, err := s.users.UserByID(ctx, t.User)
	if fault.Is(err, fault.NotFound) {
		return nil, invalidToken()
	}
	if err != nil {
		return nil, err
	}
	p := principal(&u, &t)
	if !t.expired(now.UnixMilli()) {
		s.cache.put(hash, p, now, generation)
	}
	return p, nil
}

// principal is who a request with token t of user u acts for. A device's token
// has none of its owner's rights as an administrator.
func principal(u *User, t *Token) *scope.Principal {
	return &scope.Principal{
		User:     u.ID,
		Username: u.Username,
		Device:   t.Device,
		Token:    t.ID(),
		Client:   t.Client,
		Expires:  t.Expires,
		Admin:    u.Admin && t.Device == "",
	}
}

// invalidToken is the fault for every token that is not valid. Its text is the
// documented one (cloud API reference, section 3).
func invalidToken() error {
	return fault.New(fault.Unauthenticated, "The access token provided is invalid.")
}
