// Package retention deletes what is old: events with their attempts by age and
// by size, counts, usage and recorded calls after the days that they are kept.
//
// Events with unfinished deliveries stay, and so does the newest one, for its
// seq says where the log goes on. Nothing here is urgent: it works in small
// transactions with pauses between them, so that publishes never wait for long.
package retention

import (
	"context"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/history"
	"github.com/fieldhook/fieldhook/internal/usage"
)

const (
	page  = 500                    // events that one transaction deletes at the most
	pause = 100 * time.Millisecond // between transactions
	every = time.Minute            // between two looks
)

// Store deletes. Its methods are described at the engines.
type Store interface {
	Prune(ctx context.Context, fromSeq, toSeq int64, limit int) (next, freed int64, err error)
	EventBytes(ctx context.Context) (int64, error)
	Days
}

// Days deletes what is kept by days.
type Days interface {
	PruneHistory(ctx context.Context, day, at int64) error
	PruneUsage(ctx context.Context, day int64) error
}

// Log reads events, ascending.
type Log interface {
	Events(ctx context.Context, after int64, limit int) ([]event.Event, error)
}

// Options says what is kept.
type Options struct {
	Store Store
	Log   Log
	Age   time.Duration // of events; 0 = for ever
	Bytes int64         // of the records of all events; 0 = no bound
	Now   func() time.Time
	Error func(error) // told of failures; the next look tries again
}

// Keeper deletes what is old until its context ends.
type Keeper struct {
	Options
	after int64 // events up to here were looked at for their age
}

// New makes a keeper.
func New(o Options) *Keeper { return &Keeper{Options: o} }

// Run works until ctx ends.
func (k *Keeper) Run(ctx context.Context) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for ctx.Err() == nil {
		if err := k.Sweep(ctx); err != nil && ctx.Err() == nil {
			k.Error(err)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// Sweep deletes all that is too old, or too much, now.
func (k *Keeper) Sweep(ctx context.Context) error {
	now := k.Now()
	today := eventlog.DayOf(now.UnixMilli())
	oldest := now.Add(-history.Kept * 24 * time.Hour).UnixMilli()
	if err := k.Store.PruneHistory(ctx, today-history.Kept+1, oldest); err != nil {
		return err
	}
	if err := k.Store.PruneUsage(ctx, today-usage.Kept+1); err != nil {
		return err
	}
	if k.Age > 0 {
		if err := k.byAge(ctx, now.Add(-k.Age).UnixMilli()); err != nil {
			return err
		}
	}
	if k.Bytes > 0 {
		return k.bySize(ctx)
	}
	return nil
}

// byAge deletes the events received before a time. The log is in the order of
// receipt but for jumps of the clock; the first event that is young enough ends
// the search.
func (k *Keeper) byAge(ctx context.Context, before int64) error {
	for {
		events, err := k.Log.Events(ctx, k.after, page)
		if err != nil {
			return err
		}
		old := 0
		for old < len(events) && events[old].At < before {
			old++
		}
		if old == 0 {
			k.after = 0
			return nil
		}
		last := events[old-1].Seq
		if _, _, err := k.Store.Prune(ctx, k.after+1, last, page); err != nil {
			return err
		}
		k.after = last
		if old < len(events) || !rest(ctx) {
			k.after = 0 // those that were spared are looked at again
			return ctx.Err()
		}
	}
}

// bySize deletes the oldest events until what is left is small enough. What a
// deletion frees is told with the events that it spared, so that in the end the
// size is looked at again.
func (k *Keeper) bySize(ctx context.Context) error {
	for next := int64(1); next != 0; {
		size, err := k.Store.EventBytes(ctx)
		if err != nil || size <= k.Bytes {
			return err
		}
		for excess := size - k.Bytes; excess > 0 && next != 0; {
			var freed int64
			if next, freed, err = k.Store.Prune(ctx, next, 1<<62, page); err != nil {
				return err
			}
			excess -= freed
			if !rest(ctx) {
				return ctx.Err()
			}
		}
	}
	return nil
}

// rest leaves the store to others; false means that ctx has ended.
func rest(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(pause):
		return true
	}
}
