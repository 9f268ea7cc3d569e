// Package replay delivers events again that an integration was given before:
// one, all dead letters, or those of a time range, at a chosen rate.
//
// A replay is an ordinary delivery with a mark: it uses the integration as it is
// now, passes the throttle, and follows the retry policy. A dead letter leaves
// its list in the commit that accepts its replay, so that a stop on the way
// loses none. The jobs themselves are kept in memory.
package replay

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
)

// Bounds of replays.
const (
	DefaultRate = 50   // deliveries per second
	MaxRate     = 1000 // deliveries per second
	mostRunning = 10   // jobs at once
	mostKept    = 100  // jobs that are remembered after their end
	page        = 500
)

// State is where a job stands.
type State string

// The states of a job.
const (
	Running   State = "running"
	Finished  State = "finished"
	Cancelled State = "cancelled"
	Failed    State = "failed" // the store failed; what was not replayed yet is as it was
)

// Job is a replay in progress or one that has ended.
type Job struct {
	ID          int64
	Integration string
	Rate        int // deliveries per second
	State       State
	Accepted    int64 // events that are being delivered again
	Missing     int64 // events that are not kept any more
	Started     int64 // Unix milliseconds
	Ended       int64 // Unix milliseconds; 0 = not yet

	cancel context.CancelFunc
}

// Store reads what there is to replay.
type Store interface {
	EventAt(ctx context.Context, seq int64) (event.Event, error)
	DeadLetters(ctx context.Context, integration string, after int64, limit int) ([]eventlog.DeadLetter, error)
	Attempts(ctx context.Context, fromSeq, toSeq int64, limit int) ([]eventlog.Attempt, error)
}

// Log accepts replays.
type Log interface {
	AppendTo(ctx context.Context, a *eventlog.Accept) (int64, error)
}

// Finder finds places in the log by time.
type Finder interface {
	Events(ctx context.Context, after int64, limit int) ([]event.Event, error)
	Head(ctx context.Context) (int64, error)
}

// Service runs jobs. It is safe for concurrent use.
type Service struct {
	store  Store
	log    Log
	finder Finder
	keep   sync.Locker // while it is held, no event is deleted
	now    func() time.Time

	ctx  context.Context
	stop context.CancelFunc
	wait sync.WaitGroup

	mu   sync.Mutex
	jobs []*Job // by id
	last int64
}

// New makes a service. keep must keep retention from deleting events.
func New(s Store, l Log, f Finder, keep sync.Locker, now func() time.Time) *Service {
	ctx, stop := context.WithCancel(context.Background())
	return &Service{store: s, log: l, finder: f, keep: keep, now: now, ctx: ctx, stop: stop}
}

// Close ends all jobs.
func (s *Service) Close() {
	s.stop()
	s.wait.Wait()
}

// One replays an event at once. Errors: fault NotFound if it is not kept any
// more.
func (s *Service) One(ctx context.Context, integration string, seq int64) error {
	return s.again(ctx, 0, integration, seq, nil)
}

// again accepts one delivery.
func (s *Service) again(ctx context.Context, job int64, integration string, seq int64, revived []int64) error {
	s.keep.Lock()
	defer s.keep.Unlock()
	e, err := s.store.EventAt(ctx, seq)
	if err != nil {
		return err
	}
	_, err = s.log.AppendTo(ctx, &eventlog.Accept{
		Event: e, Old: true, Fixed: true, Revived: revived,
		Deliveries: []eventlog.Delivery{{Integration: integration, Mark: eventlog.Replay, Job: job}},
	})
	return err
}

// DeadLetters begins to replay all dead letters of an integration.
func (s *Service) DeadLetters(integration string, rate int) (Job, error) {
	return s.begin(integration, rate, func(ctx context.Context, p *pace) error {
		for after := int64(0); ; {
			letters, err := s.store.DeadLetters(ctx, integration, after, page)
			if err != nil || len(letters) == 0 {
				return err
			}
			for _, l := range letters {
				if after = l.ID; !p.replay(ctx, l.EventSeq, []int64{l.ID}) {
					return p.err
				}
			}
		}
	})
}

// Between begins to replay the events of a time range, from inclusive to
// exclusive in Unix milliseconds, that the integration was given before.
func (s *Service) Between(integration string, from, to int64, rate int) (Job, error) {
	return s.begin(integration, rate, func(ctx context.Context, p *pace) error {
		first, err := s.seqAt(ctx, from)
		if err != nil {
			return err
		}
		last, err := s.seqAt(ctx, to)
		if err != nil {
			return err
		}
		return s.between(ctx, p, integration, first+1, last)
	})
}

// between replays the events of some seqs once each.
func (s *Service) between(ctx context.Context, p *pace, integration string, from, to int64) error {
	for from <= to {
		attempts, err := s.store.Attempts(ctx, from, to, page)
		if err != nil {
			return err
		}
		done := int64(0)
		for _, a := range attempts {
			if a.Integration != integration || a.EventSeq == done {
				continue
			}
			if done = a.EventSeq; !p.replay(ctx, done, nil) {
				return p.err
			}
		}
		if len(attempts) < page {
			return nil
		}
		from = attempts[len(attempts)-1].EventSeq + 1
	}
	return nil
}

// seqAt is the highest seq of the events received before a time; 0 if there is
// none. It takes the log to be in order of time.
func (s *Service) seqAt(ctx context.Context, at int64) (int64, error) {
	head, err := s.finder.Head(ctx)
	if err != nil {
		return 0, err
	}
	low, high := int64(0), head
	for low < high {
		mid := low + (high-low)/2
		events, err := s.finder.Events(ctx, mid, 1)
		if err != nil {
			return 0, err
		}
		if len(events) == 0 || events[0].At >= at {
			high = mid
		} else {
			low = events[0].Seq
		}
	}
	return low, nil
}

// begin makes a job and runs it.
func (s *Service) begin(integration string, rate int, work func(context.Context, *pace) error) (Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	running := 0
	for _, j := range s.jobs {
		if j.State == Running {
			running++
		}
	}
	if running >= mostRunning || s.ctx.Err() != nil {
		return Job{}, fault.New(fault.Limited, "%d replays are running already; wait for one to end, or cancel it.", running)
	}
	s.last = max(s.last+1, s.now().UnixMilli())
	ctx, cancel := context.WithCancel(s.ctx)
	j := &Job{ID: s.last, Integration: integration, Rate: rate, State: Running, Started: s.now().UnixMilli(), cancel: cancel}
	s.jobs = append(s.jobs, j)
	s.forget()
	s.wait.Go(func() { s.run(ctx, j, work) })
	return *j, nil
}

// forget drops the oldest jobs that have ended when there are many.
func (s *Service) forget() {
	for i := 0; i < len(s.jobs) && len(s.jobs) > mostKept; i++ {
		if s.jobs[i].State != Running {
			s.jobs = slices.Delete(s.jobs, i, i+1)
			return
		}
	}
}

func (s *Service) run(ctx context.Context, j *Job, work func(context.Context, *pace) error) {
	defer j.cancel()
	p := &pace{service: s, job: j, tick: time.NewTicker(time.Second / time.Duration(j.Rate))}
	defer p.tick.Stop()
	err := work(ctx, p)
	s.mu.Lock()
	defer s.mu.Unlock()
	j.Ended = s.now().UnixMilli()
	switch {
	case ctx.Err() != nil:
		j.State = Cancelled
	case err != nil:
		j.State = Failed
	default:
		j.State = Finished
	}
}

// pace replays events of a job at its rate.
type pace struct {
	service *Service
	job     *Job
	tick    *time.Ticker
	err     error
}

// replay waits for its turn and replays an event; false means that the job is to
// end.
func (p *pace) replay(ctx context.Context, seq int64, revived []int64) bool {
	select {
	case <-ctx.Done():
		return false
	case <-p.tick.C:
	}
	err := p.service.again(ctx, p.job.ID, p.job.Integration, seq, revived)
	missing := fault.Is(err, fault.NotFound)
	p.service.mu.Lock()
	defer p.service.mu.Unlock()
	switch {
	case missing:
		p.job.Missing++
	case err != nil:
		p.err = err
		return false
	default:
		p.job.Accepted++
	}
	return true
}

// List gives the jobs of an integration, newest first.
func (s *Service) List(integration string) []Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Job
	for _, j := range s.jobs {
		if j.Integration == integration {
			out = append(out, *j)
		}
	}
	slices.SortFunc(out, func(a, b Job) int { return cmp.Compare(b.ID, a.ID) })
	return out
}

// Cancel ends a job; deliveries that it has begun go on. Errors: fault NotFound.
func (s *Service) Cancel(integration string, id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.jobs {
		if j.Integration == integration && j.ID == id {
			j.cancel()
			return nil
		}
	}
	return fault.New(fault.NotFound, "No replay has this id.")
}
