package ledger

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Options configures a Service. All but Now are required.
type Options struct {
	Definitions Definitions
	Instances   Instances
	Changes     Changes
	Fleet       Fleet
	Now         func() time.Time // default time.Now
}

// Service answers for ledgers.
type Service struct {
	Options
	change sync.Mutex // one change at a time, store and memory together
	cache  *cache
}

// New makes a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{Options: o, cache: newCache()}
}

// Create defines a ledger; its times are set here. Errors: faults that name the
// field; a fault Conflict for a name that is taken.
func (s *Service) Create(ctx context.Context, d Definition) (Definition, error) {
	if !ValidName(d.Name) {
		return d, fault.Field("name", "It has 1 to %d lower-case letters, digits and dashes.", MaxName)
	}
	if err := checkDescription(d.Description); err != nil {
		return d, err
	}
	s.change.Lock()
	defer s.change.Unlock()
	all, err := s.Definitions.Ledgers(ctx, d.Owner)
	if err != nil {
		return d, err
	}
	if err := room(all, d.Name); err != nil {
		return d, err
	}
	d.Created = s.Now().UnixMilli()
	d.Updated = d.Created
	defer s.cache.forgetOwner(d.Owner)
	return d, s.Definitions.InsertLedger(ctx, d)
}

// room says whether an owner may have another ledger of that name.
func room(all []Definition, name string) error {
	for _, d := range all {
		if d.Name == name && d.Archived != 0 {
			return fault.New(fault.Conflict, "There is an archived ledger with this name. Change it with archived set to false to use it again.")
		}
		if d.Name == name {
			return fault.New(fault.Conflict, "There is a ledger with this name already.")
		}
	}
	if len(all) >= MaxLedgers {
		return fault.New(fault.Conflict, "There are %d ledgers already, which is the limit.", MaxLedgers)
	}
	return nil
}

func checkDescription(text string) error {
	if len(text) > MaxDescription || !utf8.ValidString(text) || strings.Contains(text, "\x00") {
		return fault.Field("description", "It has at most %d bytes of UTF-8 without NUL.", MaxDescription)
	}
	return nil
}

// List gives an owner's ledgers by name.
func (s *Service) List(ctx context.Context, owner scope.Scope) ([]Definition, error) {
	return s.Definitions.Ledgers(ctx, owner)
}

// Get finds a ledger. Errors: a fault NotFound.
func (s *Service) Get(ctx context.Context, owner scope.Scope, name string) (Definition, error) {
	all, err := s.Definitions.Ledgers(ctx, owner)
	if err != nil {
		return Definition{}, err
	}
	for _, d := range all {
		if d.Name == name {
			return d, nil
		}
	}
	return Definition{}, fault.New(fault.NotFound, "No ledger has this name.")
}

// Patch is what may be changed of a ledger; nil leaves it as it is.
type Patch struct {
	Description *string
	Archived    *bool
}

// Update changes a ledger. An archived one keeps its data and shows it, but
// takes no new data, and templates find nothing in it. Errors: a fault NotFound,
// a fault that names the field.
func (s *Service) Update(ctx context.Context, owner scope.Scope, name string, p Patch) (Definition, error) {
	s.change.Lock()
	defer s.change.Unlock()
	d, err := s.Get(ctx, owner, name)
	if err != nil {
		return d, err
	}
	d.Updated = s.Now().UnixMilli()
	if p.Description != nil {
		if err := checkDescription(*p.Description); err != nil {
			return d, err
		}
		d.Description = *p.Description
	}
	switch {
	case p.Archived == nil || *p.Archived == (d.Archived != 0):
	case *p.Archived:
		d.Archived = d.Updated
	default:
		d.Archived = 0
	}
	defer s.cache.forgetOwner(owner)
	return d, s.Definitions.UpdateLedger(ctx, d)
}

// Page gives a ledger, those of its instances that come behind the first skip
// ones by value, and how many there are in all. Errors: a fault NotFound.
func (s *Service) Page(ctx context.Context, owner scope.Scope, name string, skip, limit int) (d Definition, all []Instance, total int, err error) {
	if d, err = s.Get(ctx, owner, name); err == nil {
		all, total, err = s.Instances.LedgerInstances(ctx, owner, name, skip, limit)
	}
	return d, all, total, err
}

// Instance finds an instance. Errors: a fault NotFound.
func (s *Service) Instance(ctx context.Context, owner scope.Scope, name, value string) (Instance, error) {
	_, k, err := s.key(ctx, owner, name, value)
	if err != nil {
		return Instance{}, err
	}
	return s.instance(ctx, k)
}

func (s *Service) instance(ctx context.Context, k Key) (Instance, error) {
	in, err := s.Instances.LedgerInstance(ctx, k)
	if fault.Is(err, fault.NotFound) {
		return in, missing()
	}
	return in, err
}

// missing is the fault for an instance that does not exist, and for one of a
// device or product that is not the owner's.
func missing() error { return fault.New(fault.NotFound, "The ledger has no such instance.") }

// key names an instance of a ledger whose value is the owner's.
func (s *Service) key(ctx context.Context, owner scope.Scope, name, value string) (Definition, Key, error) {
	d, err := s.Get(ctx, owner, name)
	if err != nil {
		return d, Key{}, err
	}
	value = strings.ToLower(value)
	_, owned, err := s.Label(ctx, &d, value)
	if err == nil && !owned {
		err = missing()
	}
	return d, Key{owner, name, value}, err
}

// Label tells how the device or product of an instance is called, "" for the
// owner's, and whether it is the owner's.
func (s *Service) Label(ctx context.Context, d *Definition, value string) (label string, owned bool, err error) {
	switch {
	case d.Kind == OfOwner:
		return "", value == d.Owner.ID, nil
	case d.Kind == OfDevice && event.IsID(value):
		label, owned, err = s.device(ctx, d.Owner, value)
	case d.Kind == OfProduct:
		label, owned, err = s.product(ctx, d.Owner, value)
	}
	if fault.Is(err, fault.NotFound) || !owned {
		return "", false, ignoreMissing(err)
	}
	return label, owned, err
}

func ignoreMissing(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// device says whether a device is claimed to a sandbox's user, or in a product of
// the owner.
func (s *Service) device(ctx context.Context, owner scope.Scope, id string) (name string, owned bool, err error) {
	d, err := s.Fleet.DeviceByID(ctx, id)
	if err != nil || d.Owner != "" && owner == scope.Of(d.Owner) {
		return d.Name, err == nil, err
	}
	if d.Product == 0 {
		return "", false, nil
	}
	p, err := s.Fleet.ProductByID(ctx, d.Product)
	return d.Name, p.Owner == owner, err
}

// product says whether a product is the owner's. Only the canonical spelling of
// its number is a value.
func (s *Service) product(ctx context.Context, owner scope.Scope, value string) (name string, owned bool, err error) {
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != value {
		return "", false, nil
	}
	p, err := s.Fleet.ProductByID(ctx, n)
	return p.Name, p.Owner == owner, err
}

// Set gives an instance new data as ParseData makes it, and the instance its
// first or next version. Errors: a fault NotFound, a fault Forbidden for a
// ledger that only devices write, a fault Conflict for an archived one, a fault
// that names the field data.
func (s *Service) Set(ctx context.Context, owner scope.Scope, name, value, data string, mode Mode) (Instance, error) {
	return s.SetIf(ctx, owner, name, value, data, mode, AnyVersion)
}

// AnyVersion is for SetIf, which otherwise wants a version.
const AnyVersion = -1

// SetIf is Set for somebody who has seen a version of the instance, 0 for none,
// and wants to change nothing that came after it. Errors: as Set; a fault
// Conflict if another version is the present one.
func (s *Service) SetIf(ctx context.Context, owner scope.Scope, name, value, data string, mode Mode, seen int64) (Instance, error) {
	d, k, err := s.key(ctx, owner, name, value)
	if err == nil {
		err = writable(&d)
	}
	if err != nil {
		return Instance{}, err
	}
	s.change.Lock()
	defer s.change.Unlock()
	in, err := s.Instances.LedgerInstance(ctx, k)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return in, err
	}
	if seen != AnyVersion && in.Version != seen {
		return in, fault.New(fault.Conflict, "The instance was changed meanwhile: its version is %d, not %d.", in.Version, seen)
	}
	now := s.Now().UnixMilli()
	if in.Version == 0 {
		in = Instance{Key: k, Created: now}
	}
	if in.Data, err = combine(in.Data, data, mode); err != nil {
		return in, err
	}
	in.Version++
	in.Updated = max(now, in.Updated+1) // each version has a time of its own, whatever the clock does
	defer s.cache.forget(k)
	return in, s.Changes.SaveLedgerInstance(ctx, in, KeptVersions)
}

// writable says whether the API may write the instances of a ledger.
func writable(d *Definition) error {
	switch {
	case d.Direction == Upstream:
		return fault.New(fault.Forbidden, "The direction of this ledger is Upstream: only devices write it.")
	case d.Archived != 0:
		return fault.New(fault.Conflict, "The ledger is archived. Change it with archived set to false to use it again.")
	}
	return nil
}

// Delete deletes an instance with its versions. Errors: a fault NotFound.
func (s *Service) Delete(ctx context.Context, owner scope.Scope, name, value string) error {
	_, k, err := s.key(ctx, owner, name, value)
	if err != nil {
		return err
	}
	s.change.Lock()
	defer s.change.Unlock()
	defer s.cache.forget(k)
	if err = s.Changes.DeleteLedgerInstance(ctx, k); fault.Is(err, fault.NotFound) {
		return missing()
	}
	return err
}

// Forget deletes all ledgers of an owner who is leaving.
func (s *Service) Forget(ctx context.Context, owner scope.Scope) error {
	s.change.Lock()
	defer s.change.Unlock()
	defer s.cache.clear()
	return s.Changes.DeleteLedgers(ctx, owner)
}

// versionPage is how many versions one answer holds.
const versionPage = 25

// Versions gives earlier versions of an instance, newest first: those that were
// replaced before and after a time in Unix milliseconds, 0 = at any. more says
// that there are further ones, which were replaced before the last of these.
// Errors: a fault NotFound.
func (s *Service) Versions(ctx context.Context, owner scope.Scope, name, value string, before, after int64) (list []Instance, more bool, err error) {
	in, err := s.Instance(ctx, owner, name, value)
	if err != nil {
		return nil, false, err
	}
	all, err := s.Instances.LedgerVersions(ctx, in.Key)
	if err != nil {
		return nil, false, err
	}
	all = slices.DeleteFunc(all, func(v Instance) bool {
		return before != 0 && v.Replaced >= before || after != 0 && v.Replaced <= after
	})
	if len(all) > versionPage {
		return all[:versionPage], true, nil
	}
	return all, false, nil
}

// Version finds the newest or an earlier version of an instance by its number.
// Errors: a fault NotFound.
func (s *Service) Version(ctx context.Context, owner scope.Scope, name, value string, number int64) (Instance, error) {
	in, err := s.Instance(ctx, owner, name, value)
	if err != nil || in.Version == number {
		return in, err
	}
	all, err := s.Instances.LedgerVersions(ctx, in.Key)
	if err != nil {
		return in, err
	}
	for _, v := range all {
		if v.Version == number {
			return v, nil
		}
	}
	return Instance{}, fault.New(fault.NotFound, "The instance has no such version, or it is not kept any more.")
}
