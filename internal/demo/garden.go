package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// The organization of the demo and its products.
const (
	Organization = "Northfield Gardens"
	Greenhouse   = "Greenhouse"
	Orchard      = "Orchard"
)

// Member says what a simulated device is in its product.
type Member struct {
	Product  string // name
	Serial   string
	Groups   []string
	Firmware int
	Claimed  bool   // to the demo's user; the others belong to nobody
	Silent   bool   // still in its box: never heard
	Bed      string // where it stands; "" = in no bed
	Crop     string
}

// beds is what stands in the greenhouse, one device each.
var beds = [...]struct {
	bed, crop string
	celsius   float64
}{
	{"A1", "tomatoes", 23}, {"A2", "tomatoes", 23}, {"A3", "peppers", 25}, {"A4", "cucumbers", 24},
	{"B1", "lettuce", 17}, {"B2", "spinach", 16}, {"B3", "basil", 22}, {"B4", "strawberries", 19},
	{"C1", "seedlings", 21}, {"C2", "seedlings", 21}, {"C3", "herbs", 20}, {"", "", 20},
}

// rows are the mean temperatures of the orchard's stations. The first one stands
// in a hollow, where the cold air collects.
var rows = [...]float64{frost - 1.5, frost + 0.5, frost + 1, frost + 1.5}

// NewGarden makes the devices of the organization's products. Equal seeds and
// times give equal readings.
func NewGarden(seed uint64) *Fleet {
	f := &Fleet{random: rand.New(rand.NewPCG(seed, 1)), last: -1}
	for i := range beds {
		f.devices = append(f.devices, newBed(i))
	}
	for i := range rows {
		f.devices = append(f.devices, newRow(i))
	}
	return f
}

// Heard gives the fleet without those devices that are never heard.
func (f *Fleet) Heard() *Fleet {
	heard := &Fleet{random: f.random, last: -1}
	for _, d := range f.devices {
		if d.Member == nil || !d.Member.Silent {
			heard.devices = append(heard.devices, d)
		}
	}
	return heard
}

// IDs gives the ids of the fleet's devices.
func (f *Fleet) IDs() map[string]bool {
	ids := make(map[string]bool, len(f.devices))
	for _, d := range f.devices {
		ids[d.ID] = true
	}
	return ids
}

// newBed makes the i-th device of the greenhouse.
func newBed(i int) *Device {
	b := beds[i]
	m := &Member{
		Product: Greenhouse, Serial: fmt.Sprintf("NG-GH-%04d", 101+i), Firmware: 3 + i%3, Claimed: i%3 == 0,
		Bed: b.bed, Crop: b.crop, Silent: b.bed == "",
	}
	name := "spare"
	if !m.Silent {
		name = "bed-" + b.bed
		m.Groups = []string{"house-" + string(b.bed[0]+'a'-'A')}
	} else {
		m.Firmware = 0
	}
	if b.crop == "seedlings" {
		m.Groups = append(m.Groups, "nursery")
	}
	d := &Device{ID: fmt.Sprintf("facade%018x", 0x100+i), Name: name, Member: m, sources: []source{
		{"climate", 6, &climateSensor{air: thermometer{mean: b.celsius, swing: 2.5}, wet: hygrometer{mean: 68}}, 0},
		{"valve", 1, &contact{}, 0},
	}}
	return d.sum()
}

// newRow makes the i-th device of the orchard.
func newRow(i int) *Device {
	m := &Member{Product: Orchard, Serial: fmt.Sprintf("NG-OR-%04d", 11+i), Firmware: 2, Claimed: i == 0, Groups: []string{"blossom"}}
	d := &Device{ID: fmt.Sprintf("facade%018x", 0x200+i), Name: fmt.Sprintf("row-%d", i+1), Member: m, sources: []source{
		{"climate", 1, &climateSensor{air: thermometer{mean: rows[i], swing: 0.5}, wet: hygrometer{mean: 80}}, 0},
	}}
	return d.sum()
}

// frost is below how many degrees the orchard is warned.
const frost = 2

// climateSensor gives JSON with the temperature t and the humidity rh.
type climateSensor struct {
	air thermometer
	wet hygrometer
}

func (c *climateSensor) read(now time.Time, r *rand.Rand) string {
	return fmt.Sprintf(`{"t":%s,"rh":%s}`, c.air.read(now, r), c.wet.read(now, r))
}
