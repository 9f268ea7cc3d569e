package history

import (
	"context"
	"slices"
	"strconv"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
)

// Bounds of a path.
const (
	pathAttempts = 1000   // attempts at the most
	pathEvents   = 1000   // hook events at the most
	pathRows     = 20_000 // events that are looked at for those it caused
	pathPage     = 1000
)

// Path is all that became of an event.
type Path struct {
	Event    event.Event
	Attempts []eventlog.Attempt // by delivery and number
	Calls    []*eventlog.Call   // heads of those that are recorded, in the order of Attempts; nil = it is not
	Caused   []event.Event      // hook events, as they came
	Partial  bool               // there may be more than was looked for
}

// Path tells the whole path of an event that a stream with the filter carries, as
// far as it concerns its readers: of the attempts those that mine accepts by the
// id of their integration. Errors: fault NotFound, also for events of others.
func (r *Reader) Path(ctx context.Context, f eventlog.Filter, id string, mine func(e *event.Event, integration string) bool) (Path, error) {
	e, err := r.Event(ctx, f, id)
	if err != nil {
		return Path{}, err
	}
	p := Path{Event: e}
	if p.Attempts, err = r.Attempts(ctx, e.Seq, e.Seq, pathAttempts); err != nil {
		return Path{}, err
	}
	p.Partial = len(p.Attempts) == pathAttempts
	p.Attempts = slices.DeleteFunc(p.Attempts, func(a eventlog.Attempt) bool { return !mine(&e, a.Integration) })
	if p.Calls, err = r.recorded(ctx, p.Attempts); err != nil {
		return Path{}, err
	}
	err = r.caused(ctx, &p)
	p.Caused = slices.DeleteFunc(p.Caused, func(c event.Event) bool { return !mine(&e, c.Integration) })
	return p, err
}

// recorded finds the recorded calls of an event's attempts.
func (r *Reader) recorded(ctx context.Context, attempts []eventlog.Attempt) ([]*eventlog.Call, error) {
	type key struct {
		event, delivery int64
		n               int
	}
	heads := map[string]map[key]*eventlog.Call{}
	calls := make([]*eventlog.Call, len(attempts))
	for i := range attempts {
		a := &attempts[i]
		if heads[a.Integration] == nil {
			all, err := r.CallHeads(ctx, a.Integration)
			if err != nil {
				return nil, err
			}
			of := map[key]*eventlog.Call{}
			for i := range all {
				c := &all[i].Attempt
				of[key{c.EventSeq, c.Delivery, c.N}] = &all[i]
			}
			heads[a.Integration] = of
		}
		calls[i] = heads[a.Integration][key{a.EventSeq, a.Delivery, a.N}]
	}
	return calls, nil
}

// Event finds an event that a stream with the filter carries by its id or by the
// id that streams give it, which is its seq. Errors: fault NotFound, also for
// events of others.
func (r *Reader) Event(ctx context.Context, f eventlog.Filter, id string) (event.Event, error) {
	missing := fault.New(fault.NotFound, "No event has this id, or it is not kept any more.")
	seq, isUUID := event.SeqOf(id)
	if !isUUID {
		n, err := strconv.ParseUint(id, 10, 63)
		if err != nil || n == 0 {
			return event.Event{}, missing
		}
		seq = int64(n)
	}
	e, err := r.EventAt(ctx, seq)
	switch {
	case fault.Is(err, fault.NotFound), err == nil && (!f.Match(&e) || isUUID && e.ID() != id):
		return event.Event{}, missing
	case err != nil:
		return event.Event{}, err
	}
	return e, nil
}

// caused looks for hook events behind the event until the last attempt's time.
func (r *Reader) caused(ctx context.Context, p *Path) error {
	last := p.Event.At
	for _, a := range p.Attempts {
		last = max(last, a.At+a.Timing.Total.Milliseconds())
	}
	const grace = 10_000 // ms for the commit, and for clocks
	for after, rows := p.Event.Seq, 0; len(p.Attempts) > 0; {
		page, err := r.Events(ctx, after, pathPage)
		if err != nil {
			return err
		}
		for i := range page {
			e := &page[i]
			if e.Cause == p.Event.Seq && e.Kind != event.Published {
				p.Caused = append(p.Caused, *e)
			}
		}
		if rows += len(page); len(page) < pathPage || page[len(page)-1].At > last+grace {
			return nil
		}
		if rows >= pathRows || len(p.Caused) >= pathEvents {
			p.Partial = true
			return nil
		}
		after = page[len(page)-1].Seq
	}
	return nil
}
