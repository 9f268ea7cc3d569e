package deliver

import (
	"context"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Report is what a test tells about its one attempt.
type Report struct {
	OK       bool   // the target answered below 400
	Status   int    // 0 = no answer
	Request  string // as sent, credentials and secrets masked; "" = none could be rendered
	Response string // as received, secrets masked, body cut at MaxResponse
	Error    string
	Events   []event.Event // that the attempt caused, without seq
	Timing   Timing        // of the call; zero = none was made
}

// Log is where tests enter the corridor.
type Log interface {
	AppendTo(ctx context.Context, a *eventlog.Accept) (int64, error)
}

// Tester sends a test event through the real corridor to one integration.
type Tester struct {
	Log Log
	Now func() time.Time
}

// Test publishes an event named like the integration's trigger, in the name of
// the principal and of what that is in, and waits for its delivery to that
// integration only. Errors: faults of the log, or the context's.
func (t *Tester) Test(ctx context.Context, by *scope.Principal, in *integration.Integration, data string) (Report, error) {
	if len(data) > event.MaxData {
		return Report{}, fault.Field("data", "Event data has at most %d bytes.", event.MaxData)
	}
	done := make(chan Report, 1)
	_, err := t.Log.AppendTo(ctx, &eventlog.Accept{
		Event: event.Event{
			At: t.Now().UnixMilli(), Name: in.Definition.Event, Data: data, TTL: event.DefaultTTL,
			Device: by.Coreid(), Owner: by.User, Product: by.Product, Org: by.Org, Firmware: by.Firmware,
		},
		Deliveries: []eventlog.Delivery{{Integration: in.ID, Mark: eventlog.Test, Tag: done}},
		Fixed:      true,
	})
	if err != nil {
		return Report{}, err
	}
	select {
	case r := <-done:
		return r, nil
	case <-ctx.Done():
		return Report{}, ctx.Err()
	}
}

// watched says whether somebody waits for the job's report.
func (j job) watched() bool { return j.d.Tag != nil }

// report answers whoever waits for the job.
func (j job) report(r Report) {
	if done, ok := j.d.Tag.(chan Report); ok {
		done <- r
		j.d.Tag = nil
	}
}

// report is what the tester is told of an attempt.
func (w *worker) report(call *eventlog.Call, result *eventlog.Result) Report {
	a := &w.attempt
	r := Report{
		Events:  result.Events,
		Timing:  result.Attempt.Timing,
		Request: strings.ToValidUTF8(string(call.Request), "\uFFFD"), Response: strings.ToValidUTF8(string(call.Response), "\uFFFD"),
	}
	if a.Err != nil {
		r.Error = a.Err.Error()
		return r
	}
	r.OK, r.Status = a.Answer.Status < 400, a.Answer.Status
	return r
}
