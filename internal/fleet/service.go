package fleet

import (
	"context"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// maxName bounds a device's name, in bytes.
const maxName = 128

// Options configures a Service. All but Now are required.
type Options struct {
	Devices  Devices
	Products Products
	Tokens   Revoker
	Now      func() time.Time // default time.Now
}

// Service answers for devices and products.
type Service struct {
	devices  Devices
	products Products
	tokens   Revoker
	now      func() time.Time
}

// New makes a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{devices: o.Devices, products: o.Products, tokens: o.Tokens, now: o.Now}
}

// Register makes a device that is claimed to owner (a user id). An empty id is
// made up; a given one is taken in lower case. Registering one's own device
// again gives it back as it is.
//
// Errors: a fault Invalid naming "id" or "name"; a fault Forbidden for an id
// that belongs to somebody else.
func (s *Service) Register(ctx context.Context, owner, id, name string) (Device, error) {
	d := Device{ID: strings.ToLower(id), Name: name, Owner: owner, Created: s.now().UnixMilli()}
	if d.ID == "" {
		d.ID = event.NewID()
	}
	if !event.IsID(d.ID) {
		return Device{}, fault.Field("id", "It must be 24 hexadecimal digits.")
	}
	if err := checkName(name); err != nil {
		return Device{}, err
	}
	err := s.devices.InsertDevice(ctx, d)
	if fault.Is(err, fault.Conflict) {
		return s.Claim(ctx, owner, d.ID)
	}
	return d, err
}

// Claim gives the device if it is claimed to owner (a user id) already. An
// unknown device is a fault NotFound, a device of somebody else a fault
// Forbidden; the texts are those that clients look for (cloud API reference,
// section 3).
func (s *Service) Claim(ctx context.Context, owner, id string) (Device, error) {
	d, err := s.devices.DeviceByID(ctx, strings.ToLower(id))
	if fault.Is(err, fault.NotFound) {
		return Device{}, fault.New(fault.NotFound, "device not found")
	}
	if err != nil {
		return Device{}, err
	}
	if d.Owner != owner {
		return Device{}, fault.New(fault.Forbidden, "That belongs to someone else.")
	}
	return d, nil
}

// Get gives a device of the caller by its id or name. A device's own token
// sees that device only. Errors: a fault NotFound.
func (s *Service) Get(ctx context.Context, p *scope.Principal, idOrName string) (Device, error) {
	d, err := s.find(ctx, p.User, idOrName)
	if fault.Is(err, fault.NotFound) {
		return Device{}, unknown()
	}
	if err != nil {
		return Device{}, err
	}
	if !sees(p, &d) {
		return Device{}, unknown()
	}
	return d, nil
}

// find takes what looks like an id for one: no device is named like that.
func (s *Service) find(ctx context.Context, owner, idOrName string) (Device, error) {
	if id := strings.ToLower(idOrName); event.IsID(id) {
		return s.devices.DeviceByID(ctx, id)
	}
	all, err := s.devices.DevicesOf(ctx, owner)
	if err != nil {
		return Device{}, err
	}
	for _, d := range all {
		if d.Name != "" && d.Name == idOrName {
			return d, nil
		}
	}
	return Device{}, unknown()
}

// sees is the one rule of who may know about a device.
func sees(p *scope.Principal, d *Device) bool {
	return p.User != "" && d.Owner == p.User && (p.Device == "" || p.Device == d.ID)
}

// List gives the devices that the caller may see, by creation.
func (s *Service) List(ctx context.Context, p *scope.Principal) ([]Device, error) {
	all, err := s.devices.DevicesOf(ctx, p.User)
	if err != nil {
		return nil, err
	}
	seen := make([]Device, 0, len(all))
	for i := range all {
		if sees(p, &all[i]) {
			seen = append(seen, all[i])
		}
	}
	return seen, nil
}

// Rename gives a device of the caller another name; "" takes the name away.
// Errors: a fault Invalid naming "name", a fault NotFound.
func (s *Service) Rename(ctx context.Context, p *scope.Principal, idOrName, name string) (Device, error) {
	if err := checkName(name); err != nil {
		return Device{}, err
	}
	d, err := s.Get(ctx, p, idOrName)
	if err != nil {
		return Device{}, err
	}
	d.Name = name
	return d, s.devices.UpdateDevice(ctx, d)
}

// Remove forgets a device of the caller and ends its tokens. Errors: a fault
// NotFound.
func (s *Service) Remove(ctx context.Context, p *scope.Principal, idOrName string) error {
	d, err := s.Get(ctx, p, idOrName)
	if err != nil {
		return err
	}
	if err := s.tokens.RevokeDevice(ctx, d.Owner, d.ID); err != nil {
		return err
	}
	return s.devices.DeleteDevice(ctx, d.ID)
}

// checkName refuses names that would break a line or be taken for an id. Names
// of devices are for people: two devices may share one, and any script is
// welcome. A route that names a device by a shared name gets the older one.
func checkName(name string) error {
	if len(name) > maxName {
		return fault.Field("name", "It has at most %d bytes.", maxName)
	}
	if !utf8.ValidString(name) {
		return fault.Field("name", "It must be valid UTF-8.")
	}
	if event.IsID(strings.ToLower(name)) {
		return fault.Field("name", "It must not look like a device id.")
	}
	if strings.IndexFunc(name, unicode.IsControl) >= 0 {
		return fault.Field("name", "It must not hold control characters.")
	}
	return nil
}

// unknown is the fault for a device that the caller may not know about. The
// text is the one that clients look for (cloud API reference, section 3).
func unknown() error {
	return fault.New(fault.NotFound, "I didn't recognize that device name or ID.")
}
