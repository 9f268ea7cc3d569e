package presence_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/presence"
	"github.com/fieldhook/fieldhook/internal/scope"
)

const one, two = "111111111111111111111111", "222222222222222222222222"

// world is a store and a publisher that note what they are told, in order.
type world struct {
	mu     sync.Mutex
	online map[string]bool
	heard  map[string]presence.Heard
	log    []string
	fail   error
	hold   chan struct{} // if set, storing waits for it
}

func (w *world) note(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, text)
}

// did gives what was noted, and forgets it.
func (w *world) did() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := strings.Join(w.log, ", ")
	w.log = nil
	return text
}

// stored gives what was heard of a device.
func (w *world) stored(device string) presence.Heard {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.heard[device]
}

// Online implements presence.Store.
func (w *world) Online(_ context.Context, device string) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.online[device], nil
}

// SavePresence implements presence.Store.
func (w *world) SavePresence(_ context.Context, heard []presence.Heard, statuses []presence.Status) error {
	if w.hold != nil {
		<-w.hold
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		return w.fail
	}
	for _, s := range statuses {
		w.online[s.Device] = s.Online
		w.log = append(w.log, "store")
	}
	for _, h := range heard {
		w.heard[h.Device] = h
	}
	return nil
}

// System implements presence.Publisher.
func (w *world) System(_ context.Context, p *scope.Principal, name, data string) error {
	if name != "spark/status" || p.Product != 7 {
		w.note("unexpected " + name)
	}
	w.note(data)
	return nil
}

func newTracker(t *testing.T) (*presence.Tracker, *world) {
	w := &world{online: map[string]bool{}, heard: map[string]presence.Heard{}}
	return tracker(t, w), w
}

func tracker(t *testing.T, w *world) *presence.Tracker {
	tr := presence.New(presence.Options{Store: w, Publisher: w, Now: time.Now, Error: func(err error) { w.note("error " + err.Error()) }})
	t.Cleanup(func() { tr.Close(context.Background()) })
	return tr
}

func device(id string) *scope.Principal { return &scope.Principal{Device: id, Product: 7} }

func TestComingAndGoing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr, w := newTracker(t)
		want := func(what, log string, online bool) {
			t.Helper()
			synctest.Wait()
			if got := w.did(); got != log {
				t.Errorf("%s: got %q, want %q", what, got, log)
			}
			if got, _, _ := tr.Seen(one); got != online {
				t.Errorf("%s: online is %v", what, got)
			}
		}
		first := tr.Enter(device(one), "192.0.2.1")
		want("first stream", "store, online", true)
		second := tr.Enter(device(one), "192.0.2.1")
		want("second stream", "", true)
		first()
		want("one of two ends", "", true)
		second()
		want("the last one ends", "offline, store", false)
		tr.Enter(device(one), "")()
		again := tr.Enter(device(one), "")
		synctest.Wait()
		if got := w.did(); got != "store, online" && got != "store, online, offline, store, store, online" {
			t.Errorf("quickly on and off: got %q", got)
		}
		again()
		want("at last", "offline, store", false)
		tr.Enter(&scope.Principal{User: "u"}, "192.0.2.1")()
		want("no device", "", false)
	})
}

func TestUnseenLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr, w := newTracker(t)
		w.online[one] = true // nobody reads it yet; as after a crash
		leave := tr.Enter(device(one), "")
		synctest.Wait()
		if got := w.did(); got != "store, offline, online" {
			t.Errorf("got %q, want offline right before online", got)
		}
		leave()
		if online, _ := w.Online(t.Context(), one); online {
			t.Error("the status is not stored")
		}
	})
}

func TestTimesAreStoredNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr, w := newTracker(t)
		tr.Heard(device(one), "192.0.2.1")
		time.Sleep(time.Second)
		tr.Heard(device(one), "192.0.2.2")
		at := time.Now().UnixMilli()
		if _, heard, ip := tr.Seen(one); heard != at || ip != "192.0.2.2" || w.stored(one).At != 0 {
			t.Errorf("heard at %d from %q, stored %v", heard, ip, w.stored(one))
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if got := w.stored(one); got != (presence.Heard{Device: one, At: at, IP: "192.0.2.2"}) {
			t.Errorf("stored %+v", got)
		}
		w.mu.Lock()
		w.fail = errors.New("down")
		w.mu.Unlock()
		tr.Heard(device(two), "192.0.2.3")
		time.Sleep(5 * time.Second)
		synctest.Wait()
		w.mu.Lock()
		w.fail = nil
		w.mu.Unlock()
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if w.stored(two).IP != "192.0.2.3" || !strings.Contains(w.did(), "error down") {
			t.Errorf("after a failure: stored %v", w.stored(two))
		}
	})
}

// Many devices that come at once share transactions.
func TestStatusesAreStoredTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{online: map[string]bool{}, heard: map[string]presence.Heard{}, hold: make(chan struct{})}
		tr := tracker(t, w)
		var leaves []func()
		for n := range 50 {
			leaves = append(leaves, tr.Enter(device(strings.Repeat("0", 22)+string(rune('a'+n/10))+string(rune('0'+n%10))), ""))
		}
		synctest.Wait()
		for range 2 { // the first one, and all the others
			w.hold <- struct{}{}
			synctest.Wait()
		}
		if got := strings.Count(w.did(), "online"); got != 50 {
			t.Errorf("%d of 50 are online after two transactions", got)
		}
		close(w.hold)
		for _, leave := range leaves {
			leave()
		}
		if log := w.did(); strings.Contains(log, "error") {
			t.Error(log)
		}
	})
}

func TestCloseStores(t *testing.T) {
	w := &world{online: map[string]bool{}, heard: map[string]presence.Heard{}}
	tr := presence.New(presence.Options{Store: w, Publisher: w, Now: time.Now, Error: func(err error) { t.Error(err) }})
	tr.Heard(device(one), "192.0.2.1")
	tr.Close(t.Context())
	if w.stored(one).IP != "192.0.2.1" {
		t.Errorf("stored %v", w.stored(one))
	}
}

func TestHearingAllocatesNothing(t *testing.T) {
	tr, _ := newTracker(t)
	p := device(one)
	tr.Heard(p, "192.0.2.1")
	if n := testing.AllocsPerRun(100, func() { tr.Heard(p, "192.0.2.1") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// crowded is a publisher that is full at first.
type crowded struct {
	*world
	left int
}

// System implements presence.Publisher.
func (c *crowded) System(ctx context.Context, p *scope.Principal, name, data string) error {
	if c.left--; c.left >= 0 {
		return errors.New("the log is full")
	}
	return c.world.System(ctx, p, name, data)
}

func TestAStatusIsToldWhenThereIsRoomAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{online: map[string]bool{}, heard: map[string]presence.Heard{}}
		tracker := presence.New(presence.Options{Store: w, Publisher: &crowded{w, 3}, Now: time.Now, Error: func(error) {}})
		leave := tracker.Enter(&scope.Principal{Device: one, Product: 7}, "")
		time.Sleep(time.Minute)
		if did := w.did(); !strings.Contains(did, "online") {
			t.Errorf("a minute after it came the device did %q", did)
		}
		leave()
		tracker.Close(t.Context())
	})
}
