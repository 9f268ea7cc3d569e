package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"slices"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// product makes a product of the administrator and gives its path.
func (s *server) product(name string) string {
	s.t.Helper()
	got := s.want(200, ask{method: "POST", path: "/v1/user/products", body: `{"product":{"name":"` + name + `","platform_id":13}}`})
	return "/v1/products/" + got.json["product"].(map[string]any)["slug"].(string)
}

func TestProducts(t *testing.T) {
	s := newServer(t, nil)
	for _, path := range []string{"/v1/products", "/v1/user/products/"} {
		if got := s.want(200, ask{method: "GET", path: path}); got.text != `{"products":[]}`+"\n" {
			t.Errorf("%s: got %s, want none", path, got.text)
		}
	}
	got := s.want(200, ask{method: "POST", path: "/v1/user/products/", body: `{"product":{"name":"Lamp","platform_id":13,"description":"d","settings":{"a":1}}}`})
	made, _ := got.json["product"].(map[string]any)
	id := fmt.Sprint(made["id"])
	want := map[string]any{"slug": "lamp-v1", "name": "Lamp", "platform_id": 13.0, "description": "d", "user": "admin", "device_count": 0.0, "organization_id": nil}
	for key, value := range want {
		if made[key] != value {
			t.Errorf("%s is %v, want %v", key, made[key], value)
		}
	}
	if got.json["ok"] != true || fmt.Sprint(made["settings"]) != "map[a:1]" || fmt.Sprint(made["groups"]) != "[]" {
		t.Errorf("got %s", got.text)
	}
	for _, path := range []string{"/v1/products/" + id, "/v1/products/lamp-v1"} {
		if got := s.want(200, ask{method: "GET", path: path}); fmt.Sprint(got.json["product"]) != fmt.Sprint(made) {
			t.Errorf("%s: got %s", path, got.text)
		}
	}
	got = s.want(200, ask{method: "PUT", path: "/v1/products/" + id, contentType: formType, body: "name=Lamp+2&platform_id=6"})
	if p := got.json["product"].(map[string]any); p["name"] != "Lamp 2" || p["platform_id"] != 6.0 || p["description"] != "d" || p["slug"] != "lamp-v1" {
		t.Errorf("after the update: %s", got.text)
	}
	if got := s.want(200, ask{method: "GET", path: "/v1/products/lamp-v1/firmware"}); got.text != "[]\n" {
		t.Errorf("firmware: %s", got.text)
	}
	checkFailure(t, s.send(ask{method: "POST", path: "/v1/products", body: `{"product":{}}`}), 400, "invalid_request", "name: It is missing.")
	s.want(400, ask{method: "POST", path: "/v1/products", body: `{"name":"a","platform_id":"x"}`})
	s.want(400, ask{method: "POST", path: "/v1/products", body: `{"name":"a","settings":[]}`})
	s.want(200, ask{method: "DELETE", path: "/v1/products/lamp-v1"})
	s.want(403, ask{method: "GET", path: "/v1/products/" + id})
}

// A product of somebody else looks exactly like one that does not exist.
func TestForeignProducts(t *testing.T) {
	s := newServer(t, nil)
	path := s.product("lamp")
	stranger := s.user("stranger")
	for _, c := range []ask{
		{method: "GET"}, {method: "PUT", body: `{"name":"x"}`}, {method: "DELETE"}, {method: "GET", path: "/firmware"},
		{method: "GET", path: "/devices"}, {method: "POST", path: "/devices", body: `{"id":"` + foreignDevice + `"}`},
		{method: "GET", path: "/devices/" + foreignDevice}, {method: "PUT", path: "/devices/" + foreignDevice, body: `{}`},
		{method: "DELETE", path: "/devices/" + foreignDevice}, {method: "DELETE", path: "/devices/" + foreignDevice + "/owner"},
		{method: "GET", path: "/groups"}, {method: "POST", path: "/groups", body: `{"name":"a"}`}, {method: "DELETE", path: "/groups/a"},
	} {
		rest := c.path
		c.authorization = stranger
		c.path = path + rest
		foreign := s.send(c)
		c.path = "/v1/products/nothing" + rest
		missing := s.send(c)
		if foreign.StatusCode != 403 || foreign.text != missing.text || !strings.Contains(foreign.text, "Permission denied") {
			t.Errorf("%s %s: foreign %d %s, missing %s", c.method, rest, foreign.StatusCode, foreign.text, missing.text)
		}
	}
	if got := s.want(200, ask{method: "GET", path: "/v1/products", authorization: stranger}); got.text != `{"products":[]}`+"\n" {
		t.Errorf("a stranger sees %s", got.text)
	}
}

// user makes a user and gives what to send in Authorization.
func (s *server) user(name string) string {
	s.t.Helper()
	id := fmt.Sprintf("%024x", []byte(name)[:6])
	s.must(s.store.SaveUser(s.t.Context(), identity.User{ID: id, Username: name}))
	token, _, err := s.users.IssueDeviceToken(s.t.Context(), id, "")
	s.must(err)
	return "Bearer " + token
}

func TestProductsOfOrganizations(t *testing.T) {
	s := newServer(t, nil)
	guest := s.user("guest-of-acme")
	id := fmt.Sprintf("%024x", []byte("guest-of-acme")[:6])
	s.must(s.store.SaveOrganization(t.Context(), team.Organization{ID: "0a0000000000000000000001", Slug: "acme", Name: "Acme"}))
	s.must(s.store.SaveMember(t.Context(), team.Member{Scope: scope.OfOrganization("0a0000000000000000000001"), User: id, Role: team.Administrator}))
	got := s.want(200, ask{method: "POST", path: "/v1/orgs/acme/products", body: `{"product":{"name":"lamp"}}`, authorization: guest})
	made := got.json["product"].(map[string]any)
	if made["org"] != "acme" || made["organization_id"] != "0a0000000000000000000001" || made["user"] != nil {
		t.Errorf("got %s", got.text)
	}
	for _, path := range []string{"/v1/orgs/acme/products", "/v1/user/products"} {
		got := s.want(200, ask{method: "GET", path: path, authorization: guest})
		if list, _ := got.json["products"].([]any); len(list) != 1 || fmt.Sprint(list[0]) != fmt.Sprint(made) {
			t.Errorf("%s: got %s", path, got.text)
		}
	}
	s.want(403, ask{method: "GET", path: "/v1/orgs/acme/products"})
	s.want(403, ask{method: "DELETE", path: "/v1/products/lamp-v1", authorization: guest})
}

func TestGroups(t *testing.T) {
	s := newServer(t, nil)
	path := s.product("lamp")
	s.want(200, ask{method: "POST", path: path + "/groups", body: `{"name":"beta","description":"d","color":"#fff"}`})
	s.want(409, ask{method: "POST", path: path + "/groups", body: `{"name":"beta"}`})
	s.want(400, ask{method: "POST", path: path + "/groups", body: `{"name":"No Good"}`})
	s.want(200, ask{method: "POST", path: path + "/devices", body: `{"id":"` + memberID(1) + `"}`})
	s.want(200, ask{method: "PUT", path: path + "/devices/" + memberID(1), body: `{"groups":["alpha","beta"]}`})
	got := s.want(200, ask{method: "GET", path: path + "/groups"})
	want := `{"groups":[{"name":"alpha","description":"","color":"","device_count":1},{"name":"beta","description":"d","color":"#fff","device_count":1}]}` + "\n"
	if got.text != want {
		t.Errorf("got  %swant %s", got.text, want)
	}
	s.want(200, ask{method: "PUT", path: path + "/groups/beta", body: `{"name":"gamma"}`})
	s.want(404, ask{method: "GET", path: path + "/groups/beta"})
	s.want(200, ask{method: "GET", path: path + "/groups/gamma"})
	s.want(200, ask{method: "DELETE", path: path + "/groups/alpha"})
	s.want(404, ask{method: "DELETE", path: path + "/groups/alpha"})
	got = s.want(200, ask{method: "GET", path: path + "/devices/" + memberID(1)})
	if fmt.Sprint(got.json["groups"]) != "[gamma]" {
		t.Errorf("the device's groups: %v", got.json["groups"])
	}
}

func memberID(n int) string { return fmt.Sprintf("cc%022x", n) }

// upload is a file with devices as particle-cli sends it.
func upload(t *testing.T, content string) (contentType, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("import_method", "many")
	part, err := w.CreateFormFile("file", "file")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(content))
	_ = w.Close()
	return w.FormDataContentType(), b.String()
}

// importAnswer is what clients read of it.
type importAnswer struct {
	Updated   int
	IDs       []string `json:"updatedDeviceIds"`
	Existing  []string `json:"existingDeviceIds"`
	NonMember []string `json:"nonmemberDeviceIds"`
	Invalid   []string `json:"invalidDeviceIds"`
}

func (s *server) imports(path, contentType, body string) (answer importAnswer) {
	s.t.Helper()
	got := s.want(200, ask{method: "POST", path: path + "/devices", contentType: contentType, body: body})
	for _, key := range []string{"updatedDeviceIds", "existingDeviceIds", "nonmemberDeviceIds", "invalidDeviceIds"} {
		if _, ok := got.json[key].([]any); !ok {
			s.t.Errorf("%s is %v, want an array", key, got.json[key])
		}
	}
	s.must(json.Unmarshal([]byte(got.text), &answer))
	return answer
}

func TestAddDevicesToProduct(t *testing.T) {
	s := newServer(t, nil)
	path := s.product("lamp")
	if got := s.imports(path, "", `{"id":"`+strings.ToUpper(memberID(1))+`"}`); got.Updated != 1 || got.IDs[0] != memberID(1) {
		t.Errorf("JSON: got %+v", got)
	}
	if got := s.imports(path, formType, "id="+memberID(1)); got.Updated != 0 || len(got.Existing) != 1 {
		t.Errorf("a form, a second time: got %+v", got)
	}
	content := "\uFEFF" + memberID(2) + "\r\n\r\n" + strings.ToUpper(memberID(2)) + ",\n  \"" + memberID(3) + "\" ,WAT\r" + memberID(4) + "\n" +
		foreignDevice + "\nLOL\nwat\n" + memberID(1) + "\n" + strings.Repeat("x", 300) + "\na\xffb"
	kind, body := upload(t, content)
	got := s.imports(path, kind, body)
	if got.Updated != 3 || !slices.Equal(got.IDs, []string{memberID(2), memberID(3), memberID(4)}) || !slices.Equal(got.Existing, []string{memberID(1)}) ||
		!slices.Equal(got.NonMember, []string{foreignDevice}) || !slices.Equal(got.Invalid, []string{"WAT", "LOL", strings.Repeat("x", 128), "a\uFFFDb"}) {
		t.Errorf("file: got %+v", got)
	}
	if p := s.want(200, ask{method: "GET", path: path}).json["product"].(map[string]any); p["device_count"] != 4.0 {
		t.Errorf("the product counts %v devices, want 4", p["device_count"])
	}
	kind, body = upload(t, "")
	if got := s.imports(path, kind, body); got.Updated != 0 {
		t.Errorf("an empty file: got %+v", got)
	}
}

func TestBadLists(t *testing.T) {
	s := newServer(t, nil)
	path := s.product("lamp") + "/devices"
	kind, body := upload(t, memberID(1))
	long := strings.Builder{}
	for n := range 200_001 {
		fmt.Fprintf(&long, "%x\n", n)
	}
	manyKind, many := upload(t, long.String())
	boundary := kind[strings.Index(kind, "boundary=")+len("boundary="):]
	for _, c := range []struct {
		name, contentType, body string
		status                  int
		text                    string
	}{
		{"no id", "", `{}`, 400, "id: It is missing. Send an id, or a file with one device per line."},
		{"an id that is none", "", `{"id":["a"]}`, 400, "id: It must be a text."},
		{"no boundary", "multipart/form-data", body, 400, "The multipart body names no boundary."},
		{"broken off", kind, body[:len(body)-20], 400, "The multipart body is malformed or broke off before its end."},
		{"another boundary", "multipart/form-data; boundary=x", body, 400, "file: It is missing: send the list of devices as a part of this name."},
		{"no file", kind, "--" + boundary + "\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--" + boundary + "--\r\n", 400, "file: It is missing: send the list of devices as a part of this name."},
		{"too many", manyKind, many, 413, "A list has at most 200000 devices; send it in parts."},
	} {
		got := s.send(ask{method: "POST", path: path, contentType: c.contentType, body: c.body})
		if d, _ := got.json["error_description"].(string); got.StatusCode != c.status || d != c.text {
			t.Errorf("%s: got %d %s, want %d %q", c.name, got.StatusCode, got.text, c.status, c.text)
		}
	}
	if got := s.want(200, ask{method: "GET", path: path}); fmt.Sprint(got.json["devices"]) != "[]" {
		t.Errorf("a bad list added %s", got.text)
	}
}

// required are the members that particle-cli's own tests ask for (cloud API
// reference, section 7.1).
var required = strings.Fields(`cellular connected current_build_target default_build_target denied development firmware_product_id
	firmware_updates_enabled firmware_updates_forced groups id last_handshake_at last_heard last_ip_address mobile_secret name online owner
	platform_id product_id quarantined serial_number system_firmware_version targeted_firmware_release_version`)

func TestProductDevices(t *testing.T) {
	s := newServer(t, nil)
	path := s.product("lamp")
	var list strings.Builder
	for n := range 30 {
		fmt.Fprintln(&list, memberID(n))
	}
	kind, body := upload(t, list.String())
	s.imports(path, kind, body)
	s.want(200, ask{method: "PUT", path: path + "/devices/" + memberID(7), body: `{"name":"Hall","groups":["g1"],"desired_firmware_version":3,"notes":"n","quarantined":true,"serial_number":"p04"}`})
	for _, c := range []struct {
		query string
		want  []int
		meta  string
	}{
		{"", seq(0, 25), "page:1 per_page:25 total_pages:2 total_records:30"},
		{"page=2", seq(25, 30), "page:2 per_page:25 total_pages:2 total_records:30"},
		{"page=3&per_page=25", nil, "page:3 per_page:25 total_pages:2 total_records:30"},
		{"perPage=2&sortDir=desc", []int{29, 28}, "page:1 per_page:2 total_pages:15 total_records:30"},
		{"per_page=1&sortAttr=deviceName&sortDir=DESC", []int{7}, "page:1 per_page:1 total_pages:30 total_records:30"},
		{"deviceName=aL&groups=g1,g2&page=1&per_page=5", []int{7}, "page:1 per_page:5 total_pages:1 total_records:1"},
		{"deviceId=" + strings.ToUpper(memberID(9)), []int{9}, "page:1 per_page:25 total_pages:1 total_records:1"},
		{"serialNumber=P0&quarantined=true", []int{7}, "page:1 per_page:25 total_pages:1 total_records:1"},
		{"groups=g2", nil, "page:1 per_page:25 total_pages:1 total_records:0"},
	} {
		got := s.want(200, ask{method: "GET", path: path + "/devices?" + c.query})
		var ids, want []string
		for _, d := range got.json["devices"].([]any) {
			ids = append(ids, d.(map[string]any)["id"].(string))
		}
		for _, n := range c.want {
			want = append(want, memberID(n))
		}
		if !slices.Equal(ids, want) || fmt.Sprint(got.json["meta"]) != "map["+c.meta+"]" || fmt.Sprint(got.json["customers"]) != "[]" {
			t.Errorf("%s: got %v, %v, want %v, %s", c.query, ids, got.json["meta"], want, c.meta)
		}
	}
	for _, query := range []string{"page=0", "per_page=501", "sortAttr=x", "sortDir=up", "quarantined=maybe"} {
		s.want(400, ask{method: "GET", path: path + "/devices?" + query})
	}

	got := s.want(200, ask{method: "GET", path: path + "/devices/" + strings.ToUpper(memberID(7))})
	for _, key := range append(required, "functions", "variables") {
		if _, ok := got.json[key]; !ok {
			t.Errorf("the device lacks %s", key)
		}
	}
	for key, want := range map[string]any{"name": "Hall", "notes": "n", "quarantined": true, "desired_firmware_version": 3.0, "serial_number": "P04", "owner": nil, "platform_id": 13.0, "cellular": true, "last_heard": nil} {
		if got.json[key] != want {
			t.Errorf("%s is %v, want %v", key, got.json[key], want)
		}
	}
	got = s.want(200, ask{method: "PUT", path: path + "/devices/" + memberID(7), contentType: formType, body: "quarantined=false&desired_firmware_version=&name="})
	if got.json["quarantined"] != false || got.json["desired_firmware_version"] != nil || got.json["name"] != nil || got.json["notes"] != "n" {
		t.Errorf("after the form: %s", got.text)
	}
	s.want(200, ask{method: "GET", path: "/v1/devices/" + memberID(7)}) // a product's device that the caller may see
	checkDeviceFailure(t, s.send(ask{method: "PUT", path: path + "/devices/" + memberID(7), body: `{"signal":"1"}`}), 408, "timed out")
}

func seq(from, to int) (out []int) {
	for n := from; n < to; n++ {
		out = append(out, n)
	}
	return out
}

func TestClaimAndRemoveProductDevices(t *testing.T) {
	s := newServer(t, nil)
	path := s.product("lamp")
	s.imports(path, "", `{"id":"`+memberID(1)+`"}`)
	member, stranger := path+"/devices/"+memberID(1), s.user("stranger")
	checkDeviceFailure(t, s.send(ask{method: "POST", path: "/v1/devices", body: `{"id":"` + memberID(1) + `"}`, authorization: stranger}), 404, "device not found")
	s.want(200, ask{method: "POST", path: "/v1/devices", body: `{"id":"` + memberID(1) + `"}`})
	if got := s.want(200, ask{method: "GET", path: member}); got.json["owner"] != "admin" {
		t.Errorf("claimed: owner %v", got.json["owner"])
	}
	s.want(200, ask{method: "DELETE", path: "/v1/devices/" + memberID(1)})
	if got := s.want(200, ask{method: "GET", path: member}); got.json["owner"] != nil {
		t.Errorf("unclaimed: owner %v", got.json["owner"])
	}
	s.want(200, ask{method: "POST", path: "/v1/devices", body: `{"id":"` + memberID(1) + `"}`})
	s.want(200, ask{method: "DELETE", path: member + "/owner"})
	if got := s.want(200, ask{method: "GET", path: "/v1/devices"}); got.text != "[]\n" {
		t.Errorf("unclaimed in the product: the owner has %s", got.text)
	}
	s.want(200, ask{method: "DELETE", path: member, body: `{"deny":true}`})
	if got := s.want(200, ask{method: "GET", path: member}); got.json["denied"] != true {
		t.Errorf("denied: %s", got.text)
	}
	got := s.send(ask{method: "DELETE", path: path})
	checkFailure(t, got, 409, "conflict", "The product has 1 devices. Remove them first, or send force: true.")
	s.want(200, ask{method: "DELETE", path: member, body: `{}`})
	checkDeviceFailure(t, s.send(ask{method: "DELETE", path: member, body: `{}`}), 404, "Device not found for this product")
	s.imports(path, "", `{"id":"`+memberID(1)+`"}`)
	s.want(200, ask{method: "DELETE", path: path + "?force=true"})
}
