// Package cli is the command line: it turns arguments, environment and an
// optional configuration file into calls of app, and for the commands that use
// a running hub into requests to its public HTTP API. It prints what a person
// at a terminal, or a script, wants to read. It holds no logic of the hub.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/fieldhook/fieldhook/internal/app"
)

// Streams are where a command reads and prints.
type Streams struct {
	In       io.Reader // nil = nothing
	Out, Err io.Writer
}

// commands is the whole command line, declared once.
type commands struct {
	Serve serveCmd `cmd:"" help:"Run the hub." group:"Hub"`
	Demo  demoCmd  `cmd:"" help:"Run a hub with an example fleet and watch its events live." group:"Hub"`

	Login       loginCmd        `cmd:"" help:"Log in to a hub and store the token." group:"Client"`
	Logout      logoutCmd       `cmd:"" help:"Revoke and forget a stored token." group:"Client"`
	Whoami      whoamiCmd       `cmd:"" help:"Show who commands act as, and where." group:"Client"`
	Integration integrationCmds `cmd:"" help:"List, make, change and test integrations." group:"Client"`
	Events      eventsCmds      `cmd:"" help:"Watch events." group:"Client"`
	Publish     publishCmd      `cmd:"" help:"Publish an event." group:"Client"`
	Apply       applyCmd        `cmd:"" help:"Make integrations, ledgers and secrets agree with files." group:"Client"`
	Import      importCmd       `cmd:"" help:"Take integrations over from another account." group:"Client"`
	Product     productCmds     `cmd:"" help:"List and make products, add devices by file." group:"Client"`
	Device      deviceCmds      `cmd:"" help:"Register, list and remove devices." group:"Client"`
	Org         orgCmds         `cmd:"" help:"List and make organizations." group:"Client"`
	Team        teamCmds        `cmd:"" help:"Who may do what in a product or an organization." group:"Client"`
	Secret      secretCmds      `cmd:"" help:"List, set and delete secrets for templates." group:"Client"`
	User        userCmds        `cmd:"" help:"Your password; for administrators, the hub's users." group:"Client"`
	Token       tokenCmds       `cmd:"" help:"List and revoke tokens." group:"Client"`

	Completion completionCmd `cmd:"" help:"Print a script that completes commands in a shell."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}

const description = `Fieldhook is a device-event cloud for your own machine.

Devices publish small named events. An integration (webhook) listens for the beginning of an event's name, renders a request from its templates, calls a web service, and sends the answer back to the device as events. Nothing that was accepted is lost.

Start with 'fieldhook demo' to see it work, or 'fieldhook serve' to run a hub.`

// Main runs one command and gives the process's exit code: 0 when it did what
// was asked, 1 when it failed, 2 when the command line, a setting or a file is
// wrong, 3 when fieldhook apply found differences and was asked to tell so, and
// 130 when it was interrupted.
func Main(ctx context.Context, args []string, s Streams) int {
	if s.In == nil {
		s.In = strings.NewReader("")
	}
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
		return fail(s, exitUsage, err)
	}
	if completing(args) {
		return complete(parser.Model, args[1:], s)
	}
	if err := addFile(parser, args); err != nil {
		return fail(s, exitUsage, err)
	}
	run, err := parser.Parse(usual(args))
	switch {
	case exited >= 0: // help was printed
		return exited
	case err != nil:
		return fail(s, exitUsage, fmt.Errorf("%w\nRun fieldhook --help, or fieldhook COMMAND --help for examples", err))
	}
	if err := checkEnvironment(parser, os.Environ()); err != nil {
		return fail(s, exitUsage, err)
	}
	return ended(s, run.Run())
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
	{Key: "Hub", Title: "Hub"}, {Key: "Client", Title: "A running hub"},
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
