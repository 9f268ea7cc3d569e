package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"
)

// integrationCmds are the commands about integrations.
type integrationCmds struct {
	List    integrationList    `cmd:"" help:"List integrations."`
	Get     integrationGet     `cmd:"" help:"Show the settings of an integration."`
	Gallery integrationGallery `cmd:"" help:"List ready-made integrations for well-known services."`
	Create  integrationCreate  `cmd:"" help:"Make an integration from flags or a file."`
	Edit    integrationEdit    `cmd:"" help:"Change an integration in your editor."`
	Delete  integrationDelete  `cmd:"" help:"Delete an integration."`
	Test    integrationTest    `cmd:"" help:"Send one test event through an integration."`
	Enable  integrationEnable  `cmd:"" help:"Let an integration work again."`
	Disable integrationDisable `cmd:"" help:"Stop an integration without deleting it."`
	Copy    integrationCopy    `cmd:"" help:"Copy an integration into another place."`
	Move    integrationMove    `cmd:"" help:"Move an integration into another place."`
	Logs    integrationLogs    `cmd:"" help:"Show the last calls of an integration."`
}

// integrationRecord is what commands show of an integration.
type integrationRecord struct {
	ID       string
	Name     string // "" if it has none
	Event    string
	URL      string
	Method   string `json:"requestType"`
	Type     string `json:"integration_type"`
	Disabled bool
}

// target is where it sends to: a URL, or the service that its type knows.
func (r *integrationRecord) target() string { return cmp.Or(r.URL, r.Type) }

// integrations lists those of a place.
func (h *remote) integrations(ctx context.Context, at place) (all []reading[integrationRecord], err error) {
	return all, h.do(ctx, "GET", at.path("/integrations"), nil, &all)
}

// integrationNamed is an integration of a place by its id or its name.
func (h *remote) integrationNamed(ctx context.Context, at place, name string) (reading[integrationRecord], error) {
	var found []reading[integrationRecord]
	all, err := h.integrations(ctx, at)
	if err != nil {
		return reading[integrationRecord]{}, err
	}
	for _, in := range all {
		if in.value.ID == name {
			return in, nil
		}
		if in.value.Name == name {
			found = append(found, in)
		}
	}
	switch len(found) {
	case 0:
		return reading[integrationRecord]{}, fmt.Errorf("no integration in %s has the id or name %s", at, name)
	case 1:
		return found[0], nil
	}
	return reading[integrationRecord]{}, fmt.Errorf("%d integrations in %s are called %s; give the id", len(found), at, name)
}

// one names an integration on the command line.
type one struct {
	Integration string `arg:"" help:"The integration's id, or its name."`
	place
	client
}

// find connects and finds the integration.
func (o *one) find(ctx context.Context) (*remote, reading[integrationRecord], error) {
	h, err := o.hub()
	if err != nil {
		return nil, reading[integrationRecord]{}, err
	}
	in, err := h.integrationNamed(ctx, o.place, o.Integration)
	return h, in, err
}

// route gives a route of an integration.
func (o *one) route(id, rest string) string {
	return o.path("/integrations/" + url.PathEscape(id) + rest)
}

type integrationList struct {
	place
	listing
	client
}

// Help is the long text of fieldhook integration list --help.
func (integrationList) Help() string {
	return `Lists the integrations of your sandbox, of a product or of an organization:

  fieldhook integration list
  fieldhook integration list --product greenhouse --json`
}

// Run prints one line per integration.
func (c *integrationList) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	var answer reading[[]integrationRecord]
	if err := h.do(ctx, "GET", c.path("/integrations"), nil, &answer); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.Out, answer.raw)
	}
	if len(answer.value) == 0 {
		_, err = fmt.Fprintln(s.Out, "There are no integrations yet. Make one: fieldhook integration create EVENT URL")
		return err
	}
	rows := make([][]string, len(answer.value))
	for i, in := range answer.value {
		rows[i] = []string{in.ID, dash(in.Name), in.Event, state(in.Disabled), dash(in.Method), in.target()}
	}
	return table(s.Out, []string{"ID", "NAME", "EVENT", "STATE", "METHOD", "URL"}, rows)
}

func state(disabled bool) string {
	if disabled {
		return "disabled"
	}
	return "enabled"
}

type integrationGet struct{ one }

// Help is the long text of fieldhook integration get --help.
func (integrationGet) Help() string {
	return `Prints the settings as JSON, in a form that fieldhook integration create --file takes:

  fieldhook integration get temp-to-lab > temp-to-lab.json`
}

// Run prints the settings.
func (c *integrationGet) Run(ctx context.Context, s Streams) error {
	_, in, err := c.find(ctx)
	if err != nil {
		return err
	}
	settings, _, err := settingsOf(in.raw)
	if err != nil {
		return err
	}
	return printJSON(s.Out, settings)
}

type integrationDelete struct{ one }

// Help is the long text of fieldhook integration delete --help.
func (integrationDelete) Help() string {
	return `Deletes the integration, its history and what it has not delivered yet:

  fieldhook integration delete temp-to-lab --product greenhouse`
}

// Run deletes the integration.
func (c *integrationDelete) Run(ctx context.Context, s Streams) error {
	h, in, err := c.find(ctx)
	if err != nil {
		return err
	}
	if err := h.do(ctx, "DELETE", c.route(in.value.ID, ""), nil, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "Deleted %s.\n", in.value.ID)
	return err
}

type integrationEnable struct{ one }

// Help is the long text of fieldhook integration enable --help.
func (integrationEnable) Help() string {
	return `Events published from now on are delivered again; those of the meantime are not:

  fieldhook integration enable temp-to-lab`
}

// Run enables the integration.
func (c *integrationEnable) Run(ctx context.Context, s Streams) error {
	return c.set(ctx, s, false)
}

type integrationDisable struct{ one }

// Help is the long text of fieldhook integration disable --help.
func (integrationDisable) Help() string {
	return `Events published from now on are not delivered; what waits for delivery is dropped:

  fieldhook integration disable temp-to-lab`
}

// Run disables the integration.
func (c *integrationDisable) Run(ctx context.Context, s Streams) error {
	return c.set(ctx, s, true)
}

// set enables or disables the integration; one that is so already is left
// alone.
func (o *one) set(ctx context.Context, s Streams, disabled bool) error {
	h, in, err := o.find(ctx)
	if err != nil {
		return err
	}
	if in.value.Disabled != disabled {
		patch := map[string]bool{"disabled": disabled}
		if err := h.do(ctx, "PUT", o.route(in.value.ID, ""), patch, nil); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(s.Out, "%s is %s.\n", in.value.ID, state(disabled))
	return err
}

type integrationTest struct {
	one
	listing
	Data   string `default:"test-event" placeholder:"DATA" help:"The data of the test event. Default: ${default}."`
	Device string `placeholder:"ID" help:"The device of yours that the event seems to come from. Default: the API."`
}

// Help is the long text of fieldhook integration test --help.
func (integrationTest) Help() string {
	return `The event goes through this integration alone. The request, the answer and the events that came of them are shown; the command fails if the call did.

  fieldhook integration test temp-to-lab --data 21.5`
}

// testReport is the answer of a test.
type testReport struct {
	OK       bool
	Status   int
	Error    string
	Request  string
	Response string
	Events   []struct{ Name, Data string }
}

// testPatience is how long a test may take: a call that hangs is given up by
// the hub before.
const testPatience = 75 * time.Second

// Run sends the test event and shows the outcome.
func (c *integrationTest) Run(ctx context.Context, s Streams) error {
	h, in, err := c.find(ctx)
	if err != nil {
		return err
	}
	body := map[string]string{"data": c.Data}
	if c.Device != "" {
		body["deviceID"] = c.Device
	}
	var report reading[testReport]
	if err := h.doWithin(ctx, testPatience, "POST", c.route(in.value.ID, "/test"), body, &report); err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(s.Out, report.raw)
	} else {
		report.value.print(s.Out)
	}
	if !report.value.OK {
		return errors.Join(err, fmt.Errorf("the call failed: %s", printable(cmp.Or(report.value.Error, "no reason is given"))))
	}
	return err
}

// print shows the call and the events.
func (t *testReport) print(w io.Writer) {
	printCall(w, t.Request, t.Response)
	fmt.Fprintln(w, "── events")
	for _, e := range t.Events {
		fmt.Fprintf(w, "%s  %s\n", printable(e.Name), printable(e.Data))
	}
}

// printCall shows a call as it was on the wire.
func printCall(w io.Writer, request, answer string) {
	fmt.Fprintf(w, "── request\n%s\n", strings.TrimRight(printableLines(request), "\n"))
	if answer != "" {
		fmt.Fprintf(w, "── answer\n%s\n", strings.TrimRight(printableLines(answer), "\n"))
	}
}

type integrationLogs struct {
	one
	listing
	Type   string `enum:",success,error" default:"" placeholder:"TYPE" help:"Only calls that ended so: success or error."`
	Device string `placeholder:"ID" help:"Only calls for events of this device."`
	Event  string `placeholder:"NAME" help:"Only calls for events of this name."`
	Full   bool   `help:"Show requests and answers too."`
	Max    int    `default:"20" placeholder:"N" help:"How many calls, 1 to 100. Default: ${default}."`
}

// Help is the long text of fieldhook integration logs --help.
func (integrationLogs) Help() string {
	return `Shows recorded calls, the newest first. Secrets in them are masked by the hub.

  fieldhook integration logs temp-to-lab --type error --full`
}

// Validate says which flag has an impossible value.
func (c *integrationLogs) Validate() error {
	if c.Max < 1 || c.Max > 100 {
		return fmt.Errorf("--max: %d is not between 1 and 100", c.Max)
	}
	return nil
}

// callRecord is a recorded call.
type callRecord struct {
	Time     string
	Type     string
	Status   int
	Error    string
	Attempt  int
	Event    struct{ Name, Coreid string }
	Request  string
	Response string
}

// Run prints one line per call.
func (c *integrationLogs) Run(ctx context.Context, s Streams) error {
	h, in, err := c.find(ctx)
	if err != nil {
		return err
	}
	query := url.Values{"limit": {fmt.Sprint(c.Max)}}
	for name, value := range map[string]string{"type": c.Type, "device": c.Device, "event": c.Event} {
		if value != "" {
			query.Set(name, value)
		}
	}
	var answer struct{ Logs reading[[]callRecord] }
	if err := h.do(ctx, "GET", c.route(in.value.ID, "/logs?"+query.Encode()), nil, &answer); err != nil {
		return err
	}
	switch {
	case c.JSON:
		return printJSON(s.Out, answer.Logs.raw)
	case len(answer.Logs.value) == 0:
		_, err = fmt.Fprintln(s.Out, "No calls are recorded.")
		return err
	case c.Full:
		return printCalls(s.Out, answer.Logs.value)
	}
	rows := make([][]string, len(answer.Logs.value))
	for i, l := range answer.Logs.value {
		rows[i] = l.cells()
	}
	return table(s.Out, []string{"TIME", "RESULT", "STATUS", "ATTEMPT", "EVENT", "DEVICE", "ERROR"}, rows)
}

func (l *callRecord) cells() []string {
	status := "-"
	if l.Status != 0 {
		status = fmt.Sprint(l.Status)
	}
	return []string{l.Time, l.Type, status, fmt.Sprint(l.Attempt), l.Event.Name, dash(l.Event.Coreid), dash(l.Error)}
}

func printCalls(w io.Writer, calls []callRecord) error {
	for i := range calls {
		l := &calls[i]
		if _, err := fmt.Fprintln(w, printable(strings.Join(l.cells(), "  "))); err != nil {
			return err
		}
		printCall(w, l.Request, l.Response)
		fmt.Fprintln(w)
	}
	return nil
}
