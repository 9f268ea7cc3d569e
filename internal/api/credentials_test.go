package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// A product's token of a device works whether the device is claimed or not, and
// stands for what the device is now.
func TestTokensOfProductDevices(t *testing.T) {
	s := newServer(t, nil)
	path := s.product("lamp")
	s.imports(path, "", `{"id":"`+memberID(1)+`"}`)
	member := path + "/devices/" + memberID(1)
	made := s.want(201, ask{method: "POST", path: member + "/tokens"})
	as := "Bearer " + made.json["token"].(string)
	var last scope.Principal
	s.publish = func(p *scope.Principal, _ publish.Input) error { last = *p; return nil }
	publishes := func(what string, status int, user bool, product bool, firmware int) {
		t.Helper()
		last = scope.Principal{}
		s.want(status, ask{method: "POST", path: "/v1/devices/events", body: `{"name":"t"}`, authorization: as})
		if status == 200 && (last.Device != memberID(1) || (last.User != "") != user || (last.Product != 0) != product || last.Firmware != firmware) {
			t.Errorf("%s: published as %+v", what, last)
		}
	}
	publishes("unclaimed", 200, false, true, 0)
	if got := s.want(200, ask{method: "GET", path: "/v1/devices/" + memberID(1), authorization: as}); got.json["id"] != memberID(1) {
		t.Errorf("the device sees %s", got.text)
	}
	s.want(200, ask{method: "POST", path: "/v1/devices", body: `{"id":"` + memberID(1) + `"}`})
	publishes("claimed", 200, true, true, 0)
	s.want(200, ask{method: "PUT", path: member, body: `{"firmware_version":7}`})
	publishes("with a firmware version", 200, true, true, 7)
	s.want(200, ask{method: "PUT", path: member, body: `{"quarantined":true}`})
	publishes("in quarantine", 200, true, false, 7)
	s.want(200, ask{method: "PUT", path: member, body: `{"quarantined":false,"denied":true}`})
	publishes("denied", 403, false, false, 0)
	s.want(200, ask{method: "PUT", path: member, body: `{"denied":false}`})
	s.want(200, ask{method: "DELETE", path: "/v1/devices/" + memberID(1)})
	publishes("unclaimed again", 200, false, true, 7)

	list := s.want(200, ask{method: "GET", path: member + "/tokens"})
	tokens := list.json["tokens"].([]any)
	if len(tokens) != 1 || tokens[0].(map[string]any)["id"] != made.json["id"] || strings.Contains(list.text, made.json["token"].(string)) {
		t.Errorf("tokens: %s", list.text)
	}
	s.want(200, ask{method: "DELETE", path: member + "/tokens/" + fmt.Sprint(made.json["id"])})
	publishes("revoked", 401, false, false, 0)
}

// The tokens that an owner made end with the claim, those of the product when
// the device leaves it.
func TestTokensEndWithTheirGiver(t *testing.T) {
	s := newServer(t, nil)
	path := s.product("lamp")
	s.imports(path, "", `{"id":"`+memberID(1)+`"}`)
	s.want(200, ask{method: "POST", path: "/v1/devices", body: `{"id":"` + memberID(1) + `"}`})
	owners := "Bearer " + s.want(201, ask{method: "POST", path: "/v1/devices/" + memberID(1) + "/tokens"}).json["token"].(string)
	products := "Bearer " + s.want(201, ask{method: "POST", path: path + "/devices/" + memberID(1) + "/tokens"}).json["token"].(string)
	try := func(token string, status int) {
		t.Helper()
		s.want(status, ask{method: "GET", path: "/v1/devices/" + memberID(1), authorization: token})
	}
	try(owners, 200)
	try(products, 200)
	s.want(200, ask{method: "DELETE", path: path + "/devices/" + memberID(1) + "/owner"})
	try(owners, 401)
	try(products, 200)
	s.want(200, ask{method: "POST", path: "/v1/devices", body: `{"id":"` + memberID(1) + `"}`})
	try(owners, 401)
	s.want(200, ask{method: "DELETE", path: path + "/devices/" + memberID(1), body: `{}`})
	try(products, 401)
	s.want(200, ask{method: "GET", path: "/v1/devices/" + memberID(1)})
}

func TestClaimCodesOnTheWire(t *testing.T) {
	s := newServer(t, nil)
	path := s.product("lamp")
	s.imports(path, "", `{"id":"`+memberID(1)+`"}`)
	as := "Bearer " + s.want(201, ask{method: "POST", path: path + "/devices/" + memberID(1) + "/tokens"}).json["token"].(string)
	got := s.want(200, ask{method: "POST", path: "/v1/device_claims", body: `{}`})
	code, _ := got.json["claim_code"].(string)
	if len(code) != 63 || fmt.Sprint(got.json["device_ids"]) != "[]" {
		t.Errorf("got %s", got.text)
	}
	s.want(403, ask{method: "POST", path: "/v1/devices", body: `{"id":"` + memberID(1) + `"}`, authorization: as})
	s.want(403, ask{method: "POST", path: "/v1/devices", body: `{"id":"` + memberID(2) + `","claim_code":"` + code + `"}`, authorization: as})
	s.want(200, ask{method: "POST", path: "/v1/devices", body: `{"claim_code":"` + code + `"}`, authorization: as})
	if got := s.want(200, ask{method: "GET", path: path + "/devices/" + memberID(1)}); got.json["owner"] != "admin" {
		t.Errorf("the device belongs to %v", got.json["owner"])
	}
	checkDeviceFailure(t, s.send(ask{method: "POST", path: "/v1/devices", body: `{"claim_code":"` + code + `"}`, authorization: as}), 400, "claim_code: It is not valid, was used or has expired.")
	s.want(200, ask{method: "POST", path: path + "/device_claims"})
}

func TestSerialNumbersAndCertificates(t *testing.T) {
	s := newServer(t, nil)
	path := s.product("lamp")
	s.imports(path, "", `{"id":"`+memberID(1)+`"}`)
	member, stranger := path+"/devices/"+memberID(1), s.user("stranger")
	s.want(200, ask{method: "PUT", path: member, body: `{"serial_number":"P042","imei":"123"}`})
	if got := s.want(200, ask{method: "GET", path: "/v1/serial_numbers/p042"}); got.json["device_id"] != memberID(1) || got.json["platform_id"] != 13.0 {
		t.Errorf("got %s", got.text)
	}
	for _, number := range []string{"P042", "P043", "123"} {
		s.want(404, ask{method: "GET", path: "/v1/serial_numbers/" + number, authorization: stranger})
	}
	s.want(404, ask{method: "GET", path: "/v1/serial_numbers/123"})
	for range 47 {
		s.want(404, ask{method: "GET", path: "/v1/serial_numbers/x", authorization: stranger})
	}
	if got := s.want(429, ask{method: "GET", path: "/v1/serial_numbers/x", authorization: stranger}); got.Header.Get("Retry-After") == "" {
		t.Error("the limit does not say when to try again")
	}

	print := strings.Repeat("0f", 32)
	s.want(201, ask{method: "POST", path: member + "/certificates", body: `{"fingerprint":"` + strings.ToUpper(print) + `"}`})
	s.want(409, ask{method: "POST", path: member + "/certificates", body: `{"fingerprint":"` + print + `"}`})
	s.want(400, ask{method: "POST", path: member + "/certificates", body: `{}`})
	if got := s.want(200, ask{method: "GET", path: member + "/certificates"}); !strings.Contains(got.text, print) {
		t.Errorf("got %s", got.text)
	}
	s.want(200, ask{method: "DELETE", path: member + "/certificates/" + print})
	s.want(404, ask{method: "DELETE", path: member + "/certificates/" + print})
}

// A claim code is good for as long as its maker may claim.
func TestClaimCodesEndWithTheRightOfTheirMaker(t *testing.T) {
	const id = "aaaaaaaaaaaaaaaaaaaaaaaa"
	s := newServer(t, nil)
	owner, ann := s.person("ann")
	_, bob := s.person("bob")
	s.ownedProduct("lamp", scope.Of(owner))
	s.want(200, by(ann, "POST", "/v1/products/lamp/team", `{"username":"bob"}`))
	s.want(200, by(ann, "POST", "/v1/products/lamp/devices", `{"id":"`+id+`"}`))
	code := s.want(200, by(bob, "POST", "/v1/products/lamp/device_claims", `{}`)).json["claim_code"].(string)
	s.want(200, by(ann, "DELETE", "/v1/products/lamp/team/bob", ""))
	if got := s.send(by(bob, "POST", "/v1/devices", `{"claim_code":"`+code+`","id":"`+id+`"}`)); got.StatusCode < 400 {
		t.Errorf("bob, who left the team, claims: %d %s", got.StatusCode, got.text)
	}
}
