// Package replay delivers events again that an integration was given before:
// one, all dead letters, or those of a time range, at a chosen rate.
//
// A replay is an ordinary delivery with a mark: it uses the integration as it is
// now, passes the throttle, and follows the retry policy. How far a job has come
// is stored in the commit that accepts each event, in which a dead letter leaves
// its list, too: a hub that stops, or is killed, goes on with its jobs at the
// next start and replays nothing twice. While the store fails, jobs wait.
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

	// mostUnfinished is how many replays of an integration may be unfinished
	// while its jobs go on.
	mostUnfinished = 1000
)

// Store reads what there is to replay.
type Store interface {
	EventAt(ctx context.Context, seq int64) (event.Event, error)
	DeadLetters(ctx context.Context, integration string, after int64, limit int) ([]eventlog.DeadLetter, error)
	Attempts(ctx context.Context, fromSeq, toSeq int64, limit int) ([]eventlog.Attempt, error)
}

// Jobs keeps jobs. Their progress is written by the log's commits.
type Jobs interface {
	// Replays gives all jobs, ascending by id.
	Replays(ctx context.Context) ([]Job, error)
	// PutReplay inserts or replaces a job.
	PutReplay(ctx context.Context, j Job) error
	// DeleteReplays deletes jobs; unknown ones do not matter.
	DeleteReplays(ctx context.Context, ids []int64) error
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

// Options says what a Service works with.
type Options struct {
	Store  Store
	Jobs   Jobs
	Log    Log
	Finder Finder
	Keep   sync.Locker // while it is held, no event is deleted

	// Unfinished tells how many replays of an integration are not delivered yet;
	// nil = none ever is.
	Unfinished func(integration string) int

	Now   func() time.Time
	Error func(error) // told when what became of a job cannot be stored
}

// Service runs jobs. It is safe for concurrent use.
type Service struct {
	store  Store
	jobs   Jobs
	log    Log
	finder Finder
	keep   sync.Locker
	now    func() time.Time
	failed func(error)

	unfinished func(integration string) int

	ctx  context.Context
	stop context.CancelFunc
	wait sync.WaitGroup

	mu   sync.Mutex
	all  []*running // by id
	last int64
}

// Open makes a service and goes on with the jobs that an earlier process left
// unfinished. Errors: the store's.
func Open(ctx context.Context, o Options) (*Service, error) {
	s := &Service{store: o.Store, jobs: o.Jobs, log: o.Log, finder: o.Finder, keep: o.Keep, now: o.Now, failed: o.Error, unfinished: o.Unfinished}
	if s.unfinished == nil {
		s.unfinished = func(string) int { return 0 }
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	stored, err := o.Jobs.Replays(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range stored {
		s.last = j.ID
		s.start(&j)
	}
	return s, nil
}

// start adds a job and runs it if it has not ended; the caller holds s.mu.
func (s *Service) start(j *Job) {
	ctx, cancel := context.WithCancelCause(s.ctx)
	r := &running{Service: s, job: j, cancel: cancel}
	s.all = append(s.all, r)
	if j.State == Running {
		s.wait.Go(func() { r.run(ctx) })
	}
}

// Close interrupts all jobs; the next Open goes on with them.
func (s *Service) Close() {
	s.stop()
	s.wait.Wait()
}

// One replays an event at once. Errors: fault NotFound if it is not kept any
// more.
func (s *Service) One(ctx context.Context, integration string, seq int64) error {
	return s.again(ctx, integration, seq, nil, nil)
}

// DeadLetters begins to replay all dead letters that an integration has now.
func (s *Service) DeadLetters(ctx context.Context, integration string, rate int) (Job, error) {
	head, err := s.finder.Head(ctx)
	if err != nil {
		return Job{}, err
	}
	return s.begin(ctx, Job{Integration: integration, Kind: Letters, Rate: rate, To: head})
}

// Between begins to replay the events of a time range, from inclusive to
// exclusive in Unix milliseconds, that the integration was given before: all of
// them, or the Failures.
func (s *Service) Between(ctx context.Context, integration string, kind Kind, from, to int64, rate int) (Job, error) {
	first, err := s.seqAt(ctx, from)
	if err != nil {
		return Job{}, err
	}
	last, err := s.seqAt(ctx, to)
	if err != nil {
		return Job{}, err
	}
	return s.begin(ctx, Job{Integration: integration, Kind: kind, Rate: rate, From: first, Done: first, To: last})
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

// begin stores a job and runs it. Errors: fault Limited when many are running,
// Conflict when the integration's dead letters are being replayed already.
func (s *Service) begin(ctx context.Context, j Job) (Job, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	busy := 0
	for _, r := range s.all {
		if r.job.State != Running {
			continue
		}
		if busy++; j.Kind == Letters && r.job.Kind == Letters && r.job.Integration == j.Integration {
			return Job{}, fault.New(fault.Conflict, "The dead letters of this integration are being replayed already.")
		}
	}
	if busy >= mostRunning || s.ctx.Err() != nil {
		return Job{}, fault.New(fault.Limited, "%d replays are running already; wait for one to end, or cancel it.", busy)
	}
	s.last = max(s.last+1, s.now().UnixMilli())
	j.ID, j.State, j.Started = s.last, Running, s.now().UnixMilli()
	if err := s.jobs.PutReplay(ctx, j); err != nil {
		return Job{}, err
	}
	begun := j
	s.start(&begun)
	s.forget(ctx)
	return j, nil
}

// forget drops the oldest job that has ended when there are many; the caller
// holds s.mu.
func (s *Service) forget(ctx context.Context) {
	i := slices.IndexFunc(s.all, func(r *running) bool { return r.job.State != Running })
	if len(s.all) <= mostKept || i < 0 {
		return
	}
	if err := s.jobs.DeleteReplays(ctx, []int64{s.all[i].job.ID}); err != nil {
		s.failed(err)
	}
	s.all = slices.Delete(s.all, i, i+1)
}

// List gives the jobs of an integration, newest first.
func (s *Service) List(integration string) []Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Job
	for _, r := range s.all {
		if r.job.Integration == integration {
			out = append(out, *r.job)
		}
	}
	slices.SortFunc(out, func(a, b Job) int { return cmp.Compare(b.ID, a.ID) })
	return out
}

// Cancel ends a job; deliveries that it has begun go on. Errors: fault NotFound.
func (s *Service) Cancel(integration string, id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.all {
		if r.job.Integration == integration && r.job.ID == id {
			r.cancel(errCancelled)
			return nil
		}
	}
	return fault.New(fault.NotFound, "No replay has this id.")
}

// Forget ends and deletes the jobs of an integration that is gone.
func (s *Service) Forget(ctx context.Context, integration string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []int64
	s.all = slices.DeleteFunc(s.all, func(r *running) bool {
		if r.job.Integration != integration {
			return false
		}
		r.gone = true
		r.cancel(errCancelled)
		ids = append(ids, r.job.ID)
		return true
	})
	return s.jobs.DeleteReplays(ctx, ids)
}
