// Package deliver takes deliveries from the log to their targets.
//
// The dispatcher keeps, per origin (scheme, host and port), the queues of the
// integrations that send there, and gives each origin call slots that grow
// while it answers well. First attempts of an (integration, device) pair start
// in seq order. Nothing here is durable: a delivery stays in the log's store
// until its last result is committed, so that a kill repeats at most the calls in
// flight. Sending is a stack of one-method senders; what a call's result means
// as events is the responder's job.
package deliver

import (
	"context"
	"net/http"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/render"
)

// MaxResponse is how many bytes of a (decoded) response body are kept.
const MaxResponse = 102_400

// Sender sends one rendered request and reads its answer. Delivery is a stack
// of senders: each layer does one thing and calls the next.
//
// The context carries the deadline of the whole call; its Done channel may be
// nil. A layer may set header fields of r. A Sender returns an Answer whenever a
// complete status line and header arrived, whatever the status; otherwise a
// *CallError. It keeps nothing of r after it returned.
type Sender interface {
	Send(ctx context.Context, r *render.Request) (Answer, error)
}

// Answer is what the target said.
type Answer struct {
	Status    int
	Reason    string // text of the status line, such as "200 OK"
	Header    http.Header
	Body      []byte // at most MaxResponse bytes, content encoding removed
	Truncated bool   // there was more
	Timing    Timing
}

// Timing holds the phases of a call.
type Timing = eventlog.Timing

// Cause classifies why a call got no answer.
type Cause uint8

// The causes of a CallError.
const (
	ConnectTimeout Cause = iota + 1 // no connection in time: ETIMEOUT
	AnswerTimeout                   // connected, but no answer in time: ESOCKETTIMEDOUT
	Refused
	UnknownHost
	BadCertificate
	Reset
	Blocked   // the target is one the guard refuses
	BadAnswer // the answer is not HTTP
	Unsendable
	Asleep     // not sent: the host is throttled
	NoToken    // not sent: another host gave no access token
	Remembered // not sent: what comes before the request failed a moment ago
	NoIdentity // not sent: the target did not take the device's identity
)

// sleeping is the documented text of the hook-error for a throttled delivery
// (webhook engine reference, section 9).
const sleeping = "Sleeping, too many errors, please wait and try again"

// CallError is a call without an answer. Text is the public text that the
// hook-error event carries; Wrote tells whether the bytes of the request had
// been written (which is what hook-sent reports).
type CallError struct {
	Cause  Cause
	Text   string
	Wrote  bool
	Timing Timing
	Err    error // for the log
}

// Error implements error.
func (e *CallError) Error() string { return e.Text }

// Unwrap gives the underlying error.
func (e *CallError) Unwrap() error { return e.Err }

// spared says whether nothing was asked of the target at all.
func (e *CallError) spared() bool { return e.Cause == NoToken || e.Cause == Remembered }
