package storetest

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/presence"
)

var presenceChecks = []check{
	{"presence/times and statuses", presences},
}

func presences(t *testing.T, s Store) {
	d := device(1, id("aa", 1))
	ok(t, s.InsertDevice(t.Context(), d))
	status := func(what, device string, want bool) {
		t.Helper()
		got, err := s.Online(t.Context(), device)
		ok(t, err)
		diff(t, what, got, want)
	}
	is := func(what string, want fleet.Presence) {
		t.Helper()
		got, err := s.DeviceByID(t.Context(), d.ID)
		ok(t, err)
		diff(t, what, got.Presence, want)
	}
	status("a new device", d.ID, false)
	ok(t, s.SavePresence(t.Context(), []presence.Heard{{Device: d.ID, At: at, IP: "192.0.2.1"}, {Device: id("de", 9), At: at}},
		[]presence.Status{{Device: d.ID, Online: true, Since: at - 5}, {Device: id("de", 9), Online: true}}))
	status("online", d.ID, true)
	status("an unknown device", id("de", 9), false)
	is("heard", fleet.Presence{Heard: at, Handshake: at - 5, IP: "192.0.2.1", Online: true})
	ok(t, s.SavePresence(t.Context(), []presence.Heard{{Device: d.ID, At: at - 1, IP: "192.0.2.2"}}, []presence.Status{{Device: d.ID}}))
	is("an earlier time, and offline", fleet.Presence{Heard: at, Handshake: at - 5, IP: "192.0.2.1"})
	ok(t, s.SavePresence(t.Context(), []presence.Heard{{Device: d.ID, At: at + 1}}, nil))
	is("without an address", fleet.Presence{Heard: at + 1, Handshake: at - 5, IP: "192.0.2.1"})
	ok(t, s.SavePresence(t.Context(), nil, nil))
}
