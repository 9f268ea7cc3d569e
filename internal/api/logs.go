package api

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/history"
)

// logJSON is a recorded call. Secrets and credentials are masked.
type logJSON struct {
	ID          string      `json:"id"`
	At          string      `json:"time"`
	Type        string      `json:"type"`            // success or error
	Error       string      `json:"error,omitempty"` // absent for a success
	Status      int         `json:"status,omitempty"`
	Attempt     int         `json:"attempt"`
	Mark        string      `json:"mark,omitempty"` // test or replay
	Event       eventJSON   `json:"event"`
	Request     string      `json:"request"`
	RequestCut  bool        `json:"request_cut,omitempty"` // at 102,400 bytes
	Response    string      `json:"response"`
	ResponseCut bool        `json:"response_cut,omitempty"`
	Timing      *timingJSON `json:"timing_ms,omitempty"`
}

// The names of the rings.
var rings = map[string]eventlog.Ring{"": 0, "success": eventlog.Successes, "error": eventlog.Errors}

// logOf shows a call; masked is for those who may not see configured headers.
func logOf(c *eventlog.Call, masked bool) logJSON {
	l := logJSON{
		At: event.FormatTime(c.Attempt.At), Type: "success", Status: c.Attempt.Status, Attempt: c.Attempt.N, Event: eventOf(c.Event),
		Request: validText(c.Request), RequestCut: c.RequestCut, Response: validText(c.Response), ResponseCut: c.ResponseCut,
	}
	if c.Ring == eventlog.Errors {
		l.Type, l.Error = "error", c.Attempt.Text
	}
	if c.Attempt.Mark != eventlog.Ordinary {
		l.Mark = c.Attempt.Mark.String()
	}
	if c.Attempt.Called {
		t := timingOf(&c.Attempt.Timing)
		l.Timing = &t
	}
	if masked {
		l.Request = maskRequest(l.Request)
	}
	l.ID = callID(c)
	return l
}

// callID is the id of a recorded call; "" for none.
func callID(c *eventlog.Call) string {
	switch {
	case c == nil:
		return ""
	case c.Ring == eventlog.Errors:
		return "error-" + strconv.FormatInt(c.N, 10)
	}
	return "success-" + strconv.FormatInt(c.N, 10)
}

func validText(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }

// recentLogs gives the last successes and the last errors of an integration.
func (a *API) recentLogs(ctx context.Context, id string, masked bool) ([]logJSON, error) {
	logs := []logJSON{}
	for _, ring := range []eventlog.Ring{eventlog.Successes, eventlog.Errors} {
		calls, err := a.History.Recent(ctx, id, ring, shownLogs)
		if err != nil {
			return nil, err
		}
		for i := range calls {
			logs = append(logs, logOf(&calls[i], masked))
		}
	}
	return logs, nil
}

// Bounds of a page of logs.
const (
	logPage  = 20
	mostLogs = 100
)

// listLogs handles GET .../{id}/logs: a page, or with format=ndjson or csv all
// that match, as a download.
func (a *API) listLogs(w http.ResponseWriter, r *http.Request) error {
	in, err := a.owned(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	query, err := readQuery(q)
	if err != nil {
		return err
	}
	heads, err := a.History.Find(r.Context(), in.ID, query)
	if err != nil {
		return err
	}
	switch q.Get("format") {
	case "", "json":
		return a.pageOfLogs(w, r, heads)
	case "ndjson", "csv":
		return a.exportLogs(w, r, in.ID, heads, q.Get("format"))
	}
	return fault.Field("format", "It must be json, ndjson or csv.")
}

// readQuery reads the filters of logs.
func readQuery(q url.Values) (h history.Query, err error) {
	ring, ok := rings[q.Get("type")]
	if !ok {
		return h, fault.Field("type", "It must be success or error.")
	}
	h.Ring, h.Device, h.Event = ring, q.Get("device"), q.Get("event")
	if h.Status, err = readStatus(q.Get("status")); err != nil {
		return h, err
	}
	if h.From, err = readTime(q, "from"); err != nil {
		return h, err
	}
	h.To, err = readTime(q, "to")
	return h, err
}

// readStatus reads 503, or 5xx as 5.
func readStatus(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	class, isClass := strings.CutSuffix(strings.ToLower(text), "xx")
	n, err := strconv.Atoi(class)
	if err != nil || isClass && (n < 1 || n > 5) || !isClass && (n < 100 || n > 599) {
		return 0, fault.Field("status", "It must be a status such as 503, or a class such as 5xx.")
	}
	return n, nil
}

func readTime(q url.Values, name string) (int64, error) {
	text := q.Get(name)
	if text == "" {
		return 0, nil
	}
	return parseTime(name, text)
}

func parseTime(name, text string) (int64, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, fault.Field(name, "It must be a time such as 2016-11-21T15:04:05Z.")
	}
	return t.UnixMilli(), nil
}

// pageOfLogs answers with limit calls behind the first skip ones.
func (a *API) pageOfLogs(w http.ResponseWriter, r *http.Request, heads []eventlog.Call) error {
	q := r.URL.Query()
	limit, err := number(q, "limit", logPage, 1, mostLogs)
	if err != nil {
		return err
	}
	skip, err := number(q, "skip", 0, 0, 1_000_000)
	if err != nil {
		return err
	}
	page := heads[min(int(skip), len(heads)):]
	calls, err := a.History.Whole(r.Context(), page[:min(int(limit), len(page))])
	if err != nil {
		return err
	}
	logs, masked := make([]logJSON, len(calls)), !a.mayEdit(r)
	for i := range calls {
		logs[i] = logOf(&calls[i], masked)
	}
	reply(w, http.StatusOK, map[string]any{"logs": logs, "total": len(heads)})
	return nil
}

// getLog handles GET .../{id}/logs/{call}, where the call is such as error-17.
func (a *API) getLog(w http.ResponseWriter, r *http.Request) error {
	in, err := a.owned(r)
	if err != nil {
		return err
	}
	kind, number, _ := strings.Cut(param(r, "call"), "-")
	n, err := strconv.ParseInt(number, 10, 64)
	if rings[kind] == 0 || err != nil {
		return fault.New(fault.NotFound, "No recorded call has this id.")
	}
	c, err := a.History.Numbered(r.Context(), in.ID, rings[kind], n)
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, logOf(&c, !a.mayEdit(r)))
	return nil
}

// exportLogs writes calls one by one, so that it holds few of them in memory. A
// failure on the way cuts the connection: half a file must not look like a whole
// one.
func (a *API) exportLogs(w http.ResponseWriter, r *http.Request, id string, heads []eventlog.Call, format string) error {
	types := map[string]string{"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
	w.Header().Set("Content-Type", types[format])
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="calls-%s.%s"`, id, format))
	conn := withoutTimeLimit(w)
	w.WriteHeader(http.StatusOK)
	write := ndjsonWriter(w)
	if format == "csv" {
		write = csvWriter(w)
	}
	masked := !a.mayEdit(r)
	for i := range heads {
		_ = conn.SetWriteDeadline(time.Now().Add(a.stream.writeLimit)) // not every writer has deadlines
		calls, err := a.History.Whole(r.Context(), heads[i:i+1])
		if err == nil && len(calls) == 1 {
			err = write(logOf(&calls[0], masked))
		}
		if err != nil {
			panic(http.ErrAbortHandler)
		}
	}
	return nil
}

func ndjsonWriter(w http.ResponseWriter) func(logJSON) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return func(l logJSON) error { return e.Encode(l) }
}

// csvWriter writes RFC 4180, but for line ends without a carriage return: with
// them the writer would change line breaks inside cells, too. A cell that a spreadsheet would take for a formula
// gets an apostrophe in front.
func csvWriter(w http.ResponseWriter) func(logJSON) error {
	c := csv.NewWriter(w)
	line := func(cells ...string) error {
		for i, text := range cells {
			if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
				cells[i] = "'" + text
			}
		}
		_ = c.Write(cells)
		c.Flush()
		return c.Error()
	}
	_ = line("id", "time", "type", "status", "error", "attempt", "mark", "event", "device", "data", "total_ms", "request", "response")
	return func(l logJSON) error {
		total := ""
		if l.Timing != nil {
			total = strconv.FormatFloat(l.Timing.Total, 'f', 3, 64)
		}
		return line(l.ID, l.At, l.Type, strconv.Itoa(l.Status), l.Error, strconv.Itoa(l.Attempt), l.Mark,
			l.Event.Name, l.Event.Device, l.Event.Data, total, l.Request, l.Response)
	}
}
