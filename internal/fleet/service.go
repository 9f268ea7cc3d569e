package fleet

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// maxName bounds a device's name, in bytes.
const maxName = 128

// Options configures a Service. Store and Tokens are required.
type Options struct {
	Store  Store
	Tokens Credentials
	Now    func() time.Time // default time.Now

	// RegisterOnImport has an import register ids that nobody knows, RegisterOnClaim
	// also a claim, whose answer is "device not found" otherwise.
	RegisterOnImport, RegisterOnClaim bool
}

// Service answers for devices and products.
type Service struct {
	store  Store
	tokens Credentials
	now    func() time.Time

	registerOnImport, registerOnClaim bool

	codes, lookups hourly

	changing sync.Mutex // of devices: what was read stays true until it is written
}

// New makes a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{
		store: o.Store, tokens: o.Tokens, now: o.Now,
		registerOnImport: o.RegisterOnImport, registerOnClaim: o.RegisterOnClaim,
	}
}

// Usernames gives the names of users by id; unknown ones and "" are left out.
func (s *Service) Usernames(ctx context.Context, ids []string) (map[string]string, error) {
	distinct := slices.Compact(slices.Sorted(slices.Values(ids)))
	distinct = slices.DeleteFunc(distinct, func(id string) bool { return id == "" })
	if len(distinct) == 0 {
		return nil, nil
	}
	return s.store.Usernames(ctx, distinct)
}

// Claim asks for a device.
type Claim struct {
	Owner    string // user id that shall have it
	ID       string // in any case; "" = a new one, to register
	Name     string // of a device that is registered
	Register bool   // register an id that nobody knows

	// May says whether the caller may claim unclaimed devices of a product: a nil
	// error means that it may. It must be set.
	May func(product int64) error

	// Holds says whether the maker of a claim code, of a product unless that is
	// 0, may still claim: a nil error, or no Holds at all, means that it may.
	Holds func(ctx context.Context, user string, product int64) error
}

// Claim makes a device the owner's unless somebody has it; one's own device
// comes back as it is.
//
// An unknown device is a fault NotFound unless it is asked to be registered, or
// the operator has claims do so; an unclaimed one of a product where the caller
// may not claim looks like it. A device of somebody else is a fault Forbidden.
// The texts are those that clients look for (cloud API reference, section 3).
// Other errors: a fault Invalid naming "id" or "name".
func (s *Service) Claim(ctx context.Context, c Claim) (Device, error) {
	if !c.Register && !(s.registerOnClaim && isID(c.ID)) {
		return s.claimKnown(ctx, &c)
	}
	d, err := s.insert(ctx, &c)
	if fault.Is(err, fault.Conflict) {
		return s.claimKnown(ctx, &c)
	}
	return d, err
}

// Register is Claim of an owner (a user id) who may claim no devices of
// products.
func (s *Service) Register(ctx context.Context, owner, id, name string) (Device, error) {
	nothing := func(int64) error { return noDevice() }
	return s.Claim(ctx, Claim{Owner: owner, ID: id, Name: name, Register: true, May: nothing})
}

func (s *Service) insert(ctx context.Context, c *Claim) (Device, error) {
	d := Device{ID: strings.ToLower(c.ID), Name: c.Name, Owner: c.Owner, Created: s.now().UnixMilli()}
	if d.ID == "" {
		d.ID = event.NewID()
	}
	if !event.IsID(d.ID) {
		return Device{}, fault.Field("id", "It must be 24 hexadecimal digits.")
	}
	if err := checkName(c.Name); err != nil {
		return Device{}, err
	}
	return d, s.store.InsertDevice(ctx, d)
}

func (s *Service) claimKnown(ctx context.Context, c *Claim) (Device, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	d, err := s.store.DeviceByID(ctx, strings.ToLower(c.ID))
	switch {
	case fault.Is(err, fault.NotFound):
		return Device{}, noDevice()
	case err != nil:
		return Device{}, err
	case d.Owner == c.Owner:
		return d, nil
	case d.Owner != "":
		return Device{}, fault.New(fault.Forbidden, "That belongs to someone else.")
	case c.May(d.Product) != nil:
		return Device{}, noDevice()
	}
	return s.hand(ctx, d, c.Owner)
}

// hand gives an unclaimed device to a user.
func (s *Service) hand(ctx context.Context, d Device, owner string) (Device, error) {
	d.Owner = owner
	return d, s.change(ctx, d, true)
}

// change stores a device and has its tokens follow.
func (s *Service) change(ctx context.Context, d Device, disconnect bool) error {
	if err := s.store.UpdateDevice(ctx, d); err != nil {
		return err
	}
	return s.tokens.DeviceChanged(ctx, d.ID, disconnect)
}

// Get gives a device of the caller by its id or name. A device's own token
// sees that device only. Errors: a fault NotFound.
func (s *Service) Get(ctx context.Context, p *scope.Principal, idOrName string) (Device, error) {
	d, err := s.find(ctx, p.User, idOrName)
	if fault.Is(err, fault.NotFound) {
		return Device{}, Unknown()
	}
	if err != nil {
		return Device{}, err
	}
	if !sees(p, &d) {
		return Device{}, Unknown()
	}
	return d, nil
}

// find takes what looks like an id for one: no device is named like that.
func (s *Service) find(ctx context.Context, owner, idOrName string) (Device, error) {
	if id := strings.ToLower(idOrName); event.IsID(id) {
		return s.store.DeviceByID(ctx, id)
	}
	if owner == "" || idOrName == "" {
		return Device{}, Unknown()
	}
	return s.store.DeviceByName(ctx, owner, idOrName)
}

// sees is the one rule of who may know about a device.
func sees(p *scope.Principal, d *Device) bool {
	if p.Device != "" {
		return d.ID == p.Device
	}
	return p.User != "" && d.Owner == p.User
}

// ByID gives a device, whoever has it; the caller of Go code decides who may
// know. Errors: a fault NotFound.
func (s *Service) ByID(ctx context.Context, id string) (Device, error) {
	d, err := s.store.DeviceByID(ctx, strings.ToLower(id))
	if fault.Is(err, fault.NotFound) {
		return Device{}, Unknown()
	}
	return d, err
}

// BySerial gives the devices that have a serial number, in capitals; the caller
// decides which of them the user may see. Errors: a fault Limited for more than
// 50 look-ups in an hour.
func (s *Service) BySerial(ctx context.Context, user, serial string) ([]Device, error) {
	if err := s.lookups.admit(user, s.now()); err != nil {
		return nil, err
	}
	found, err := s.store.DevicesByNumber(ctx, []string{serial})
	return slices.DeleteFunc(found, func(d Device) bool { return d.Serial != serial }), err
}

// List gives a page of the caller's devices, by creation.
func (s *Service) List(ctx context.Context, p *scope.Principal, limit, offset int) ([]Device, error) {
	if p.User == "" {
		return nil, nil
	}
	return s.store.DevicesOf(ctx, p.User, limit, offset)
}

// Update changes name and notes of a device of the caller. Errors: a fault
// Invalid naming the field, a fault NotFound.
func (s *Service) Update(ctx context.Context, p *scope.Principal, idOrName string, c Change) (Device, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	d, err := s.Get(ctx, p, idOrName)
	if err != nil {
		return Device{}, err
	}
	if err := c.apply(&d); err != nil {
		return Device{}, err
	}
	return d, s.store.UpdateDevice(ctx, d)
}

// Remove takes a device from the caller and ends the tokens that the caller
// made. A device of a product stays there, unclaimed; any other is forgotten.
// Errors: a fault NotFound.
func (s *Service) Remove(ctx context.Context, p *scope.Principal, idOrName string) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	d, err := s.Get(ctx, p, idOrName)
	if err != nil {
		return err
	}
	return s.unclaim(ctx, d)
}

func (s *Service) unclaim(ctx context.Context, d Device) error {
	if err := s.tokens.RevokeDevice(ctx, d.Owner, d.ID); err != nil {
		return err
	}
	if d.Product == 0 {
		return s.store.DeleteDevice(ctx, d.ID)
	}
	d.Owner = ""
	return s.change(ctx, d, true)
}

// checkName refuses names that would break a line or be taken for an id. Names
// of devices are for people: two devices may share one, and any script is
// welcome. A route that names a device by a shared name gets the older one.
func checkName(name string) error {
	if event.IsID(strings.ToLower(name)) {
		return fault.Field("name", "It must not look like a device id.")
	}
	return checkText("name", name, maxName)
}

// Unknown is the fault NotFound for a device that the caller may not know about. The
// text is the one that clients look for (cloud API reference, section 3).
func Unknown() error {
	return fault.New(fault.NotFound, "I didn't recognize that device name or ID.")
}

// noDevice is the fault for an id that cannot be claimed; clients look for the
// text, too.
func noDevice() error { return fault.New(fault.NotFound, "device not found") }
