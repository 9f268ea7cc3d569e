package replay

import (
	"context"
	"errors"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
)

// State is where a job stands.
type State string

// The states of a job. The words are stored.
const (
	Running   State = "running"
	Finished  State = "finished"
	Cancelled State = "cancelled"
)

// Kind says what a job replays.
type Kind string

// The kinds of job. The words are stored.
const (
	Letters  Kind = "dead_letters" // those that were there when it began
	Range    Kind = "range"        // all events that the integration was given
	Failures Kind = "failures"     // those of them whose last delivery ended without success
)

// Job is a replay in progress or one that has ended.
type Job struct {
	ID          int64
	Integration string
	Kind        Kind
	Rate        int // deliveries per second
	State       State

	// From (exclusive) to To are ids of dead letters, or seqs of events; up to
	// Done everything has been replayed.
	From, Done, To int64

	Accepted int64 // events that are being delivered again
	Missing  int64 // events that are not kept any more
	Started  int64 // Unix milliseconds
	Ended    int64 // Unix milliseconds; 0 = not yet
}

// Percent is how much of what it looks through a job has looked through.
func (j *Job) Percent() int {
	if j.State == Finished || j.To <= j.From {
		return 100
	}
	return int(100 * (j.Done - j.From) / (j.To - j.From))
}

// running is a job at work. The service's mutex guards the job.
type running struct {
	*Service
	job    *Job
	cancel context.CancelCauseFunc
	tick   *time.Ticker
	gone   bool // its integration was deleted; nothing of it is to be stored
}

// errCancelled is why a job's context ended when somebody asked for it; a hub
// that stops leaves its jobs to the next start.
var errCancelled = errors.New("cancelled")

// respite is how long a job rests after a failure of the store, and while as
// many of its deliveries wait as may.
const respite = time.Second

// run works until the job has ended or the hub stops.
func (r *running) run(ctx context.Context) {
	defer r.cancel(nil)
	r.tick = time.NewTicker(time.Second / time.Duration(r.job.Rate))
	defer r.tick.Stop()
	r.work(ctx)
	switch {
	case context.Cause(ctx) == errCancelled:
		r.end(Cancelled)
	case ctx.Err() == nil: // else the hub stops
		r.end(Finished)
	}
}

// end tells how the job ended until that is stored: else the next start would go
// on with it.
func (r *running) end(state State) {
	for !r.stored(state) {
		if !rest(r.ctx) {
			return
		}
	}
}

func (r *running) stored(state State) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gone {
		return true
	}
	r.job.State, r.job.Ended = state, r.now().UnixMilli()
	err := r.jobs.PutReplay(context.Background(), *r.job)
	if err != nil {
		r.failed(err)
	}
	return err == nil
}

// work walks through what there is to replay until nothing is left or the
// context ends. After a failure it is not known what was accepted; the store
// says where to go on, when it can.
func (r *running) work(ctx context.Context) {
	for r.reload(ctx) != nil || r.walk(ctx) != nil {
		if !rest(ctx) {
			return
		}
	}
}

// rest waits; false means that the context ended first.
func rest(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(respite):
		return true
	}
}

func (r *running) walk(ctx context.Context) error {
	if r.job.Kind == Letters {
		return r.letters(ctx)
	}
	return r.events(ctx)
}

// reload takes the progress from the store. The empty change before ends the
// doubt about earlier commits: they have taken effect by then, or never will.
func (r *running) reload(ctx context.Context) error {
	if err := r.jobs.DeleteReplays(ctx, nil); err != nil {
		return err
	}
	all, err := r.jobs.Replays(ctx)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, j := range all {
		if j.ID == r.job.ID {
			r.job.Done, r.job.Accepted, r.job.Missing = j.Done, j.Accepted, j.Missing
		}
	}
	return nil
}

// letters replays dead letters. It reads them one by one: meanwhile somebody may
// delete some.
func (r *running) letters(ctx context.Context) error {
	for {
		if err := r.turn(ctx); err != nil {
			return err
		}
		letters, err := r.store.DeadLetters(ctx, r.job.Integration, r.job.Done, 1)
		if err != nil || len(letters) == 0 || letters[0].ID > r.job.To {
			return err
		}
		l := &letters[0]
		if err := r.replay(ctx, l.EventSeq, l.ID, []int64{l.ID}); err != nil {
			return err
		}
	}
}

// events replays events that the integration was given before, once each.
func (r *running) events(ctx context.Context) error {
	for limit := page; ; {
		attempts, err := r.store.Attempts(ctx, r.job.Done+1, r.job.To, limit)
		if err != nil {
			return err
		}
		whole := wholeEvents(attempts, limit)
		if len(whole) == 0 && len(attempts) == limit { // one event has more attempts than a page
			limit *= 2
			continue
		}
		if err := r.replayThose(ctx, whole); err != nil || len(attempts) < limit {
			return err
		}
		r.passed(whole[len(whole)-1].EventSeq)
		limit = page
	}
}

// wholeEvents leaves out the last event of a full page: the next one may have
// more of its attempts.
func wholeEvents(attempts []eventlog.Attempt, limit int) []eventlog.Attempt {
	n := len(attempts)
	if n < limit {
		return attempts
	}
	last := attempts[n-1].EventSeq
	for n > 0 && attempts[n-1].EventSeq == last {
		n--
	}
	return attempts[:n]
}

// replayThose replays the events of attempts, which are in the order of events.
func (r *running) replayThose(ctx context.Context, attempts []eventlog.Attempt) error {
	for i := 0; i < len(attempts); {
		seq, last := attempts[i].EventSeq, -1
		for ; i < len(attempts) && attempts[i].EventSeq == seq; i++ {
			if attempts[i].Integration == r.job.Integration {
				last = i
			}
		}
		if last < 0 || r.job.Kind == Failures && !ended(&attempts[last]) {
			continue
		}
		if err := r.turn(ctx); err != nil {
			return err
		}
		if err := r.replay(ctx, seq, seq, nil); err != nil {
			return err
		}
	}
	return nil
}

// ended says whether a delivery ended with this attempt, and without success.
func ended(a *eventlog.Attempt) bool { return a.Outcome != eventlog.Success && a.Next == 0 }

// passed notes that everything up to done has been looked at. It is stored with
// the next event that is replayed.
func (r *running) passed(done int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.job.Done = max(r.job.Done, done)
}

// turn waits until the job may replay one more: by its rate, and by how many of
// its integration's replays are unfinished. Errors: the context's.
func (r *running) turn(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-r.tick.C:
	}
	for r.unfinished(r.job.Integration) >= mostUnfinished {
		if !rest(ctx) {
			return ctx.Err()
		}
	}
	return nil
}

// replay replays an event; the job's progress is stored with it. Errors: the
// log's.
func (r *running) replay(ctx context.Context, seq, done int64, revived []int64) error {
	p := eventlog.Progress{Job: r.job.ID, Done: done, Accepted: r.job.Accepted + 1, Missing: r.job.Missing}
	err := r.again(ctx, r.job.Integration, seq, &p, revived)
	if fault.Is(err, fault.NotFound) {
		p.Accepted, p.Missing, err = r.job.Accepted, r.job.Missing+1, nil
	}
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.job.Done, r.job.Accepted, r.job.Missing = p.Done, p.Accepted, p.Missing
	return nil
}

// again accepts one delivery; p is nil for one that no job asked for.
func (s *Service) again(ctx context.Context, integration string, seq int64, p *eventlog.Progress, revived []int64) error {
	s.keep.Lock()
	defer s.keep.Unlock()
	e, err := s.store.EventAt(ctx, seq)
	if err != nil {
		return err
	}
	_, err = s.log.AppendTo(ctx, again(e, integration, p, revived))
	return err
}

func again(e event.Event, integration string, p *eventlog.Progress, revived []int64) *eventlog.Accept {
	d := eventlog.Delivery{Integration: integration, Mark: eventlog.Replay}
	if p != nil {
		d.Job = p.Job
	}
	return &eventlog.Accept{Event: e, Old: true, Fixed: true, Revived: revived, Progress: p, Deliveries: []eventlog.Delivery{d}}
}
