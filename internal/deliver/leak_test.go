package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/respond"
)

func TestRefusedDeliveriesAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &gate{}
		h := newHub(t, deliver.Options{Sender: g})
		h.add("a", `{"event":"temp","url":"http://a/","noDefaults":true,"maxPending":30}`)
		h.publish("a", "http://a:80", numbers(500)...)
		g.drain()
		if settling, _ := h.d.Kept(); settling != 0 {
			t.Errorf("%d of 470 refused deliveries are remembered; %s", settling, h.outcomes())
		}
	})
}

// toA matches every event with one integration that keeps order.
type toA struct{}

func (toA) Match(_ *event.Event, into []eventlog.Delivery) ([]eventlog.Delivery, int64) {
	return append(into, eventlog.Delivery{Integration: "a", Origin: "http://a:80", Ordered: true}), 0
}

func (toA) Refresh(context.Context) error { return nil }

// The log may commit the end of a delivery before its worker goes on.
func TestChainsAreForgottenWhoeverIsFaster(t *testing.T) {
	h := newHub(t, deliver.Options{Sender: senderFunc(ok)})
	h.add("a", `{"event":"temp","url":"http://a/","noDefaults":true,"ordering":"device"}`)
	d := deliver.New(deliver.Options{Integrations: h, Backlog: h.store, Responder: respond.New(time.Now), Sender: senderFunc(ok)})
	l, err := eventlog.Open(t.Context(), h.store, toA{}, slog.New(slog.DiscardHandler), d.Committed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Start(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	var publishers sync.WaitGroup
	for p := range 32 {
		publishers.Go(func() {
			for range 100 {
				if _, err := l.Append(context.Background(), event.Event{At: 1, Name: "temp", Device: fmt.Sprint("dev", p), Owner: "u"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	publishers.Wait()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		settling, chains := d.Kept()
		if settling == 0 && chains == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d deliveries and %d chains are remembered", settling, chains)
		}
	}
	d.Stop(context.Background())
	if err := l.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

// broken is a backlog whose first read of postponed deliveries hangs and fails.
type broken struct {
	deliver.Backlog
	failed atomic.Bool
}

func (b *broken) PendingOf(ctx context.Context, ids []int64) ([]eventlog.Pending, error) {
	if b.failed.CompareAndSwap(false, true) {
		time.Sleep(5 * time.Second)
		return nil, errors.New("connection reset")
	}
	return b.Backlog.PendingOf(ctx, ids)
}

func TestAFailedReadStrandsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		target := newTarget(500)
		h := newHub(t, deliver.Options{Sender: target, Random: func() float64 { return 0.99 }})
		h.d.Backlog, h.d.Unexpected = &broken{Backlog: h.store}, func(string, error) {}
		h.add("a", `{"event":"temp","url":"http://a/","noDefaults":true,"retry":"failed"}`)
		h.add("b", `{"event":"temp","url":"http://b/","noDefaults":true,"retry":"failed"}`)
		h.publish("a", "http://a:80", "1")
		time.Sleep(1500 * time.Millisecond)
		h.publish("b", "http://b:80", "1") // it is due while the read for a hangs
		time.Sleep(10 * time.Second)
		target.answers(200)
		time.Sleep(time.Hour)
		if left, err := h.store.Pending(t.Context(), 0, true, "", 10); err != nil || len(left) != 0 {
			t.Errorf("%d deliveries are left, %v; %s", len(left), err, h.outcomes())
		}
	})
}

// A delivery that fails while its host answers others well is not the host's
// fault: it keeps its own waits.
func TestOneBadDeliveryKeepsItsBackoffOnAHealthyHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		bad := 0
		h := newHub(t, deliver.Options{Random: func() float64 { return 0.99 }, Sender: senderFunc(func(_ context.Context, r *render.Request) (deliver.Answer, error) {
			if string(r.Body) != "bad" {
				return deliver.Answer{Status: 200}, nil
			}
			mu.Lock()
			defer mu.Unlock()
			bad++
			return deliver.Answer{Status: 500, Header: http.Header{}}, nil
		})})
		h.add("a", config("http://a/"))
		h.add("p", `{"event":"temp","url":"http://a/","noDefaults":true,"body":"bad","retry":{"policy":"failed","maxAttempts":50}}`)
		h.publish("p", "http://a:80", "1")
		for range 600 {
			h.publish("a", "http://a:80", "1")
			time.Sleep(100 * time.Millisecond)
		}
		mu.Lock()
		defer mu.Unlock()
		if bad < 4 || bad > 7 { // 2, 4, 8, 16 and 32 s apart
			t.Errorf("%d calls in the first minute, want about five", bad)
		}
	})
}
