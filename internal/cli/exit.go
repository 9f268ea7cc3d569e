package cli

import (
	"context"
	"errors"
	"fmt"
)

// The exit codes of every command.
const (
	exitFailed      = 1 // it did not do what was asked
	exitUsage       = 2 // the command line, a setting or a file is wrong
	exitDifferent   = 3 // a dry run with --exit-code found differences
	exitInterrupted = 130
)

// exit is an error that says with which code the process ends. Its err may be
// nil: then everything was said already.
type exit struct {
	code int
	err  error
}

// Error implements error.
func (e *exit) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

// Unwrap gives the reason.
func (e *exit) Unwrap() error { return e.err }

// usage marks an error as one of what the person wrote.
func usage(err error) error { return &exit{exitUsage, err} }

// ended turns the error of a command into an exit code, and says it.
func ended(s Streams, err error) int {
	var e *exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e) && e.err == nil:
		return e.code
	case errors.As(err, &e):
		return fail(s, e.code, err)
	case errors.Is(err, context.Canceled):
		return fail(s, exitInterrupted, errors.New("interrupted"))
	}
	return fail(s, exitFailed, err)
}
