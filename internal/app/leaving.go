package app

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// leave deletes what a user owns before the account goes. Whoever is needed
// elsewhere stays: team says so with a fault.
func (h *Hub) leave(ctx context.Context, u identity.User) error {
	if err := h.Team.CheckLeaving(ctx, u.ID); err != nil {
		return err
	}
	if err := h.releaseDevices(ctx, &scope.Principal{User: u.ID}); err != nil {
		return err
	}
	return h.vacate(ctx, scope.Of(u.ID))
}

// releaseDevices unclaims all devices of a user.
func (h *Hub) releaseDevices(ctx context.Context, p *scope.Principal) error {
	for {
		devices, err := h.Fleet.List(ctx, p, 500, 0)
		if err != nil || len(devices) == 0 {
			return err
		}
		for i := range devices {
			if err := h.Fleet.Remove(ctx, p, devices[i].ID); err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
	}
}

// vacate deletes what belongs to a scope that is about to be no more.
func (h *Hub) vacate(ctx context.Context, sc scope.Scope) error {
	for _, in := range h.Integrations.List(sc) {
		if err := h.replays.Forget(ctx, in.ID); err != nil {
			return err
		}
		if err := h.Integrations.Delete(ctx, sc, in.ID); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err := h.store.Forget(ctx, in.ID); err != nil {
			return err
		}
	}
	secrets, err := h.Secrets.List(ctx, sc)
	if err != nil {
		return err
	}
	for _, s := range secrets {
		if err := h.Secrets.Delete(ctx, sc, s.Name); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	if err := h.Ledgers.Forget(ctx, sc); err != nil {
		return err
	}
	return h.Identity.Vacate(ctx, sc)
}
