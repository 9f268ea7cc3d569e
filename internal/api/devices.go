package api

import (
	"net/http"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// deviceJSON is a device on the wire (cloud API reference, section 7.1). The
// members that tell about a device's connection and firmware are there for the
// clients that require them; this hub learns about its devices from their
// publishes only.
type deviceJSON struct {
	ID              string            `json:"id"`
	Name            *string           `json:"name"`
	Owner           string            `json:"owner"` // user name
	LastIPAddress   *string           `json:"last_ip_address"`
	LastHeard       *string           `json:"last_heard"` // null, never "": clients parse it as a time
	LastHandshakeAt *string           `json:"last_handshake_at"`
	ProductID       int               `json:"product_id"` // in no product: equal to platform_id
	PlatformID      int               `json:"platform_id"`
	Online          bool              `json:"online"`
	Connected       bool              `json:"connected"`
	Cellular        bool              `json:"cellular"`
	Status          string            `json:"status"`
	Groups          []string          `json:"groups"`
	Notes           *string           `json:"notes"`
	CreatedAt       string            `json:"created_at"`
	Functions       []string          `json:"functions,omitzero"` // in details only
	Variables       map[string]string `json:"variables,omitzero"`
}

// deviceJSONOf is an element of a list. The owner of a device is always the
// one who asks.
func deviceJSONOf(d *fleet.Device, p *scope.Principal) deviceJSON {
	return deviceJSON{
		ID: d.ID, Name: orNull(d.Name), Owner: p.Username,
		Status: "normal", Groups: []string{}, CreatedAt: event.FormatTime(d.Created),
	}
}

// replyDevice writes a device with its details.
func replyDevice(w http.ResponseWriter, d *fleet.Device, p *scope.Principal) {
	v := deviceJSONOf(d, p)
	v.Functions, v.Variables = []string{}, map[string]string{}
	reply(w, http.StatusOK, v)
}

// listDevices handles GET /v1/devices.
func (a *API) listDevices(w http.ResponseWriter, r *http.Request) error {
	p := caller(r)
	devices, err := a.Fleet.List(r.Context(), p)
	if err != nil {
		return err
	}
	list := make([]deviceJSON, len(devices))
	for i := range devices {
		list[i] = deviceJSONOf(&devices[i], p)
	}
	reply(w, http.StatusOK, list)
	return nil
}

// getDevice handles GET /v1/devices/{device}.
func (a *API) getDevice(w http.ResponseWriter, r *http.Request) error {
	d, err := a.Fleet.Get(r.Context(), caller(r), param(r, "device"))
	if err != nil {
		return err
	}
	replyDevice(w, &d, caller(r))
	return nil
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
// "register", makes a new one.
func (a *API) addDevice(w http.ResponseWriter, r *http.Request) error {
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
	user := caller(r).User
	switch in["register"] {
	case "true", "1":
		return a.Fleet.Register(r.Context(), user, in["id"], in["name"])
	case "", "false", "0":
	default:
		return fleet.Device{}, fault.Field("register", "It must be true or false.")
	}
	if in["id"] == "" {
		return fleet.Device{}, fault.Field("id", "It is missing. To make a new device, send register: true.")
	}
	return a.Fleet.Claim(r.Context(), user, in["id"])
}

// renameDevice handles PUT /v1/devices/{device}.
func (a *API) renameDevice(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	name, ok := in["name"]
	if !ok {
		return fault.Field("name", "It is missing; the name is all that can be changed of a device.")
	}
	d, err := a.Fleet.Rename(r.Context(), caller(r), param(r, "device"), name)
	if err != nil {
		return err
	}
	replyDevice(w, &d, caller(r))
	return nil
}

// removeDevice handles DELETE /v1/devices/{device}.
func (a *API) removeDevice(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.Fleet.Remove(r.Context(), caller(r), param(r, "device")))
}

// deviceToken is the answer of POST /v1/devices/{device}/tokens.
type deviceToken struct {
	OK       bool   `json:"ok"`
	Token    string `json:"token"` // shown this once
	DeviceID string `json:"deviceID"`
}

// createDeviceToken handles POST /v1/devices/{device}/tokens, a native addition:
// a token with which the device publishes as itself.
func (a *API) createDeviceToken(w http.ResponseWriter, r *http.Request) error {
	d, err := a.Fleet.Get(r.Context(), caller(r), param(r, "device"))
	if err != nil {
		return err
	}
	token, err := a.Identity.IssueDeviceToken(r.Context(), d.Owner, d.ID)
	if err != nil {
		return err
	}
	doNotStore(w)
	reply(w, http.StatusCreated, deviceToken{OK: true, Token: token, DeviceID: d.ID})
	return nil
}
