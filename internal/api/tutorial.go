package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/tutorial"
)

// routeTutorial adds the routes of the interactive webhook demo. /demo itself is
// a page of the console.
func (a *API) routeTutorial(m *table) {
	m.Handle(tutorial.Below+"*", a.Tutorial) // a webhook's target: it takes the session's token
	m.Get("/demo/stream", a.may("demo:use", a.streamDemo))
	m.Post("/demo/control/{session}", a.may("demo:use", a.controlDemo))
	m.Get("/demo/firmware", a.open(a.getFirmware))
	m.Get("/demo/firmware.zip", a.open(a.zipFirmware))
}

// streamDemo handles GET /demo/stream: it opens a session and tells what happens
// to it. The session ends with the stream.
func (a *API) streamDemo(w http.ResponseWriter, r *http.Request) error {
	session, err := a.Tutorial.Open(caller(r).User)
	if err != nil {
		return err
	}
	defer session.Close()
	ctx, cancel := tokenContext(r)
	defer cancel()
	s := newStream(w, a.stream)
	if !s.begin() {
		return nil
	}
	for {
		text, err := nextMessage(ctx, session, s.keepAlive)
		if err != nil || a.still(w, r) != nil || !s.write(text) {
			return nil // the answer has begun, and errors are ends here
		}
	}
}

// nextMessage gives a session's next message as the stream carries it, or a
// keep-alive when there is none for so long. Errors are those of an end.
func nextMessage(ctx context.Context, session *tutorial.Session, keepAlive time.Duration) ([]byte, error) {
	soon, cancel := context.WithTimeout(ctx, keepAlive)
	defer cancel()
	m, err := session.Next(soon)
	switch {
	case err == nil:
		return []byte("event: " + m.Name + "\ndata: " + string(m.Data) + "\n\n"), nil
	case errors.Is(err, io.EOF):
		return nil, err
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return []byte("\n"), nil
}

// controlDemo handles POST /demo/control/{session}.
func (a *API) controlDemo(w http.ResponseWriter, r *http.Request) error {
	in, err := readInput(r, "")
	if err != nil {
		return err
	}
	op, choice := orZero(in.text("op")), tutorial.Choice{
		Authorization: orZero(in.text("authorization")), Status: orZero(in.number("status")),
		Body: in.text("body"), DelayMS: orZero(in.number("delay_ms")),
	}
	if in.err != nil {
		return in.err
	}
	var ends time.Time
	switch op {
	case "ping":
		ends, err = a.Tutorial.Ping(caller(r).User, param(r, "session"))
	case "hookResponse":
		ends, err = a.Tutorial.Choose(caller(r).User, param(r, "session"), choice)
	default:
		err = fault.Field("op", "Give hookResponse or ping.")
	}
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, map[string]any{"ok": true, "expires_at": event.FormatTime(ends.UnixMilli())})
	return nil
}

// orZero gives what a pointer leads to; that of nothing is the zero value.
func orZero[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// getFirmware handles GET /demo/firmware.
func (a *API) getFirmware(w http.ResponseWriter, _ *http.Request) error {
	projects, err := tutorial.Projects()
	if err != nil {
		return err
	}
	reply(w, http.StatusOK, map[string]any{"ok": true, "projects": projects})
	return nil
}

// zipFirmware handles GET /demo/firmware.zip.
func (a *API) zipFirmware(w http.ResponseWriter, r *http.Request) error {
	projects, err := tutorial.Projects()
	if err != nil {
		return err
	}
	id := r.URL.Query().Get("project")
	for i := range projects {
		if id != projects[i].ID && id != "" {
			continue
		}
		packed, err := projects[i].Zip()
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Disposition", `attachment; filename="webhook-demo-`+projects[i].ID+`.zip"`)
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(packed) // the client is gone: nobody is left to tell
		return nil
	}
	return fault.New(fault.NotFound, "There is no firmware project of that name.")
}
