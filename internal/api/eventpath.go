package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// attemptJSON is an attempt in the path of an event.
type attemptJSON struct {
	Delivery    int64      `json:"delivery"`
	Attempt     int        `json:"attempt"` // counts from 1, those that were put off included
	Integration string     `json:"integration"`
	Name        string     `json:"integration_name,omitempty"`
	Call        string     `json:"call,omitempty"` // id of the recorded call, while it is kept
	At          string     `json:"time"`
	Result      string     `json:"result"`         // success, error, sleep, dropped
	Mark        string     `json:"mark,omitempty"` // test or replay
	Status      int        `json:"status,omitempty"`
	Error       string     `json:"error,omitempty"`
	Timeout     bool       `json:"timeout,omitempty"`
	Next        string     `json:"next,omitempty"` // when it is tried again
	Timing      timingJSON `json:"timing_ms"`
}

// timingJSON is in milliseconds; a phase that did not happen is 0.
type timingJSON struct {
	DNS       float64 `json:"dns"`
	Connect   float64 `json:"connect"`
	TLS       float64 `json:"tls"`
	FirstByte float64 `json:"first_byte"`
	Total     float64 `json:"total"`
}

func timingOf(t *eventlog.Timing) timingJSON {
	return timingJSON{milliseconds(t.DNS), milliseconds(t.Connect), milliseconds(t.TLS), milliseconds(t.FirstByte), milliseconds(t.Total)}
}

func attemptOf(a *eventlog.Attempt) attemptJSON {
	j := attemptJSON{
		Delivery: a.Delivery, Attempt: a.N, Integration: a.Integration, At: event.FormatTime(a.At), Result: a.Outcome.String(),
		Status: a.Status, Error: a.Text, Timeout: a.Timeout, Timing: timingOf(&a.Timing),
	}
	if a.Mark != eventlog.Ordinary {
		j.Mark = a.Mark.String()
	}
	if a.Next != 0 {
		j.Next = event.FormatTime(a.Next)
	}
	return j
}

// getPath handles GET /v1/history/events/{event}: the event, every attempt, and
// the events that came of them.
func (a *API) getPath(w http.ResponseWriter, r *http.Request) error {
	sc := scopeOf(r)
	mine := func(e *event.Event, id string) bool { return a.isOf(sc, e, id) }
	p, err := a.History.Path(r.Context(), eventlog.Filter{Seats: scopeSeats(r)}, param(r, "event"), mine)
	if err != nil {
		return err
	}
	attempts := make([]attemptJSON, len(p.Attempts))
	for i := range p.Attempts {
		attempts[i] = attemptOf(&p.Attempts[i])
		attempts[i].Call = callID(p.Calls[i])
		if in, ok := a.Integrations.Lookup(attempts[i].Integration); ok {
			attempts[i].Name = in.Definition.Name
		}
	}
	known := map[int64]*event.Event{p.Event.Seq: &p.Event}
	event := a.recordedEvent(r.Context(), sc, &p.Event, known)
	caused := make([]eventJSON, len(p.Caused))
	for i := range p.Caused {
		caused[i] = a.recordedEvent(r.Context(), sc, &p.Caused[i], known)
	}
	reply(w, http.StatusOK, map[string]any{"event": event, "attempts": attempts, "events": caused, "partial": p.Partial})
	return nil
}

// searchPageSize is how many events a page of a search has at the most.
const searchPageSize = 100

// searchEvents handles GET /v1/history/events?name=PREFIX&device=ID&before=ID
// &per_page=N: what the streams of the scope have shown, newest first.
func (a *API) searchEvents(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	before, err := number(q, "before", 0, 1, 1<<62)
	if err != nil {
		return err
	}
	size, err := number(q, "per_page", searchPageSize, 1, searchPageSize)
	if err != nil {
		return err
	}
	seats, err := searchSeats(r, q.Get("device"))
	if err != nil {
		return err
	}
	found, err := a.History.Search(r.Context(), eventlog.Filter{Seats: seats, Prefix: q.Get("name")}, before, int(size))
	if err != nil {
		return err
	}
	known := map[int64]*event.Event{}
	for i := range found.Events {
		known[found.Events[i].Seq] = &found.Events[i]
	}
	events := make([]eventJSON, len(found.Events))
	for i := range found.Events {
		events[i] = a.recordedEvent(r.Context(), scopeOf(r), &found.Events[i], known)
	}
	answer := map[string]any{"events": events, "scanned_all": found.Next == 0}
	if found.Next != 0 {
		answer["next"] = found.Next
	}
	reply(w, http.StatusOK, answer)
	return nil
}

// searchSeats are those of the scope's stream, perhaps of one publisher only.
func searchSeats(r *http.Request, device string) (seats []eventlog.Seat, err error) {
	device = strings.ToLower(device)
	if device != "" && device != event.API && device != event.Internal && !event.IsID(device) {
		return nil, fault.Field("device", "It must be the id of a device, or %s or %s.", event.API, event.Internal)
	}
	seats = scopeSeats(r)
	if device == "" {
		return seats, nil
	}
	of := seats[:0]
	for _, seat := range seats {
		if seat.Device == "" || seat.Device == device {
			seat.Device = device
			of = append(of, seat)
		}
	}
	return of, nil
}

// scopeSeats are whose events the stream of the path's scope carries.
func scopeSeats(r *http.Request) []eventlog.Seat {
	switch scopeOf(r).Kind {
	case scope.Product:
		return productSeats(productOf(r))
	case scope.Organization:
		return []eventlog.Seat{{Org: organizationOf(r).ID}}
	}
	return mySeats(caller(r))
}

// isOf says whether an integration that an event triggered is one of the scope.
// A deleted one's scope is not known, and what is published into an organization
// triggers those of all its products.
func (a *API) isOf(sc scope.Scope, e *event.Event, id string) bool {
	in, ok := a.Integrations.Lookup(id)
	if ok {
		return in.Scope == sc
	}
	return inOneScope(e) && (sc.Kind != scope.Product || e.Product != 0)
}

// inOneScope says whether an event concerns a single scope.
func inOneScope(e *event.Event) bool {
	n := 0
	for _, is := range []bool{e.Owner != "", e.Product != 0, e.Org != ""} {
		if is {
			n++
		}
	}
	return n == 1
}

// eventJSON is an event in history.
type eventJSON struct {
	ID      string `json:"id"`
	Seq     int64  `json:"stream_id,omitempty"` // that streams give it
	Name    string `json:"name"`
	Data    string `json:"data"`
	At      string `json:"published_at"`
	Device  string `json:"coreid"`
	Product int64  `json:"product_id,omitempty"`

	// Of hook events: the event that triggered the call, and the integration.
	Cause       string `json:"cause,omitempty"`
	CauseSeq    int64  `json:"cause_stream_id,omitempty"`
	Integration string `json:"integration,omitempty"`
}

func eventOf(e *event.Event) eventJSON {
	return eventJSON{ID: e.ID(), Seq: e.Seq, Name: e.Name, Data: strings.ToValidUTF8(e.Data, "\uFFFD"), At: event.FormatTime(e.At), Device: e.Device, Product: e.Product}
}

// recordedEvent is eventOf with what a hook event came of, as far as that
// concerns the scope. Events that are known already are not read again.
func (a *API) recordedEvent(ctx context.Context, sc scope.Scope, e *event.Event, known map[int64]*event.Event) eventJSON {
	j := eventOf(e)
	if e.Kind == event.Published {
		return j
	}
	if a.isOf(sc, e, e.Integration) {
		j.Integration = e.Integration
	}
	cause, ok := known[e.Cause]
	if !ok {
		if found, err := a.History.EventAt(ctx, e.Cause); err == nil {
			cause = &found
		}
		known[e.Cause] = cause
	}
	if j.CauseSeq = e.Cause; cause != nil {
		j.Cause = cause.ID()
	}
	return j
}
