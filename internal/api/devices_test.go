package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fleet"
)

func TestRegisterDevice(t *testing.T) {
	s := newServer(t, nil)
	got := s.want(200, ask{method: "POST", path: "/v1/devices", body: `{"register":true}`})
	id, _ := got.json["id"].(string)
	if got.json["ok"] != true || got.json["claimed"] != true || got.json["deviceID"] != id || got.json["name"] != nil || !event.IsID(id) {
		t.Errorf("got %s, want a claimed device with an id", got.text)
	}
	const given = "ABCDEF000000000000000001"
	got = s.want(200, ask{method: "POST", path: "/v1/devices", contentType: formType, body: "register=true&name=porch&id=" + given})
	if got.json["id"] != strings.ToLower(given) || got.json["name"] != "porch" {
		t.Errorf("got %s, want the given id and name", got.text)
	}
}

func TestClaimDevice(t *testing.T) {
	s := newServer(t, nil)
	id, _ := s.register("porch")
	got := s.want(200, ask{method: "POST", path: "/v1/devices", body: `{"id":"` + id + `","request_transfer":false}`})
	if got.json["ok"] != true || got.json["deviceID"] != id || got.json["claimed"] != true {
		t.Errorf("own device: got %s", got.text)
	}
	for _, c := range []struct {
		body   string
		status int
		text   string
	}{
		{`{"id":"999999999999999999999999","request_transfer":false}`, 404, "device not found"},
		{`{"id":"` + foreignDevice + `"}`, 403, "That belongs to someone else."},
		{`{"id":"` + foreignDevice + `","register":true}`, 403, "That belongs to someone else."},
		{`{}`, 400, "id: It is missing. To make a new device, send register: true."},
		{`{"register":"maybe"}`, 400, "register: It must be true or false."},
	} {
		checkDeviceFailure(t, s.send(ask{method: "POST", path: "/v1/devices", body: c.body}), c.status, c.text)
	}
}

// checkDeviceFailure is checkFailure for the routes of devices, whose error
// member holds the text: particle-cli 3.43 asks about a transfer when it says
// "That belongs to someone else.", and prints it.
func checkDeviceFailure(t *testing.T, got answer, status int, text string) {
	t.Helper()
	checkFailure(t, got, status, text, text)
}

// members that clients require (cloud API reference, section 7.1).
var members = []string{
	"id", "name", "owner", "last_ip_address", "last_heard", "last_handshake_at", "product_id", "platform_id",
	"online", "connected", "cellular", "status", "groups", "notes",
}

func TestGetAndListDevices(t *testing.T) {
	s := newServer(t, nil)
	if got := s.want(200, ask{method: "GET", path: "/v1/devices"}); got.text != "[]\n" {
		t.Errorf("no devices: got %q, want an empty array", got.text)
	}
	id, _ := s.register("porch")
	detail := s.want(200, ask{method: "GET", path: "/v1/devices/" + id}).json
	list := s.want(200, ask{method: "GET", path: "/v1/devices"}).list
	if len(list) != 1 {
		t.Fatalf("got %d devices, want 1", len(list))
	}
	element := list[0].(map[string]any)
	for _, name := range members {
		_, inDetail := detail[name]
		_, inList := element[name]
		if !inDetail || !inList {
			t.Errorf("%s: in details %v, in the list %v, want both", name, inDetail, inList)
		}
	}
	if detail["owner"] != "admin" || detail["name"] != "porch" || detail["last_heard"] != nil || detail["product_id"] != detail["platform_id"] {
		t.Errorf("got %v", detail)
	}
	if detail["functions"] == nil || detail["variables"] == nil || element["functions"] != nil {
		t.Errorf("functions and variables belong into details only: got %v and %v", detail, element)
	}
}

func TestUnknownAndForeignDevicesLookTheSame(t *testing.T) {
	s := newServer(t, nil)
	for _, c := range []ask{
		{method: "GET"},
		{method: "PUT", body: `{"name":"mine"}`},
		{method: "DELETE"},
		{method: "POST", path: "/tokens"},
		{method: "GET", path: "/events"},
	} {
		rest := c.path
		for _, device := range []string{foreignDevice, "theirs", "999999999999999999999999", "nothing"} {
			c.path = "/v1/devices/" + device + rest
			checkDeviceFailure(t, s.send(c), 404, "I didn't recognize that device name or ID.")
		}
	}
}

func TestRenameAndRemoveDevice(t *testing.T) {
	s := newServer(t, nil)
	id, token := s.register("porch")
	got := s.want(200, ask{method: "PUT", path: "/v1/devices/porch", body: `{"name":"attic"}`})
	if got.json["id"] != id || got.json["name"] != "attic" {
		t.Errorf("got %s, want the device with its new name", got.text)
	}
	got = s.want(200, ask{method: "PUT", path: "/v1/devices/attic", body: `{"notes":"under\nthe roof"}`})
	if got.json["name"] != "attic" || got.json["notes"] != "under\nthe roof" {
		t.Errorf("got %s, want the device with notes and its name", got.text)
	}
	got = s.send(ask{method: "PUT", path: "/v1/devices/attic", body: `{}`})
	checkDeviceFailure(t, got, 400, "name: It is missing; name and notes are what can be changed of a device here.")
	got = s.want(200, ask{method: "DELETE", path: "/v1/devices/attic"})
	if got.text != `{"ok":true}` {
		t.Errorf("got %q", got.text)
	}
	s.want(404, ask{method: "GET", path: "/v1/devices/" + id})
	s.want(401, ask{method: "GET", path: "/v1/devices/" + id, authorization: "Bearer " + token})
}

func TestDeviceTokenIsShownOnce(t *testing.T) {
	s := newServer(t, nil)
	id, _ := s.register("porch")
	got := s.want(201, ask{method: "POST", path: "/v1/devices/porch/tokens"})
	token, _ := got.json["token"].(string)
	if got.json["ok"] != true || got.json["deviceID"] != id || !hex40.MatchString(token) || got.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %s, want a new token that nobody keeps", got.text)
	}
	if list := s.want(200, ask{method: "GET", path: "/v1/access_tokens"}); strings.Contains(list.text, token) || !strings.Contains(list.text, id) {
		t.Errorf("got %s, want the token masked, with its device", list.text)
	}
}

// What takes a device's own protocol is answered as for a device that is
// offline, and as ever for one that is not there.
func TestUnreachableDevices(t *testing.T) {
	s := newServer(t, nil)
	s.register("porch")
	for _, c := range []ask{
		{method: "GET", path: "/temperature"},
		{method: "POST", path: "/blink", body: `{"args":"on"}`},
		{method: "PUT", body: `{"signal":"1"}`},
	} {
		rest := c.path
		c.path = "/v1/devices/porch" + rest
		checkDeviceFailure(t, s.send(c), 408, "timed out")
		c.path = "/v1/devices/" + foreignDevice + rest
		checkDeviceFailure(t, s.send(c), 404, "I didn't recognize that device name or ID.")
	}
	got := s.want(200, ask{method: "PUT", path: "/v1/devices/porch/ping"})
	if got.json["ok"] != true || got.json["online"] != false {
		t.Errorf("ping: got %s", got.text)
	}
}

func TestDevicesInPages(t *testing.T) {
	s := newServer(t, nil)
	for range 3 {
		s.register("")
	}
	got := s.want(200, ask{method: "GET", path: "/v1/devices?per_page=2"})
	if len(got.list) != 2 || got.Header.Get("Link") != `<https://hub.example.org/v1/devices?page=2&per_page=2>; rel="next"` {
		t.Errorf("got %d devices and the link %q", len(got.list), got.Header.Get("Link"))
	}
	got = s.want(200, ask{method: "GET", path: "/v1/devices?page=2&per_page=2"})
	if len(got.list) != 1 || got.Header.Get("Link") != "" {
		t.Errorf("last page: got %d devices and the link %q", len(got.list), got.Header.Get("Link"))
	}
	for _, query := range []string{"page=0", "page=x", "per_page=1001", "per_page=-1"} {
		s.want(400, ask{method: "GET", path: "/v1/devices?" + query})
	}
}

// A table asks for pages, an order and parts of the list, and is told how many
// devices there are; everybody else gets the array as ever.
func TestListDevicesAsTable(t *testing.T) {
	h := newHub(t)
	for i, name := range []string{"Cellar", "attic", "Barn"} {
		h.must(h.store.InsertDevice(t.Context(), fleet.Device{ID: fmt.Sprintf("e0000000000000000000000%d", i), Name: name, Owner: ann, Serial: fmt.Sprint("SN", i), Created: int64(10 - i)}))
	}
	for query, want := range map[string]struct {
		names, total string
		next         bool
	}{
		"":                                      {"porch Barn attic Cellar", "", false},
		"?sortDir=desc":                         {"Cellar attic Barn porch", "4", false},
		"?page=1&per_page=3":                    {"porch Barn attic", "4", true},
		"?page=2&per_page=3":                    {"Cellar", "4", false},
		"?page=9&per_page=3":                    {"", "4", false},
		"?sortAttr=deviceName&per_page=2":       {"attic Barn", "4", true},
		"?search=R":                             {"porch Barn Cellar", "3", false},
		"?search=sn1":                           {"attic", "1", false},
		"?deviceName=ATT&serialNumber=sn":       {"attic", "1", false},
		"?deviceId=" + bobDevice:                {"", "0", false},
		"?search=attic&deviceId=e000&groups=no": {"", "0", false},
	} {
		resp, text := h.do(h.request("GET", "/v1/devices"+query, "", ""))
		var list []struct{ Name string }
		h.must(json.Unmarshal([]byte(text), &list))
		var names []string
		for _, d := range list {
			names = append(names, d.Name)
		}
		if got := strings.Join(names, " "); got != want.names || resp.Header.Get("X-Total-Count") != want.total || (resp.Header.Get("Link") != "") != want.next {
			t.Errorf("%s: got %q of %q, link %q, want %+v", query, got, resp.Header.Get("X-Total-Count"), resp.Header.Get("Link"), want)
		}
	}
	for _, query := range []string{"sortAttr=color", "sortDir=up", "per_page=1001", "quarantined=perhaps"} {
		name, _, _ := strings.Cut(query, "=")
		if text := h.send("GET", "/v1/devices?"+query, "", 400); !strings.Contains(text, name) {
			t.Errorf("%s: got %s", query, text)
		}
	}
}
