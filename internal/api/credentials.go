package api

import (
	"net/http"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// maxDeviceTokens is how many tokens a device may have from its owner, and as
// many from its product.
const maxDeviceTokens = 100

// routeCredentials adds the routes about what devices show to the hub: native
// additions. Tokens that are made in the sandbox end when the device is
// unclaimed, those made in a product when it leaves that.
func (a *API) routeCredentials(m *table) {
	for _, base := range []string{inSandbox, inProduct} {
		device := base + "/devices/{device}"
		m.Post(device+"/tokens", a.may("devices:authorize", a.createDeviceToken))
		m.Get(device+"/tokens", a.may("devices:authorize", a.listDeviceTokens))
		m.Delete(device+"/tokens/{token}", a.may("devices:authorize", a.deleteDeviceToken))
		m.Post(device+"/certificates", a.may("devices:authorize", a.createCertificate))
		m.Get(device+"/certificates", a.may("devices:authorize", a.listCertificates))
		m.Delete(device+"/certificates/{fingerprint}", a.may("devices:authorize", a.deleteCertificate))
		m.Post(base+"/device_claims", a.may("devices:claim", a.createClaimCode))
	}
	m.Get("/v1/serial_numbers/{number}", a.may("devices:get", a.findSerial))
}

// deviceOf is the device that the path names, in the sandbox or product that it
// names.
func (a *API) deviceOf(r *http.Request) (fleet.Device, error) {
	if scopeOf(r).Kind == scope.Product {
		return a.member(r)
	}
	return a.Fleet.Get(r.Context(), caller(r), param(r, "device"))
}

// issuer is whose token a request is about: the owner's, or "" for the product's.
func issuer(r *http.Request) string {
	if scopeOf(r).Kind == scope.Product {
		return ""
	}
	return caller(r).User
}

// deviceToken is the answer of POST .../devices/{device}/tokens.
type deviceToken struct {
	OK       bool   `json:"ok"`
	Token    string `json:"token"` // shown this once
	ID       string `json:"id"`    // to revoke it by
	DeviceID string `json:"deviceID"`
}

// createDeviceToken handles POST .../devices/{device}/tokens: a token with which
// the device publishes as itself.
func (a *API) createDeviceToken(w http.ResponseWriter, r *http.Request) error {
	d, err := a.deviceOf(r)
	if err != nil {
		return err
	}
	known, err := a.Identity.DeviceTokens(r.Context(), issuer(r), d.ID)
	if err != nil {
		return err
	}
	if len(known) >= maxDeviceTokens {
		return fault.New(fault.Conflict, "The device has %d tokens, which is the limit. Revoke one first.", maxDeviceTokens)
	}
	token, id, err := a.Identity.IssueDeviceToken(r.Context(), issuer(r), d.ID)
	if err != nil {
		return err
	}
	doNotStore(w)
	reply(w, http.StatusCreated, deviceToken{OK: true, Token: token, ID: id, DeviceID: d.ID})
	return nil
}

// listDeviceTokens handles GET .../devices/{device}/tokens.
func (a *API) listDeviceTokens(w http.ResponseWriter, r *http.Request) error {
	d, err := a.deviceOf(r)
	if err != nil {
		return err
	}
	tokens, err := a.Identity.DeviceTokens(r.Context(), issuer(r), d.ID)
	if err != nil {
		return err
	}
	list := make([]tokenJSON, len(tokens))
	for i := range tokens {
		list[i] = tokenJSONOf(&tokens[i])
	}
	reply(w, http.StatusOK, map[string]any{"tokens": list})
	return nil
}

// deleteDeviceToken handles DELETE .../devices/{device}/tokens/{token}, by the
// token's id. The answer is the same for one that is not there.
func (a *API) deleteDeviceToken(w http.ResponseWriter, r *http.Request) error {
	d, err := a.deviceOf(r)
	if err != nil {
		return err
	}
	return done(w, a.Identity.RevokeDeviceToken(r.Context(), issuer(r), d.ID, param(r, "token")))
}

// certificateJSON is a certificate on the wire.
type certificateJSON struct {
	Fingerprint string `json:"fingerprint"`
	CreatedAt   string `json:"created_at"`
}

// createCertificate handles POST .../devices/{device}/certificates.
func (a *API) createCertificate(w http.ResponseWriter, r *http.Request) error {
	in, err := readFields(r)
	if err != nil {
		return err
	}
	d, err := a.deviceOf(r)
	if err != nil {
		return err
	}
	c, err := a.Fleet.AddCertificate(r.Context(), d.ID, in["fingerprint"])
	if err != nil {
		return err
	}
	reply(w, http.StatusCreated, map[string]any{"ok": true, "certificate": certificateJSON{c.Fingerprint, event.FormatTime(c.Created)}})
	return nil
}

// listCertificates handles GET .../devices/{device}/certificates.
func (a *API) listCertificates(w http.ResponseWriter, r *http.Request) error {
	d, err := a.deviceOf(r)
	if err != nil {
		return err
	}
	all, err := a.Fleet.CertificatesOf(r.Context(), d.ID)
	if err != nil {
		return err
	}
	list := make([]certificateJSON, len(all))
	for i, c := range all {
		list[i] = certificateJSON{c.Fingerprint, event.FormatTime(c.Created)}
	}
	reply(w, http.StatusOK, map[string]any{"certificates": list})
	return nil
}

// deleteCertificate handles DELETE .../devices/{device}/certificates/{fingerprint}.
func (a *API) deleteCertificate(w http.ResponseWriter, r *http.Request) error {
	d, err := a.deviceOf(r)
	if err != nil {
		return err
	}
	return done(w, a.Fleet.RemoveCertificate(r.Context(), d.ID, param(r, "fingerprint")))
}

// createClaimCode handles POST .../device_claims: a code with which one device
// can be claimed for the caller. What clients send along (iccid) is not needed.
func (a *API) createClaimCode(w http.ResponseWriter, r *http.Request) error {
	if caller(r).User == "" {
		return fault.New(fault.Forbidden, "Permission denied: a claim code is for a user, and this token has none.")
	}
	product := scopeOf(r).Number()
	if caller(r).Customer {
		product = caller(r).Home.Number() // a customer's code is good for its product's devices alone
	}
	code, err := a.Fleet.NewCode(r.Context(), caller(r).User, product)
	if err != nil {
		return err
	}
	doNotStore(w)
	reply(w, http.StatusOK, map[string]any{"ok": true, "claim_code": code, "device_ids": []string{}})
	return nil
}

// findSerial handles GET /v1/serial_numbers/{number}: the id of a device that the
// caller may see.
func (a *API) findSerial(w http.ResponseWriter, r *http.Request) error {
	p := caller(r)
	devices, err := a.Fleet.BySerial(r.Context(), p.User, strings.ToUpper(param(r, "number")))
	if err != nil {
		return err
	}
	for _, d := range devices {
		if d.Owner != p.User && (d.Product == 0 || a.Team.Check(r.Context(), p, scope.OfProduct(d.Product), "devices:get") != nil) {
			continue
		}
		reply(w, http.StatusOK, map[string]any{"ok": true, "device_id": d.ID, "platform_id": d.Platform})
		return nil
	}
	return fault.New(fault.NotFound, "No device has this serial number.")
}
