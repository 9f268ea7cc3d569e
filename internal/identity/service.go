package identity

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// maxToken bounds a presented token, in bytes. Longer ones are not ours.
const maxToken = 256

// Options configures a Service. Users, Tokens, Devices and Clients are required.
type Options struct {
	Users   Users
	Tokens  Tokens
	Devices Devices
	Clients Clients
	Now     func() time.Time // default time.Now

	// Strict refuses OAuth clients that are neither registered nor built in,
	// also where they only log people in.
	Strict bool

	// Host is the host name of the hub, for the names of API users; default
	// "localhost".
	Host string

	// SignInCode opens a browser's session of the user Admin without a
	// password; "" = nothing does. Only its hash is kept.
	SignInCode string

	// Leaving, if set, is called before a user is deleted, to delete what is
	// the user's in other rooms; its faults keep the user.
	Leaving func(ctx context.Context, u User) error

	// Trust is how long a cached token is believed without asking the store
	// again; 0 means until it is revoked or expires here. A hub that shares
	// its store with others sets at most 2 s, the promised delay of a
	// revocation made elsewhere.
	Trust time.Duration

	// CacheSize bounds the cache of valid tokens, of about 400 bytes each; default
	// 100,000. A fleet with more devices that publish in turn reads the store
	// with every event.
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
	devices Devices
	clients Clients
	strict  bool
	now     func() time.Time
	cache   *cache
	limits  *limiter
	hashes  chan struct{} // one slot per password hash under way
	revoked func(token string)

	// accounts is held while an account or its tokens change: what was proved is
	// still so when a token is issued or the account is written.
	accounts sync.Mutex
	leaving  func(ctx context.Context, u User) error

	code *[32]byte // hash of Options.SignInCode; nil = none

	apiDomain string // what the names of API users end in
}

// New makes a Service. It reads nothing yet; see Bootstrap.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.CacheSize <= 0 {
		o.CacheSize = 100_000
	}
	if o.Hashes <= 0 {
		o.Hashes = 2
	}
	if o.Revoked == nil {
		o.Revoked = func(string) {}
	}
	if o.Leaving == nil {
		o.Leaving = func(context.Context, User) error { return nil }
	}
	if o.Host == "" {
		o.Host = "localhost"
	}
	s := &Service{
		users: o.Users, tokens: o.Tokens, devices: o.Devices, clients: o.Clients, strict: o.Strict, now: o.Now,
		cache:   newCache(o.CacheSize, o.Trust),
		limits:  newLimiter(maxAddresses),
		hashes:  make(chan struct{}, o.Hashes),
		revoked: o.Revoked, leaving: o.Leaving,
		apiDomain: "@api." + strings.ToLower(o.Host),
	}
	if o.SignInCode != "" {
		hash := sha256.Sum256([]byte(o.SignInCode))
		s.code = &hash
	}
	return s
}

// Authenticate gives the principal behind a token. The principal is shared
// between requests: do not change it. A token that is unknown or has expired is
// a fault Unauthenticated; other errors are the store's.
func (s *Service) Authenticate(ctx context.Context, token string) (*scope.Principal, error) {
	return s.authenticate(ctx, token, false)
}

// authenticate gives the principal behind a token of a browser's session, or
// behind any other one: neither is good for the other purpose.
func (s *Service) authenticate(ctx context.Context, token string, session bool) (*scope.Principal, error) {
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
	if p.Session != session || p.Expires != 0 && p.Expires <= now.UnixMilli() {
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
	if subtle.ConstantTimeCompare(t.Hash[:], hash[:]) != 1 || t.Kind == Refresh {
		return nil, invalidToken()
	}
	p, err := s.principal(ctx, &t)
	if fault.Is(err, fault.NotFound) {
		return nil, invalidToken()
	}
	if err != nil {
		return nil, err
	}
	if !t.expired(now.UnixMilli()) {
		s.cache.put(hash, p, now, generation)
	}
	return p, nil
}

// principal is who a request with token t acts for. A device's token has none of
// its owner's rights as an administrator, and an unclaimed device has no owner.
// Errors: a fault NotFound if the user, client or device is gone.
func (s *Service) principal(ctx context.Context, t *Token) (*scope.Principal, error) {
	if t.Kind == Machine {
		c, err := s.clients.ClientByID(ctx, t.User)
		return machine(&c, t), err
	}
	p := &scope.Principal{User: t.User, Device: t.Device, Token: t.ID(), Client: t.Client, Expires: t.Expires, Session: t.Kind == Session}
	if t.Device != "" {
		if err := s.devices.Bear(ctx, p); err != nil {
			return nil, err
		}
		if p.User == "" {
			return p, nil
		}
	}
	u, err := s.users.UserByID(ctx, p.User)
	if err != nil {
		return nil, err
	}
	p.Username, p.Admin = u.Username, u.Admin && t.Device == ""
	p.Home, p.Actions, p.Customer = u.Home, u.Actions, u.Kind == Customer
	return p, nil
}

// machine is who a request with token t of a product's client itself acts for.
func machine(c *Client, t *Token) *scope.Principal {
	p := &scope.Principal{Token: t.ID(), Client: c.ID, Expires: t.Expires, Home: c.Owner}
	if c.Rights == CreateCustomers {
		p.Actions = []string{"customers:create"}
	}
	return p
}

// invalidToken is the fault for every token that is not valid. Its text is the
// documented one (cloud API reference, section 3).
func invalidToken() error {
	return fault.New(fault.Unauthenticated, "The access token provided is invalid.")
}
