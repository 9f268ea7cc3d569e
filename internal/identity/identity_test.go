package identity_test

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

const (
	password = "open sesame"
	token    = "0123456789abcdef0123456789abcdef01234567"
	device   = "1f0030001647ffffffffffff"
)

// hub is a service with its store, clock and a count of reads.
type hub struct {
	*identity.Service
	*memory.Store
	now     time.Time
	reads   int    // of tokens by hash
	onRead  func() // called after a read
	revoked []string
	admin   *scope.Principal
}

// claimed is a fleet whose devices are all as their tokens say.
type claimed struct{}

// Bear implements identity.Devices.
func (claimed) Bear(context.Context, *scope.Principal) error { return nil }

// TokenByHash counts and forwards.
func (h *hub) TokenByHash(ctx context.Context, hash [32]byte) (identity.Token, error) {
	t, err := h.Store.TokenByHash(ctx, hash)
	h.reads++
	if h.onRead != nil {
		h.onRead()
	}
	return t, err
}

func newHub(t testing.TB, change func(*identity.Options)) *hub {
	t.Helper()
	h := &hub{Store: memory.New(), now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	o := identity.Options{Users: h.Store, Tokens: h, Devices: claimed{}, Clients: h.Store, Now: func() time.Time { return h.now }}
	o.Revoked = func(id string) { h.revoked = append(h.revoked, id) }
	if change != nil {
		change(&o)
	}
	h.Service = identity.New(o)
	if _, err := h.Bootstrap(t.Context(), password, token); err != nil {
		t.Fatal(err)
	}
	h.admin = h.mustPass(t, token)
	h.reads = 0
	return h
}

func (h *hub) mustPass(t testing.TB, token string) *scope.Principal {
	t.Helper()
	p, err := h.Authenticate(t.Context(), token)
	if err != nil {
		t.Fatalf("Authenticate: %v", err)
	}
	return p
}

func (h *hub) mustRefuse(t testing.TB, token string) {
	t.Helper()
	_, err := h.Authenticate(t.Context(), token)
	if !fault.Is(err, fault.Unauthenticated) || err.Error() != "The access token provided is invalid." {
		t.Errorf("Authenticate = %v, want the documented fault", err)
	}
}

func (h *hub) mustLogin(t testing.TB, expiresIn *int64) identity.Issued {
	t.Helper()
	got, err := h.PasswordGrant(t.Context(), identity.Login{
		Username: "admin", Password: password, Caller: identity.Caller{Client: "cli", Address: "127.0.0.1"}, Lifetime: identity.Lifetime{In: expiresIn},
	})
	if err != nil {
		t.Fatalf("PasswordGrant: %v", err)
	}
	return got
}

// mustIssue gives a token without the cost of hashing a password.
func (h *hub) mustIssue(t testing.TB) string {
	t.Helper()
	token, _, err := h.IssueDeviceToken(t.Context(), h.admin.User, device)
	if err != nil {
		t.Fatalf("IssueDeviceToken: %v", err)
	}
	return token
}

func TestFirstStartMakesSecretsUp(t *testing.T) {
	store := memory.New()
	s := identity.New(identity.Options{Users: store, Tokens: store, Clients: store})
	made, err := s.Bootstrap(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(made.Token) || len(made.Password) < 20 {
		t.Errorf("got %+v, want a token of 40 hex and a long password", made)
	}
	p, err := s.Authenticate(t.Context(), made.Token)
	if err != nil || !p.Admin || p.Username != "admin" || p.Expires != 0 {
		t.Errorf("got %+v, %v, want the admin, never expiring", p, err)
	}
	_, err = s.PasswordGrant(t.Context(), identity.Login{Username: "ADMIN", Password: made.Password})
	if err != nil {
		t.Errorf("login with the generated password: %v", err)
	}
	again, err := s.Bootstrap(t.Context(), "", "")
	if again != (identity.Created{}) || err != nil {
		t.Errorf("the second start made %+v, %v, want nothing", again, err)
	}
}

func TestGivenSecretsHoldAtEveryStart(t *testing.T) {
	h := newHub(t, nil)
	other := "a-token-of-the-operator"
	made, err := h.Bootstrap(t.Context(), "another password", other)
	if made != (identity.Created{}) || err != nil {
		t.Fatalf("got %+v, %v, want nothing made up", made, err)
	}
	h.mustRefuse(t, token)
	if p := h.mustPass(t, other); p.Client != "setting:admin-token" || p.User != h.admin.User {
		t.Errorf("got %+v, want the admin through the setting", p)
	}
	_, err = h.PasswordGrant(t.Context(), identity.Login{Username: "admin", Password: password})
	if !errors.Is(err, identity.ErrCredentials) {
		t.Errorf("old password: got %v, want ErrCredentials", err)
	}
	if _, err := h.Bootstrap(t.Context(), "", ""); err != nil {
		t.Fatal(err)
	}
	h.mustPass(t, other)
}

func TestSettingTakesOverAnIssuedToken(t *testing.T) {
	h := newHub(t, nil)
	hour := int64(3600)
	issued := h.mustLogin(t, &hour)
	for range 2 { // the second start finds it as it should be
		if _, err := h.Bootstrap(t.Context(), "", issued.Token); err != nil {
			t.Fatal(err)
		}
	}
	h.now = h.now.Add(2 * time.Hour)
	if p := h.mustPass(t, issued.Token); p.Client != "setting:admin-token" || p.Expires != 0 {
		t.Errorf("got %+v, want a token of the setting that never expires", p)
	}
}

func TestGuessable(t *testing.T) {
	for _, c := range []struct {
		password, token string
		want            int
	}{
		{"", "", 0}, {"12345678", "sixteen-chars---", 0}, {"1234567", "", 1}, {"", "fifteen-chars--", 1}, {"a", "b", 2},
	} {
		if got := identity.Guessable(c.password, c.token); len(got) != c.want {
			t.Errorf("%q, %q: got %q, want %d warnings", c.password, c.token, got, c.want)
		}
	}
}

func TestBootstrapRefusesImpossibleSettings(t *testing.T) {
	for _, c := range []struct{ password, token, field string }{
		{strings.Repeat("p", 1025), "", "--admin-password"},
		{"", strings.Repeat("t", 257), "--admin-token"},
		{"", "sixteen chars---", "--admin-token"},
		{"", "sixteen-chars-\x7f-", "--admin-token"},
		{"", "sixteen-chars-é-", "--admin-token"},
	} {
		store := memory.New()
		_, err := identity.New(identity.Options{Users: store, Tokens: store, Clients: store}).Bootstrap(t.Context(), c.password, c.token)
		var f *fault.Error
		if !errors.As(err, &f) || f.Field != c.field {
			t.Errorf("password %q, token %q: got %v, want a fault of %s", c.password, c.token, err, c.field)
		}
		if _, err := store.UserByName(t.Context(), "admin"); !fault.Is(err, fault.NotFound) {
			t.Error("the admin was made all the same")
		}
	}
}

func TestAuthenticateRefuses(t *testing.T) {
	h := newHub(t, nil)
	long := make([]byte, 257)
	for _, bad := range []string{"", "null", token[1:], token + "0", string(long)} {
		h.mustRefuse(t, bad)
	}
}

func TestAuthenticateReadsTheStoreOnce(t *testing.T) {
	h := newHub(t, nil)
	token := h.mustIssue(t)
	for range 3 {
		h.mustPass(t, token)
	}
	if h.reads != 1 {
		t.Errorf("got %d reads, want 1", h.reads)
	}
}

func TestTrustBoundsTheCache(t *testing.T) {
	h := newHub(t, func(o *identity.Options) { o.Trust = 2 * time.Second })
	token := h.mustIssue(t)
	p := h.mustPass(t, token)
	all, err := h.Tokens(t.Context(), p.User)
	if err != nil {
		t.Fatal(err)
	}
	for _, tok := range all { // as another hub would do
		if err := h.DeleteTokens(t.Context(), [][32]byte{tok.Hash}); err != nil {
			t.Fatal(err)
		}
	}
	h.now = h.now.Add(2*time.Second - 1)
	h.mustPass(t, token)
	h.now = h.now.Add(1)
	h.mustRefuse(t, token)
}

func TestFullCacheStillAnswers(t *testing.T) {
	h := newHub(t, func(o *identity.Options) { o.CacheSize = 2 })
	var tokens []string
	for range 5 {
		tokens = append(tokens, h.mustIssue(t))
	}
	for range 2 {
		for _, tok := range tokens {
			h.mustPass(t, tok)
		}
	}
	if h.reads < 8 {
		t.Errorf("got %d reads of 5 tokens through a cache of 2, want at least 8", h.reads)
	}
}

func TestTokensExpire(t *testing.T) {
	h := newHub(t, nil)
	minute, never := int64(60), int64(0)
	brief, eternal, usual := h.mustLogin(t, &minute), h.mustLogin(t, &never), h.mustLogin(t, nil)
	if brief.ExpiresIn != 60 || eternal.ExpiresIn != 0 || usual.ExpiresIn != 7776000 {
		t.Errorf("got lifetimes %d, %d, %d, want 60, 0, 7776000", brief.ExpiresIn, eternal.ExpiresIn, usual.ExpiresIn)
	}
	h.mustPass(t, brief.Token) // now it is cached
	h.now = h.now.Add(time.Minute - time.Millisecond)
	h.mustPass(t, brief.Token)
	h.now = h.now.Add(time.Millisecond)
	h.mustRefuse(t, brief.Token)
	h.now = h.now.Add(7776000 * time.Second)
	h.mustRefuse(t, usual.Token)
	h.mustPass(t, eternal.Token)
}

func TestLoginClearsExpiredTokensAway(t *testing.T) {
	h := newHub(t, nil)
	minute := int64(60)
	h.mustLogin(t, &minute)
	h.now = h.now.Add(time.Hour)
	h.mustLogin(t, nil)
	all, err := h.TokensOf(t.Context(), h.admin.User)
	if err != nil || len(all) != 4 {
		t.Errorf("got %d stored tokens, %v, want 4: the setting's, the new one, and what both can be refreshed with", len(all), err)
	}
}

func TestPasswordGrantRefuses(t *testing.T) {
	h := newHub(t, nil)
	for _, l := range []identity.Login{
		{Username: "admin", Password: "wrong"},
		{Username: "nobody", Password: password},
		{Username: "admin"},
		{},
	} {
		if _, err := h.PasswordGrant(t.Context(), l); !errors.Is(err, identity.ErrCredentials) {
			t.Errorf("%+v: got %v, want ErrCredentials", l, err)
		}
	}
	for _, seconds := range []int64{-1, 1 << 62} {
		_, err := h.PasswordGrant(t.Context(), identity.Login{Username: "admin", Password: password, Lifetime: identity.Lifetime{In: &seconds}})
		var f *fault.Error
		if !errors.As(err, &f) || f.Field != "expires_in" {
			t.Errorf("expires_in %d: got %v, want a fault of expires_in", seconds, err)
		}
	}
}

func TestGuessingLocksTheAddress(t *testing.T) {
	h := newHub(t, nil)
	for range 10 {
		_, err := h.PasswordGrant(t.Context(), identity.Login{Username: "admin", Password: "wrong", Caller: identity.Caller{Address: "192.0.2.1"}})
		if !errors.Is(err, identity.ErrCredentials) {
			t.Fatal(err)
		}
	}
	right := identity.Login{Username: "admin", Password: password, Caller: identity.Caller{Address: "192.0.2.1"}}
	if _, err := h.PasswordGrant(t.Context(), right); !fault.Is(err, fault.Limited) {
		t.Errorf("the right password after ten wrong ones: got %v, want a fault Limited", err)
	}
	h.now = h.now.Add(30 * time.Minute)
	if _, err := h.PasswordGrant(t.Context(), right); err != nil {
		t.Errorf("after 30 minutes: %v", err)
	}
}

func TestRevokingCountsAtOnce(t *testing.T) {
	h := newHub(t, nil)
	a, b, c := h.mustLogin(t, nil), h.mustLogin(t, nil), h.mustLogin(t, nil)
	dev := h.mustIssue(t)
	for _, tok := range []string{a.Token, b.Token, c.Token, dev} {
		h.mustPass(t, tok)
	}
	idA, idB := h.mustPass(t, a.Token).Token, h.mustPass(t, b.Token).Token
	check := func(step string, err error, gone, still []string) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		for _, tok := range gone {
			h.mustRefuse(t, tok)
		}
		for _, tok := range still {
			h.mustPass(t, tok)
		}
	}
	check("Revoke", h.Revoke(t.Context(), a.Token), []string{a.Token}, []string{b.Token, c.Token, dev})
	check("Revoke again", h.Revoke(t.Context(), a.Token), nil, nil)
	check("RevokeID", h.RevokeID(t.Context(), h.admin.User, idB), []string{b.Token}, []string{c.Token, dev})
	check("RevokeID of another user", h.RevokeID(t.Context(), "nobody", h.admin.Token), nil, []string{token})
	if len(h.revoked) != 4 || !slices.Contains(h.revoked[:2], idA) || !slices.Contains(h.revoked[2:], idB) {
		t.Errorf("told %v, want %s and %s, each with its refresh token", h.revoked, idA, idB)
	}
	check("RevokeAll", h.RevokeAll(t.Context(), h.admin.User), []string{c.Token, token}, []string{dev})
	check("RevokeDevice", h.RevokeDevice(t.Context(), h.admin.User, device), []string{dev}, nil)
}

// A token that is read from the store while it is being revoked must not get
// into the cache.
func TestRevokingDuringARead(t *testing.T) {
	h := newHub(t, nil)
	token := h.mustIssue(t)
	h.onRead = func() {
		h.onRead = nil
		if err := h.Revoke(t.Context(), token); err != nil {
			t.Error(err)
		}
	}
	h.mustPass(t, token) // it was valid when it was read
	h.mustRefuse(t, token)
}

func TestDeviceTokenIsNoAdmin(t *testing.T) {
	h := newHub(t, nil)
	dev := h.mustIssue(t)
	p := h.mustPass(t, dev)
	if p.Device != device || p.Admin || p.Coreid() != device || p.User != h.admin.User {
		t.Errorf("got %+v, want the device, without an administrator's rights", p)
	}
}

func TestTokensListsValidOnes(t *testing.T) {
	h := newHub(t, nil)
	minute := int64(60)
	h.mustLogin(t, &minute)
	h.now = h.now.Add(time.Second)
	issued := h.mustLogin(t, nil)
	h.now = h.now.Add(time.Hour)
	got, err := h.Tokens(t.Context(), h.admin.User)
	if err != nil || len(got) != 2 {
		t.Fatalf("got %d tokens, %v, want 2", len(got), err)
	}
	last := got[1]
	if last.Client != "cli" || last.Last4 != issued.Token[36:] || last.ID() != h.mustPass(t, issued.Token).Token {
		t.Errorf("got %+v, want the one of the last login", last)
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	h := newHub(b, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Authenticate(b.Context(), token); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSessionsEndWhenIdle(t *testing.T) {
	h := newHub(t, nil)
	opened, err := h.OpenSession(t.Context(), "admin", password, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	use := func(after time.Duration, extends bool) {
		t.Helper()
		h.now = h.now.Add(after)
		p, extended, err := h.AuthenticateSession(t.Context(), opened.Token)
		if err != nil || p.User != h.admin.User || (extended != 0) != extends {
			t.Errorf("got %+v, %d, %v, want the admin, extended: %v", p, extended, err, extends)
		}
	}
	use(time.Hour, false)
	use(23*time.Hour, true)
	use(time.Hour, false)
	use(29*24*time.Hour, true)
	use(29*24*time.Hour, true)
	h.mustRefuse(t, opened.Token) // it is no Bearer token
	h.now = h.now.Add(30 * 24 * time.Hour)
	if _, _, err := h.AuthenticateSession(t.Context(), opened.Token); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("after 30 days: got %v, want a fault Unauthenticated", err)
	}
	if _, _, err := h.AuthenticateSession(t.Context(), token); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a Bearer token as a session: got %v, want a fault Unauthenticated", err)
	}
}

func TestSpentRefreshTokensAreForgotten(t *testing.T) {
	h := newHub(t, nil)
	got := h.mustLogin(t, nil)
	for range 30 {
		h.now = h.now.Add(time.Second)
		var err error
		got, err = h.RefreshGrant(t.Context(), identity.Caller{Client: "cli", Address: "127.0.0.1"}, got.Refresh, identity.Lifetime{})
		if err != nil {
			t.Fatal(err)
		}
	}
	all, err := h.TokensOf(t.Context(), h.admin.User)
	if err != nil || len(all) != 13 {
		t.Errorf("got %d stored tokens, %v, want 13: the setting's, a pair, and ten that were exchanged", len(all), err)
	}
}

func TestSignInCode(t *testing.T) {
	const code = "c0de-c0de-c0de-c0de"
	h := newHub(t, func(o *identity.Options) { o.SignInCode = code })
	for range 2 { // it is good for as long as the hub runs
		opened, err := h.OpenSessionByCode(t.Context(), code, "127.0.0.1")
		if err != nil || opened.User.ID != h.admin.User {
			t.Fatalf("got a session of %q, %v, want one of the admin", opened.User.Username, err)
		}
		if p, _, err := h.AuthenticateSession(t.Context(), opened.Token); err != nil || !p.Admin || !p.Session {
			t.Errorf("the session is %+v, %v", p, err)
		}
	}
	for _, wrong := range []string{"", code[1:], code + "x", strings.ToUpper(code), password} {
		if _, err := h.OpenSessionByCode(t.Context(), wrong, "127.0.0.1"); !errors.Is(err, identity.ErrCredentials) {
			t.Errorf("code %q: got %v, want ErrCredentials", wrong, err)
		}
	}
	without := newHub(t, nil)
	for _, any := range []string{"", code} {
		if _, err := without.OpenSessionByCode(t.Context(), any, "127.0.0.1"); !errors.Is(err, identity.ErrCredentials) {
			t.Errorf("code %q where none is set: got %v, want ErrCredentials", any, err)
		}
	}
}

// Wrong codes and wrong passwords are counted together.
func TestGuessingTheSignInCodeLocksTheAddress(t *testing.T) {
	h := newHub(t, func(o *identity.Options) { o.SignInCode = "the right one" })
	for range 10 {
		if _, err := h.OpenSessionByCode(t.Context(), "wrong", "192.0.2.1"); !errors.Is(err, identity.ErrCredentials) {
			t.Fatal(err)
		}
	}
	if _, err := h.OpenSessionByCode(t.Context(), "the right one", "192.0.2.1"); !fault.Is(err, fault.Limited) {
		t.Errorf("the right code after ten wrong ones: got %v, want a fault Limited", err)
	}
	if _, err := h.OpenSession(t.Context(), "admin", password, "192.0.2.1"); !fault.Is(err, fault.Limited) {
		t.Errorf("the right password after ten wrong codes: got %v, want a fault Limited", err)
	}
	if _, err := h.OpenSessionByCode(t.Context(), "the right one", "192.0.2.2"); err != nil {
		t.Errorf("from another address: %v", err)
	}
}
