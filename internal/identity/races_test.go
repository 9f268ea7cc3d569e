package identity_test

import (
	"context"
	"errors"
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// between does something once, right after a user was read or a token spent:
// what was read may be out of date by then.
type between struct {
	identity.Users
	identity.Tokens
	do func()
}

func (b *between) now() {
	if do := b.do; do != nil {
		b.do = nil
		do()
	}
}

// UserByName implements identity.Users.
func (b *between) UserByName(ctx context.Context, name string) (identity.User, error) {
	defer b.now()
	return b.Users.UserByName(ctx, name)
}

// UserByID implements identity.Users.
func (b *between) UserByID(ctx context.Context, id string) (identity.User, error) {
	defer b.now()
	return b.Users.UserByID(ctx, id)
}

// SpendToken implements identity.Tokens.
func (b *between) SpendToken(ctx context.Context, hash [32]byte) error {
	defer b.now()
	return b.Tokens.SpendToken(ctx, hash)
}

// newEve is a hub with a user whose password is "old password".
func newEve(t *testing.T) (*hub, *between, identity.User) {
	t.Helper()
	b := &between{}
	h := newHub(t, func(o *identity.Options) {
		b.Users, b.Tokens = o.Users, o.Tokens
		o.Users, o.Tokens = b, b
	})
	eve, err := h.CreateUser(t.Context(), identity.Account{Username: "eve", Password: "old password", Admin: true})
	if err != nil {
		t.Fatal(err)
	}
	return h, b, eve
}

func (h *hub) eveLogsIn(t *testing.T, password string) (identity.Issued, error) {
	t.Helper()
	return h.PasswordGrant(t.Context(), identity.Login{Username: "eve", Password: password, Caller: identity.Caller{Client: "x", Address: "127.0.0.1"}})
}

func TestALoginDoesNotOutliveAReset(t *testing.T) {
	h, b, eve := newEve(t)
	b.do = func() {
		if err := h.ResetPassword(t.Context(), eve, "new password"); err != nil {
			t.Error(err)
		}
	}
	if _, err := h.eveLogsIn(t, "old password"); !errors.Is(err, identity.ErrCredentials) {
		t.Errorf("got %v, want ErrCredentials", err)
	}
}

func TestAnEditDoesNotUndoAReset(t *testing.T) {
	h, b, eve := newEve(t)
	b.do = func() {
		if err := h.ResetPassword(t.Context(), eve, "new password"); err != nil {
			t.Error(err)
		}
	}
	info := "{}"
	if _, err := h.EditUser(t.Context(), eve.ID, identity.Edit{Info: &info}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.eveLogsIn(t, "old password"); !errors.Is(err, identity.ErrCredentials) {
		t.Errorf("the old password: got %v, want ErrCredentials", err)
	}
}

func TestAnEditDoesNotBringBackADeletedUser(t *testing.T) {
	h, b, eve := newEve(t)
	b.do = func() {
		if err := h.Service.DeleteUser(t.Context(), eve); err != nil {
			t.Error(err)
		}
	}
	password := "new password"
	if _, err := h.EditUser(t.Context(), eve.ID, identity.Edit{Password: &password, Current: "old password", Address: "127.0.0.1"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v, want a fault NotFound", err)
	}
	if _, err := h.eveLogsIn(t, password); !errors.Is(err, identity.ErrCredentials) {
		t.Errorf("the deleted user: got %v, want ErrCredentials", err)
	}
}

func TestARefreshDoesNotOutliveARevocation(t *testing.T) {
	h, b, eve := newEve(t)
	login, err := h.eveLogsIn(t, "old password")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	b.do = func() { go func() { done <- h.RevokeAll(t.Context(), eve.ID) }() }
	got, err := h.RefreshGrant(t.Context(), identity.Caller{Client: "x", Address: "127.0.0.1"}, login.Refresh, identity.Lifetime{})
	if revoked := <-done; revoked != nil {
		t.Fatal(revoked)
	}
	if err == nil {
		h.mustRefuse(t, got.Token)
	}
}

func TestADeletedClientLosesItsStreams(t *testing.T) {
	h := newHub(t, nil)
	product := scope.OfProduct(10001)
	c, secret, err := h.CreateClient(t.Context(), identity.Client{Name: "s", Type: "installed", Owner: product})
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.ClientGrant(t.Context(), identity.Caller{Client: c.ID, Secret: secret, Address: "127.0.0.1"}, "", identity.Lifetime{})
	if err != nil {
		t.Fatal(err)
	}
	p := h.mustPass(t, got.Token)
	if err := h.Service.DeleteClient(t.Context(), product, c.ID); err != nil {
		t.Fatal(err)
	}
	h.mustRefuse(t, got.Token)
	if len(h.revoked) != 1 || h.revoked[0] != p.Token {
		t.Errorf("told %v, want %s", h.revoked, p.Token)
	}
}

// A client's secret, which every copy of an app holds, ends no row of failures.
func TestAClientsSecretDoesNotUnlockGuessing(t *testing.T) {
	h := newHub(t, nil)
	c, secret, err := h.CreateClient(t.Context(), identity.Client{Name: "app", Type: "installed", Owner: scope.OfProduct(10001), Rights: identity.CreateCustomers})
	if err != nil {
		t.Fatal(err)
	}
	caller := identity.Caller{Client: c.ID, Secret: secret, Address: "192.0.2.7"}
	for range 10 {
		_, err = h.PasswordGrant(t.Context(), identity.Login{Username: "admin", Password: "wrong guess", Caller: identity.Caller{Address: caller.Address}})
		if !errors.Is(err, identity.ErrCredentials) {
			t.Fatal(err)
		}
		if _, err := h.AuthenticateClient(t.Context(), caller); err != nil && !fault.Is(err, fault.Limited) {
			t.Fatal(err)
		}
	}
	_, err = h.PasswordGrant(t.Context(), identity.Login{Username: "admin", Password: password, Caller: identity.Caller{Address: caller.Address}})
	if !fault.Is(err, fault.Limited) {
		t.Errorf("after ten wrong passwords: got %v, want a fault Limited", err)
	}
}
