package demo

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// gate is a hub that counts who publishes and who is online.
type gate struct {
	mu        sync.Mutex
	published map[string]int // by device
	users     map[string]string
	online    map[string]bool
	removed   string // a device that the hub does not know
	fails     bool   // nobody can connect
}

func newGate() *gate {
	return &gate{published: map[string]int{}, users: map[string]string{}, online: map[string]bool{}}
}

// Publish implements Publisher.
func (d *gate) Publish(_ context.Context, p *scope.Principal, _ publish.Input) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p.Device == d.removed {
		return fault.New(fault.NotFound, "There is no such device.")
	}
	d.published[p.Device]++
	d.users[p.Device] = p.User
	return nil
}

// Connect implements Network.
func (d *gate) Connect(_ context.Context, p *scope.Principal) (func(), error) {
	switch {
	case d.fails && len(d.online) == 3:
		return nil, errors.New("the disk is gone")
	case p.Device == d.removed:
		return nil, fault.New(fault.Forbidden, "Permission denied.")
	}
	d.online[p.Device] = true
	return func() { delete(d.online, p.Device) }, nil
}

func TestJoin(t *testing.T) {
	d, fleet, garden := newGate(), NewFleet(4, 1), NewGarden(1).Heard()
	d.removed = garden.Devices()[2].ID
	leave, err := Join(t.Context(), d, owner, fleet, garden)
	if err != nil || len(d.online) != 4+15-1 || d.online[d.removed] {
		t.Errorf("%d devices are online, %v, want all but the one that was removed", len(d.online), err)
	}
	if leave(); len(d.online) != 0 {
		t.Errorf("%d devices stay online", len(d.online))
	}
	d.fails = true
	leave, err = Join(t.Context(), d, owner, fleet, garden)
	if err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Errorf("error %v", err)
	}
	if leave(); len(d.online) != 0 {
		t.Errorf("%d devices stay online after a failure", len(d.online))
	}
}

// TestReport has every device heard from within a few seconds, each with the
// token that it would have.
func TestReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newGate()
		l, out := newLog(80, false)
		o := Options{Publisher: d, Fleet: NewFleet(4, 1), Garden: NewGarden(1).Heard(), Owner: owner, Rate: 2, Log: l, Now: time.Now}
		d.removed = o.Garden.Devices()[0].ID
		start := time.Now()
		Report(t.Context(), o)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("it took %s", took)
		}
		for _, f := range []*Fleet{o.Fleet, o.Garden} {
			for _, one := range f.Devices() {
				if want := one.principal(owner).User; one.ID != d.removed && (d.published[one.ID] == 0 || d.users[one.ID] != want) {
					t.Errorf("%s published %d events as user %q, want %q", one.Name, d.published[one.ID], d.users[one.ID], want)
				}
			}
		}
		if out.Len() != 0 {
			t.Errorf("a device that a person removed is reported:\n%s", out)
		}
	})
}

func TestGardenPublishesToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, d := &hub{}, newGate()
		l, _ := newLog(80, false)
		o := h.options(l)
		o.Publisher, o.Garden = d, NewGarden(1).Heard()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := Run(ctx, o); err != nil {
			t.Fatal(err)
		}
		fleet, garden := 0, 0
		for id, n := range d.published {
			if o.Garden.IDs()[id] {
				garden += n
			} else {
				fleet += n
			}
		}
		if fleet < 100 || fleet > 140 || garden < 45 || garden > 75 {
			t.Errorf("in a minute: %d events of the sandbox, %d of the garden, want about 120 and 60", fleet, garden)
		}
	})
}

// TestLogHides shows neither the garden, nor what comes of earlier events.
func TestLogHides(t *testing.T) {
	l, out := newLog(80, false)
	l.naming.Hidden = map[string]bool{door1: true}
	early := hooked(100, 0, event.HookResponse, 60, "of an event before")
	l.Event(early)
	l.Request(request(60, 1))
	l.Event(appended(101, 0, door1, "climate", "{}"))
	product := hooked(102, 1, event.HookSent, 101, "undefined")
	product.Product = 10_001
	l.Event(product)
	if out.Len() != 0 || l.Totals() != (Totals{}) {
		t.Errorf("shown although it is hidden: %+v\n%s", l.Totals(), out)
	}
	l.Event(appended(103, 2, greenhouse, "temp", "21"))
	l.Event(hooked(104, 3, event.HookSent, 103, "undefined"))
	if got := l.Totals(); got.Events != 1 || got.Deliveries != 1 || strings.Count(out.String(), "\n") != 2 {
		t.Errorf("got %+v\n%s", got, out)
	}
}

// TestNoteIsCopied whole, in a terminal of any width.
func TestNoteIsCopied(t *testing.T) {
	l, out := newLog(60, false)
	link := "http://127.0.0.1:54321/login#code=" + strings.Repeat("C", 43)
	l.Note("The console:", link)
	if want := "hint      The console:\n  " + link + "\n"; out.String() != want {
		t.Errorf("got %q, want %q", out, want)
	}
}
