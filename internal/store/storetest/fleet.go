package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
)

var fleetChecks = []check{
	{"devices/insert, update, list", devicesChange},
	{"devices/refusals", devicesRefusals},
	{"devices/a deleted device takes its tokens along", devicesDelete},
	{"devices/found by name, ids and numbers", devicesFound},
	{"devices/several change together or not at all", devicesTogether},
	{"devices/of a product: filters, orders, pages", productDevices},
	{"devices/of an owner: filters, orders, pages", ownersDevices},
	{"groups/of a product and its devices", groups},
	{"users/names", usernames},
	{"claim codes/used once, expired ones go", codes},
	{"certificates/of one device each", certificates},
}

func device(n int, owner string) fleet.Device {
	return fleet.Device{ID: id("de", n), Name: "cellar é", Owner: owner, Created: at}
}

func devicesChange(t *testing.T, s Store) {
	ann, bob := id("aa", 1), id("aa", 2)
	early := device(9, ann)
	early.Created = at - 1
	for _, d := range []fleet.Device{device(2, ann), device(1, ann), early, device(3, bob)} {
		ok(t, s.InsertDevice(t.Context(), d))
	}
	got, err := s.DevicesOf(t.Context(), ann, 100, 0)
	ok(t, err)
	diff(t, "ann's devices by creation, then id", got, []fleet.Device{early, device(1, ann), device(2, ann)})

	moved := device(2, bob)
	moved.Name = ""
	ok(t, s.UpdateDevice(t.Context(), moved))
	one, err := s.DeviceByID(t.Context(), moved.ID)
	ok(t, err)
	diff(t, "after the update", one, moved)
	got, err = s.DevicesOf(t.Context(), bob, 100, 0)
	ok(t, err)
	diff(t, "bob's devices", got, []fleet.Device{moved, device(3, bob)})
}

func devicesRefusals(t *testing.T, s Store) {
	ok(t, s.InsertDevice(t.Context(), device(1, id("aa", 1))))
	refused(t, "insert of a known id", s.InsertDevice(t.Context(), device(1, id("aa", 2))), fault.Conflict)
	refused(t, "update of an unknown id", s.UpdateDevice(t.Context(), device(2, "")), fault.NotFound)
	refused(t, "delete of an unknown id", s.DeleteDevice(t.Context(), id("de", 2)), fault.NotFound)
	for _, unknown := range []string{"", id("de", 2), "a\x00b", "\xff"} {
		_, err := s.DeviceByID(t.Context(), unknown)
		refused(t, "id "+unknown, err, fault.NotFound)
	}
}

func devicesDelete(t *testing.T, s Store) {
	ann := id("aa", 1)
	for n := range 2 {
		ok(t, s.InsertDevice(t.Context(), device(n, ann)))
		bound := token(n, ann)
		bound.Device = id("de", n)
		ok(t, s.InsertToken(t.Context(), bound))
	}
	ok(t, s.InsertToken(t.Context(), token(2, ann)))
	ok(t, s.DeleteDevice(t.Context(), id("de", 0)))

	_, err := s.DeviceByID(t.Context(), id("de", 0))
	refused(t, "the deleted device", err, fault.NotFound)
	kept := token(1, ann)
	kept.Device = id("de", 1)
	got, err := s.TokensOf(t.Context(), ann)
	ok(t, err)
	diff(t, "tokens that are left", got, []identity.Token{kept, token(2, ann)})
}

// full is a device with everything set, in a product.
func full(n int, product int64) fleet.Device {
	d := device(n, id("aa", 1))
	d.Product, d.Platform, d.Serial, d.ICCID, d.IMEI = product, 13, fmt.Sprintf("P04%d", n), fmt.Sprintf("8934%d", n), fmt.Sprintf("3567%d", n)
	d.Notes, d.Groups, d.Firmware, d.Desired = "line\nline", []string{"alpha", "beta"}, 3, 4
	d.Denied, d.Quarantined, d.Development = true, true, true
	d.Presence = fleet.Presence{Heard: at + int64(n), Handshake: at, IP: "192.0.2.1", Online: true}
	return d
}

func product(t *testing.T, s Store, slug string) int64 {
	t.Helper()
	p, err := s.InsertProduct(t.Context(), fleet.Product{Slug: slug, Name: slug, Owner: scope.Of(id("aa", 1)), Settings: "{}", Created: at})
	ok(t, err)
	return p.ID
}

func counted(t *testing.T, s Store, product, want int64) {
	t.Helper()
	p, err := s.ProductByID(t.Context(), product)
	ok(t, err)
	if p.Devices != want {
		t.Errorf("product %d counts %d devices, want %d", product, p.Devices, want)
	}
}

func devicesFound(t *testing.T, s Store) {
	p := product(t, s, "lamp")
	a, b := full(1, p), full(2, p)
	b.Name, b.Created = a.Name, a.Created+1
	ok(t, s.InsertDevice(t.Context(), b, a))
	got, err := s.DeviceByName(t.Context(), a.Owner, a.Name)
	ok(t, err)
	diff(t, "the older one of two", got, a)
	for _, name := range []string{"", "cellar", "a\x00"} {
		_, err = s.DeviceByName(t.Context(), a.Owner, name)
		refused(t, "name "+name, err, fault.NotFound)
	}
	list, err := s.DevicesByID(t.Context(), []string{a.ID, id("de", 77)})
	ok(t, err)
	diff(t, "by id", list, []fleet.Device{a})
	for _, number := range []string{b.Serial, b.ICCID, b.IMEI} {
		list, err = s.DevicesByNumber(t.Context(), []string{number, "NONE", ""})
		ok(t, err)
		diff(t, "by number "+number, list, []fleet.Device{b})
	}
	for n, want := range [][]fleet.Device{{a}, {b}, nil} {
		list, err = s.DevicesOf(t.Context(), a.Owner, 1, n)
		ok(t, err)
		diff(t, "page", list, want)
	}
	tokens, err := s.TokensOfDevice(t.Context(), "")
	ok(t, err)
	diff(t, "tokens of no device", len(tokens), 0)
}

func devicesTogether(t *testing.T, s Store) {
	lamp, lawn := product(t, s, "lamp"), product(t, s, "lawn")
	ok(t, s.InsertDevice(t.Context(), full(1, lamp), full(2, lamp)))
	refused(t, "insert of one that is known", s.InsertDevice(t.Context(), full(3, lamp), full(1, lawn)), fault.Conflict)
	refused(t, "update of one that is not", s.UpdateDevice(t.Context(), full(1, lawn), full(9, lawn)), fault.NotFound)
	refused(t, "delete of one that is not", s.DeleteDevice(t.Context(), id("de", 1), id("de", 9)), fault.NotFound)
	counted(t, s, lamp, 2)
	counted(t, s, lawn, 0)

	moved := full(1, lawn)
	moved.Groups, moved.Presence = []string{"gamma"}, fleet.Presence{}
	ok(t, s.UpdateDevice(t.Context(), moved, full(2, 0)))
	counted(t, s, lamp, 0)
	counted(t, s, lawn, 1)
	moved.Presence = full(1, lawn).Presence
	got, err := s.DeviceByID(t.Context(), moved.ID)
	ok(t, err)
	diff(t, "moved, as heard of before", got, moved)
	left, err := s.DeviceByID(t.Context(), id("de", 2))
	ok(t, err)
	diff(t, "groups without a product", left.Groups, []string(nil))

	refused(t, "delete of a product with devices", s.DeleteProduct(t.Context(), lawn), fault.Conflict)
	ok(t, s.DeleteDevice(t.Context(), moved.ID))
	ok(t, s.DeleteProduct(t.Context(), lawn))
	refused(t, "a second delete", s.DeleteProduct(t.Context(), lawn), fault.NotFound)
}

func productDevices(t *testing.T, s Store) {
	p := product(t, s, "lamp")
	a, b, c := full(1, p), full(2, p), full(3, p)
	a.Name, b.Name, c.Name = "Hall", "50%_off", "attic"
	a.Firmware, b.Firmware, c.Firmware = 2, 3, 1
	a.Heard, b.Heard, c.Heard = at, 0, at+1
	b.Quarantined, b.Groups = false, []string{"gamma"}
	ok(t, s.InsertDevice(t.Context(), a, b, c, full(9, 0)))
	yes, no := true, false
	for _, test := range []struct {
		name string
		q    fleet.Query
		want []fleet.Device
	}{
		{"all", fleet.Query{}, []fleet.Device{a, b, c}},
		{"descending", fleet.Query{Down: true}, []fleet.Device{c, b, a}},
		{"by name", fleet.Query{Sort: fleet.ByName}, []fleet.Device{b, c, a}},
		{"by firmware", fleet.Query{Sort: fleet.ByFirmware}, []fleet.Device{c, a, b}},
		{"by last heard, descending", fleet.Query{Sort: fleet.ByHeard, Down: true}, []fleet.Device{c, a, b}},
		{"second page", fleet.Query{Limit: 2, Offset: 2}, []fleet.Device{c}},
		{"part of an id", fleet.Query{ID: "0002"}, []fleet.Device{b}},
		{"a whole id", fleet.Query{ID: b.ID}, []fleet.Device{b}},
		{"a whole id and a name that it has not", fleet.Query{ID: b.ID, Name: "hall"}, nil},
		{"part of a name", fleet.Query{Name: "t"}, []fleet.Device{c}},
		{"wildcards are characters", fleet.Query{Name: "%_o"}, []fleet.Device{b}},
		{"no such name", fleet.Query{Name: "_all"}, nil},
		{"part of a serial number", fleet.Query{Serial: "43"}, []fleet.Device{c}},
		{"groups", fleet.Query{Groups: []string{"alpha", "none"}}, []fleet.Device{a, c}},
		{"quarantined", fleet.Query{Quarantined: &yes, Sort: fleet.ByName}, []fleet.Device{c, a}},
		{"not quarantined", fleet.Query{Quarantined: &no}, []fleet.Device{b}},
		{"part of any text", fleet.Query{Text: "50"}, []fleet.Device{b}},
		{"part of an id or a serial number", fleet.Query{Text: "43"}, []fleet.Device{c}},
		{"part of a serial number in another case", fleet.Query{Text: strings.ToLower(c.Serial)}, []fleet.Device{c}},
		{"part of any text, and a group", fleet.Query{Text: "a", Groups: []string{"beta"}, Name: "hall"}, []fleet.Device{a}},
		{"several", fleet.Query{Quarantined: &yes, Groups: []string{"beta"}, Name: "hall"}, []fleet.Device{a}},
	} {
		test.q.Product = p
		if test.q.Limit == 0 {
			test.q.Limit = 10
		}
		got, err := s.ProductDevices(t.Context(), test.q)
		ok(t, err)
		diff(t, test.name, got, test.want)
		if n, err := s.CountProductDevices(t.Context(), test.q); err != nil || test.q.Offset == 0 && n != int64(len(test.want)) {
			t.Errorf("%s: counted %d, %v, want %d", test.name, n, err, len(test.want))
		}
	}
}

func ownersDevices(t *testing.T, s Store) {
	p := product(t, s, "lamp")
	owner := id("aa", 7)
	a, b, c := full(1, p), full(2, p), full(3, p)
	a.Name, b.Name, c.Name = "Hall", "attic", "cellar"
	a.Created, b.Created, c.Created = at+2, at, at+1
	c.Product, c.Groups = 0, nil
	b.Quarantined, b.Groups = false, []string{"gamma"}
	for _, d := range []*fleet.Device{&a, &b, &c} {
		d.Owner = owner
	}
	other := full(9, p)
	other.Owner = ""
	ok(t, s.InsertDevice(t.Context(), a, b, c, other))
	no := false
	for _, test := range []struct {
		name string
		q    fleet.Query
		want []fleet.Device
	}{
		{"by creation", fleet.Query{Sort: fleet.ByCreation}, []fleet.Device{b, c, a}},
		{"by creation, descending", fleet.Query{Sort: fleet.ByCreation, Down: true}, []fleet.Device{a, c, b}},
		{"by id", fleet.Query{Sort: fleet.ByID}, []fleet.Device{a, b, c}},
		{"by name, second page", fleet.Query{Sort: fleet.ByName, Limit: 2, Offset: 2}, []fleet.Device{a}},
		{"part of a name", fleet.Query{Name: "l", Sort: fleet.ByName}, []fleet.Device{c, a}},
		{"part of any text", fleet.Query{Text: "tic"}, []fleet.Device{b}},
		{"a whole id", fleet.Query{ID: c.ID}, []fleet.Device{c}},
		{"somebody else's id", fleet.Query{ID: other.ID}, nil},
		{"a group", fleet.Query{Groups: []string{"gamma"}}, []fleet.Device{b}},
		{"text that no database takes", fleet.Query{Text: "\x00\xff", ID: "\x00", Name: "\xff", Groups: []string{"\x00"}}, nil},
		{"not quarantined", fleet.Query{Quarantined: &no}, []fleet.Device{b}},
	} {
		test.q.Owner, test.q.Limit = owner, max(test.q.Limit, 2*test.q.Offset)
		if test.q.Limit == 0 {
			test.q.Limit = 10
		}
		got, err := s.ProductDevices(t.Context(), test.q)
		ok(t, err)
		diff(t, test.name, got, test.want)
		if n, err := s.CountProductDevices(t.Context(), test.q); err != nil || test.q.Offset == 0 && n != int64(len(test.want)) {
			t.Errorf("%s: counted %d, %v, want %d", test.name, n, err, len(test.want))
		}
	}
}

func groups(t *testing.T, s Store) {
	p := product(t, s, "lamp")
	made := fleet.Group{Product: p, Name: "beta", Description: "d é", Color: "red", Created: at}
	ok(t, s.InsertGroup(t.Context(), made))
	refused(t, "a second one", s.InsertGroup(t.Context(), made), fault.Conflict)
	d := full(1, p)
	ok(t, s.InsertDevice(t.Context(), d))
	made.Devices = 1
	alpha := fleet.Group{Product: p, Name: "alpha", Created: d.Created, Devices: 1}
	got, err := s.GroupsOf(t.Context(), p)
	ok(t, err)
	diff(t, "groups by name", got, []fleet.Group{alpha, made})
	names, err := s.GroupNames(t.Context(), []int64{p, p + 1})
	ok(t, err)
	diff(t, "names", names, map[int64][]string{p: {"alpha", "beta"}})

	renamed := made
	renamed.Name, renamed.Color = "zeta", ""
	ok(t, s.UpdateGroup(t.Context(), "beta", renamed))
	refused(t, "rename of an unknown one", s.UpdateGroup(t.Context(), "beta", renamed), fault.NotFound)
	taken := renamed
	taken.Name = "alpha"
	refused(t, "rename to a taken name", s.UpdateGroup(t.Context(), "zeta", taken), fault.Conflict)
	ok(t, s.DeleteGroup(t.Context(), p, "alpha"))
	refused(t, "a second delete", s.DeleteGroup(t.Context(), p, "alpha"), fault.NotFound)
	got, err = s.GroupsOf(t.Context(), p)
	ok(t, err)
	diff(t, "groups that are left", got, []fleet.Group{renamed})
	one, err := s.DeviceByID(t.Context(), d.ID)
	ok(t, err)
	diff(t, "the device's groups", one.Groups, []string{"zeta"})
}

func usernames(t *testing.T, s Store) {
	ok(t, s.SaveUser(t.Context(), identity.User{ID: id("aa", 1), Username: "Ann"}))
	got, err := s.Usernames(t.Context(), []string{id("aa", 1), id("aa", 2)})
	ok(t, err)
	diff(t, "names", got, map[string]string{id("aa", 1): "Ann"})
}

func codes(t *testing.T, s Store) {
	c := fleet.Code{Hash: [32]byte{1, 2}, User: id("aa", 1), Product: 10001, Expires: at + 10}
	ok(t, s.InsertCode(t.Context(), c, at))
	got, err := s.CodeByHash(t.Context(), c.Hash)
	ok(t, err)
	diff(t, "code", got, c)
	ok(t, s.DeleteCode(t.Context(), c.Hash))
	refused(t, "a second delete", s.DeleteCode(t.Context(), c.Hash), fault.NotFound)
	ok(t, s.InsertCode(t.Context(), c, at))
	ok(t, s.InsertCode(t.Context(), fleet.Code{Hash: [32]byte{3}, Expires: at + 20}, at+10))
	_, err = s.CodeByHash(t.Context(), c.Hash)
	refused(t, "an expired code", err, fault.NotFound)
}

func certificates(t *testing.T, s Store) {
	d := device(1, id("aa", 1))
	ok(t, s.InsertDevice(t.Context(), d))
	late, early := fleet.Certificate{Fingerprint: "a", Device: d.ID, Created: at + 1}, fleet.Certificate{Fingerprint: "b", Device: d.ID, Created: at}
	ok(t, s.InsertCertificate(t.Context(), late))
	ok(t, s.InsertCertificate(t.Context(), early))
	refused(t, "a known one", s.InsertCertificate(t.Context(), fleet.Certificate{Fingerprint: "a", Device: id("de", 2)}), fault.Conflict)
	got, err := s.CertificatesOf(t.Context(), d.ID)
	ok(t, err)
	diff(t, "certificates by creation", got, []fleet.Certificate{early, late})
	refused(t, "delete from another device", s.DeleteCertificate(t.Context(), id("de", 2), "a"), fault.NotFound)
	ok(t, s.DeleteCertificate(t.Context(), d.ID, "a"))
	ok(t, s.DeleteDevice(t.Context(), d.ID))
	got, err = s.CertificatesOf(t.Context(), d.ID)
	ok(t, err)
	diff(t, "certificates of a deleted device", len(got), 0)
}
