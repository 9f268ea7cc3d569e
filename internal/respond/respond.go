// Package respond turns what became of a call into events: hook-sent,
// hook-response and hook-error.
//
// It is pure: the dispatcher hands in an attempt, the log stores the events.
// Names, texts and chunking follow the webhook engine reference, sections 7 to
// 9, and the design's time-out texts.
package respond

import (
	"fmt"
	"mime"
	"strconv"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
)

// ChunkSize is the size in bytes of every part of a response but the last.
const ChunkSize = 512

// MaxTopic is the length in bytes that a rendered topic may have: a response has
// up to 200 parts, and each carries it in its name.
const MaxTopic = 1024

var errTopic = fmt.Errorf("longer than %d bytes", MaxTopic)

// sentData is the documented data of a hook-sent event.
const sentData = "undefined"

// Responder makes events. It is safe for concurrent use.
type Responder struct {
	now func() time.Time
}

// New makes a responder; now gives the wall clock.
func New(now func() time.Time) *Responder { return &Responder{now} }

// Respond gives the events that an attempt causes: hook-sent if the request
// was written, then the parts of the response or one hook-error.
func (r *Responder) Respond(a *deliver.Attempt) []event.Event {
	m := maker{attempt: a, at: r.now().UnixMilli()}
	if a.Sent {
		m.add(event.HookSent, "hook-sent/"+a.Event.Name, sentData)
	}
	switch {
	case a.Err != nil:
		m.fail(a.Err.Error())
	case a.Answer.Status >= 400:
		m.fail("error status " + strconv.Itoa(a.Answer.Status) + " from " + a.Host)
	default:
		m.respond()
	}
	return m.events
}

// maker collects the events of one attempt.
type maker struct {
	attempt *deliver.Attempt
	at      int64
	events  []event.Event
}

func (m *maker) add(kind event.Kind, name, data string) {
	e := m.attempt.Event
	product, org := e.Product, e.Org
	if m.attempt.Integration.Scope.Kind == scope.Sandbox {
		product, org = 0, "" // what a sandbox's service answers is its user's alone
	}
	m.events = append(m.events, event.Event{
		At: m.at, Name: name, Data: data, Kind: kind,
		Device: event.Internal, TTL: event.DefaultTTL,
		Owner: e.Owner, Product: product, Org: org, Firmware: e.Firmware,
		Cause: e.Seq, Integration: m.attempt.Integration.ID,
	})
}

func (m *maker) fail(text string) {
	topic, err := m.topic(m.attempt.Integration.Definition.ErrorTopic)
	if err != nil {
		topic = "hook-error/" + m.attempt.Event.Name
	}
	m.add(event.HookError, topic+"/0", text)
}

// Topics gives the names of the response and error events of an attempt, without
// the index behind them; "" = no response events are published. Errors: a topic
// that cannot be rendered.
func Topics(a *deliver.Attempt) (response, failure string, err error) {
	m, def := maker{attempt: a}, a.Integration.Definition
	if failure, err = m.topic(def.ErrorTopic); err != nil || def.ResponseTopic == nil {
		return "", failure, err
	}
	response, err = m.topic(def.ResponseTopic)
	return response, failure, err
}

// topic renders an event name. Line breaks, and bytes that are not UTF-8, would
// break the streams that carry it, and a name has no use for them.
func (m *maker) topic(t *template.Template) (string, error) {
	name, err := t.Append(nil, m.attempt.Vars)
	if err != nil {
		return "", fmt.Errorf("topic: %w", err)
	}
	if len(name) > MaxTopic {
		return "", fmt.Errorf("topic: %w", errTopic)
	}
	for i, c := range name {
		if c < ' ' || c == 0x7f {
			name[i] = ' '
		}
	}
	return strings.ToValidUTF8(string(name), "\uFFFD"), nil
}

func (m *maker) respond() {
	def, body := m.attempt.Integration.Definition, m.attempt.Answer.Body
	if def.ResponseTopic == nil || len(body) == 0 {
		return
	}
	topic, err := m.topic(def.ResponseTopic)
	if err != nil {
		m.fail("invalid response topic: the template's output is too long")
		return
	}
	if body, err = m.apply(body); err != nil {
		m.fail("invalid response template: the output is too long")
		return
	}
	size := ChunkSize
	if def.Unchunked {
		size = max(1, len(body))
	}
	for i := 0; len(body) > 0; i++ {
		n := min(size, len(body))
		m.add(event.HookResponse, topic+"/"+strconv.Itoa(i), m.data(body[:n]))
		body = body[n:]
	}
}

// apply renders the response template, if there is one and the body is JSON.
func (m *maker) apply(body []byte) ([]byte, error) {
	t := m.attempt.Integration.Definition.ResponseTemplate
	if t == nil || !m.attempt.Vars.SetResponse(body) {
		return body, nil
	}
	return t.AppendResponse(nil, m.attempt.Vars)
}

// data is a part of the body as event data: bytes as they came, or a data URL.
func (m *maker) data(part []byte) string {
	if !m.attempt.Integration.Definition.DataURL {
		return string(part)
	}
	return event.DataURL(m.contentType(), part)
}

func (m *maker) contentType() string {
	t, _, err := mime.ParseMediaType(m.attempt.Answer.Header.Get("Content-Type"))
	if err != nil || t == "" {
		return "application/octet-stream"
	}
	return t
}
