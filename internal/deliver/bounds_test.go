package deliver_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// finished says how many deliveries ended and how many ended more than once.
func (h *hub) finished() (all, twice int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	seen := map[int64]bool{}
	for _, f := range h.results {
		if seen[f.Delivery.ID] {
			twice++
		}
		seen[f.Delivery.ID] = true
	}
	return len(h.results), twice
}

// drain answers calls until there are none.
func (g *gate) drain() {
	for synctest.Wait(); g.open(200) > 0; synctest.Wait() {
	}
}

// TestEveryOriginGetsItsTurnOnAFullNode has far more origins than the node has
// call slots: an origin that hands its only slot to another must get one back.
func TestEveryOriginGetsItsTurnOnAFullNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Sender: g, Calls: 4})
		for i := range 12 {
			id := fmt.Sprint("h", i)
			h.add(id, config("http://"+id+"/"))
			h.publish(id, "http://"+id+":80", numbers(7)...)
		}
		g.drain()
		if all, twice := h.finished(); all != 12*7 || twice != 0 {
			t.Errorf("%d deliveries ended, %d of them twice; want %d", all, twice, 12*7)
		}
	})
}

// hookedBacklog runs a function before and after each read of an origin's
// deliveries.
type hookedBacklog struct {
	deliver.Backlog
	mu            sync.Mutex
	before, after func(n int)
	reads         int
	largest       int // the largest page that was asked for
}

func (b *hookedBacklog) Pending(ctx context.Context, after int64, all bool, origin string, limit int) ([]eventlog.Pending, error) {
	b.mu.Lock()
	b.reads++
	n := b.reads
	b.largest = max(b.largest, limit)
	b.mu.Unlock()
	if !all && b.before != nil {
		b.before(n)
	}
	p, err := b.Backlog.Pending(ctx, after, all, origin, limit)
	if !all && b.after != nil {
		b.after(n)
	}
	return p, err
}

// TestCommitsDuringARefillAreDeliveredOnce commits while a spilled queue is
// read from the store, with the news of the commit before, during and after the
// read.
func TestCommitsDuringARefillAreDeliveredOnce(t *testing.T) {
	const later = 40
	for _, told := range []string{"at once", "after the read", "after the refill"} {
		t.Run(told, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := &gate{}
				h := newHub(t, deliver.Options{Sender: g, Calls: 4, Memory: 20 << 10})
				backlog := &hookedBacklog{Backlog: h.store}
				h.d.Backlog = backlog
				h.add("a", config("http://a/"))
				want := numbers(200 + later)
				var untold []*eventlog.Batch
				tell := func() {
					for _, b := range untold {
						h.d.Committed(b)
					}
					untold = nil
				}
				next := 200
				backlog.before = func(int) {
					if next == len(want) {
						return
					}
					untold = append(untold, h.commit("a", "http://a:80", want[next]))
					if next++; told == "at once" {
						tell()
					}
				}
				backlog.after = func(int) {
					if told == "after the read" {
						tell()
					}
				}
				h.publish("a", "http://a:80", want[:200]...)
				for i := 0; i < 1000; i++ {
					synctest.Wait()
					tell()
					synctest.Wait()
					if g.open(200) == 0 && len(untold) == 0 {
						break
					}
				}
				all, twice := h.finished()
				if all != next || twice != 0 {
					t.Errorf("%d deliveries ended, %d of them twice; want %d", all, twice, next)
				}
				if p, _ := h.store.Pending(t.Context(), 0, true, "", 1); len(p) != 0 {
					t.Errorf("left over: %+v", p)
				}
			})
		})
	}
}

// TestForgottenOriginsAreNotReadAgain lets results wait for their commit while
// their origins are forgotten: what the store still holds must not be sent
// again when an origin comes back by a move and then outgrows the memory.
func TestForgottenOriginsAreNotReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		gated := false
		h := newHub(t, deliver.Options{Memory: 1 << 20, Sender: senderFunc(func(ctx context.Context, r *render.Request) (deliver.Answer, error) {
			if gated {
				return g.Send(ctx, r)
			}
			return ok(ctx, r)
		})})
		h.hold = true // no result is committed
		h.add("many", config("http://{{{PARTICLE_EVENT_VALUE}}}/"))
		h.add("hung", config("http://hung/"))
		for i := range 5000 { // more origins than the dispatcher remembers
			name := fmt.Sprint("h", i)
			h.publish("many", "http://"+name+":80", name)
			synctest.Wait()
		}
		gated = true
		h.publish("many", "http://old:80", slices.Repeat([]string{"h0"}, 25)...) // moves
		synctest.Wait()
		h.publish("hung", "http://hung:80", numbers(4000)...) // fills the memory
		h.publish("many", "http://h0:80", slices.Repeat([]string{"h0"}, 60)...)
		g.drain()
		if all, twice := h.finished(); all != 5000+25+4000+60 || twice != 0 {
			t.Errorf("%d deliveries ended, %d of them twice; want %d", all, twice, 5000+25+4000+60)
		}
	})
}

// TestMemoryStaysBounded publishes, refills and moves far more than fits.
func TestMemoryStaysBounded(t *testing.T) {
	const memory, origins, each = 2 << 20, 8, 150
	run := func(t *testing.T, publish func(h *hub)) {
		synctest.Test(t, func(t *testing.T) {
			g := &gate{}
			h := newHub(t, deliver.Options{Sender: g, Memory: memory})
			publish(h)
			most := 0
			for {
				synctest.Wait()
				most = max(most, h.d.Load().Memory)
				if g.open(200) == 0 {
					break
				}
			}
			// Jobs of workers count when they come back without room to move.
			if limit := memory + origins*20*(9<<10); most > limit {
				t.Errorf("%d bytes were queued, more than %d", most, limit)
			}
			if all, twice := h.finished(); all != origins*each || twice != 0 {
				t.Errorf("%d deliveries ended, %d of them twice; want %d", all, twice, origins*each)
			}
			if got := h.d.Load(); got != (deliver.Load{}) {
				t.Errorf("at the end: %+v, want nothing", got)
			}
		})
	}
	big := slices.Repeat([]string{strings.Repeat("x", 8<<10)}, each)
	t.Run("many origins", func(t *testing.T) {
		run(t, func(h *hub) {
			for i := range origins {
				id := fmt.Sprint("h", i)
				h.add(id, config("http://"+id+"/"))
				h.publish(id, "http://"+id+":80", big...)
			}
		})
	})
	t.Run("all move to one origin", func(t *testing.T) {
		run(t, func(h *hub) {
			for i := range origins {
				id := fmt.Sprint("h", i)
				h.add(id, config("http://new/"))
				h.publish(id, "http://"+id+":80", big...)
			}
		})
	})
}

// TestMovedDeliveriesKeepTheirOrder changes an integration's URL while its
// queue waits: the old deliveries go before the new ones of the new origin.
func TestMovedDeliveriesKeepTheirOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Sender: g, Calls: 2})
		h.add("a", config("http://old/"))
		want := numbers(60)
		h.publish("a", "http://old:80", want[:30]...)
		synctest.Wait() // one call to the old origin is in flight
		h.add("a", config("http://new/"))
		g.drain()
		h.publish("a", "http://new:80", want[30:]...)
		g.drain()
		if got := fmt.Sprint(g.seen); got != fmt.Sprint(want) {
			t.Errorf("order %v", got)
		}
	})
}

// TestPanicsEndOneDelivery lets each of the pieces of an attempt panic: the
// delivery ends as a failure, the slot is free again, the next ones work.
func TestPanicsEndOneDelivery(t *testing.T) {
	for _, where := range []string{"sender", "responder", "lookup"} {
		t.Run(where, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &panicking{where: where}
				h := newHub(t, deliver.Options{Calls: 2, Sender: p})
				var reported []string
				h.d.Unexpected = func(msg string, err error) { reported = append(reported, msg) }
				p.Integrations, p.Responder = h.d.Integrations, h.d.Responder
				h.d.Integrations, h.d.Responder = p, p
				h.add("a", config("http://a/"))
				for range 30 { // more than an origin has slots
					p.armed, p.queued = true, false
					h.publish("a", "http://a:80", "bad")
					synctest.Wait()
				}
				p.armed = false
				h.publish("a", "http://a:80", "good")
				synctest.Wait()
				if got, want := h.outcomes(), "map[error:30 success:1]"; got != want {
					t.Errorf("outcomes %s, want %s", got, want)
				}
				if len(reported) != 30 {
					t.Errorf("%d of 30 panics were reported: %v", len(reported), reported)
				}
				if got := h.d.Load(); got != (deliver.Load{}) {
					t.Errorf("at the end: %+v, want nothing", got)
				}
			})
		})
	}
}

// panicking is every piece of an attempt, one of which panics while it is armed.
type panicking struct {
	deliver.Integrations
	deliver.Responder
	where  string
	armed  bool
	queued bool // the first lookup is of the queue, which is no attempt
}

func (p *panicking) trip(here string) {
	if p.armed && here == p.where {
		panic("index out of range")
	}
}

func (p *panicking) Lookup(id string) (*integration.Integration, bool) {
	if p.queued {
		p.trip("lookup")
	}
	p.queued = true
	return p.Integrations.Lookup(id)
}

func (p *panicking) Send(ctx context.Context, r *render.Request) (deliver.Answer, error) {
	p.trip("sender")
	return ok(ctx, r)
}

func (p *panicking) Respond(a *deliver.Attempt) []event.Event {
	p.trip("responder")
	return p.Responder.Respond(a)
}

// TestPanicTellsTheTester says that a test whose attempt panicked is answered.
func TestPanicTellsTheTester(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, deliver.Options{Sender: senderFunc(func(context.Context, *render.Request) (deliver.Answer, error) { panic("oops") })})
		h.d.Unexpected = func(string, error) {}
		h.add("a", config("http://a/"))
		in, _ := h.Lookup("a")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r, err := (&deliver.Tester{Log: appender{h}, Now: time.Now}).Test(ctx, &scope.Principal{User: "u"}, in, "1")
		if err != nil || r.OK || r.Error == "" {
			t.Errorf("report %+v, %v", r, err)
		}
	})
}

// TestTestBehindALongQueueIsAnswered asks for a test of an integration whose
// host has more deliveries than memory: it is sent in its turn, and whoever asked
// is told so at once.
func TestTestBehindALongQueueIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Sender: g, Memory: 20 << 10})
		h.add("a", config("http://{{{PARTICLE_EVENT_VALUE}}}/"))
		h.publish("a", "", slices.Repeat([]string{"a"}, 200)...)
		in, _ := h.Lookup("a")
		r, err := (&deliver.Tester{Log: appender{h}, Now: time.Now}).Test(t.Context(), &scope.Principal{User: "u"}, in, "a")
		if err != nil || r.OK || !strings.Contains(r.Error, "wait") {
			t.Errorf("report %+v, %v", r, err)
		}
		g.drain()
		if all, twice := h.finished(); all != 201 || twice != 0 {
			t.Errorf("%d deliveries ended, %d of them twice; want 201", all, twice)
		}
	})
}
