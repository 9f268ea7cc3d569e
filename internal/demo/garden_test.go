package demo

import (
	"encoding/json"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/publish"
)

func TestGarden(t *testing.T) {
	garden := NewGarden(1)
	ids, names, serials := NewFleet(MaxDevices, 1).IDs(), map[string]bool{}, map[string]bool{}
	members, claimed := map[string]int{}, 0
	for _, d := range garden.Devices() {
		if !event.IsID(d.ID) || ids[d.ID] || names[d.Name] || serials[d.Member.Serial] || len(d.Member.Groups) == 0 == !d.Member.Silent {
			t.Errorf("bad or repeated device %+v of %+v", d, d.Member)
		}
		ids[d.ID], names[d.Name], serials[d.Member.Serial] = true, true, true
		members[d.Member.Product]++
		if d.Member.Claimed {
			claimed++
		}
	}
	if members[Greenhouse] != 12 || members[Orchard] != 4 || claimed == 0 || claimed == len(garden.Devices()) {
		t.Errorf("members %v, %d claimed", members, claimed)
	}
	if got := len(garden.Heard().Devices()); got != 15 {
		t.Errorf("%d devices are heard, want all but the one in its box", got)
	}
}

func TestGardenReadings(t *testing.T) {
	cold := 0
	for _, r := range append(readings(NewGarden(1), 3000), NewGarden(2).Kept(noon)...) {
		if err := publish.Check(publish.Input{Name: r.Name, Data: r.Data}); err != nil {
			t.Fatalf("%v cannot be published: %v", r, err)
		}
		switch r.Name {
		case "climate":
			var c struct{ T, RH *float64 }
			if err := json.Unmarshal([]byte(r.Data), &c); err != nil || c.T == nil || c.RH == nil || *c.T < -5 || *c.T > 40 || *c.RH < 5 || *c.RH > 99 {
				t.Fatalf("%v is no climate: %v", r, err)
			}
			if *c.T < frost {
				cold++
			}
		case "valve":
		default:
			t.Fatalf("unexpected event %v", r)
		}
	}
	if cold == 0 {
		t.Error("there is never a frost to warn of")
	}
}

// TestKept holds the example to what it is made for: within its first seconds
// there are enough counts to put the failing service to sleep, and something for
// every other integration.
func TestKept(t *testing.T) {
	kept := map[string]int{}
	for _, r := range NewFleet(4, 1).Kept(noon) {
		kept[r.Name]++
	}
	for _, e := range inSandbox() {
		if name := e.settings["event"].(string); kept[name] == 0 {
			t.Errorf("nothing of %s for %q", name, e.name())
		}
	}
	if kept["count"] < 14 || kept["temp"] == 0 {
		t.Errorf("kept %v", kept)
	}
}
