package match_test

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/match"
	"github.com/fieldhook/fieldhook/internal/scope"
)

func TestFilters(t *testing.T) {
	x := match.New()
	for i, in := range []struct{ id, more string }{
		{"all", ``},
		{"hot", `,"filter":{"data":[{"path":"temp","op":">","value":30}]}`},
		{"cold", `,"filter":{"data":[{"path":"temp","op":"<=","value":30}]}`},
		{"text", `,"filter":{"data":[{"path":"","op":"contains","value":"alarm"}]}`},
		{"device", `,"filter":{"devices":["` + device + `"]}`},
		{"firmware", `,"filter":{"firmware":">=3"}`},
		{"both", `,"deviceID":"` + device + `","filter":{"data":[{"path":"temp","op":"exists","value":true}]}`},
	} {
		x.Change(nil, saved(t, in.id, "u", int64(i), `{"event":"t","url":"http://a/"`+in.more+`}`), 1)
	}
	tests := []struct {
		name string
		e    event.Event
		want string
	}{
		{"hot", event.Event{Data: `{"temp":31}`, Device: "api"}, "all hot"},
		{"cold, of the device", event.Event{Data: `{"temp":"30"}`, Device: device}, "all cold device both"},
		{"not JSON", event.Event{Data: `alarm {"temp":31`}, "all text"},
		{"no data", event.Event{NoData: true, Firmware: 3}, "all firmware"},
	}
	for _, test := range tests {
		test.e.Name, test.e.Owner = "temp", "u"
		for range 2 { // contexts are used again
			if got := found(x, test.e); got != test.want {
				t.Errorf("%s: got %q, want %q", test.name, got, test.want)
			}
		}
	}
}

func TestOrdered(t *testing.T) {
	x := match.New()
	x.Change(nil, saved(t, "a", "u", 1, `{"event":"t","url":"http://a/","ordering":"device"}`), 1)
	x.Change(nil, saved(t, "b", "u", 2, `{"event":"t","url":"http://a/"}`), 1)
	for publisher, want := range map[string]bool{device: true, event.API: false} {
		ds, _ := x.Match(&event.Event{Name: "t", Owner: "u", Device: publisher}, nil)
		if len(ds) != 2 || ds[0].Ordered != want || ds[1].Ordered {
			t.Errorf("%s: got %+v", publisher, ds)
		}
	}
}

// TestOriginOfSecret checks that event data cannot stand in for a secret, and
// that secrets of one integration are unknown to the next.
func TestOriginOfSecret(t *testing.T) {
	x := match.New()
	x.Change(nil, saved(t, "a", "u", 1, `{"event":"t","url":"http://{{{HOST}}}/","secrets":["HOST"]}`), 1)
	x.Change(nil, saved(t, "b", "u", 2, `{"event":"t","url":"http://{{{HOST}}}/"}`), 1)
	ds, _ := x.Match(&event.Event{Name: "t", Owner: "u", Data: `{"HOST":"h"}`}, nil)
	if len(ds) != 2 || ds[0].Origin != "" || ds[1].Origin != "http://h:80" {
		t.Errorf("got %+v", ds)
	}
}

func TestAllocations(t *testing.T) {
	x := match.New()
	x.Change(nil, saved(t, "a", "u", 1, `{"event":"t","url":"http://a/"}`), 1)
	x.Change(nil, saved(t, "b", "u", 2, `{"event":"t","url":"http://a/","filter":{"devices":["`+device+`"],"data":[{"path":"","op":">","value":20}]}}`), 1)
	x.Change(nil, in(t, "c", scope.OfProduct(10001), 3, `{"event":"t","url":"http://a/"}`), 1)
	x.Change(nil, in(t, "d", scope.OfOrganization("o"), 4, `{"event":"t","url":"http://a/","product_ids":[10001]}`), 1)
	e := event.Event{Name: "t", Owner: "u", Product: 10001, Org: "o", Device: device, Data: "21.5"}
	var room [4]eventlog.Delivery
	got := testing.AllocsPerRun(100, func() {
		if ds, _ := x.Match(&e, room[:0]); len(ds) != 4 {
			t.Fatal("no match")
		}
	})
	if got != 0 {
		t.Errorf("got %v allocations, want none", got)
	}
}
