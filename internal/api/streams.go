package api

import (
	"net/http"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// routeStreams adds the event streams (cloud API reference, section 5), each
// with and without a prefix of event names. A device's token may open those of
// its sandbox and its own, no others.
func (a *API) routeStreams(m *table) {
	for _, prefix := range []string{"", "/*"} {
		m.Get("/v1/events"+prefix, a.everyone(a.streamMine)) // once the public firehose; events here are private
		m.Get("/v1/devices/events"+prefix, a.everyone(a.streamMine))
		m.Get("/v1/devices/{device}/events"+prefix, a.everyone(a.streamDevice))
		for _, base := range []string{inProduct, inOrganization + "/products/{product}"} {
			m.Get(base+"/events"+prefix, a.may("events:watch", a.streamProduct))
			m.Get(base+"/devices/{device}/events"+prefix, a.may("events:watch", a.streamProductDevice))
		}
		m.Get(inOrganization+"/events"+prefix, a.may("events:watch", a.streamOrganization))
		m.Get(inOrganization+"/devices/{device}/events"+prefix, a.may("events:watch", a.streamOrganizationDevice))
	}
}

// streamMine is GET /v1/devices/events: everything in the caller's sandbox. A
// product's device also gets what the cloud publishes into its product, but
// nothing that other devices of it publish.
func (a *API) streamMine(w http.ResponseWriter, r *http.Request) error {
	if err := a.mayInSandbox(r, "events:watch"); err != nil {
		return err
	}
	seats := mySeats(caller(r))
	if len(seats) == 0 {
		return fault.New(fault.Forbidden, "Permission denied: the device is neither claimed nor in a product.")
	}
	return a.streamEvents(w, r, seats...)
}

// mySeats are whose events a principal's own stream carries.
func mySeats(p *scope.Principal) (seats []eventlog.Seat) {
	if p.User != "" {
		seat := eventlog.Seat{Owner: p.User}
		if p.Lent { // whoever is in the product's team must not overhear its owner's other devices
			seat.Device = p.Device
		}
		seats = append(seats, seat)
	}
	if p.Product != 0 {
		seats = append(seats, eventlog.Seat{Product: p.Product, Device: event.API}, eventlog.Seat{Product: p.Product, Device: event.Internal})
	}
	if p.Org != "" {
		seats = append(seats, eventlog.Seat{Org: p.Org, Direct: true})
	}
	return seats
}

// streamDevice is GET /v1/devices/{device}/events: what the device publishes in
// the caller's sandbox or, for a device that is not the caller's, in a product
// that the caller may watch.
func (a *API) streamDevice(w http.ResponseWriter, r *http.Request) error {
	p := caller(r)
	if p.User == "" && p.Product != 0 && strings.EqualFold(param(r, "device"), p.Device) {
		return a.streamEvents(w, r, eventlog.Seat{Product: p.Product, Device: p.Device})
	}
	err := a.mayInSandbox(r, "events:watch")
	if err == nil {
		var d fleet.Device
		if d, err = a.Fleet.Get(r.Context(), p, param(r, "device")); err == nil {
			return a.streamEvents(w, r, eventlog.Seat{Owner: p.User, Device: d.ID})
		}
		if p.Device != "" || !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	d, found := a.Fleet.ByID(r.Context(), param(r, "device"))
	if found != nil || d.Product == 0 || a.Team.Check(r.Context(), p, scope.OfProduct(d.Product), "events:watch") != nil {
		return err
	}
	callOf(r).place.scope, callOf(r).action = scope.OfProduct(d.Product), "events:watch"
	return a.streamEvents(w, r, eventlog.Seat{Product: d.Product, Device: d.ID})
}

// streamProduct is GET of the events of a product's devices, and of those
// published into the product or, for all products, into its organization.
func (a *API) streamProduct(w http.ResponseWriter, r *http.Request) error {
	return a.streamEvents(w, r, productSeats(productOf(r))...)
}

// productSeats are whose events a product's stream carries.
func productSeats(p *fleet.Product) []eventlog.Seat {
	seats := []eventlog.Seat{{Product: p.ID}}
	if p.Owner.Kind == scope.Organization {
		seats = append(seats, eventlog.Seat{Org: p.Owner.ID, Direct: true})
	}
	return seats
}

// streamProductDevice is GET of the events of one device of a product.
func (a *API) streamProductDevice(w http.ResponseWriter, r *http.Request) error {
	d, err := a.member(r)
	if err != nil {
		return err
	}
	return a.streamEvents(w, r, eventlog.Seat{Product: productOf(r).ID, Device: d.ID})
}

// streamOrganization is GET of the events of all products of an organization,
// and of those published into it.
func (a *API) streamOrganization(w http.ResponseWriter, r *http.Request) error {
	return a.streamEvents(w, r, eventlog.Seat{Org: organizationOf(r).ID})
}

// streamOrganizationDevice is GET of the events of one device of an
// organization's products.
func (a *API) streamOrganizationDevice(w http.ResponseWriter, r *http.Request) error {
	d, err := a.Fleet.ByID(r.Context(), param(r, "device"))
	if err != nil {
		return err
	}
	owner, err := a.Fleet.ProductOwner(r.Context(), d.Product)
	if fault.Is(err, fault.NotFound) || err == nil && owner != scopeOf(r) {
		return fleet.Unknown()
	}
	if err != nil {
		return err
	}
	return a.streamEvents(w, r, eventlog.Seat{Org: organizationOf(r).ID, Device: d.ID})
}
