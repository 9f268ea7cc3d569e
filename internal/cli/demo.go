package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/app"
	"github.com/fieldhook/fieldhook/internal/demo"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// demoCmd runs a hub with a simulated fleet and shows what happens.
type demoCmd struct {
	Folder  string  `default:"./fieldhook-demo" placeholder:"FOLDER" help:"Where the demo keeps its database. Default: ./fieldhook-demo."`
	Listen  string  `placeholder:"ADDRESS" help:"Address and port to listen on. Default: 127.0.0.1:8080, or a free port when that one is taken."`
	Rate    float64 `default:"2" placeholder:"N" help:"Events a second of the sandbox's fleet, 0.1 to 100; the devices of the products publish half as many. Default: 2."`
	Devices int     `default:"4" placeholder:"N" help:"Devices in the sandbox, 1 to 24. Default: 4."`
	Plain   bool    `help:"No colours. The variable NO_COLOR does the same."`
}

// Help is the long text of fieldhook demo --help.
func (demoCmd) Help() string {
	return `The demo is a whole hub on this machine. Open the console link that it prints first: it signs you in for as long as the demo runs.

A small fleet of simulated devices publishes temperatures, door openings, counts and the like into your sandbox; more of them are in two products of an organization. Integrations send the events to the hub's own request bin and to web services that the demo plays itself: a healthy one, a slow one, one that fails until the hub lets it sleep, one that recovers after repeated calls, and one that refuses some events for good. With fewer than four devices some of them have nothing to do. The counts of the days before the first start are made up, and marked as sample data.

The terminal shows every event of the sandbox's fleet and what the hub did about it: the request it sent, the answer, and how long after the publish. The commands printed at the start can be pasted into another terminal. Nothing leaves this machine unless you make an integration that does.

The folder can be kept: the next start finds everything again but the link, which is new each time; the password and the token stay. What you delete of the example stays deleted, but for the sandbox's fleet and its first integration. To begin anew, remove the folder.`
}

const (
	demoListen   = "127.0.0.1:8080"
	demoFreePort = "127.0.0.1:0"
)

// Validate says which flag has an impossible value.
func (c *demoCmd) Validate() error {
	switch {
	case !(c.Rate >= 0.1 && c.Rate <= 100):
		return fmt.Errorf("--rate: %g is not between 0.1 and 100", c.Rate)
	case c.Devices < 1 || c.Devices > demo.MaxDevices:
		return fmt.Errorf("--devices: %d is not between 1 and %d", c.Devices, demo.MaxDevices)
	case c.Folder == "":
		return errors.New("--folder: it must not be empty")
	}
	return nil
}

// Run runs the demo until ctx ends.
func (c *demoCmd) Run(ctx context.Context, s Streams) error {
	folder, err := filepath.Abs(c.Folder)
	if err != nil {
		return fmt.Errorf("--folder: %w", err)
	}
	access, made, err := demo.OpenAccess(folder, identity.Admin)
	if err != nil {
		return fmt.Errorf("--folder: %w", err)
	}
	state, err := demo.OpenState(folder, time.Now())
	if err != nil {
		return fmt.Errorf("--folder: %w", err)
	}
	code := demo.NewCode()
	hub, note, err := c.open(ctx, demoFolder{folder, access, state, code, s.Err})
	if err != nil {
		return err
	}
	page := &demo.Page{Version: app.Version, URL: hub.URL(), Code: code, Bare: !hub.HasConsole(), Folder: folder, New: made, Access: access, Rate: c.Rate}
	if note != "" {
		page.Notes = append(page.Notes, note)
	}
	d := &demonstration{demoCmd: c, hub: hub, page: page, state: state, out: s.Out, look: c.look(s.Out)}
	return serveWhile(ctx, hub, d.run)
}

// demoFolder is what a demo's hub is made from.
type demoFolder struct {
	folder string
	access demo.Access
	state  demo.State
	code   string // of the sign-in link
	logs   io.Writer
}

// open starts the hub, on another port than the usual one if need be.
func (c *demoCmd) open(ctx context.Context, from demoFolder) (*app.Hub, string, error) {
	listen := c.Listen
	if listen == "" {
		listen = demoListen
	}
	hub, err := from.openAt(ctx, listen)
	var taken *net.OpError
	if c.Listen != "" || !errors.As(err, &taken) || taken.Op != "listen" {
		return hub, "", err
	}
	hub, err = from.openAt(ctx, demoFreePort)
	return hub, demoListen + " is taken, so the hub listens on a free port.", err
}

// Bounds of what a demo keeps, because people forget that it runs.
const (
	demoKeepEvents = 30 * 24 * time.Hour
	demoKeepMiB    = 512
)

func (from *demoFolder) openAt(ctx context.Context, listen string) (*app.Hub, error) {
	settings := app.Settings{
		Listen: listen, Store: "sqlite:" + filepath.Join(from.folder, "hub.db"), StoreCache: 16, KeepEvents: demoKeepEvents, KeepMiB: demoKeepMiB,
		AdminPassword: from.access.Password, AdminToken: from.access.Token,
		CallTimeout: 20 * time.Second, MaxCalls: 128, RetryAge: 24 * time.Hour, RecentCalls: 50, StopTimeout: 5 * time.Second,
		LogFormat: "text", LogLevel: "error",
	}
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	return app.New(ctx, app.Options{
		Settings: settings, Log: app.Logger(&settings, from.logs), SignInCode: from.code,
		Local: demo.Services(time.Now), Demo: true, SampleUntil: from.state.SampleUntil,
	})
}

// look finds out what the output can show.
func (c *demoCmd) look(out io.Writer) demo.Look {
	f, _ := out.(*os.File)
	colour := !c.Plain && os.Getenv("NO_COLOR") == "" && isTerminal(f)
	return demo.Look{Width: func() int { return columnsOf(f) }, Colour: colour, Zone: time.Local}
}

// serveWhile serves the hub while work goes on, and ends the one when the other
// ends.
func serveWhile(ctx context.Context, hub *app.Hub, work func(context.Context) error) error {
	working, stop := context.WithCancel(ctx)
	defer stop()
	serving, unserve := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() {
		defer stop()
		served <- hub.Serve(serving)
	}()
	err := work(working)
	unserve()
	return errors.Join(err, <-served)
}

// demonstration is a running demo.
type demonstration struct {
	*demoCmd
	hub   *app.Hub
	page  *demo.Page
	state demo.State
	out   io.Writer
	look  demo.Look
}

// run sets the example up and shows it until ctx ends.
func (d *demonstration) run(ctx context.Context) error {
	who, err := d.hub.Identity.Authenticate(ctx, d.page.Access.Token)
	if err != nil {
		return fmt.Errorf("log in to the demo's hub: %w", err)
	}
	start := time.Now()
	seed := uint64(start.UnixNano())
	fleet, garden := demo.NewFleet(d.Devices, seed), demo.NewGarden(seed)
	names, err := d.prepare(ctx, who, fleet, garden)
	if err != nil {
		return err
	}
	if err := d.page.Opening(d.out, d.look.Colour); err != nil {
		return err
	}
	log := demo.NewLog(d.out, d.look, demo.Naming{Devices: names, Hidden: garden.IDs(), Integration: d.nameOf})
	err = d.play(ctx, demo.Options{
		Publisher: d.hub.Simulated(), Fleet: fleet, Garden: garden.Heard(), Owner: who.User,
		Rate: d.Rate, Log: log, Hint: d.page.Hint(), Now: time.Now,
	})
	if err != nil {
		return err
	}
	return d.page.Closing(d.out, log.Totals(), time.Since(start), d.look.Colour)
}

// prepare makes the example, or finds it again, and tells the page about it. It
// gives the names of the sandbox's devices by id.
func (d *demonstration) prepare(ctx context.Context, who *scope.Principal, fleet, garden *demo.Fleet) (map[string]string, error) {
	names, err := demo.Register(ctx, d.hub.Fleet, who.User, fleet)
	if err != nil {
		return nil, err
	}
	in, err := demo.Connect(ctx, d.hub.Integrations, who.User, d.hub.URL())
	if err != nil {
		return nil, err
	}
	if err := d.plant(ctx, who, garden); err != nil {
		return nil, err
	}
	for _, device := range fleet.Devices() {
		d.page.Devices = append(d.page.Devices, names[device.ID])
	}
	d.page.Event, d.page.Target = in.Definition.Event, in.Definition.Target.Source()
	return names, nil
}

// plant makes the rest of the example at the folder's first start.
func (d *demonstration) plant(ctx context.Context, who *scope.Principal, garden *demo.Fleet) error {
	if d.state.Seeded {
		return nil
	}
	seed := demo.Seed{
		Devices: d.hub.Fleet, Products: d.hub.Fleet, Members: d.hub.Fleet, Organizations: d.hub.Team, Secrets: d.hub.Secrets,
		Ledgers: d.hub.Ledgers, Integrations: d.hub.Integrations, Counts: d.hub, Owner: who, Garden: garden, State: d.state,
	}
	if err := seed.Plant(ctx); err != nil {
		return err
	}
	d.state.Seeded = true
	return d.state.Save(d.page.Folder)
}

// play lets the fleets publish and the log show it.
func (d *demonstration) play(ctx context.Context, o demo.Options) error {
	leave, err := demo.Join(ctx, d.hub.Simulated(), o.Owner, o.Fleet, o.Garden)
	defer leave()
	if err != nil {
		return err
	}
	demo.Report(ctx, o)
	stream := d.hub.Log.Follow(eventlog.Filter{Seats: []eventlog.Seat{{Owner: o.Owner}}}, -1)
	defer stream.Close()
	requests, unwatch := d.hub.Bin.Watch(demo.BinName)
	var watcher sync.WaitGroup
	watcher.Go(func() {
		for r := range requests {
			path, _, _ := strings.Cut(r.Target, "?")
			o.Log.Request(demo.Request{At: r.Time, Method: r.Method, Path: path, Body: r.Body})
		}
	})
	defer watcher.Wait()
	defer unwatch()
	o.Stream = stream
	return demo.Run(ctx, o)
}

// nameOf gives the name of an integration, or its target without credentials
// when it has none.
func (d *demonstration) nameOf(id string) string {
	in, ok := d.hub.Integrations.Lookup(id)
	switch {
	case !ok:
		return ""
	case in.Definition.Name != "":
		return in.Definition.Name
	}
	return in.Definition.Target.Source()
}
