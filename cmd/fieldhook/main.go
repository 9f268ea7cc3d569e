// Command fieldhook is a self-hosted device-event cloud; see fieldhook --help.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/fieldhook/fieldhook/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr})
	stop()
	os.Exit(code)
}
