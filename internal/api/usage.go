package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/usage"
)

// Usage counts data operations.
type Usage interface {
	// Received counts events that a stream of the principal wrote.
	Received(p *scope.Principal, events []event.Event)
	// RefusedStream counts a stream that found no room.
	RefusedStream(p *scope.Principal)
	// Usage answers a query.
	Usage(ctx context.Context, q usage.Query) ([]usage.Row, error)
}

// usageJSON is what an account used on a day, with a device or in a product,
// or, as the total, in all of the rows of the answer.
type usageJSON struct {
	Date           string `json:"date,omitempty"`
	Device         string `json:"device_id,omitempty"`
	Product        *int64 `json:"product_id,omitempty"` // 0 = none
	Events         int64  `json:"events"`
	Published      int64  `json:"published"`  // data operations for events
	Received       int64  `json:"received"`   // data operations for answers
	Operations     int64  `json:"operations"` // their sum
	Refused        int64  `json:"refused_events"`
	RefusedStreams int64  `json:"refused_streams"`
}

const (
	usagePage = 1000 // rows of an answer at the most
	usageDays = 30   // that are shown unless asked otherwise
)

// getUsage handles GET .../usage?by=day|device|product&from=DATE&to=DATE
// &device=ID&product=N&after=DEVICE&limit=N: the data operations of the
// caller's account, of a product or of an organization, and what bounds it.
func (a *API) getUsage(w http.ResponseWriter, r *http.Request) error {
	q, err := a.usageQuery(r)
	if err != nil {
		return err
	}
	rows, err := a.Usage.Usage(r.Context(), q)
	if err != nil {
		return err
	}
	shown := make([]usageJSON, len(rows))
	var total usage.Count
	for i := range rows {
		shown[i] = usageRow(q.By, &rows[i])
		total.Add(rows[i].Count)
	}
	answer := map[string]any{
		"from": dateOf(q.From), "to": dateOf(q.To), "usage": shown, "total": usageCounts(&total),
		"streams":      map[string]int{"open": a.stream.open.of(streamsOf(q.Scope)), "limit": a.StreamsPerAccount},
		"publish_rate": map[string]float64{"limit": a.PublishRate},
	}
	if q.By == usage.Device && len(rows) == q.Limit {
		answer["next"] = rows[len(rows)-1].Device
	}
	reply(w, http.StatusOK, answer)
	return nil
}

func dateOf(day int64) string {
	k := usage.Key{Day: day}
	return k.Date()
}

func usageRow(by usage.By, row *usage.Row) usageJSON {
	j := usageCounts(&row.Count)
	switch by {
	case usage.Day:
		j.Date = row.Date()
	case usage.Device:
		j.Device = row.Device
	case usage.Product:
		j.Product = &row.Product
	}
	return j
}

func usageCounts(c *usage.Count) usageJSON {
	return usageJSON{
		Events: c.Events, Published: c.Published, Received: c.Received, Operations: c.Operations(),
		Refused: c.Refused, RefusedStreams: c.RefusedStreams,
	}
}

// usageQuery reads the query of a request.
func (a *API) usageQuery(r *http.Request) (q usage.Query, err error) {
	v := r.URL.Query()
	q = usage.Query{Scope: scopeOf(r), Device: v.Get("device"), Product: -1, After: v.Get("after")}
	var ok bool
	if q.By, ok = map[string]usage.By{"": usage.Day, "day": usage.Day, "device": usage.Device, "product": usage.Product}[v.Get("by")]; !ok {
		return q, fault.Field("by", "It must be day, device or product.")
	}
	if q.After != "" && q.By != usage.Device {
		return q, fault.Field("after", "It goes with by=device.")
	}
	if q.Product, err = number(v, "product", -1, 0, 1<<62); err != nil {
		return q, err
	}
	limit, err := number(v, "limit", usagePage, 1, usagePage)
	if err != nil {
		return q, err
	}
	q.Limit = int(limit)
	return q, a.usageDays(v, &q)
}

// usageDays reads the days of a query: the last ones unless it names others.
func (a *API) usageDays(v url.Values, q *usage.Query) (err error) {
	today := eventlog.DayOf(a.Now().UnixMilli())
	if q.To, err = date(v, "to", today); err != nil {
		return err
	}
	if q.From, err = date(v, "from", q.To-usageDays+1); err != nil {
		return err
	}
	if q.From > q.To {
		return fault.Field("from", "It must not be later than to.")
	}
	return nil
}

// date reads a UTC day from the query string.
func date(v url.Values, name string, absent int64) (day int64, err error) {
	text := v.Get(name)
	if text == "" {
		return absent, nil
	}
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fault.Field(name, "It must be a day such as 2026-01-31.")
	}
	return eventlog.DayOf(at.UnixMilli()), nil
}
