package deliver

import (
	"context"
	"net/http"
	"sort"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Report is what a test tells about its one attempt.
type Report struct {
	OK       bool   // the target answered below 400
	Status   int    // 0 = no answer
	Request  string // as sent, credentials masked; "" = none could be rendered
	Response string // as received, body cut at MaxResponse
	Error    string
	Events   []event.Event // that the attempt caused, without seq
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

// Test publishes an event named like the integration's trigger and waits for
// its delivery to that integration only. device "" stands for event.API.
// Errors: faults of the log, or the context's.
func (t *Tester) Test(ctx context.Context, p *scope.Principal, in *integration.Integration, data, device string) (Report, error) {
	if len(data) > event.MaxData {
		return Report{}, fault.Field("data", "Event data has at most %d bytes.", event.MaxData)
	}
	if device == "" {
		device = event.API
	}
	done := make(chan Report, 1)
	_, err := t.Log.AppendTo(ctx, &eventlog.Accept{
		Event: event.Event{
			At: t.Now().UnixMilli(), Name: in.Definition.Event, Data: data,
			Device: device, Owner: p.User, TTL: event.DefaultTTL,
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

func report(a *Attempt, req *render.Request, events []event.Event) Report {
	r := Report{Events: events}
	if req != nil {
		r.Request = requestText(req)
	}
	if a.Err != nil {
		r.Error = a.Err.Error()
		return r
	}
	r.OK, r.Status, r.Response = a.Answer.Status < 400, a.Answer.Status, answerText(&a.Answer)
	return r
}

// masked are the header fields whose values nobody needs to see again.
var masked = []string{"Authorization", "Cookie", "Proxy-Authorization"}

// sensitive stands in records where a credential was.
const sensitive = "[[SENSITIVE]]"

func requestText(req *render.Request) string {
	shown := *req
	shown.Header = nil
	for _, f := range req.Header {
		for _, name := range masked {
			if strings.EqualFold(f.Name, name) {
				f.Value = sensitive
			}
		}
		shown.Header = append(shown.Header, f)
	}
	return strings.ToValidUTF8(string(shown.AppendWire(nil)), "\uFFFD")
}

func answerText(a *Answer) string {
	var b strings.Builder
	b.WriteString("HTTP/1.1 " + a.Reason + "\r\n")
	names := make([]string, 0, len(a.Header))
	for name := range a.Header {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		for _, v := range a.Header[name] {
			if http.CanonicalHeaderKey(name) == "Set-Cookie" {
				v = sensitive
			}
			b.WriteString(name + ": " + v + "\r\n")
		}
	}
	b.WriteString("\r\n")
	b.Write(a.Body)
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}
