package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// eventsCmds are the commands about events.
type eventsCmds struct {
	Tail eventsTail `cmd:"" help:"Watch events as they happen."`
}

type eventsTail struct {
	Prefix string `arg:"" optional:"" help:"Only events whose names begin so."`
	Device string `placeholder:"ID" help:"Only events of this device."`
	Max    int    `placeholder:"N" help:"Stop after so many events."`
	After  string `placeholder:"ID" help:"Begin behind the event of this id, as a tail with --json shows it, instead of now."`
	JSON   bool   `name:"json" help:"One JSON object per line, for scripts."`
	Plain  bool   `help:"No colours. The variable NO_COLOR does the same."`
	place
	client
}

// Help is the long text of fieldhook events tail --help.
func (eventsTail) Help() string {
	return `Shows the events of your sandbox, of a product or of an organization until Ctrl-C. After a break of the connection it goes on behind the last event that it showed, so that nothing is missed.

  fieldhook events tail temp --product greenhouse
  fieldhook events tail --json --max 10 | jq .data`
}

// Validate says which flag has an impossible value.
func (c *eventsTail) Validate() error {
	if c.Max < 0 {
		return fmt.Errorf("--max: %d is not a number of events", c.Max)
	}
	return nil
}

// Run shows events until ctx ends or there were enough.
func (c *eventsTail) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	t := &tail{
		remote: h, path: c.route(), most: c.Max, last: c.After, silence: silence, wait: wait, show: c.printer(s),
		note: func(text string) { fmt.Fprintln(s.Err, "fieldhook:", text) },
	}
	if err := t.run(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil // Ctrl-C is how it ends
}

// route is the stream's path (cloud API reference, section 5).
func (c *eventsTail) route() string {
	var rest string
	switch {
	case c.Device != "":
		rest = "/devices/" + url.PathEscape(c.Device) + "/events"
	case c.place == place{}:
		rest = "/devices/events"
	default:
		rest = "/events"
	}
	if c.Prefix != "" {
		rest += "/" + url.PathEscape(c.Prefix)
	}
	return c.path(rest)
}

// printer gives the function that shows an event.
func (c *eventsTail) printer(s Streams) func(streamed) error {
	if c.JSON {
		return func(e streamed) error {
			_, err := fmt.Fprintf(s.Out, "%s\n", e.line())
			return err
		}
	}
	f, _ := s.Out.(*os.File)
	colour := !c.Plain && os.Getenv("NO_COLOR") == "" && isTerminal(f)
	return func(e streamed) error { return e.print(s.Out, colour) }
}

// Bounds of a stream. The hub writes something every 9 seconds.
const (
	silence   = 25 * time.Second
	firstWait = 500 * time.Millisecond
	lastWait  = 30 * time.Second
	steady    = time.Minute // a connection that lasted so long was a good one
)

// tail follows an event stream over breaks of the connection.
type tail struct {
	*remote
	path    string
	most    int           // events to show, 0 = all
	silence time.Duration // after which the connection counts as broken
	wait    func(context.Context, time.Duration) error
	show    func(streamed) error
	note    func(string) // tells the person about breaks

	shown  int
	last   string // id of the event shown last
	opened bool   // the hub has answered once
	broken error  // of the output
}

// connected tells that no event is missed from now on.
const connected = "connected; Ctrl-C ends it"

// errEnough ends a tail that has shown what was asked for.
var errEnough = errors.New("enough events")

// run follows the stream until ctx ends, enough was shown, or the hub refuses
// for good. A hub that never answered is probably not there.
func (t *tail) run(ctx context.Context) error {
	for failures := 0; ; failures++ {
		before, began := t.shown, time.Now()
		err := t.once(ctx)
		var r *refusal
		switch {
		case errors.Is(err, errEnough):
			return t.broken
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &r) && r.status < 500 && r.status != http.StatusTooManyRequests:
			return err
		case r == nil && !t.opened:
			return err
		case t.shown > before || time.Since(began) > steady:
			failures = 0
		}
		pause := backOff(failures)
		if r != nil {
			pause = max(pause, r.after)
		}
		t.note(fmt.Sprintf("the stream broke off (%v); connecting again in %s", err, pause.Round(time.Millisecond)))
		if err := t.wait(ctx, pause); err != nil {
			return err
		}
	}
}

// backOff grows with each failure in a row; chance keeps many clients of one
// hub apart.
func backOff(failures int) time.Duration {
	d := min(firstWait<<min(failures, 10), lastWait)
	return d/2 + rand.N(d/2)
}

// wait lets time pass; the error is that of ctx.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// once follows one connection to its end.
func (t *tail) once(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(t.silence, func() { cancel(errors.New("nothing came for too long")) })
	defer watch.Stop()
	req, err := http.NewRequestWithContext(ctx, "GET", t.server+t.path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "text/event-stream")
	if t.last != "" {
		req.Header.Set("Last-Event-ID", t.last)
	}
	res, err := t.roundTrip(req)
	if err != nil {
		return because(ctx, err)
	}
	if res.StatusCode != http.StatusOK {
		return decode(res, nil)
	}
	defer res.Body.Close()
	t.opened = true
	t.note(connected)
	return because(ctx, t.read(&heard{res.Body, func() { watch.Reset(t.silence) }}))
}

// because prefers the reason why a connection was given up.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, errEnough) {
		return cause
	}
	return err
}

// read shows the events of one connection.
func (t *tail) read(body io.Reader) error {
	p := newStreamReader(body)
	for {
		e, err := p.next()
		if err != nil {
			return err
		}
		if e.id != "" && e.id == t.last {
			continue
		}
		if err := t.show(e); err != nil {
			t.broken = err
			return errEnough
		}
		t.shown++
		if e.id != "" {
			t.last = e.id
		}
		if t.shown == t.most {
			return errEnough
		}
	}
}

// heard tells when something is read.
type heard struct {
	io.Reader
	tell func()
}

// Read implements io.Reader.
func (h *heard) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	if n > 0 {
		h.tell()
	}
	return n, err
}

// line is the event as one line of JSON: the members of the stream, and its
// name and id at the end.
func (e *streamed) line() []byte {
	all, err := fieldsOf(e.data)
	if err != nil {
		all = []field{{"data", e.data}}
	}
	name, _ := json.Marshal(e.name) // a text always can
	all = append(all, field{"name", name})
	if e.id != "" {
		id, _ := json.Marshal(e.id)
		all = append(all, field{"id", id})
	}
	return objectJSON(all)
}

// Colours of kinds of events.
const (
	noColour = "\x1b[0m"
	grey     = "\x1b[90m"
	green    = "\x1b[32m"
	red      = "\x1b[31m"
	cyan     = "\x1b[36m"
	yellow   = "\x1b[33m"
)

// colourOf tells the kinds of events apart: what a hub did about an event, what
// came of it, what the cloud says about devices, and what devices say.
func colourOf(name string) string {
	switch {
	case strings.Contains(name, "hook-error/"):
		return red
	case strings.Contains(name, "hook-response/"):
		return green
	case strings.HasPrefix(name, "hook-sent/"):
		return grey
	case strings.HasPrefix(name, "spark/"), strings.HasPrefix(name, "particle/"):
		return yellow
	}
	return cyan
}

// print shows the event to a person.
func (e *streamed) print(w io.Writer, colour bool) error {
	var m struct {
		Data   *string
		At     string `json:"published_at"`
		Coreid string
	}
	_ = json.Unmarshal(e.data, &m) // the reader checked that it is JSON; other shapes show as blanks
	at := m.At
	if when, err := time.Parse(time.RFC3339, m.At); err == nil {
		at = when.Local().Format("15:04:05.000")
	}
	begin, end := "", ""
	if colour {
		begin, end = colourOf(e.name), noColour
	}
	data := ""
	if m.Data != nil {
		data = printable(*m.Data)
	}
	_, err := fmt.Fprintf(w, "%s  %-24s  %s%s%s  %s\n", printable(at), printable(m.Coreid), begin, printable(e.name), end, data)
	return err
}
