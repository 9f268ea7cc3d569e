package api

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/history"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// shownLogs is how many successes, and errors, come with an integration; the
// logs route has all of them.
const shownLogs = 10

// routeHistory adds the routes about what became of events.
func (a *API) routeHistory(m *table, base string) {
	m.Get(base+"/{id}/counters", a.may("integrations:get", a.getCounters))
	m.Get(base+"/{id}/logs", a.may("integrations:get", a.listLogs))
	m.Get(base+"/{id}/logs/{call}", a.may("integrations:get", a.getLog))
	m.Get(base+"/{id}/dead-letters", a.may("integrations:get", a.listDeadLetters))
	m.Delete(base+"/{id}/dead-letters/{letter}", a.may("integrations:update", a.deleteDeadLetter))
}

// dayJSON holds the counts of a UTC day: attempts = success + error.
type dayJSON struct {
	Date        string      `json:"date"`
	Attempts    int64       `json:"attempts"`
	Success     int64       `json:"success"`
	Error       int64       `json:"error"`
	Timeout     int64       `json:"timeout"` // those of error
	Sleep       int64       `json:"sleep"`
	Retries     int64       `json:"retries"` // those of attempts
	Tests       int64       `json:"tests"`   // those of attempts
	Dropped     int64       `json:"dropped"`
	DeadLetters int64       `json:"dead_letters"`
	Latency     latencyJSON `json:"latency_ms"`
}

// latencyJSON is in milliseconds; its figures are at most 19 % too high.
type latencyJSON struct {
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

func dayOf(d *history.Day) dayJSON {
	return dayJSON{
		Date: d.Date(), Attempts: d.Attempts, Success: d.Success, Error: d.Error, Timeout: d.Timeout, Sleep: d.Sleep,
		Retries: d.Retries, Tests: d.Tests, Dropped: d.Dropped, DeadLetters: d.Dead,
		Latency: latencyJSON{milliseconds(d.Latency.P50), milliseconds(d.Latency.P95), milliseconds(d.Latency.P99), milliseconds(d.Latency.Max)},
	}
}

// milliseconds has three decimals.
func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// counters gives the last days of an integration, today last.
func (a *API) counters(ctx context.Context, id string, days int) ([]dayJSON, error) {
	all, err := a.History.Days(ctx, id, days)
	if err != nil {
		return nil, err
	}
	out := make([]dayJSON, len(all))
	for i := range all {
		out[i] = dayOf(&all[i])
	}
	return out, nil
}

// countedJSON holds the days of an integration on which there was something.
type countedJSON struct {
	ID       string    `json:"id"`
	Counters []dayJSON `json:"counters"`
}

// listCounters handles GET .../integrations/counters?days=1: the counts of all
// integrations of the scope, so that a list needs no request for each row.
func (a *API) listCounters(w http.ResponseWriter, r *http.Request) error {
	p, err := pageWithin(r, integrationsPage, integrationsPage)
	if err != nil {
		return err
	}
	days, err := number(r.URL.Query(), "days", 1, 1, history.Kept)
	if err != nil {
		return err
	}
	all := a.Integrations.List(scopeOf(r))
	rows := make([]countedJSON, 0, len(all))
	var ids []string
	for _, in := range pageFrom(p, all) {
		ids = append(ids, in.ID)
	}
	of, err := a.History.DaysOf(r.Context(), ids, int(days))
	if err != nil {
		return err
	}
	for _, id := range ids {
		rows = append(rows, countedJSON{id, busyDays(of[id])})
	}
	reply(w, http.StatusOK, map[string]any{"integrations": rows, "meta": p.meta(len(all))})
	return nil
}

// busyDays shows the days on which there was something.
func busyDays(days []history.Day) []dayJSON {
	out := []dayJSON{}
	for i := range days {
		if d := dayOf(&days[i]); d.Attempts+d.Sleep+d.Dropped > 0 {
			out = append(out, d)
		}
	}
	return out
}

// owned is the integration that a route names.
func (a *API) owned(r *http.Request) (*integration.Integration, error) {
	return a.Integrations.Get(scopeOf(r), param(r, "id"))
}

// getCounters handles GET .../{id}/counters?days=30.
func (a *API) getCounters(w http.ResponseWriter, r *http.Request) error {
	in, err := a.owned(r)
	if err != nil {
		return err
	}
	days, err := number(r.URL.Query(), "days", history.Kept, 1, history.Kept)
	if err != nil {
		return err
	}
	counters, err := a.counters(r.Context(), in.ID, int(days))
	if err != nil {
		return err
	}
	answer := map[string]any{"counters": counters}
	if in.Scope.Kind == scope.Organization {
		if answer["products"], err = a.productCounters(r.Context(), in, int(days)); err != nil {
			return err
		}
	}
	reply(w, http.StatusOK, answer)
	return nil
}

// productJSON holds what an organization's integration counted for a product:
// the days on which there was something.
type productJSON struct {
	ID       int64     `json:"id"`
	Counters []dayJSON `json:"counters"`
}

// productCounters gives the counts of each product that an organization's
// integration lists; nil in other scopes.
func (a *API) productCounters(ctx context.Context, in *integration.Integration, days int) ([]productJSON, error) {
	if in.Scope.Kind != scope.Organization {
		return nil, nil
	}
	products := make([]productJSON, 0, len(in.Definition.Products))
	for _, product := range in.Definition.Products {
		all, err := a.History.Days(ctx, eventlog.CountedFor(in.ID, product), days)
		if err != nil {
			return nil, err
		}
		products = append(products, productJSON{product, busyDays(all)})
	}
	return products, nil
}

// number reads a whole number from the query string.
func number(q url.Values, name string, absent, least, most int64) (int64, error) {
	text := q.Get(name)
	if text == "" {
		return absent, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, fault.Field(name, "It must be a whole number from %d to %d.", least, most)
	}
	return n, nil
}

// letterJSON is a delivery that was given up.
type letterJSON struct {
	ID       int64  `json:"id"`
	EventID  string `json:"event_id,omitempty"` // absent when the event is not kept any more
	Event    string `json:"event,omitempty"`
	Device   string `json:"coreid,omitempty"`
	Data     string `json:"data,omitempty"`
	At       string `json:"time"`
	Attempts int    `json:"attempts"`
	Error    string `json:"error"`
}

// letterPage is how many dead letters a page has at the most.
const letterPage = 100

// listDeadLetters handles GET .../{id}/dead-letters?after=ID&limit=N.
func (a *API) listDeadLetters(w http.ResponseWriter, r *http.Request) error {
	in, err := a.owned(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	after, err := number(q, "after", 0, 0, 1<<62)
	if err != nil {
		return err
	}
	limit, err := number(q, "limit", letterPage, 1, letterPage)
	if err != nil {
		return err
	}
	letters, err := a.History.DeadLetters(r.Context(), in.ID, after, int(limit))
	if err != nil {
		return err
	}
	list := make([]letterJSON, len(letters))
	for i := range letters {
		if list[i], err = a.letter(r.Context(), &letters[i]); err != nil {
			return err
		}
	}
	answer := map[string]any{"dead_letters": list}
	if len(list) == int(limit) {
		answer["next"] = list[len(list)-1].ID
	}
	reply(w, http.StatusOK, answer)
	return nil
}

func (a *API) letter(ctx context.Context, d *eventlog.DeadLetter) (letterJSON, error) {
	l := letterJSON{ID: d.ID, At: event.FormatTime(d.At), Attempts: d.Attempts, Error: d.Text}
	e, err := a.History.EventAt(ctx, d.EventSeq)
	switch {
	case fault.Is(err, fault.NotFound):
		return l, nil
	case err != nil:
		return l, err
	}
	l.EventID, l.Event, l.Device, l.Data = e.ID(), e.Name, e.Device, e.Data
	return l, nil
}

// deleteDeadLetter handles DELETE .../{id}/dead-letters/{letter}.
func (a *API) deleteDeadLetter(w http.ResponseWriter, r *http.Request) error {
	in, err := a.owned(r)
	if err != nil {
		return err
	}
	missing := fault.New(fault.NotFound, "No dead letter has this id.")
	id, err := strconv.ParseInt(param(r, "letter"), 10, 64)
	if err != nil {
		return missing
	}
	n, err := a.History.DeleteDeadLetters(r.Context(), in.ID, []int64{id})
	if err != nil {
		return err
	}
	if n == 0 {
		return missing
	}
	replyOK(w)
	return nil
}
