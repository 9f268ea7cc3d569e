package deliver

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/template"
	"github.com/fieldhook/fieldhook/internal/throttle"
)

// Attempt is one try at a delivery, as the responder sees it.
type Attempt struct {
	Event       *event.Event
	Integration *integration.Integration
	Vars        *template.Context // holds the event's variables; free to use
	Sent        bool              // the bytes of the request were written
	Host        string            // of the request, without port; "" if none was rendered
	Answer      Answer            // meaningless when Err is set
	Err         error             // *CallError or *RequestError
}

// Responder turns an attempt into the events it causes, hook-sent first.
type Responder interface {
	Respond(a *Attempt) []event.Event
}

// RequestError is an event that an integration's templates make no request of.
type RequestError struct{ Err error }

// Error gives the public text.
func (e *RequestError) Error() string { return "invalid request: " + e.Err.Error() }

// Unwrap gives the reason.
func (e *RequestError) Unwrap() error { return e.Err }

// worker makes calls, one after the other, with buffers of its own.
type worker struct {
	d        *Dispatcher
	tasks    chan task // has room for one; closed when the worker is to end
	renderer render.Renderer
	vars     template.Context
	attempt  Attempt
	until    deadline
	handed   bool // the job is the log's or another origin's now
}

func newWorker(d *Dispatcher) *worker {
	return &worker{d: d, tasks: make(chan task, 1), renderer: render.Renderer{UserAgent: d.UserAgent}}
}

// task is a call slot of an origin with the first job to use it for.
type task struct {
	o *origin
	j job
}

// run carries out tasks until the dispatcher has no more for this worker.
func (w *worker) run(t task) {
	for ok := true; ok; {
		w.workOff(t)
		w.attempt = Attempt{}
		w.vars.Reset(nil) // a large answer must not wait with a parked worker
		if !w.d.park(w) {
			return
		}
		t, ok = <-w.tasks
	}
}

// workOff sends an origin's queue until the slot is needed no more.
func (w *worker) workOff(t task) {
	for more := true; more; {
		v := w.deliver(t.o, t.j)
		t.j, more = w.d.next(t.o, v)
	}
}

// deliver makes one attempt and says how the origin took it. A panic ends this
// delivery, not the hub.
func (w *worker) deliver(o *origin, j job) verdict {
	w.handed = false
	defer func() {
		if p := recover(); p != nil {
			w.panicked(j, p)
		}
	}()
	return w.try(o, j)
}

func (w *worker) try(o *origin, j job) verdict {
	in, ok := w.d.Integrations.Lookup(j.d.Integration)
	if !ok || in.Definition.Disabled {
		w.drop(j, ok)
		return silent
	}
	w.vars.Reset(j.e)
	w.attempt = Attempt{Event: j.e, Integration: in, Vars: &w.vars}
	req, origin, err := w.render(in)
	if err != nil {
		w.attempt.Err = &RequestError{err}
		w.finish(j, nil)
		return silent
	}
	if origin != o.key {
		w.handed = true
		w.d.move(o, j, origin)
		return silent
	}
	w.attempt.Host = integration.HostOf(origin)
	pass := w.d.Throttle.Admit(w.attempt.Host)
	if pass == throttle.Skip {
		w.sleep(j)
		return silent
	}
	w.call(req)
	w.rate(pass)
	w.finish(j, req)
	return health(&w.attempt)
}

// sleep ends a delivery that is not sent because its host is throttled.
func (w *worker) sleep(j job) {
	w.attempt.Err = &CallError{Cause: Asleep, Text: sleeping}
	f := &eventlog.Finish{Delivery: j.d, Outcome: eventlog.Sleep, Events: w.d.Responder.Respond(&w.attempt)}
	j.report(Report{Error: sleeping, Events: f.Events})
	w.end(f)
}

// rate tells the throttle how the call went. A call that never left the hub
// says nothing about its host.
func (w *worker) rate(pass throttle.Verdict) {
	a, rating, text := &w.attempt, throttle.Success, ""
	var ce *CallError
	switch {
	case errors.As(a.Err, &ce) && (ce.Cause == Blocked || ce.Cause == Unsendable):
		rating = throttle.Neutral
	case a.Err != nil:
		rating, text = throttle.Failure, a.Err.Error()
	case a.Answer.Status >= 400:
		rating, text = w.d.Throttle.Rate(a.Answer.Status), "error status "+strconv.Itoa(a.Answer.Status)
	}
	w.d.Throttle.Report(a.Host, pass, rating, text)
}

// render makes the request with the integration as it is now, and tells where
// it goes.
func (w *worker) render(in *integration.Integration) (*render.Request, string, error) {
	req, err := w.renderer.Request(in.Definition, &w.vars)
	if err != nil {
		return nil, "", err
	}
	origin, err := in.Definition.Origin(&w.vars)
	return req, origin, err
}

func (w *worker) drop(j job, exists bool) {
	reason := "deleted"
	if exists {
		reason = "disabled"
	}
	j.report(Report{Error: "The integration is " + reason + "."})
	w.end(&eventlog.Finish{Delivery: j.d, Outcome: eventlog.Dropped, Reason: reason})
}

// end hands a delivery's end to the log.
func (w *worker) end(f *eventlog.Finish) {
	w.handed = true
	w.d.results.Finish(f)
}

// panicked ends a delivery whose attempt ran into a mistake of ours. What the
// worker keeps between attempts may be in any state and is made anew.
func (w *worker) panicked(j job, p any) {
	w.d.Unexpected("an attempt panicked", fmt.Errorf("delivery %d for integration %s: %v\n%s", j.d.ID, j.d.Integration, p, debug.Stack()))
	if !w.handed {
		w.attempt.Err = &CallError{Cause: Unsendable, Text: "internal error"}
		j.report(Report{Error: w.attempt.Err.Error()})
		w.end(&eventlog.Finish{Delivery: j.d, Outcome: eventlog.Failure, Events: w.respond()})
	}
	w.vars, w.attempt = template.Context{}, Attempt{}
	w.renderer = render.Renderer{UserAgent: w.d.UserAgent}
}

// respond gives the events of an attempt that panicked, or none if making them
// is what panics.
func (w *worker) respond() (events []event.Event) {
	defer func() { _ = recover() }()
	return w.d.Responder.Respond(&w.attempt)
}

// call sends the request within the time limit.
func (w *worker) call(req *render.Request) {
	w.until = deadline{context.Background(), time.Now().Add(w.d.Timeout)}
	a := &w.attempt
	a.Answer, a.Err = w.d.Sender.Send(&w.until, req)
	var ce *CallError
	switch {
	case a.Err == nil:
		a.Sent = true
	case errors.As(a.Err, &ce):
		a.Sent = ce.Wrote
	default:
		a.Err = &CallError{Cause: Unsendable, Text: "request failed", Err: a.Err}
	}
}

// finish hands the outcome and its events to the log.
func (w *worker) finish(j job, req *render.Request) {
	a := &w.attempt
	f := &eventlog.Finish{Delivery: j.d, Outcome: eventlog.Success, Events: w.d.Responder.Respond(a)}
	if a.Err != nil || a.Answer.Status >= 400 {
		f.Outcome = eventlog.Failure
	}
	if j.watched() {
		j.report(report(a, req, f.Events))
	}
	w.end(f)
}

// health says whether an attempt speaks for giving its origin more calls at
// once.
func health(a *Attempt) verdict {
	if a.Err == nil && a.Answer.Status < 500 && a.Answer.Status != 429 {
		return well
	}
	return ill
}
