package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// MaxDevices bounds a Fleet.
const MaxDevices = 24

// Device is a simulated device.
type Device struct {
	ID      string // 24 hex, the same at every start
	Name    string
	Member  *Member // nil = it is in no product
	sources []source
	total   int // sum of the sources' shares
	started bool
}

// source is one kind of event that a device publishes.
type source struct {
	event  string
	share  int // how often, in relation to the device's other sources
	sensor sensor
	kept   int // readings that the device has kept for its start, one apart
}

// Reading is an event that a device wants to publish.
type Reading struct {
	Device string // id
	Name   string
	Data   string
}

// Fleet is a set of simulated devices. Equal seeds, sizes and times give equal
// readings.
type Fleet struct {
	devices []*Device
	random  *rand.Rand
	last    int // index of the device that was read last
}

// NewFleet makes n devices, 1 to MaxDevices.
func NewFleet(n int, seed uint64) *Fleet {
	f := &Fleet{random: rand.New(rand.NewPCG(seed, 0)), last: -1}
	for i := range min(max(n, 1), MaxDevices) {
		f.devices = append(f.devices, newDevice(i))
	}
	return f
}

// Devices gives the fleet's devices.
func (f *Fleet) Devices() []*Device { return f.devices }

// device finds a device of the fleet.
func (f *Fleet) device(id string) *Device {
	for _, d := range f.devices {
		if d.ID == id {
			return d
		}
	}
	return &Device{ID: id}
}

// Next takes a reading of one device at the time now. The first one is of the
// first device; after that no device is read twice in a row, unless it is the
// only one.
func (f *Fleet) Next(now time.Time) Reading {
	i := 0
	if n := len(f.devices); f.last >= 0 && n > 1 {
		i = (f.last + 1 + f.random.IntN(n-1)) % n
	}
	f.last = i
	return f.devices[i].read(now, f.random)
}

// Kept gives the readings that the devices took before they came online, at the
// time now: at least one of each source.
func (f *Fleet) Kept(now time.Time) (all []Reading) {
	for _, d := range f.devices {
		for _, s := range d.sources {
			for range 1 + s.kept {
				all = append(all, Reading{Device: d.ID, Name: s.event, Data: s.sensor.read(now, f.random)})
			}
		}
	}
	return all
}

// Pause is how long to wait before the next reading so that there are rate a
// second in the mean: half to one and a half of the even pace, because real
// fleets are not in step.
func (f *Fleet) Pause(rate float64) time.Duration {
	return time.Duration((0.5 + f.random.Float64()) / rate * float64(time.Second))
}

// read takes a reading of one source. A device begins with its main source.
func (d *Device) read(now time.Time, r *rand.Rand) Reading {
	s := d.sources[0]
	if d.started {
		s = d.pick(r)
	}
	d.started = true
	return Reading{Device: d.ID, Name: s.event, Data: s.sensor.read(now, r)}
}

// pick chooses a source at random, by share.
func (d *Device) pick(r *rand.Rand) source {
	n := r.IntN(d.total)
	for _, s := range d.sources {
		if n < s.share {
			return s
		}
		n -= s.share
	}
	return d.sources[0]
}

// models are the devices that fleets are made of, in order.
var models = [...]struct {
	name    string
	sources func() []source
}{
	{"greenhouse", func() []source { return climate(22.5, 4, 62) }},
	{"front-door", door},
	{"cold-store", func() []source { return climate(3.8, 0.4, 78) }},
	{"turnstile", passages},
	{"attic", func() []source { return climate(19, 6, 41) }},
	{"garage-door", door},
	{"weather-mast", func() []source { return climate(12, 7, 70) }},
	{"trail-counter", passages},
}

func climate(mean, swing, humidity float64) []source {
	return []source{
		{"temp", 6, &thermometer{mean: mean, swing: swing}, 0},
		{"humidity", 3, &hygrometer{mean: humidity}, 0},
		{"battery", 1, &battery{charge: 91}, 0},
	}
}

func door() []source {
	return []source{{"door", 5, &contact{}, 0}, {"battery", 1, &battery{charge: 76}, 0}}
}

func passages() []source {
	return []source{{"count", 6, &counter{total: 1280}, 15}, {"battery", 1, &battery{charge: 64}, 0}}
}

// newDevice makes the i-th device of a fleet.
func newDevice(i int) *Device {
	m := models[i%len(models)]
	d := &Device{ID: fmt.Sprintf("facade%018x", i+1), Name: m.name, sources: m.sources()}
	if round := i / len(models); round > 0 {
		d.Name = fmt.Sprintf("%s-%d", m.name, round+1)
	}
	return d.sum()
}

// sum adds up the shares of a new device's sources.
func (d *Device) sum() *Device {
	for _, s := range d.sources {
		d.total += s.share
	}
	return d
}
