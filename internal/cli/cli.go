// Package cli is the command line: it turns arguments, environment and an
// optional configuration file into calls of app, and prints what a person at a
// terminal wants to read. It holds no logic of the hub.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"

	"github.com/fieldhook/fieldhook/internal/app"
)

// Streams are where a command prints.
type Streams struct{ Out, Err io.Writer }

// commands is the whole command line, declared once.
type commands struct {
	Serve   serveCmd   `cmd:"" help:"Run the hub." group:"Hub"`
	Demo    demoCmd    `cmd:"" help:"Run a hub with an example fleet and watch its events live." group:"Hub"`
	Device  deviceCmds `cmd:"" help:"Register and list devices of a running hub." group:"Client"`
	Version versionCmd `cmd:"" help:"Print the version."`
}

const description = `Fieldhook is a device-event cloud for your own machine.

Devices publish small named events. An integration (webhook) listens for the beginning of an event's name, renders a request from its templates, calls a web service, and sends the answer back to the device as events. Nothing that was accepted is lost.

Start with 'fieldhook demo' to see it work, or 'fieldhook serve' to run a hub.`

// Main runs one command and gives the process's exit code: 0 when it did what
// was asked, 1 when it failed, 2 when the command line or a setting is wrong.
func Main(ctx context.Context, args []string, s Streams) int {
	var c commands
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("fieldhook"), kong.Description(description), kong.UsageOnError(),
		kong.Writers(s.Out, s.Err), kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(s),
		kong.ConfigureHelp(kong.HelpOptions{WrapUpperBound: 100, Compact: true}),
		kong.ExplicitGroups(groups),
	)
	if err != nil {
		return fail(s, 2, err)
	}
	if err := addFile(parser, args); err != nil {
		return fail(s, 2, err)
	}
	run, err := parser.Parse(usual(args))
	switch {
	case exited >= 0: // help was printed
		return exited
	case err != nil:
		return fail(s, 2, fmt.Errorf("%w\nRun fieldhook --help, or fieldhook serve --help for every setting", err))
	}
	if err := checkEnvironment(parser, os.Environ()); err != nil {
		return fail(s, 2, err)
	}
	if err := run.Run(); err != nil {
		return fail(s, 1, err)
	}
	return 0
}

// usual turns what people type at a program they do not know into commands.
func usual(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case len(args) == 1 && args[0] == "--version":
		return []string{"version"}
	}
	return args
}

// groups order the settings in the help.
var groups = []kong.Group{
	{Key: "Hub", Title: "Hub"}, {Key: "Client", Title: "Client of a running hub"},
	{Key: "Network", Title: "Network"}, {Key: "Store", Title: "Store"},
	{Key: "Administrator", Title: "Administrator"}, {Key: "Delivery", Title: "Delivery"},
	{Key: "Logs", Title: "Logs"},
}

func fail(s Streams, code int, err error) int {
	fmt.Fprintln(s.Err, "fieldhook:", err)
	return code
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(s Streams) error {
	_, err := fmt.Fprintln(s.Out, "fieldhook", app.Version)
	return err
}
