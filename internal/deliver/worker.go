package deliver

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/template"
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
		if !w.d.park(w) {
			return
		}
		t, ok = <-w.tasks
	}
}

// workOff sends an origin's queue until the slot is needed no more.
func (w *worker) workOff(t task) {
	for more := true; more; {
		ok := w.deliver(t.o, t.j)
		t.j, more = w.d.next(t.o, ok)
	}
}

// deliver makes one attempt and says whether the origin answered well.
func (w *worker) deliver(o *origin, j job) bool {
	in, ok := w.d.Integrations.Lookup(j.d.Integration)
	if !ok || in.Definition.Disabled {
		w.drop(j, ok)
		return true
	}
	w.vars.Reset(j.e)
	w.attempt = Attempt{Event: j.e, Integration: in, Vars: &w.vars}
	req, origin, err := w.render(in, j.e)
	if err != nil {
		w.attempt.Err = &RequestError{err}
		w.finish(j, nil)
		return true
	}
	if origin != o.key {
		w.d.move(j, origin)
		return true
	}
	w.attempt.Host = hostOf(origin)
	w.call(req)
	w.finish(j, req)
	return healthy(&w.attempt)
}

// render makes the request with the integration as it is now, and tells where
// it goes.
func (w *worker) render(in *integration.Integration, e *event.Event) (*render.Request, string, error) {
	req, err := w.renderer.Request(in.Definition, e, &w.vars)
	if err != nil {
		return nil, "", err
	}
	origin, err := in.Definition.Origin(&w.vars)
	return req, origin, err
}

// hostOf gives the host name in an origin, "https://name:port".
func hostOf(origin string) string {
	_, rest, _ := strings.Cut(origin, "://")
	if i := strings.LastIndexByte(rest, ':'); i >= 0 {
		return rest[:i]
	}
	return rest
}

func (w *worker) drop(j job, exists bool) {
	reason := "deleted"
	if exists {
		reason = "disabled"
	}
	j.report(Report{Error: "The integration is " + reason + "."})
	w.d.results.Finish(&eventlog.Finish{Delivery: j.d, Outcome: eventlog.Dropped, Reason: reason})
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
	if w.watched(j) {
		j.report(report(a, req, f.Events))
	}
	w.d.results.Finish(f)
}

// healthy says whether an attempt speaks for giving its origin more calls at once.
func healthy(a *Attempt) bool {
	return a.Err == nil && a.Answer.Status < 500 && a.Answer.Status != 429
}
