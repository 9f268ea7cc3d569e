package demo

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Widths of the opening: it fits into 80 columns unless a path is long.
const (
	labelWidth = 13
	maxListed  = 55 // columns for names of devices
)

// Page is what a person reads before and after the live log.
type Page struct {
	Version string
	URL     string // of the hub
	Code    string // signs a browser in; see NewCode
	Bare    bool   // the hub was built without the console
	Folder  string // absolute
	New     bool   // the folder was made by this start
	Access  Access
	Devices []string // names
	Rate    float64  // events a second
	Event   string   // that the integration listens for
	Target  string   // URL that it sends to
	Notes   []string // what else there is to say, one line each
}

// Opening writes the block above the live log: where things are and commands to
// try, each ready to be pasted into a shell as it stands.
func (p *Page) Opening(out io.Writer, colour bool) error {
	w := writer{colour: colour}
	w.line(bold.of("Fieldhook demo"), dim.of("  "+p.Version))
	w.line()
	advice := "Open this first; it signs you in as long as the demo runs:"
	if p.Bare {
		advice = "Not in this build: get Node 20.19 or newer, then make run again."
	}
	w.line(bold.of(fmt.Sprintf("%-*s", labelWidth, "Console")), plain.of(advice))
	w.line(plain.of("  "), cyan.of(p.Console()))
	w.line()
	w.field("Hub", p.URL)
	w.field("Folder", p.Folder+p.found())
	w.field("Login", "user "+p.Access.User+", password "+p.Access.Password)
	w.field("Token", p.Access.Token)
	w.field("", "Both stay the same as long as the folder is kept ("+accessFile+").")
	w.field("Devices", p.devices())
	w.field("", fmt.Sprintf("They publish about %g events a second, which this log shows.", p.Rate))
	w.field("Products", fmt.Sprintf("%s and %s of %s: see the console", Greenhouse, Orchard, Organization))
	w.field("Integration", fmt.Sprintf("Each %s event is sent to %s", p.Event, p.Target))
	for _, note := range p.Notes {
		w.field("Note", note)
	}
	w.line()
	w.line(bold.of("Try next, in another terminal"))
	p.commands(&w)
	w.line()
	w.line(bold.of("Ctrl-C"), plain.of(" stops the demo and keeps the folder."))
	w.line()
	return w.flush(out)
}

// Console is the link that opens the hub's console and signs its browser in. It
// has a line of its own, because it takes nearly all of 80 columns. What follows
// the # never leaves the browser's address bar by itself.
func (p *Page) Console() string { return p.URL + "/login#code=" + p.Code }

func (p *Page) found() string {
	if p.New {
		return " (new)"
	}
	return " (of an earlier start)"
}

// devices lists as many names as fit into the line.
func (p *Page) devices() string {
	list, used := "", 0
	for i, name := range p.Devices {
		name, width := fit(name, maxListed)
		if used += width + len(", "); used > maxListed {
			return fmt.Sprintf("%s and %d more", list, len(p.Devices)-i)
		}
		if list != "" {
			list += ", "
		}
		list += name
	}
	return list
}

// commands writes the examples. A line ends with a backslash where the shell is
// to read on, so that all fit into 80 columns.
func (p *Page) commands(w *writer) {
	auth := `-H "Authorization: Bearer ` + p.Access.Token + `"`
	w.command("Follow every event as it happens",
		"curl -N "+auth+` \`, "  "+p.URL+"/v1/devices/events")
	w.command("Publish an event; the web service's answer appears in this log",
		"curl "+auth+` \`, "  "+p.URL+"/v1/devices/events -d name=temp -d data=21.5")
	w.command("See what the web service received (here: the hub's request bin)",
		"curl "+p.URL+"/bin/"+BinName+"/requests")
	w.command("Make an integration of your own, for the events named door",
		"curl "+auth+` \`, "  "+p.URL+`/v1/integrations -d event=door \`,
		"  -d requestType=POST -d url="+p.URL+"/bin/door")
}

// Hint is what is worth a second look once the opening has scrolled away: the
// link, if it leads to a console.
func (p *Page) Hint() []string {
	if p.Bare {
		return []string{"See what the request bin received:", "curl " + p.URL + "/bin/" + BinName + "/requests"}
	}
	return []string{"There is more to see in the console:", p.Console()}
}

// Closing writes the block below the live log.
func (p *Page) Closing(out io.Writer, t Totals, ran time.Duration, colour bool) error {
	w := writer{colour: colour}
	bad := plain
	if t.Errors > 0 {
		bad = red
	}
	w.line()
	w.line(bold.of("Stopped"), plain.of(" after "+ran.Round(time.Second).String()+": "+count(t.Events, "event", "events")+", "+
		count(t.Deliveries, "delivery", "deliveries")+", "), bad.of(count(t.Errors, "error", "errors")), plain.of("."))
	w.line(plain.of("Everything is kept in " + p.Folder))
	return w.flush(out)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// writer collects lines, so that they are written at once.
type writer struct {
	b      strings.Builder
	colour bool
}

// line writes texts one behind the other.
func (w *writer) line(texts ...cell) {
	for _, t := range texts {
		if !w.colour {
			t.style = plain
		}
		w.b.WriteString(t.style.paint(t.text))
	}
	w.b.WriteByte('\n')
}

func (w *writer) field(name, value string) {
	w.line(dim.of(fmt.Sprintf("%-*s", labelWidth, name)), plain.of(value))
}

func (w *writer) command(what string, lines ...string) {
	w.line(plain.of("  " + what))
	for _, l := range lines {
		w.line(plain.of("    "), cyan.of(l))
	}
}

func (w *writer) flush(out io.Writer) error {
	_, err := io.WriteString(out, w.b.String())
	return err
}
