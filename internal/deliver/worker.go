package deliver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
	"github.com/fieldhook/fieldhook/internal/throttle"
)

// Attempt is one try at a delivery, as the responder sees it.
type Attempt struct {
	Event       *event.Event
	Integration *integration.Integration
	Vars        *template.Context // holds the event's variables; free to use
	Called      bool              // the request was handed to the network
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
	values   []string // of the secrets that the integration uses
	texts    []string // data of the ledgers that the integration names
	attempt  Attempt
	began    time.Time
	until    deadline
	last     outcome // of the job at hand
	handed   bool    // the job is the log's or another origin's now
	starved  bool    // the attempt failed for want of a secret or ledger, which may be there the next time
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
		w.attempt, w.last = Attempt{}, outcome{}
		w.vars.Reset(nil) // a large answer must not wait with a parked worker
		w.forget()
		clear(w.texts)
		if !w.d.park(w) {
			return
		}
		t, ok = <-w.tasks
	}
}

// workOff sends an origin's queue until the slot is needed no more.
func (w *worker) workOff(t task) {
	for more := true; more; {
		w.deliver(t.o, t.j)
		t.j, more = w.d.next(t.o, w.last)
	}
}

// deliver makes one attempt. A panic ends this delivery, not the hub.
func (w *worker) deliver(o *origin, j job) {
	w.handed, w.starved, w.last = false, false, outcome{job: j}
	defer func() {
		if p := recover(); p != nil {
			w.panicked(j, p)
		}
	}()
	w.try(o, j)
}

func (w *worker) try(o *origin, j job) {
	in, ok := w.d.Integrations.Lookup(j.d.Integration)
	if reason := w.d.unwanted(in, ok, j); reason != "" {
		w.end(dropped(in, j, reason, w.d.Now()), false)
		return
	}
	w.began = w.d.Now()
	w.vars.Reset(j.e)
	w.attempt = Attempt{Event: j.e, Integration: in, Vars: &w.vars}
	req, origin, err := w.render(in, j)
	if err != nil {
		w.attempt.Err = &RequestError{err}
		w.finish(j, nil)
		return
	}
	if origin != o.key {
		w.handed = true
		w.d.move(o, j, origin)
		return
	}
	w.attempt.Host = integration.HostOf(origin)
	pass := w.d.Throttle.Admit(w.rated())
	if pass == throttle.Skip {
		w.sleep(o, j)
		return
	}
	w.call(req)
	w.rate(pass)
	w.finish(j, req)
	w.last.health = healthOf(&w.attempt)
}

// sleep puts off or ends a delivery whose host is throttled. Only the first
// time is told by an event.
func (w *worker) sleep(o *origin, j job) {
	in := w.attempt.Integration
	p := w.d.planOf(in, j.d.Mark)
	now := w.d.Now()
	again, kept, dead := p.skipped(j.d, now)
	pause := w.d.Throttle.ProbeAt(w.rated()).Sub(now)
	if kept {
		w.handed = true
		w.d.asleep(o, j, pause)
		return
	}
	w.attempt.Err = &CallError{Cause: Asleep, Text: sleeping}
	r := &eventlog.Result{Delivery: j.d, Again: again, Dead: dead, Product: apart(in, j.e), Attempt: eventlog.Attempt{
		At: now.UnixMilli(), Outcome: eventlog.Sleep, Text: sleeping,
	}}
	if j.d.Since == 0 {
		w.forget()
		r.Events = w.d.Responder.Respond(&w.attempt)
	}
	j.report(Report{Error: sleeping, Events: r.Events})
	if again != nil {
		w.d.doze(o, pause)
	}
	w.end(r, again != nil)
}

// rated is what the throttle knows the attempt's host by.
func (w *worker) rated() string {
	if w.d.PerAccount {
		return throttle.Key(w.attempt.Integration.Scope.ID, w.attempt.Host)
	}
	return w.attempt.Host
}

// rate tells the throttle how the call went. A call that never left the hub
// says nothing about its host.
func (w *worker) rate(pass throttle.Verdict) {
	a, rating, text := &w.attempt, throttle.Success, ""
	var ce *CallError
	switch {
	case errors.As(a.Err, &ce) && (ce.Cause == Blocked || ce.Cause == Unsendable || ce.spared()):
		rating = throttle.Neutral
	case a.Err == nil && a.unknownPlace():
	case a.Err != nil:
		rating, text = throttle.Failure, a.Err.Error()
	case a.Answer.Status >= 400:
		rating, text = w.d.Throttle.Rate(a.Answer.Status), "error status "+strconv.Itoa(a.Answer.Status)
	}
	w.d.Throttle.Report(w.rated(), pass, rating, text)
}

// unknownPlace says whether the geolocation service answered that it knows none
// of what a device sees. That is an answer, and says nothing against its host.
func (a *Attempt) unknownPlace() bool {
	return a.Integration.Definition.Type == integration.GoogleMaps && a.Answer.Status == http.StatusNotFound
}

// render makes the request with the integration as it is now, and tells where
// it goes.
func (w *worker) render(in *integration.Integration, j job) (*render.Request, string, error) {
	def := in.Definition
	if err := cmp.Or(w.consult(in, j.e), w.unlock(in)); err != nil {
		w.starved = true
		return nil, "", err
	}
	req, err := w.renderer.Request(def, &w.vars)
	if err != nil {
		return nil, "", err
	}
	if err := w.renderer.Sign(def, &w.vars, messageID(j), w.began); err != nil {
		return nil, "", err
	}
	origin, err := w.originOf(in)
	return req, origin, err
}

// originOf is where the request goes. No secret may have a part in it: hosts
// stand in errors, in the throttle's list and in stored deliveries.
func (w *worker) originOf(in *integration.Integration) (string, error) {
	def := in.Definition
	origin, err := def.Origin(&w.vars)
	if err != nil || len(w.values) == 0 {
		return origin, err
	}
	w.vars.SetSecrets(def.Secrets, nil)
	defer w.vars.SetSecrets(def.Secrets, w.values)
	if bare, err := def.Origin(&w.vars); err != nil || bare != origin {
		return "", errSecretHost
	}
	return origin, nil
}

// consult gives the templates the data of the ledgers that they name.
func (w *worker) consult(in *integration.Integration, e *event.Event) (err error) {
	names := in.Definition.Ledgers
	if len(names) == 0 || w.d.Ledgers == nil {
		return nil
	}
	w.texts, err = w.d.Ledgers.Resolve(in.Scope, e, names, w.texts[:0])
	if err == nil {
		w.vars.SetLedgers(names, w.texts)
	}
	return err
}

// messageID is the id by which a target tells repetitions from news: the same
// for every attempt and every replay of an event for an integration.
func messageID(j job) string { return "msg_" + j.e.ID() + "_" + j.d.Integration }

// unwanted says why a job is not attempted at all, or "".
func (d *Dispatcher) unwanted(in *integration.Integration, exists bool, j job) string {
	switch {
	case !exists:
		return eventlog.Deleted
	case in.Definition.Disabled:
		return eventlog.Disabled
	case d.expired(in, j):
		return eventlog.Expired
	}
	return ""
}

// apart is the product that an attempt is counted for, too: an organization's
// integration counts each of its products apart. in is nil for a deleted one.
func apart(in *integration.Integration, e *event.Event) int64 {
	if in == nil || in.Scope.Kind != scope.Organization {
		return 0
	}
	return e.Product
}

// dropped is the end of a delivery that is not attempted. Whoever waits for it
// is told. in is nil for a deleted integration.
func dropped(in *integration.Integration, j job, reason string, now time.Time) *eventlog.Result {
	texts := map[string]string{
		eventlog.Deleted:  "The integration is deleted.",
		eventlog.Disabled: "The integration is disabled.",
		eventlog.Expired:  "The event has waited for too long.",
		eventlog.Overflow: "Too many deliveries of the integration wait.",
	}
	j.report(Report{Error: texts[reason]})
	return &eventlog.Result{Delivery: j.d, Product: apart(in, j.e), Attempt: eventlog.Attempt{
		At: now.UnixMilli(), Outcome: eventlog.Dropped, Text: reason, Retry: j.d.Attempt > 0,
	}}
}

// end hands to the log what became of an attempt. What a job replayed came from
// the dead letters, or may as well: without success it goes there.
func (w *worker) end(r *eventlog.Result, again bool) {
	if a := &r.Attempt; !again && r.Delivery.Job != 0 && a.Outcome != eventlog.Success && a.Text != eventlog.Deleted {
		r.Dead = true
	}
	w.handed, w.last.over = true, !again
	if !again && w.last.job.d.Ordered {
		w.d.ending(w.last.job)
	}
	w.d.results.Finish(r)
}

// panicked ends a delivery whose attempt ran into a mistake of ours. What the
// worker keeps between attempts may be in any state and is made anew.
func (w *worker) panicked(j job, p any) {
	w.d.Unexpected("an attempt panicked", fmt.Errorf("delivery %d for integration %s: %v\n%s", j.d.ID, j.d.Integration, p, debug.Stack()))
	if !w.handed {
		w.attempt.Err = &CallError{Cause: Unsendable, Text: "internal error"}
		j.report(Report{Error: w.attempt.Err.Error()})
		w.forget()
		w.end(&eventlog.Result{Delivery: j.d, Events: w.respond(), Product: apart(w.attempt.Integration, j.e), Attempt: w.row()}, false)
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
	a.Called = true
	a.Answer, a.Err = w.d.Sender.Send(&w.until, req)
	var ce *CallError
	switch {
	case a.Err == nil:
		a.Sent = true
	case errors.As(a.Err, &ce):
		a.Sent = ce.Wrote
		a.Called = ce.Wrote || ce.Cause != Blocked && ce.Cause != Unsendable // a redirect may lead to a blocked target
	default:
		a.Err = &CallError{Cause: Unsendable, Text: "request failed", Err: a.Err}
	}
	w.conceal(req)
}

// finish hands the result of an attempt and its events to the log.
func (w *worker) finish(j job, req *render.Request) {
	a := &w.attempt
	r := &eventlog.Result{Delivery: j.d, Product: apart(a.Integration, j.e), Attempt: w.row()}
	var call *eventlog.Call
	if w.d.rings != nil || j.watched() {
		call = w.record(j, req)
	}
	w.forget() // response events must not hold secrets
	r.Events = w.d.Responder.Respond(a)
	w.retry(r)
	if j.watched() {
		j.report(w.report(call, r))
	}
	if w.d.rings.place(call, r.Attempt.Outcome) {
		r.Call = call
	}
	w.end(r, r.Again != nil)
}

// retry decides whether a failed delivery is attempted again. One that cannot be
// called would not fare better.
func (w *worker) retry(r *eventlog.Result) {
	r.Attempt.Retry = r.Delivery.Attempt > 0
	if r.Attempt.Outcome != eventlog.Failure {
		return
	}
	p := w.d.planOf(w.attempt.Integration, r.Delivery.Mark)
	if !w.attempt.Called && !w.starved {
		r.Dead = p.policy == integration.RetryFailed
		return
	}
	now := w.d.Now()
	r.Again, r.Dead = p.failed(r.Delivery, now, retryAfter(w.attempt.Answer.Header, now))
}

// row is what is kept of the attempt.
func (w *worker) row() eventlog.Attempt {
	a := &w.attempt
	row := eventlog.Attempt{
		At: w.began.UnixMilli(), Outcome: eventlog.Success, Called: a.Called,
		Status: a.Answer.Status, Timing: a.Answer.Timing,
	}
	var ce *CallError
	switch {
	case errors.As(a.Err, &ce):
		row.Outcome, row.Text, row.Timing, row.Status = eventlog.Failure, ce.Text, ce.Timing, 0
		row.Timeout = ce.Cause == ConnectTimeout || ce.Cause == AnswerTimeout
	case a.Err != nil:
		row.Outcome, row.Text = eventlog.Failure, a.Err.Error()
	case a.Answer.Status >= 400:
		row.Outcome, row.Text = eventlog.Failure, a.Answer.Reason
	}
	return row
}

// healthOf says whether an attempt speaks for giving its origin more calls at
// once.
func healthOf(a *Attempt) health {
	var ce *CallError
	switch {
	case errors.As(a.Err, &ce) && ce.spared():
		return silent
	case a.Err != nil || a.Answer.Status >= 500 || a.Answer.Status == 429:
		return ill
	case a.Answer.Status >= 400:
		return declined
	}
	return well
}
