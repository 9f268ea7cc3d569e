package demo

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/scope"
)

const owner = "aaaaaaaaaaaaaaaaaaaaaaaa"

// hub publishes to its own stream.
type hub struct {
	events chan eventlog.Page
	seq    int64
	full   bool // refuses every event
}

func (h *hub) Publish(_ context.Context, p *scope.Principal, in publish.Input) error {
	if h.full {
		return fault.New(fault.Unavailable, "The hub is full.")
	}
	h.seq++
	e := event.Event{Seq: h.seq, At: time.Now().UnixMilli(), Device: p.Device, Owner: p.User, Name: in.Name, Data: in.Data}
	h.events <- eventlog.Page{Events: []event.Event{e}}
	return nil
}

func (h *hub) Next(ctx context.Context) (eventlog.Page, error) {
	select {
	case page, ok := <-h.events:
		if !ok {
			return page, errors.New("the disk is gone")
		}
		return page, nil
	case <-ctx.Done():
		return eventlog.Page{}, ctx.Err()
	}
}

func (h *hub) options(l *Log) Options {
	return Options{
		Publisher: h, Stream: h, Fleet: NewFleet(2, 1), Owner: owner, Rate: 2,
		Log: l, Hint: []string{"a hint"}, Now: time.Now,
	}
}

func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hub{events: make(chan eventlog.Page, 8)}
		l, out := newLog(80, false)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := Run(ctx, h.options(l)); err != nil {
			t.Fatal(err)
		}
		if got := l.Totals(); got.Events < 100 || got.Events > 140 || int64(got.Events) != h.seq {
			t.Errorf("%d events in a minute, %d published, want about 120", got.Events, h.seq)
		}
		if got := strings.Count(out.String(), "a hint"); got != 1 {
			t.Errorf("the hint was shown %d times", got)
		}
	})
}

func TestRunWhileTheHubRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hub{full: true}
		l, out := newLog(80, false)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if err := Run(ctx, h.options(l)); err != nil {
			t.Fatal(err)
		}
		if got := l.Totals(); got.Errors < 15 || got.Events != 0 {
			t.Errorf("got %+v", got)
		}
		if !strings.Contains(out.String(), "not published: The hub is full.") {
			t.Errorf("got\n%s", out)
		}
	})
}

func TestRunEndsWithTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hub{events: make(chan eventlog.Page), full: true}
		close(h.events)
		l, _ := newLog(80, false)
		err := Run(t.Context(), h.options(l))
		if err == nil || err.Error() != "follow the events: the disk is gone" {
			t.Errorf("error %v", err)
		}
	})
}

// TestRunShowsLateAnswers checks that what comes right after the end is still
// shown, and a gap is told.
func TestRunShowsLateAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hub{events: make(chan eventlog.Page, 8)}
		l, out := newLog(80, false)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		time.AfterFunc(settle/2, func() {
			h.events <- eventlog.Page{Skipped: true}
			h.events <- eventlog.Page{Events: []event.Event{*hooked(1, 0, event.HookResponse, 1, "late")}}
		})
		if err := Run(ctx, h.options(l)); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"late", "some are not shown"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q is missing in\n%s", want, out)
			}
		}
	})
}
