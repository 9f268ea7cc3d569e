package storetest

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/identity"
)

var fleetChecks = []check{
	{"devices/insert, update, list", devicesChange},
	{"devices/refusals", devicesRefusals},
	{"devices/a deleted device takes its tokens along", devicesDelete},
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
	got, err := s.DevicesOf(t.Context(), ann)
	ok(t, err)
	diff(t, "ann's devices by creation, then id", got, []fleet.Device{early, device(1, ann), device(2, ann)})

	moved := device(2, bob)
	moved.Name = ""
	ok(t, s.UpdateDevice(t.Context(), moved))
	one, err := s.DeviceByID(t.Context(), moved.ID)
	ok(t, err)
	diff(t, "after the update", one, moved)
	got, err = s.DevicesOf(t.Context(), bob)
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
