package demo

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/publish"
)

var noon = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// readings takes n readings, half a second apart.
func readings(f *Fleet, n int) []Reading {
	all := make([]Reading, n)
	for i := range all {
		all[i] = f.Next(noon.Add(time.Duration(i) * time.Second / 2))
	}
	return all
}

func TestFleetIsDeterministic(t *testing.T) {
	first, again := readings(NewFleet(4, 7), 200), readings(NewFleet(4, 7), 200)
	if diff := cmp.Diff(first, again); diff != "" {
		t.Error("equal seeds differ:", diff)
	}
	if cmp.Equal(first, readings(NewFleet(4, 8), 200)) {
		t.Error("another seed gives the same readings")
	}
}

func TestFleetReadsEveryDevice(t *testing.T) {
	for _, n := range []int{1, 2, 4, MaxDevices} {
		f := NewFleet(n, 1)
		seen, last := map[string]int{}, ""
		for _, r := range readings(f, 100*n) {
			if n > 1 && r.Device == last {
				t.Errorf("%d devices: %s twice in a row", n, r.Device)
			}
			seen[r.Device]++
			last = r.Device
		}
		for _, d := range f.Devices() {
			if got := seen[d.ID]; got < 50 || got > 150 {
				t.Errorf("%d devices: %s was read %d times of %d", n, d.Name, got, 100*n)
			}
		}
	}
}

func TestFleetSizeAndNames(t *testing.T) {
	tests := []struct{ asked, want int }{{-1, 1}, {0, 1}, {1, 1}, {9, 9}, {99, MaxDevices}}
	for _, tt := range tests {
		devices := NewFleet(tt.asked, 1).Devices()
		if len(devices) != tt.want {
			t.Errorf("NewFleet(%d) has %d devices, want %d", tt.asked, len(devices), tt.want)
		}
		names := map[string]bool{}
		for _, d := range devices {
			if !event.IsID(d.ID) || names[d.Name] || names[d.ID] {
				t.Errorf("bad or repeated device %s %s", d.ID, d.Name)
			}
			names[d.Name], names[d.ID] = true, true
		}
	}
}

// TestReadingsArePlausible checks ranges, and that a value follows from the one
// before it.
func TestReadingsArePlausible(t *testing.T) {
	limits := map[string]struct{ low, high, step float64 }{
		"temp": {-10, 45, 1.2}, "humidity": {5, 99, 5}, "battery": {4, 100, 0.3},
	}
	seen, before := map[string]int{}, map[string]Reading{}
	for _, r := range readings(NewFleet(8, 3), 4000) {
		if err := publish.Check(publish.Input{Name: r.Name, Data: r.Data}); err != nil {
			t.Fatalf("%v cannot be published: %v", r, err)
		}
		seen[r.Name]++
		key := r.Device + r.Name
		old, known := before[key]
		before[key] = r
		if l, ok := limits[r.Name]; ok {
			got := number(t, r.Data)
			if got < l.low || got > l.high {
				t.Errorf("%v is not between %g and %g", r, l.low, l.high)
			}
			if known && math.Abs(got-number(t, old.Data)) > l.step {
				t.Errorf("%v follows %v", r, old)
			}
		} else if known {
			checkSuccessor(t, old, r)
		}
	}
	for _, name := range []string{"temp", "humidity", "battery", "door", "count"} {
		if seen[name] < 50 {
			t.Errorf("only %d %s events", seen[name], name)
		}
	}
}

func checkSuccessor(t *testing.T, old, r Reading) {
	t.Helper()
	switch r.Name {
	case "door":
		if r.Data == old.Data || (r.Data != "open" && r.Data != "closed") {
			t.Errorf("door %q after %q", r.Data, old.Data)
		}
	case "count":
		if got, was := counts(t, r.Data), counts(t, old.Data); got.New < 1 || got.Counter != was.Counter+got.New {
			t.Errorf("count %q after %q", r.Data, old.Data)
		}
	default:
		t.Errorf("unexpected event %v", r)
	}
}

func counts(t *testing.T, data string) (c struct{ Counter, New int }) {
	t.Helper()
	if err := json.Unmarshal([]byte(data), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func number(t *testing.T, data string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(data, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestThermometerFollowsTheDay(t *testing.T) {
	at := func(hour int) float64 {
		s := NewFleet(1, 1)
		return number(t, s.Next(time.Date(2026, 5, 4, hour, 0, 0, 0, time.UTC)).Data)
	}
	if night, day := at(3), at(15); day-night < 5 {
		t.Errorf("%g degrees at night, %g in the afternoon", night, day)
	}
}

func TestBatteryIsReplaced(t *testing.T) {
	f, b := NewFleet(1, 1), &battery{charge: 5.05}
	if got := b.read(noon, f.random); got != "100.0" {
		t.Errorf("an empty battery reads %s, want 100.0", got)
	}
}

func TestPauseKeepsTheRate(t *testing.T) {
	f := NewFleet(1, 1)
	var sum time.Duration
	const n = 10_000
	for range n {
		p := f.Pause(4)
		if p < 125*time.Millisecond || p > 375*time.Millisecond {
			t.Fatalf("a pause of %v at 4 events a second", p)
		}
		sum += p
	}
	if mean := sum / n; mean < 245*time.Millisecond || mean > 255*time.Millisecond {
		t.Errorf("mean pause %v, want about 250ms", mean)
	}
}
