package api

import (
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Presence follows which devices are online. Principals that are no devices'
// are passed over.
type Presence interface {
	// Heard notes that something came from a device.
	Heard(p *scope.Principal, ip string)
	// Enter notes that a device opened an event stream, leave that it ended.
	Enter(p *scope.Principal, ip string) (leave func())
	// Seen tells whether a device is online, and what was heard of it that is not
	// stored yet: when, in Unix milliseconds, and from where; 0 and "" are nothing.
	Seen(device string) (online bool, heard int64, ip string)
}

// nobody is a Presence without devices.
type nobody struct{}

// Heard implements Presence.
func (nobody) Heard(*scope.Principal, string) {}

// Enter implements Presence.
func (nobody) Enter(*scope.Principal, string) (leave func()) { return func() {} }

// Seen implements Presence.
func (nobody) Seen(string) (online bool, heard int64, ip string) { return false, 0, "" }

// present fills in how a device is now; what is stored is a few seconds old.
func (a *API) present(d *fleet.Device) {
	online, heard, ip := a.Presence.Seen(d.ID)
	d.Online = online
	if heard > d.Heard {
		d.Heard = heard
	}
	if heard > 0 && ip != "" {
		d.IP = ip
	}
}
