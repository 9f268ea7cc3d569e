package api

import (
	"net/http"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
)

// Sizes of pages of a product's devices.
const (
	membersPage    = 25
	maxMembersPage = 500
)

// routeMembers adds the routes about the devices of a product (cloud API
// reference, section 8).
func (a *API) routeMembers(m *table) {
	m.Get(inProduct+"/devices", a.may("devices:list", a.listMembers))
	m.Post(inProduct+"/devices", a.may("devices:create", a.addMembers))
	m.Get(inProduct+"/devices/{device}", a.may("devices:get", a.getMember))
	m.Put(inProduct+"/devices/{device}", a.may("devices:update", a.updateMember))
	m.Delete(inProduct+"/devices/{device}", a.may("devices:delete", a.removeMember))
	m.Delete(inProduct+"/devices/{device}/owner", a.may("devices:unclaim", a.unclaimMember))
	m.Put(inProduct+"/devices/{device}/ping", a.may("devices:ping", a.pingMember))
	m.Get(inProduct+"/devices/{device}/{name}", a.may("devices:get", a.memberUnreachable))
	m.Post(inProduct+"/devices/{device}/{name}", a.may("devices:call", a.memberUnreachable))
}

// listMembers handles GET /v1/products/{product}/devices.
func (a *API) listMembers(w http.ResponseWriter, r *http.Request) error {
	p, err := pageWithin(r, membersPage, maxMembersPage)
	if err != nil {
		return err
	}
	q, err := memberQuery(r, fleet.ByID)
	if err != nil {
		return err
	}
	q.Limit, q.Offset = p.size, p.offset()
	devices, total, err := a.Fleet.InProduct(r.Context(), productOf(r), q)
	if err != nil {
		return err
	}
	list, err := a.devicesJSON(r, devices)
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, map[string]any{"devices": list, "customers": []struct{}{}, "meta": p.meta(int(total))})
	return nil
}

// memberQuery reads filters and order. Ids, names and serial numbers are found
// by a part of them, groups by their whole names.
func memberQuery(r *http.Request, usual fleet.Sort) (fleet.Query, error) {
	in := r.URL.Query()
	q := fleet.Query{
		ID: strings.ToLower(in.Get("deviceId")), Name: strings.ToLower(in.Get("deviceName")), Serial: strings.ToUpper(in.Get("serialNumber")),
		Text: strings.ToLower(in.Get("search")), Sort: fleet.Sort(in.Get("sortAttr")),
	}
	for _, key := range []string{"groups", "groups[]"} {
		for _, list := range in[key] {
			for name := range strings.SplitSeq(list, ",") {
				if name != "" {
					q.Groups = append(q.Groups, name)
				}
			}
		}
	}
	if len(q.Groups) > 100 {
		return q, fault.Field("groups", "It names at most 100 groups.")
	}
	switch in.Get("quarantined") {
	case "":
	case "true", "1":
		q.Quarantined = new(bool)
		*q.Quarantined = true
	case "false", "0":
		q.Quarantined = new(bool)
	default:
		return q, fault.Field("quarantined", "It must be true or false.")
	}
	return q, checkOrder(&q, usual, in.Get("sortDir"))
}

func checkOrder(q *fleet.Query, usual fleet.Sort, direction string) error {
	switch q.Sort {
	case "":
		q.Sort = usual
	case fleet.ByID, fleet.ByName, fleet.ByFirmware, fleet.ByHeard:
	default:
		return fault.Field("sortAttr", "It must be deviceId, deviceName, firmwareVersion or lastConnection.")
	}
	switch strings.ToLower(direction) {
	case "", "asc":
	case "desc":
		q.Down = true
	default:
		return fault.Field("sortDir", "It must be asc or desc.")
	}
	return nil
}

// imported is the answer of POST /v1/products/{product}/devices (cloud API
// reference, section 8.1).
type imported struct {
	OK        bool     `json:"ok"`
	Updated   int      `json:"updated"`
	IDs       []string `json:"updatedDeviceIds"`
	Existing  []string `json:"existingDeviceIds"`
	NonMember []string `json:"nonmemberDeviceIds"`
	Invalid   []string `json:"invalidDeviceIds"`
}

// importLimit is how long an import may take once its list is there.
const importLimit = 10 * time.Minute

// addMembers handles POST /v1/products/{product}/devices. The list is read as a
// whole before anything changes.
func (a *API) addMembers(w http.ResponseWriter, r *http.Request) error {
	lines, err := readIdentifiers(w, r)
	if err != nil {
		return err
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(importLimit)) // not every writer has deadlines
	out, err := a.Fleet.Import(r.Context(), productOf(r), caller(r).User, lines)
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, imported{
		OK: true, Updated: len(out.Updated), IDs: orEmpty(out.Updated), Existing: orEmpty(out.Existing),
		NonMember: orEmpty(out.NonMember), Invalid: orEmpty(out.Invalid),
	})
	return nil
}

// orEmpty is a list on the wire, which is never null.
func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (a *API) member(r *http.Request) (fleet.Device, error) {
	return a.Fleet.Member(r.Context(), productOf(r).ID, param(r, "device"))
}

// getMember handles GET /v1/products/{product}/devices/{device}.
func (a *API) getMember(w http.ResponseWriter, r *http.Request) error {
	d, err := a.member(r)
	if err != nil {
		return err
	}
	return a.replyDevice(w, r, &d)
}

// updateMember handles PUT /v1/products/{product}/devices/{device}.
func (a *API) updateMember(w http.ResponseWriter, r *http.Request) error {
	in, err := readInput(r, "")
	if err != nil {
		return err
	}
	c := fleet.Change{
		Name: in.text("name"), Notes: in.text("notes"), Groups: in.list("groups"),
		Serial: in.text("serial_number"), ICCID: in.text("iccid"), IMEI: in.text("imei"),
		Development: in.flag("development"), Quarantined: in.flag("quarantined"), Denied: in.flag("denied"),
		Firmware: in.number("firmware_version"), Desired: in.number("desired_firmware_version"),
	}
	switch {
	case in.err != nil:
		return in.err
	case in.members["signal"] != nil:
		return a.memberUnreachable(w, r)
	}
	d, err := a.Fleet.UpdateMember(r.Context(), productOf(r).ID, param(r, "device"), c)
	if err != nil {
		return err
	}
	return a.replyDevice(w, r, &d)
}

// removeMember handles DELETE /v1/products/{product}/devices/{device}.
func (a *API) removeMember(w http.ResponseWriter, r *http.Request) error {
	in, err := readInput(r, "")
	if err != nil {
		return err
	}
	deny := in.flag("deny")
	if in.err != nil {
		return in.err
	}
	return done(w, a.Fleet.RemoveMember(r.Context(), productOf(r).ID, param(r, "device"), deny != nil && *deny))
}

// unclaimMember handles DELETE /v1/products/{product}/devices/{device}/owner.
func (a *API) unclaimMember(w http.ResponseWriter, r *http.Request) error {
	return done(w, a.Fleet.UnclaimMember(r.Context(), productOf(r).ID, param(r, "device")))
}

// pingMember handles PUT /v1/products/{product}/devices/{device}/ping.
func (a *API) pingMember(w http.ResponseWriter, r *http.Request) error {
	d, err := a.member(r)
	if err != nil {
		return err
	}
	a.replyPing(w, &d)
	return nil
}

// memberUnreachable is unreachable for a product's device.
func (a *API) memberUnreachable(_ http.ResponseWriter, r *http.Request) error {
	if _, err := a.member(r); err != nil {
		return err
	}
	return fault.New(timedOut, "timed out")
}
