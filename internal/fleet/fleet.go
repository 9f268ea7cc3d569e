// Package fleet knows products and devices: who owns a device, which product it
// is in, and what its token stands for.
//
// A device may be claimed to a user, be in a product, or both. Questions about
// the devices of a sandbox are asked by a principal, and the answer is "no such
// device" unless the device is the principal's own: a device of somebody else
// looks exactly like a missing one. Whether a caller may see a product is
// team's to say; within one, fleet answers for every device that is in it.
//
// A Service is safe for concurrent use. Storage is left to Store, tokens to
// identity, and what is heard of devices to presence.
package fleet

import "context"

// Device is a registered device.
type Device struct {
	ID       string // 24 hex
	Name     string // "" = none
	Owner    string // user id it is claimed to; "" = unclaimed
	Product  int64  // 0 = in no product
	Platform int    // kind of hardware; cloud API reference, section 7.1
	Serial   string // serial number in capitals; "" = unknown
	ICCID    string // of its SIM card; "" = unknown
	IMEI     string // of its modem; "" = unknown
	Notes    string
	Groups   []string // of its product, ascending; nil = none
	Firmware int      // product firmware version it runs; 0 = unknown
	Desired  int      // product firmware version it shall run; 0 = its product's

	Denied      bool // may do nothing
	Quarantined bool // waits for approval: its events are not the product's
	Development bool
	Created     int64 // Unix milliseconds

	Presence
}

// Presence is what was heard of a device. UpdateDevice does not write it.
type Presence struct {
	Heard     int64  // when anything came from it last, Unix milliseconds; 0 = never
	Handshake int64  // when it came online last, Unix milliseconds; 0 = never
	IP        string // address that it was heard from; "" = unknown
	Online    bool   // the last status that was published
}

// Devices stores devices. An unknown one is a fault NotFound. Changes of
// several devices are made together or not at all.
type Devices interface {
	DeviceByID(ctx context.Context, id string) (Device, error)
	// DeviceByName gives the oldest device of an owner that has the name.
	DeviceByName(ctx context.Context, owner, name string) (Device, error)
	// DevicesOf gives a page of an owner's devices by creation, then id.
	DevicesOf(ctx context.Context, owner string, limit, offset int) ([]Device, error)
	// DevicesByID gives those devices that are known, in no order.
	DevicesByID(ctx context.Context, ids []string) ([]Device, error)
	// DevicesByNumber gives those devices whose serial number, ICCID or IMEI is
	// among the numbers, in no order.
	DevicesByNumber(ctx context.Context, numbers []string) ([]Device, error)

	InsertDevice(ctx context.Context, ds ...Device) error  // a known id is a fault Conflict
	UpdateDevice(ctx context.Context, ds ...Device) error  // all but their Presence
	DeleteDevice(ctx context.Context, ids ...string) error // and their tokens and certificates
}

// ProductDevices finds the devices of a product, or of an owner.
type ProductDevices interface {
	ProductDevices(ctx context.Context, q Query) ([]Device, error)
	CountProductDevices(ctx context.Context, q Query) (int64, error)
}

// Sort is the order of a list of devices.
type Sort string

// The orders, named as the API names them (cloud API reference, section 8).
const (
	ByID       Sort = "deviceId"
	ByName     Sort = "deviceName" // without regard to case
	ByFirmware Sort = "firmwareVersion"
	ByHeard    Sort = "lastConnection"
	ByCreation Sort = "created" // of an owner's devices only
)

// Query asks for devices of a product or of an owner.
type Query struct {
	Product     int64
	Owner       string   // user id; "" = those of the product
	Text        string   // a part of the id, the name or the serial number, in lower case; "" = any
	ID          string   // a part of the id, in lower case; "" = any
	Name        string   // a part of the name, in lower case; "" = any
	Serial      string   // a part of the serial number, in capitals; "" = any
	Groups      []string // in any of these; nil = whatever its groups
	Quarantined *bool    // nil = both

	Sort   Sort
	Down   bool // descending
	Limit  int
	Offset int
}

// filters says whether the query asks for less than all.
func (q *Query) filters() bool {
	return q.Text != "" || q.ID != "" || q.Name != "" || q.Serial != "" || q.Groups != nil || q.Quarantined != nil
}

// Store keeps everything that a Service knows.
type Store interface {
	Devices
	ProductDevices
	Products
	Groups
	Codes
	Certificates
	Owners
}

// Owners tells the names of users.
type Owners interface {
	Usernames(ctx context.Context, ids []string) (map[string]string, error) // by id, known ones only
}

// Credentials are the tokens of devices; identity keeps them. Those that the
// owner of a device made carry the owner's id, those that its product made
// carry "".
type Credentials interface {
	// RevokeDevice ends the tokens of a device that carry the user's id.
	RevokeDevice(ctx context.Context, user, device string) error
	// DeviceChanged has the rights of a device's tokens looked up again; with
	// disconnect it also ends the streams that they opened.
	DeviceChanged(ctx context.Context, device string, disconnect bool) error
}
