package deliver_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/render"
)

// ordered publishes numbered events of devices in turn, for an integration
// with ordering: device.
func (h *hub) ordered(id, origin string, devices, from, to int) {
	h.t.Helper()
	b := &eventlog.Batch{}
	for i := from; i < to; i++ {
		device := fmt.Sprint("dev", i%devices)
		b.Accepts = append(b.Accepts, &eventlog.Accept{
			Event:      event.Event{At: 1, Name: "temp", Data: fmt.Sprint(device, " ", i), Device: device, Owner: "u"},
			Deliveries: []eventlog.Delivery{{Integration: id, Origin: origin, Ordered: true}},
		})
	}
	b.Seal()
	if err := h.store.Commit(context.Background(), b); err != nil {
		h.t.Fatal(err)
	}
	h.d.Committed(b)
}

// moody fails calls by a sequence that does not depend on time, and keeps what
// it received.
type moody struct {
	mu     sync.Mutex
	n      uint32
	bad    bool // fail a third of the calls
	bodies []string
	active map[string]int // calls in flight by device
	most   int
}

func (m *moody) Send(_ context.Context, r *render.Request) (deliver.Answer, error) {
	body := string(r.Body)
	device, _, _ := strings.Cut(body, " ")
	m.mu.Lock()
	if m.active == nil {
		m.active = map[string]int{}
	}
	m.active[device]++
	m.most = max(m.most, m.active[device])
	m.n = m.n*1664525 + 1013904223
	fails := m.bad && m.n>>24%3 == 0
	m.mu.Unlock()
	time.Sleep(10 * time.Millisecond)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.active[device]--
	if fails {
		return deliver.Answer{Status: 503}, nil
	}
	m.bodies = append(m.bodies, body)
	return deliver.Answer{Status: 200}, nil
}

// inversions counts deliveries that came before an earlier one of their device.
func (m *moody) inversions() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last := map[string]int{}
	for _, b := range m.bodies {
		device, number, _ := strings.Cut(b, " ")
		i, _ := strconv.Atoi(number)
		if i < last[device] {
			n++
		}
		last[device] = max(last[device], i)
	}
	return n
}

func (m *moody) received() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.bodies)
}

func TestOrderedDeliveriesKeepTheirOrder(t *testing.T) {
	for name, o := range map[string]deliver.Options{
		"in memory":     {},
		"beyond memory": {Memory: 20 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := &moody{bad: true}
				o.Sender, o.Random = m, most
				h := newHub(t, o)
				h.add("a", with("http://a/", `"retry":"failed","ordering":"device"`))
				h.ordered("a", "http://a:80", 7, 0, 300)
				time.Sleep(2 * time.Second)
				h.ordered("a", "http://a:80", 7, 300, 600)
				time.Sleep(24 * time.Hour)
				if m.received() != 600 || m.inversions() != 0 || m.most != 1 {
					t.Errorf("%d delivered with %d inversions, %d at once for a device; want 600, 0, 1", m.received(), m.inversions(), m.most)
				}
				if got := h.d.Load(); got != (deliver.Load{}) {
					t.Errorf("at the end: %+v, want nothing", got)
				}
			})
		})
	}
}

func TestOrderSurvivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &moody{bad: true}
		o := deliver.Options{Sender: m, Random: most}
		h := newHub(t, o)
		h.add("a", with("http://a/", `"retry":"failed","ordering":"device"`))
		h.ordered("a", "http://a:80", 5, 0, 300)
		for range 6 {
			time.Sleep(500 * time.Millisecond)
			synctest.Wait()
			h = h.restart(o)
		}
		time.Sleep(24 * time.Hour)
		if m.received() < 300 || m.inversions() != 0 {
			t.Errorf("%d delivered with %d inversions, want at least 300 and 0", m.received(), m.inversions())
		}
		if p, _ := h.store.Pending(t.Context(), 0, true, "", 1); len(p) != 0 {
			t.Error("deliveries are left")
		}
	})
}

func TestAFailingDeviceHoldsNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		got := map[string]int{}
		h := newHub(t, deliver.Options{Random: most, Sender: senderFunc(func(_ context.Context, r *render.Request) (deliver.Answer, error) {
			device, _, _ := strings.Cut(string(r.Body), " ")
			mu.Lock()
			defer mu.Unlock()
			if device == "dev0" {
				return deliver.Answer{Status: 500}, nil
			}
			got[device]++
			return deliver.Answer{Status: 200}, nil
		})})
		h.add("a", with("http://a/", `"retry":"failed","ordering":"device"`))
		h.ordered("a", "http://a:80", 3, 0, 30)
		time.Sleep(time.Second)
		mu.Lock()
		defer mu.Unlock()
		if got["dev1"] != 10 || got["dev2"] != 10 {
			t.Errorf("delivered %v, want 10 of each healthy device", got)
		}
	})
}

func TestALongLineOverflows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &moody{}
		h := newHub(t, deliver.Options{Sender: m, Line: 5})
		h.add("a", with("http://a/", `"ordering":"device"`))
		h.ordered("a", "http://a:80", 1, 0, 20)
		time.Sleep(time.Second)
		if got, want := h.outcomes(), "map[dropped overflow:14 success:6]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		h.ordered("a", "http://a:80", 1, 20, 22)
		time.Sleep(time.Second)
		if got, want := h.outcomes(), "map[dropped overflow:14 success:8]"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

// After a commit in doubt the log tells of deliveries that it has read again,
// and that know nothing of the order.
func TestOrderDoesNotDependOnWhoTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Sender: g})
		h.add("a", `{"event":"temp","url":"http://a/","noDefaults":true,"body":"x","ordering":"device"}`)
		h.publish("a", "http://a:80", "1", "2", "3")
		synctest.Wait()
		if n := g.held(); n != 1 {
			t.Errorf("%d calls at once, want 1", n)
		}
		g.drain()
		if got := h.outcomes(); got != "map[success:3]" {
			t.Error(got)
		}
	})
}
