package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/fieldhook/fieldhook/internal/app"
)

// serveCmd runs a hub.
type serveCmd struct {
	Config string `env:"FIELDHOOK_CONFIG" placeholder:"FILE" help:"Configuration file (YAML). Its keys are the names of the flags below without the dashes."`
	app.Settings
}

// Help is the long text of fieldhook serve --help.
func (serveCmd) Help() string {
	return `Every setting can be given as a flag, as an environment variable (in parentheses) or in the configuration file; the first of these that names it wins.

The first start makes the user admin and prints a password and a token once, unless you choose them. SIGTERM stops the hub in order: publishes are refused, calls in flight are awaited, and what is left is delivered at the next start.`
}

// Run serves until ctx ends.
func (c *serveCmd) Run(ctx context.Context, s Streams) error {
	collectLess()
	log := app.Logger(&c.Settings, s.Err)
	hub, err := app.New(ctx, app.Options{Settings: c.Settings, Log: log})
	if err != nil {
		return err
	}
	printCreated(s.Out, hub)
	log.Info("listening", "address", hub.Addr(), "url", hub.URL(), "version", app.Version)
	err = hub.Serve(ctx)
	log.Info("stopped")
	return err
}

// collectLess lets the heap grow further between collections than Go does by
// default: the hub keeps little, so that most collections would find little.
// GOGC set by the operator wins.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// gcPercent was chosen by measuring: docs/performance.md.
const gcPercent = 200

func printCreated(w io.Writer, hub *app.Hub) {
	made := hub.Created
	if made.Password == "" && made.Token == "" {
		return
	}
	fmt.Fprintln(w, "This is the first start. Keep these, they are not shown again:")
	if made.Password != "" {
		fmt.Fprintln(w, "  user      admin")
		fmt.Fprintln(w, "  password ", made.Password)
	}
	if made.Token != "" {
		fmt.Fprintln(w, "  token    ", made.Token)
	}
}
