// Package demo is the example behind `fieldhook demo`: simulated fleets,
// integrations between them and web services, and a live log for a terminal.
//
// There are two fleets: that of the user's sandbox, which the live log shows, and
// the garden, whose devices are in the products of an organization. Both publish
// through the same door as any device, and the live log is an ordinary follower
// of the event log: nothing in it is made up but the readings. The integrations
// around them call web services that stand in for real ones (Services) and fail
// in all the ways that those do. Only the counts of the days before the first
// start are invented; State says which, so that the hub can mark them.
//
// Register and Connect may be called at every start; they make only what is
// missing. Seed is for the first one. A Log may be used by any number of
// goroutines; a Fleet belongs to one. The hub itself, the request bin and the
// terminal are the caller's.
package demo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// How long the demo keeps following after the last publish, so that the answers
// to it are still shown and counted.
const settle = 300 * time.Millisecond

// hintAfter is when the one hint of a run is shown.
const hintAfter = 15 * time.Second

// Publisher takes the fleet's events; app.Simulated does. The principal has no
// more than a token of the device says: the device, and whose token it is.
type Publisher interface {
	Publish(ctx context.Context, p *scope.Principal, in publish.Input) error
}

// Network keeps devices online; app.Simulated does. The principal is that of
// Publisher.
type Network interface {
	Connect(ctx context.Context, p *scope.Principal) (leave func(), err error)
}

// Stream gives committed events in order; eventlog.Follower does.
type Stream interface {
	Next(ctx context.Context) (eventlog.Page, error)
}

// Options is what a run needs. All fields are required but Garden and Hint.
type Options struct {
	Publisher Publisher
	Stream    Stream
	Fleet     *Fleet
	Garden    *Fleet  // devices of products; nil = none
	Owner     string  // user id that the sandbox's devices are claimed to
	Rate      float64 // events a second of Fleet; Garden publishes half as many
	Log       *Log
	Hint      []string // lines that are shown once after a while; nil = none
	Now       func() time.Time
}

// fleets gives each fleet with its rate.
func (o *Options) fleets() map[*Fleet]float64 {
	all := map[*Fleet]float64{o.Fleet: o.Rate}
	if o.Garden != nil {
		all[o.Garden] = o.Rate / 2
	}
	return all
}

// reportPause is the pace at which a fleet sends what it kept.
const reportPause = 100 * time.Millisecond

// Report has every device send what it read before it came online, quickly: so
// that there is something to see of each integration at once. It needs no
// Stream.
func Report(ctx context.Context, o Options) {
	var busy sync.WaitGroup
	for fleet := range o.fleets() {
		busy.Go(func() {
			for _, r := range fleet.Kept(o.Now()) {
				o.publish(ctx, fleet, r)
				if !wait(ctx, reportPause) {
					return
				}
			}
		})
	}
	busy.Wait()
}

// Join brings the devices of the fleets online, as far as the hub lets them.
// leave, which is never nil, takes them offline again.
func Join(ctx context.Context, n Network, owner string, fleets ...*Fleet) (leave func(), err error) {
	var all []func()
	leave = func() {
		for _, one := range all {
			one()
		}
	}
	for _, f := range fleets {
		for _, d := range f.devices {
			one, err := n.Connect(ctx, d.principal(owner))
			if gone(err) {
				continue
			}
			if ctx.Err() != nil {
				return leave, nil // Run will see it, too
			}
			if err != nil {
				return leave, fmt.Errorf("connect %s: %w", d.Name, err)
			}
			all = append(all, one)
		}
	}
	return leave, nil
}

// principal is what a token of the device says: its product's, or its owner's.
func (d *Device) principal(owner string) *scope.Principal {
	if d.Member != nil {
		owner = ""
	}
	return &scope.Principal{User: owner, Device: d.ID}
}

// gone says whether the hub refuses a device because a person removed it or shut
// it out: the demo is there to be played with.
func gone(err error) bool {
	return fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden)
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
	var publishers sync.WaitGroup
	for fleet, rate := range o.fleets() {
		publishers.Go(func() { o.simulate(ctx, fleet, rate) })
	}
	o.hint(ctx)
	publishers.Wait()
	wait(following, settle)
	unfollow()
	follower.Wait()
	return failed
}

// hint shows the hint when its time has come, unless ctx ends before.
func (o *Options) hint(ctx context.Context) {
	if len(o.Hint) > 0 && wait(ctx, hintAfter) {
		o.Log.Note(o.Hint...)
	}
}

// simulate publishes readings of a fleet until ctx ends.
func (o *Options) simulate(ctx context.Context, f *Fleet, rate float64) {
	for wait(ctx, f.Pause(rate)) {
		o.publish(ctx, f, f.Next(o.Now()))
	}
}

// publish publishes a reading as its device.
func (o *Options) publish(ctx context.Context, f *Fleet, r Reading) {
	err := o.Publisher.Publish(ctx, f.device(r.Device).principal(o.Owner), publish.Input{Name: r.Name, Data: r.Data})
	if err != nil && ctx.Err() == nil && !gone(err) {
		o.Log.Failure(r.Device, r.Name, err)
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
