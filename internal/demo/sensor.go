package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"time"
)

// sensor makes the data of an event. Each reading follows from the one before.
type sensor interface {
	read(now time.Time, r *rand.Rand) string
}

// thermometer drifts around a daily curve that is highest at three in the
// afternoon. Its data is degrees Celsius with one decimal.
type thermometer struct {
	mean, swing float64
	drift       float64
}

func (t *thermometer) read(now time.Time, r *rand.Rand) string {
	t.drift = 0.95*t.drift + 0.15*clamp(r.NormFloat64(), -2, 2)
	celsius := t.mean + t.swing*math.Sin(2*math.Pi*(hourOf(now)-9)/24) + t.drift
	return strconv.FormatFloat(celsius, 'f', 1, 64)
}

func hourOf(t time.Time) float64 {
	return float64(t.Hour()) + float64(t.Minute())/60 + float64(t.Second())/3600
}

// hygrometer gives relative humidity in whole percent.
type hygrometer struct{ mean, drift float64 }

func (h *hygrometer) read(_ time.Time, r *rand.Rand) string {
	h.drift = 0.97*h.drift + 0.8*clamp(r.NormFloat64(), -2, 2)
	return strconv.Itoa(int(math.Round(clamp(h.mean+h.drift, 5, 99))))
}

// contact is a switch on a door: each event says what it changed to.
type contact struct{ open bool }

func (c *contact) read(time.Time, *rand.Rand) string {
	c.open = !c.open
	if c.open {
		return "open"
	}
	return "closed"
}

// counter counts people. Its data is JSON with the total and what was new.
type counter struct{ total int }

func (c *counter) read(_ time.Time, r *rand.Rand) string {
	passed := 1 + r.IntN(4)
	c.total += passed
	return fmt.Sprintf(`{"counter":%d,"new":%d}`, c.total, passed)
}

// battery loses charge and is replaced when it is low. Its data is percent with
// one decimal.
type battery struct{ charge float64 }

func (b *battery) read(_ time.Time, r *rand.Rand) string {
	b.charge -= 0.1 + 0.1*r.Float64()
	if b.charge < 5 {
		b.charge = 100
	}
	return strconv.FormatFloat(b.charge, 'f', 1, 64)
}

func clamp(v, low, high float64) float64 { return min(max(v, low), high) }
