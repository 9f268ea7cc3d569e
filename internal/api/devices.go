package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// devicesPage is how many devices of a sandbox a list shows at the most; old
// clients ask for no second page.
const devicesPage = 1000

// routeDevices adds the routes about the devices of a sandbox (cloud API
// reference, section 7.2).
func (a *API) routeDevices(m *table) {
	m.Get("/v1/devices", a.may("devices:list", a.listDevices))
	m.Post("/v1/devices", a.everyone(a.addDevice))
	m.Get("/v1/devices/{device}", a.everyone(a.getDevice))
	m.Put("/v1/devices/{device}", a.may("devices:update", a.updateDevice))
	m.Delete("/v1/devices/{device}", a.may("devices:delete", a.removeDevice))
	m.Put("/v1/devices/{device}/ping", a.may("devices:ping", a.pingDevice))
	m.Get("/v1/devices/{device}/{name}", a.may("devices:get", a.readVariable))
	m.Post("/v1/devices/{device}/{name}", a.may("devices:call", a.callFunction))
}

// deviceJSON is a device on the wire (cloud API reference, section 7.1). What
// this hub cannot know without a device's own protocol is null.
type deviceJSON struct {
	ID              string            `json:"id"`
	Name            *string           `json:"name"`
	Owner           *string           `json:"owner"` // user name; null = unclaimed
	LastIPAddress   *string           `json:"last_ip_address"`
	LastHeard       *string           `json:"last_heard"` // null, never "": clients parse it as a time
	LastHandshakeAt *string           `json:"last_handshake_at"`
	ProductID       int64             `json:"product_id"` // in no product: equal to platform_id
	PlatformID      int               `json:"platform_id"`
	Online          bool              `json:"online"`
	Connected       bool              `json:"connected"`
	Cellular        bool              `json:"cellular"`
	Status          string            `json:"status"`
	Serial          *string           `json:"serial_number"`
	ICCID           *string           `json:"iccid,omitempty"`
	LastICCID       *string           `json:"last_iccid,omitempty"`
	IMEI            *string           `json:"imei,omitempty"`
	MobileSecret    *string           `json:"mobile_secret"`
	Groups          []string          `json:"groups"`
	Notes           *string           `json:"notes"`
	CreatedAt       string            `json:"created_at"`
	FirmwareProduct int64             `json:"firmware_product_id"`
	Firmware        *int              `json:"firmware_version"`
	Desired         *int              `json:"desired_firmware_version"`
	Targeted        *string           `json:"targeted_firmware_release_version"`
	System          *string           `json:"system_firmware_version"`
	CurrentTarget   *string           `json:"current_build_target"`
	DefaultTarget   *string           `json:"default_build_target"`
	Denied          bool              `json:"denied"`
	Quarantined     bool              `json:"quarantined"`
	Development     bool              `json:"development"`
	UpdatesEnabled  bool              `json:"firmware_updates_enabled"`
	UpdatesForced   bool              `json:"firmware_updates_forced"`
	LastApp         *string           `json:"last_app"`
	Functions       []string          `json:"functions,omitzero"` // in details only
	Variables       map[string]string `json:"variables,omitzero"`
}

// cellular are the platforms with a modem.
var cellular = []int{10, 13, 23, 25, 26, 35}

// devicesJSON shows devices with the names of their owners, as elements of a
// list.
func (a *API) devicesJSON(r *http.Request, devices []fleet.Device) ([]deviceJSON, error) {
	owners := make([]string, len(devices))
	for i := range devices {
		owners[i] = devices[i].Owner
	}
	names, err := a.Fleet.Usernames(r.Context(), owners)
	list := make([]deviceJSON, len(devices))
	for i := range devices {
		a.present(&devices[i])
		list[i] = deviceJSONOf(&devices[i], names[devices[i].Owner])
	}
	return list, err
}

func deviceJSONOf(d *fleet.Device, owner string) deviceJSON {
	j := deviceJSON{
		ID: d.ID, Name: orNull(d.Name), Owner: orNull(owner), Status: "normal", CreatedAt: event.FormatTime(d.Created),
		LastIPAddress: orNull(d.IP), LastHeard: expiry(d.Heard), LastHandshakeAt: expiry(d.Handshake), Online: d.Online, Connected: d.Online,
		ProductID: int64(d.Platform), PlatformID: d.Platform, Cellular: slices.Contains(cellular, d.Platform),
		Serial: orNull(d.Serial), ICCID: orNull(d.ICCID), LastICCID: orNull(d.ICCID), IMEI: orNull(d.IMEI),
		Groups: append([]string{}, d.Groups...), Notes: orNull(d.Notes),
		Firmware: orNone(d.Firmware), Desired: orNone(d.Desired), Denied: d.Denied, Quarantined: d.Quarantined, Development: d.Development,
	}
	if d.Product != 0 {
		j.ProductID = d.Product
	}
	j.FirmwareProduct = j.ProductID
	return j
}

// orNone is a version on the wire, null if there is none.
func orNone(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// replyDevice writes a device with its details.
func (a *API) replyDevice(w http.ResponseWriter, r *http.Request, d *fleet.Device) error {
	list, err := a.devicesJSON(r, []fleet.Device{*d})
	if err != nil {
		return err
	}
	list[0].Functions, list[0].Variables = []string{}, map[string]string{}
	reply(w, http.StatusOK, list[0])
	return nil
}

// listDevices handles GET /v1/devices: a bare array, with a link to the next
// page if there may be one. Who asks for a page, an order or some of the devices
// is told how many there are in all, in a header, so that older clients need
// nothing counted.
func (a *API) listDevices(w http.ResponseWriter, r *http.Request) error {
	p, err := pageWithin(r, devicesPage, devicesPage)
	if err != nil {
		return err
	}
	if asksForSome(r.URL.Query()) {
		return a.findDevices(w, r, p)
	}
	devices, err := a.Fleet.List(r.Context(), caller(r), p.size, p.offset())
	if err != nil {
		return err
	}
	return a.replyDevices(w, r, p, devices, len(devices) == p.size)
}

// asksForSome says whether a request for a list has any parameter of a table.
func asksForSome(q url.Values) bool {
	for _, name := range []string{"page", "per_page", "perPage", "search", "deviceId", "deviceName", "serialNumber", "groups", "groups[]", "quarantined", "sortAttr", "sortDir"} {
		if q.Has(name) {
			return true
		}
	}
	return false
}

func (a *API) findDevices(w http.ResponseWriter, r *http.Request, p page) error {
	q, err := memberQuery(r, fleet.ByCreation)
	if err != nil {
		return err
	}
	q.Limit, q.Offset = p.size, p.offset()
	devices, total, err := a.Fleet.Find(r.Context(), caller(r), q)
	if err != nil {
		return err
	}
	w.Header().Set("X-Total-Count", strconv.FormatInt(total, 10))
	return a.replyDevices(w, r, p, devices, int64(p.offset()+len(devices)) < total)
}

func (a *API) replyDevices(w http.ResponseWriter, r *http.Request, p page, devices []fleet.Device, more bool) error {
	list, err := a.devicesJSON(r, devices)
	if err != nil {
		return err
	}
	if more {
		a.linkNext(w, r, p)
	}
	reply(w, http.StatusOK, list)
	return nil
}

// getDevice handles GET /v1/devices/{device}: one of the caller's own or, by its
// id, one of a product that the caller may see.
func (a *API) getDevice(w http.ResponseWriter, r *http.Request) error {
	d, err := a.visible(r)
	if err != nil {
		return err
	}
	return a.replyDevice(w, r, &d)
}

func (a *API) visible(r *http.Request) (fleet.Device, error) {
	p, name := caller(r), param(r, "device")
	if err := a.mayInSandbox(r, "devices:get"); err == nil {
		d, err := a.Fleet.Get(r.Context(), p, name)
		if err == nil || !fault.Is(err, fault.NotFound) || p.Device != "" {
			return d, err
		}
	}
	d, err := a.Fleet.ByID(r.Context(), name)
	if err != nil || d.Product != 0 && a.Team.Check(r.Context(), p, scope.OfProduct(d.Product), "devices:get") == nil {
		return d, err
	}
	return fleet.Device{}, fleet.Unknown()
}

// claimed is the answer of POST /v1/devices.
type claimed struct {
	OK       bool    `json:"ok"`
	DeviceID string  `json:"deviceID"`
	ID       string  `json:"id"`
	Name     *string `json:"name"`
	Claimed  bool    `json:"claimed"`
}

// addDevice handles POST /v1/devices: it claims a known device or, asked with
// "register", makes a new one. Whoever has a claim code claims with it for the
// user that made it; a device's own token, for that device only.
func (a *API) addDevice(w http.ResponseWriter, r *http.Request) error {
	if err := a.mayInSandbox(r, "devices:create"); err != nil {
		return err
	}
	in, err := readFields(r)
	if err != nil {
		return err
	}
	d, err := a.claimOrRegister(r, in)
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, claimed{OK: true, DeviceID: d.ID, ID: d.ID, Name: orNull(d.Name), Claimed: true})
	return nil
}

func (a *API) claimOrRegister(r *http.Request, in fields) (fleet.Device, error) {
	p, c := caller(r), fleet.Claim{Owner: caller(r).User, ID: in["id"], Name: in["name"], May: a.mayClaim(r), Holds: a.mayStillClaim}
	if p.Device != "" {
		if in["claim_code"] == "" || c.ID != "" && !strings.EqualFold(c.ID, p.Device) {
			return fleet.Device{}, fault.New(fault.Forbidden, "Permission denied: a device may claim itself only, with a claim code.")
		}
		c.ID, c.May = p.Device, func(int64) error { return nil }
	}
	if code := in["claim_code"]; code != "" {
		return a.Fleet.Redeem(r.Context(), code, c)
	}
	switch in["register"] {
	case "true", "1":
		if p.Customer {
			return fleet.Device{}, team.Denied()
		}
		c.Register = true
	case "", "false", "0":
	default:
		return fleet.Device{}, fault.Field("register", "It must be true or false.")
	}
	if c.ID == "" && !c.Register {
		return fleet.Device{}, fault.Field("id", "It is missing. To make a new device, send register: true.")
	}
	return a.Fleet.Claim(r.Context(), c)
}

// mayClaim says whose unclaimed devices the caller may claim: those of products
// where it may change devices, and a customer those of its product.
func (a *API) mayClaim(r *http.Request) func(product int64) error {
	return func(product int64) error {
		p, sc := caller(r), scope.OfProduct(product)
		if p.Customer && p.Home == sc {
			return nil
		}
		return a.Team.Check(r.Context(), p, sc, "devices:claim")
	}
}

// mayStillClaim says whether the maker of a claim code may still do what the code
// promises.
func (a *API) mayStillClaim(ctx context.Context, user string, product int64) error {
	u, err := a.Identity.User(ctx, user)
	if err != nil || product == 0 {
		return err
	}
	sc := scope.OfProduct(product)
	if u.Kind == identity.Customer && u.Home == sc {
		return nil
	}
	return a.Team.Check(ctx, &scope.Principal{User: u.ID, Home: u.Home, Actions: u.Actions, Customer: u.Kind == identity.Customer}, sc, "devices:claim")
}

// updateDevice handles PUT /v1/devices/{device}: its name and notes. To signal
// takes a connection of the device that this hub has not.
func (a *API) updateDevice(w http.ResponseWriter, r *http.Request) error {
	in, err := readInput(r, "")
	if err != nil {
		return err
	}
	c := fleet.Change{Name: in.text("name"), Notes: in.text("notes")}
	switch {
	case in.err != nil:
		return in.err
	case in.members["signal"] != nil:
		return a.unreachable(r)
	case c.Name == nil && c.Notes == nil:
		return fault.Field("name", "It is missing; name and notes are what can be changed of a device here.")
	}
	d, err := a.Fleet.Update(r.Context(), caller(r), param(r, "device"), c)
	if err != nil {
		return err
	}
	return a.replyDevice(w, r, &d)
}

// removeDevice handles DELETE /v1/devices/{device}.
func (a *API) removeDevice(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.Fleet.Remove(r.Context(), caller(r), param(r, "device")))
}

// pingDevice handles PUT /v1/devices/{device}/ping.
func (a *API) pingDevice(w http.ResponseWriter, r *http.Request) error {
	d, err := a.visible(r)
	if err != nil {
		return err
	}
	a.replyPing(w, &d)
	return nil
}

func (a *API) replyPing(w http.ResponseWriter, d *fleet.Device) {
	a.present(d)
	reply(w, http.StatusOK, map[string]bool{"online": d.Online, "ok": true})
}

// readVariable handles GET /v1/devices/{device}/{name}.
func (a *API) readVariable(_ http.ResponseWriter, r *http.Request) error { return a.unreachable(r) }

// callFunction handles POST /v1/devices/{device}/{name}.
func (a *API) callFunction(_ http.ResponseWriter, r *http.Request) error { return a.unreachable(r) }

// unreachable is the answer to what takes a device's own protocol. Devices reach
// this hub by HTTP, so it can never call them back: that is as with a device
// that is known to be offline (cloud API reference, section 3).
func (a *API) unreachable(r *http.Request) error {
	if _, err := a.visible(r); err != nil {
		return err
	}
	return fault.New(timedOut, "timed out")
}
