package fleet

import (
	"context"
	"slices"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// InProduct finds devices of a product, and tells how many there are in all.
func (s *Service) InProduct(ctx context.Context, p *Product, q Query) (page []Device, total int64, err error) {
	q.Product, total = p.ID, p.Devices
	if q.filters() {
		if total, err = s.store.CountProductDevices(ctx, q); err != nil {
			return nil, 0, err
		}
	}
	if int64(q.Offset) >= total {
		return nil, total, nil
	}
	page, err = s.page(ctx, q, total)
	return page, total, err
}

// Find finds devices of the caller, and tells how many there are in all.
func (s *Service) Find(ctx context.Context, p *scope.Principal, q Query) (page []Device, total int64, err error) {
	if p.User == "" {
		return nil, 0, nil
	}
	q.Product, q.Owner = 0, p.User
	if total, err = s.store.CountProductDevices(ctx, q); err != nil || int64(q.Offset) >= total {
		return nil, total, err
	}
	page, err = s.page(ctx, q, total)
	return page, total, err
}

// page reads a page from the nearer end of the list, because the store looks at
// all that stands before it.
func (s *Service) page(ctx context.Context, q Query, total int64) ([]Device, error) {
	size := min(int64(q.Limit), total-int64(q.Offset))
	if behind := total - int64(q.Offset) - size; behind < int64(q.Offset) {
		q.Down, q.Offset, q.Limit = !q.Down, int(behind), int(size)
		page, err := s.store.ProductDevices(ctx, q)
		slices.Reverse(page)
		return page, err
	}
	return s.store.ProductDevices(ctx, q)
}

// Member gives a device of a product by its id. Errors: a fault NotFound, which
// is the same for a device elsewhere.
func (s *Service) Member(ctx context.Context, product int64, id string) (Device, error) {
	d, err := s.store.DeviceByID(ctx, strings.ToLower(id))
	if fault.Is(err, fault.NotFound) || err == nil && d.Product != product {
		return Device{}, notInProduct()
	}
	return d, err
}

// UpdateMember changes a device of a product. Errors: a fault Invalid that
// names the field, a fault NotFound.
func (s *Service) UpdateMember(ctx context.Context, product int64, id string, c Change) (Device, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	d, err := s.Member(ctx, product, id)
	if err != nil {
		return Device{}, err
	}
	was := d
	if err := c.applyInProduct(&d); err != nil {
		return Device{}, err
	}
	if d.Denied == was.Denied && d.Quarantined == was.Quarantined && d.Firmware == was.Firmware {
		return d, s.store.UpdateDevice(ctx, d) // its tokens stand for the same
	}
	return d, s.change(ctx, d, d.Denied != was.Denied || d.Quarantined != was.Quarantined)
}

// RemoveMember takes a device out of its product and ends the tokens that the
// product made. A claimed device stays with its owner, any other is forgotten.
// With deny it stays in the product instead, and may do nothing. Errors: a
// fault NotFound.
func (s *Service) RemoveMember(ctx context.Context, product int64, id string, deny bool) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	d, err := s.Member(ctx, product, id)
	if err != nil {
		return err
	}
	if deny {
		d.Denied = true
		return s.change(ctx, d, true)
	}
	return s.leave(ctx, []Device{d})
}

// leave takes devices out of their product.
func (s *Service) leave(ctx context.Context, ds []Device) error {
	var kept []Device
	var gone []string
	for _, d := range ds {
		if err := s.tokens.RevokeDevice(ctx, "", d.ID); err != nil {
			return err
		}
		if d.Owner == "" {
			gone = append(gone, d.ID)
			continue
		}
		d.Product, d.Groups, d.Firmware, d.Desired = 0, nil, 0, 0
		d.Denied, d.Quarantined, d.Development = false, false, false
		kept = append(kept, d)
	}
	if err := s.store.DeleteDevice(ctx, gone...); err != nil {
		return err
	}
	return s.moved(ctx, kept)
}

// moved stores devices that came into a product or left it.
func (s *Service) moved(ctx context.Context, ds []Device) error {
	if err := s.store.UpdateDevice(ctx, ds...); err != nil {
		return err
	}
	for i := range ds {
		if err := s.tokens.DeviceChanged(ctx, ds[i].ID, true); err != nil {
			return err
		}
	}
	return nil
}

// UnclaimMember takes a device of a product from its owner; an unclaimed one is
// left as it is. Errors: a fault NotFound.
func (s *Service) UnclaimMember(ctx context.Context, product int64, id string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	d, err := s.Member(ctx, product, id)
	if err != nil || d.Owner == "" {
		return err
	}
	return s.unclaim(ctx, d)
}

// notInProduct is the fault for a device that is not in the product. Clients
// look for the text (cloud API reference, section 3).
func notInProduct() error { return fault.New(fault.NotFound, "Device not found for this product") }

// isID is event.IsID for any case.
func isID(s string) bool { return event.IsID(strings.ToLower(s)) }
