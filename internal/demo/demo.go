// Package demo is the example behind `fieldhook demo`: a simulated fleet, an
// integration between it and the request bin, and a live log for a terminal.
//
// The fleet publishes through the same door as any device, and the live log is
// an ordinary follower of the event log: nothing in it is made up but the
// readings. Prepare may be called at every start; it makes only what is
// missing. A Log may be used by any number of goroutines; a Fleet belongs to
// one. The hub itself, the request bin and the terminal are the caller's.
package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// How long the demo keeps following after the last publish, so that the answers
// to it are still shown and counted.
const settle = 300 * time.Millisecond

// hintAfter is when the one hint of a run is shown.
const hintAfter = 15 * time.Second

// Publisher takes the fleet's events; publish.Service does.
type Publisher interface {
	Publish(ctx context.Context, p *scope.Principal, in publish.Input) error
}

// Stream gives committed events in order; eventlog.Follower does.
type Stream interface {
	Next(ctx context.Context) (eventlog.Page, error)
}

// Options is what a run needs. All fields are required but Hint.
type Options struct {
	Publisher Publisher
	Stream    Stream
	Fleet     *Fleet
	Owner     string  // user id that the devices are claimed to
	Rate      float64 // events a second
	Log       *Log
	Hint      string // shown once after a while; "" = none
	Now       func() time.Time
}

// Run lets the fleet publish Rate events a second and shows what happens until
// ctx or the stream ends, which is no error. Errors: the event log cannot be
// read.
func Run(ctx context.Context, o Options) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	following, unfollow := context.WithCancel(context.WithoutCancel(ctx))
	defer unfollow()
	var failed error
	var follower sync.WaitGroup
	follower.Go(func() {
		defer stop()
		failed = follow(following, o.Stream, o.Log)
	})
	simulate(ctx, &o)
	wait(following, settle)
	unfollow()
	follower.Wait()
	return failed
}

// simulate publishes readings until ctx ends.
func simulate(ctx context.Context, o *Options) {
	hint := o.Now().Add(hintAfter)
	for wait(ctx, o.Fleet.Pause(o.Rate)) {
		now := o.Now()
		if o.Hint != "" && !now.Before(hint) {
			o.Log.Note(o.Hint)
			o.Hint = ""
		}
		r := o.Fleet.Next(now)
		device := &scope.Principal{User: o.Owner, Device: r.Device}
		err := o.Publisher.Publish(ctx, device, publish.Input{Name: r.Name, Data: r.Data})
		if err != nil && ctx.Err() == nil {
			o.Log.Failure(r.Device, r.Name, err)
		}
	}
}

// follow shows the events of a stream until it ends.
func follow(ctx context.Context, s Stream, l *Log) error {
	for {
		page, err := s.Next(ctx)
		switch {
		case ctx.Err() != nil || errors.Is(err, eventlog.ErrClosed):
			return nil
		case err != nil:
			return fmt.Errorf("follow the events: %w", err)
		case page.Skipped:
			l.Note("Too many events at once: some are not shown here.")
		}
		for i := range page.Events {
			l.Event(&page.Events[i])
		}
	}
}

// wait lets d pass; false means that ctx ended meanwhile.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
