// Package fleet knows the devices.
//
// Every question is asked by a principal, and the answer is "no such device"
// unless the device is the principal's own: a device of somebody else looks
// exactly like a missing one. Registering is the one exception, because an id
// that is taken has to be refused.
//
// A Service is safe for concurrent use. Storage is left to Devices, tokens to
// identity.
package fleet

import "context"

// Device is a registered device.
type Device struct {
	ID      string // 24 hex
	Name    string // "" = none
	Owner   string // user id it is claimed to
	Created int64  // Unix milliseconds
}

// Devices stores devices. An unknown one is a fault NotFound, a second one with
// the same id a fault Conflict.
type Devices interface {
	DeviceByID(ctx context.Context, id string) (Device, error)
	DevicesOf(ctx context.Context, owner string) ([]Device, error) // by creation, then id
	InsertDevice(ctx context.Context, d Device) error
	UpdateDevice(ctx context.Context, d Device) error
	DeleteDevice(ctx context.Context, id string) error // and its tokens
}

// Revoker ends the tokens of a device that is removed; identity does it.
type Revoker interface {
	RevokeDevice(ctx context.Context, user, device string) error
}
