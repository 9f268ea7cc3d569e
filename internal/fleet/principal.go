package fleet

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Directory says what the tokens of devices stand for; identity asks it when a
// token is not in its cache.
type Directory struct{ store Store }

// NewDirectory makes a Directory.
func NewDirectory(store Store) *Directory { return &Directory{store} }

// Bear implements identity.Devices. A token that carries a user's id ends to
// stand for the device when that user no longer owns it, one that carries none
// when the device is in no product. The events of a device in quarantine are
// not its product's: its principal has none.
func (d *Directory) Bear(ctx context.Context, p *scope.Principal) error {
	device, err := d.store.DeviceByID(ctx, p.Device)
	switch {
	case err != nil:
		return err
	case p.User != "" && p.User != device.Owner, p.User == "" && device.Product == 0:
		return Unknown()
	case device.Denied:
		return fault.New(fault.Forbidden, "Permission denied: this device is not admitted to its product.")
	}
	p.Lent = p.User == ""
	p.User, p.Firmware = device.Owner, device.Firmware
	if device.Product == 0 || device.Quarantined {
		return nil
	}
	product, err := d.store.ProductByID(ctx, device.Product)
	if err != nil {
		return err
	}
	p.Product = product.ID
	if product.Owner.Kind == scope.Organization {
		p.Org = product.Owner.ID
	}
	return nil
}
