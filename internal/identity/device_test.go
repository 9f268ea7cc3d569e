package identity_test

import (
	"context"
	"slices"
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// wanderer is a fleet whose one device changes hands.
type wanderer struct {
	product int64
	err     error
}

// Bear implements identity.Devices.
func (w *wanderer) Bear(_ context.Context, p *scope.Principal) error {
	p.Product = w.product
	return w.err
}

func TestDeviceTokensFollowTheDevice(t *testing.T) {
	fleet := &wanderer{product: 1}
	h := newHub(t, func(o *identity.Options) { o.Devices = fleet })
	unclaimed, _, err := h.IssueDeviceToken(t.Context(), "", device)
	if err != nil {
		t.Fatal(err)
	}
	p, err := h.Authenticate(t.Context(), unclaimed)
	if err != nil || p.User != "" || p.Username != "" || p.Device != device || p.Product != 1 {
		t.Fatalf("got %+v, %v", p, err)
	}
	fleet.product = 2
	if p, _ := h.Authenticate(t.Context(), unclaimed); p.Product != 1 {
		t.Errorf("product %d, want the cached one", p.Product)
	}
	if err := h.DeviceChanged(t.Context(), device, false); err != nil || len(h.revoked) != 0 {
		t.Errorf("disconnected %v, %v, want none", h.revoked, err)
	}
	if p, _ := h.Authenticate(t.Context(), unclaimed); p.Product != 2 {
		t.Errorf("product %d, want it looked up again", p.Product)
	}
	fleet.err = fault.New(fault.Forbidden, "denied")
	if err := h.DeviceChanged(t.Context(), device, true); err != nil || !slices.Equal(h.revoked, []string{p.Token}) {
		t.Errorf("disconnected %v, %v, want %s", h.revoked, err, p.Token)
	}
	for range 2 {
		if _, err := h.Authenticate(t.Context(), unclaimed); !fault.Is(err, fault.Forbidden) {
			t.Errorf("got %v, want the fault of the fleet", err)
		}
	}
	fleet.err = fault.New(fault.NotFound, "gone")
	if _, err := h.Authenticate(t.Context(), unclaimed); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("got %v, want a fault Unauthenticated", err)
	}
}

func TestDeviceTokensByUser(t *testing.T) {
	h := newHub(t, nil)
	for _, user := range []string{"", h.admin.User, ""} {
		if _, _, err := h.IssueDeviceToken(t.Context(), user, device); err != nil {
			t.Fatal(err)
		}
	}
	count := func(user string, want int) []identity.Token {
		t.Helper()
		got, err := h.DeviceTokens(t.Context(), user, device)
		if err != nil || len(got) != want {
			t.Errorf("user %q: %d tokens, %v, want %d", user, len(got), err, want)
		}
		return got
	}
	made := count("", 2)
	count(h.admin.User, 1)
	if err := h.RevokeDeviceToken(t.Context(), h.admin.User, device, made[0].ID()); err != nil {
		t.Fatal(err)
	}
	count("", 2) // it is not that user's
	if err := h.RevokeDeviceToken(t.Context(), "", device, made[0].ID()); err != nil {
		t.Fatal(err)
	}
	count("", 1)
	if err := h.RevokeDevice(t.Context(), "", device); err != nil {
		t.Fatal(err)
	}
	count("", 0)
	count(h.admin.User, 1)
}
