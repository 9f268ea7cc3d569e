// Package ledger keeps small JSON documents about devices, products and their
// owner, and gives their values to the templates of integrations (cloud API
// reference, section 10).
//
// A ledger is defined once by its owner: the sandbox of a user, or an
// organization. It then has one instance for each device, for each product, or
// for the owner. Who may act for an owner is decided at the doors; this room
// decides which devices and products are an owner's, and those of somebody else
// look exactly like missing ones.
//
// A Service is safe for concurrent use. Storage is left to Definitions,
// Instances and Changes; carrying ledgers to devices and back is left to the
// devices' gateways.
package ledger

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Bounds of ledgers.
const (
	MaxName        = 32     // bytes of a name
	MaxDescription = 1024   // bytes of a description
	MaxData        = 16_384 // bytes of an instance's data as compact JSON
	MaxNesting     = 64     // levels of arrays and objects in the data
	MaxLedgers     = 200    // definitions of an owner, archived ones included
	KeptVersions   = 100    // earlier versions of an instance
)

// Kind is what a ledger has an instance for. The API calls it the scope of the
// ledger. Its words are stored and shown.
type Kind string

// The kinds of ledger.
const (
	OfOwner   Kind = "Owner" // one instance: the user's or the organization's
	OfProduct Kind = "Product"
	OfDevice  Kind = "Device"
)

// Direction says who writes a ledger and whether devices see it. Its words are
// stored and shown.
type Direction string

// The directions of a ledger.
const (
	Cloud      Direction = ""           // never synchronised to devices
	Upstream   Direction = "Upstream"   // from device to cloud, written by the device only
	Downstream Direction = "Downstream" // from cloud to device, written through the API
)

// Definition is a ledger.
type Definition struct {
	Owner       scope.Scope // a sandbox or an organization
	Name        string      // unique among the owner's ledgers of all kinds
	Description string
	Kind        Kind
	Direction   Direction
	Created     int64 // Unix milliseconds
	Updated     int64 // Unix milliseconds
	Archived    int64 // Unix milliseconds; 0 = in use
}

// Key names an instance.
type Key struct {
	Owner  scope.Scope
	Ledger string // the definition's name
	Value  string // device id, product number or the owner's id
}

// Instance is the data that a ledger has for one device, one product or the
// owner, or an earlier version of it.
type Instance struct {
	Key
	Version  int64  // counts from 1
	Data     string // a compact JSON object
	Created  int64  // of the first version, Unix milliseconds
	Updated  int64  // of this version, Unix milliseconds
	Replaced int64  // when the next version came, Unix milliseconds; 0 = this is the newest
}

// Definitions stores ledgers. An unknown one is a fault NotFound, a second one
// with the same owner and name a fault Conflict.
type Definitions interface {
	Ledgers(ctx context.Context, owner scope.Scope) ([]Definition, error) // by name
	InsertLedger(ctx context.Context, d Definition) error
	UpdateLedger(ctx context.Context, d Definition) error // description, times
}

// Instances reads instances. An unknown one is a fault NotFound.
type Instances interface {
	LedgerInstance(ctx context.Context, k Key) (Instance, error)
	// LedgerInstances gives a page of a ledger's instances by value, and how many
	// there are in all.
	LedgerInstances(ctx context.Context, owner scope.Scope, ledger string, skip, limit int) ([]Instance, int, error)
	// LedgerVersions gives the earlier versions that are kept, newest first.
	LedgerVersions(ctx context.Context, k Key) ([]Instance, error)
}

// Changes changes instances.
type Changes interface {
	// SaveLedgerInstance stores the version of an instance that follows the stored
	// one, and keeps that among the newest earlier ones, in one transaction. It is
	// a fault Conflict when another version than the one before is stored.
	SaveLedgerInstance(ctx context.Context, in Instance, kept int) error
	// DeleteLedgerInstance deletes an instance and its earlier versions. Errors:
	// fault NotFound.
	DeleteLedgerInstance(ctx context.Context, k Key) error
	// DeleteLedgers deletes all ledgers of an owner with their instances.
	DeleteLedgers(ctx context.Context, owner scope.Scope) error
}

// Fleet finds devices and products. An unknown one is a fault NotFound.
type Fleet interface {
	DeviceByID(ctx context.Context, id string) (fleet.Device, error)
	ProductByID(ctx context.Context, id int64) (fleet.Product, error)
}

// ValidName says whether a ledger may be called so: 1 to MaxName lower-case
// letters, digits and dashes.
func ValidName(name string) bool {
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return name != "" && len(name) <= MaxName
}

// ParseKind reads a kind as clients write it. Organization is another word for
// Owner where the owner is one. Errors: a fault that names the field scope.
func ParseKind(text string, owner scope.Kind) (Kind, error) {
	if text == "Organization" && owner == scope.Organization {
		return OfOwner, nil
	}
	switch k := Kind(text); k {
	case OfOwner, OfProduct, OfDevice:
		return k, nil
	}
	return "", fault.Field("scope", "It must be Owner, Product or Device.")
}

// ParseDirection reads a direction; "" is Cloud. Errors: a fault that names the
// field direction.
func ParseDirection(text string) (Direction, error) {
	switch d := Direction(text); d {
	case Cloud, Upstream, Downstream:
		return d, nil
	}
	return "", fault.Field("direction", "It must be Upstream or Downstream, or be left out for a ledger that devices never see.")
}
