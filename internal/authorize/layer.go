// Package authorize is the layer of a call that proves to a service who is
// calling, where a header field that is known beforehand is not enough: AWS
// signatures over the finished request, Azure tokens and device identities,
// Google access tokens.
//
// A Layer is a deliver.Sender. What it needs to know comes with the request; the
// requests that it makes itself go to the next sender like any other, so that
// the guard against private targets, the time limit of the call and the bounds of
// answers hold for them, too. Tokens and what is known of identities are kept
// in memory only, within bounds. Nothing here logs, and no error holds a
// credential. What a failure means for the throttle is deliver's to say.
package authorize

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
)

// Names tells the names of devices.
type Names interface {
	// DeviceName gives the name of a device; "" = it is unknown or has none.
	DeviceName(ctx context.Context, id string) (string, error)
}

// Options set up a Layer.
type Options struct {
	Next      deliver.Sender
	Names     Names            // nil = no device has a name
	Now       func() time.Time // wall clock; nil = time.Now
	UserAgent string           // of the layer's own requests; "" = none is sent
}

// Layer authorizes requests. It is safe for concurrent use.
type Layer struct {
	Options
	tokens     *memo // access tokens of service accounts
	identities *memo // devices that an IoT Hub knows
}

var _ deliver.Sender = (*Layer)(nil)

// Bounds of what is kept.
const (
	maxTokens     = 1024
	maxIdentities = 100_000
)

// New makes a layer.
func New(o Options) *Layer {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Layer{Options: o, tokens: newMemo(maxTokens, o.Now), identities: newMemo(maxIdentities, o.Now)}
}

// Send implements deliver.Sender.
func (l *Layer) Send(ctx context.Context, r *render.Request) (deliver.Answer, error) {
	if r.Access == nil {
		return l.Next.Send(ctx, r)
	}
	switch r.Access.Scheme {
	case integration.AWS4:
		return l.aws(ctx, r)
	case integration.AzureSAS:
		return l.azure(ctx, r)
	case integration.GoogleToken:
		return l.google(ctx, r)
	}
	return l.Next.Send(ctx, r)
}

// unsendable is the failure of a request that cannot be authorized as it is
// configured.
func unsendable(err error) error {
	return &deliver.CallError{Cause: deliver.Unsendable, Text: "invalid request: " + err.Error(), Err: err}
}

// during says at what a call failed. Its bytes were not those of the delivery's
// request. What failed a moment ago, and was not tried again, took no time and
// says nothing new of its host.
func during(what string, cause deliver.Cause, fresh bool, err error) error {
	var ce *deliver.CallError
	switch {
	case errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &ce):
		return &deliver.CallError{Cause: cause, Text: what + ": another call asks for it already and gets no answer", Err: err}
	case !errors.As(err, &ce):
		return &deliver.CallError{Cause: cause, Text: what + " failed", Err: err}
	case ce.Cause == deliver.Blocked || ce.Cause == deliver.Unsendable: // it would not fare better the next time
		cause = ce.Cause
	case !fresh:
		return &deliver.CallError{Cause: deliver.Remembered, Text: what + ": " + ce.Text, Err: ce}
	case cause == deliver.NoIdentity && ce.Cause != 0: // it went to the delivery's own target
		cause = ce.Cause
	}
	return &deliver.CallError{Cause: cause, Text: what + ": " + ce.Text, Timing: ce.Timing, Err: ce}
}

// refusal is the failure of a call of the layer that was answered with an error.
// code, if there is one, is fit to be shown.
func refusal(r *render.Request, a *deliver.Answer, code string) error {
	text := "error status " + strconv.Itoa(a.Status) + " from " + hostOf(r)
	if code != "" {
		text += " (" + code + ")"
	}
	return &deliver.CallError{Text: text, Timing: a.Timing}
}

// hostOf is the host name that a request goes to, lower case.
func hostOf(r *render.Request) string { return integration.HostOf(r.Origin()) }
