// Package preview tells what the corridor would make of an event and an
// integration: whether they match, the exact request, and the events that an
// answer would become. Nothing is sent and nothing is stored.
//
// It is pure but for the data of ledgers. Matching, rendering and responding are
// done by the rooms that do it for deliveries, so that a preview and a delivery
// cannot differ. Secrets are never read: "[[SENSITIVE]]" stands for each of
// them, as it does in recorded requests.
package preview

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"slices"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/respond"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
)

// What stands for the parts of a signature, which each attempt has its own of.
const (
	signatureMark = "[[SIGNATURE]]"
	timestampMark = "[[TIMESTAMP]]"
)

// Ledgers gives the data of ledgers for an event, as it is for deliveries.
type Ledgers interface {
	Resolve(sc scope.Scope, e *event.Event, names, into []string) ([]string, error)
}

// Previewer makes previews. It is safe for concurrent use.
type Previewer struct {
	Ledgers   Ledgers // nil = there are none
	UserAgent string  // that requests are sent with
	Now       func() time.Time
}

// Draft is what a preview is made of.
type Draft struct {
	Integration *integration.Integration // saved or not
	Places      []integration.Place      // of its templates; see integration.Check
	Event       *event.Event
	Answer      *deliver.Answer // nil = the target's answer is of no interest
}

// Preview is what would happen.
type Preview struct {
	Matches  bool
	WhyNot   string // a full sentence, if it does not match
	Problems []integration.Note
	Notes    []integration.Note

	Request *render.Request // credentials and secrets masked; nil with problems
	Wire    []byte          // the request as it would be sent

	ResponseTopic string // without the index; "" = no response events are published
	ErrorTopic    string
	Events        []event.Event // that the answer would cause
}

// Preview makes a preview. Errors: the ledgers cannot be read.
func (p *Previewer) Preview(d Draft) (Preview, error) {
	t := &try{Draft: d, previewer: p}
	t.out.Matches, t.out.WhyNot = Matches(d.Integration, d.Event)
	if err := t.prepare(); err != nil {
		return Preview{}, err
	}
	t.request()
	t.missing()
	t.respond()
	return t.out, nil
}

// try is one preview under way.
type try struct {
	Draft
	previewer *Previewer
	renderer  render.Renderer
	vars      template.Context
	texts     []string // of the ledgers
	out       Preview
}

func (t *try) problem(field, format string, args ...any) {
	t.out.Problems = append(t.out.Problems, integration.Note{Field: field, Text: field + ": " + fmt.Sprintf(format, args...)})
}

// maxNotes bounds what is told about one draft.
const maxNotes = 100

func (t *try) note(field, format string, args ...any) {
	if len(t.out.Notes) >= maxNotes {
		return
	}
	t.out.Notes = append(t.out.Notes, integration.Note{Field: field, Text: field + ": " + fmt.Sprintf(format, args...)})
}

// prepare reads the ledgers and puts the event's variables in place.
func (t *try) prepare() (err error) {
	t.renderer.UserAgent = t.previewer.UserAgent
	def := t.Integration.Definition
	if len(def.Ledgers) > 0 && t.previewer.Ledgers != nil {
		if t.texts, err = t.previewer.Ledgers.Resolve(t.Integration.Scope, t.Event, def.Ledgers, nil); err != nil {
			return err
		}
	}
	t.reset(deliver.Sensitive)
	return nil
}

// reset makes the variables new, with one text for each of the secrets.
func (t *try) reset(secret string) {
	def := t.Integration.Definition
	t.vars.Reset(t.Event)
	if len(t.texts) > 0 {
		t.vars.SetLedgers(def.Ledgers, t.texts)
	}
	t.vars.SetSecrets(def.Secrets, slices.Repeat([]string{secret}, len(def.Secrets)))
}

// request renders the request as a delivery would.
func (t *try) request() {
	def := t.Integration.Definition
	if t.secretHost() {
		t.problem("url", "a secret may not be part of the host.")
		return
	}
	t.reset(deliver.Sensitive)
	req, err := t.renderer.Request(def, &t.vars)
	if err == nil && len(def.Signature) > 0 {
		err = t.renderer.SetSignature("msg_"+t.Event.ID()+"_"+t.id(), t.previewer.Now(), signatureMark)
	}
	if err != nil {
		field, reason := place(err)
		t.problem(field, "%s.", reason)
		return
	}
	shown := deliver.Masked(req)
	sign(&shown, req.Access)
	for i := range shown.Header {
		if len(def.Signature) > 0 && shown.Header[i].Name == "webhook-timestamp" {
			shown.Header[i].Value = timestampMark
		}
	}
	t.out.Request, t.out.Wire = &shown, shown.AppendWire(nil)
	t.checkJSON(&shown)
}

// sign shows the fields that the layer that authorizes a request for AWS adds.
func sign(shown *render.Request, a *render.Access) {
	if a == nil || a.Scheme != integration.AWS4 {
		return
	}
	shown.Set("X-Amz-Date", timestampMark)
	if a.Session != "" {
		shown.Set("X-Amz-Security-Token", deliver.Sensitive)
	}
	if a.S3() {
		shown.Set("X-Amz-Content-Sha256", signatureMark)
	}
}

// id is the id of the integration, or what stands for the one that it will get.
func (t *try) id() string {
	if t.Integration.ID == "" {
		return "[[INTEGRATION]]"
	}
	return t.Integration.ID
}

// secretHost says whether the host depends on a secret.
func (t *try) secretHost() bool {
	def := t.Integration.Definition
	if !def.UsesSecrets() {
		return false
	}
	t.reset("a")
	one, err1 := def.Origin(&t.vars)
	t.reset("b")
	two, err2 := def.Origin(&t.vars)
	return err1 == nil && err2 == nil && one != two
}

// place tells which setting a renderer's error is about. Its text begins with
// the part of the request.
func place(err error) (field, reason string) {
	text := err.Error()
	for word, setting := range map[string]string{
		"url": "url", "query": "query", "headers": "headers", "auth": "auth", "body": "body", "tls": "tls", "signature": "signature", "request type": "requestType",
	} {
		if rest, ok := strings.CutPrefix(text, word); ok {
			return setting, strings.TrimLeft(rest, ": ")
		}
	}
	return "url", text
}

// checkJSON points out a body that is called JSON and is none.
func (t *try) checkJSON(req *render.Request) {
	if !req.HasBody || !declaresJSON(req.Header) || json.Valid(req.Body) {
		return
	}
	field := "body"
	if t.Integration.Definition.Plan(req.Method).Format == integration.JSONText {
		field = "json"
	}
	var syntax *json.SyntaxError
	var value json.RawMessage
	if errors.As(json.Unmarshal(req.Body, &value), &syntax) {
		t.note(field, "the rendered text is sent as JSON and is none (near byte %d: %s).", syntax.Offset, syntax.Error())
		return
	}
	t.note(field, "the rendered text is sent as JSON and is none.")
}

func declaresJSON(header []render.Field) bool {
	for _, h := range header {
		if strings.EqualFold(h.Name, "Content-Type") {
			kind, _, _ := mime.ParseMediaType(h.Value)
			return kind == "application/json" || strings.HasSuffix(kind, "+json")
		}
	}
	return false
}

// missing points out variables that the event does not have. Those of a response
// template come from the answer.
func (t *try) missing() {
	t.reset(deliver.Sensitive)
	said := map[string]bool{}
	for _, at := range t.Places {
		if strings.HasPrefix(at.Field, "responseTemplate") {
			continue
		}
		for _, name := range at.Template.Missing(&t.vars) {
			if !said[at.Field+" "+name] {
				said[at.Field+" "+name] = true
				t.note(at.Field, "the event has no %.64s, so nothing stands there.", name)
			}
		}
	}
}

// respond tells the names of the events to come, and which the answer would
// become. They hold no secrets.
func (t *try) respond() {
	t.reset("")
	t.vars.SetSecrets(nil, nil)
	a := &deliver.Attempt{Event: t.Event, Integration: t.Integration, Vars: &t.vars, Called: true, Sent: true}
	var err error
	if t.out.ResponseTopic, t.out.ErrorTopic, err = respond.Topics(a); err != nil {
		t.problem("responseTopic", "%s.", err)
	}
	if t.out.Request == nil || t.Answer == nil {
		return
	}
	a.Host = integration.HostOf(t.out.Request.Origin())
	a.Answer = *t.Answer
	t.out.Events = respond.New(t.previewer.Now).Respond(a)
}
