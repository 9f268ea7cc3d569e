package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/preview"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// previewJSON is what an integration would make of an event.
type previewJSON struct {
	OK            bool           `json:"ok"`
	Matches       bool           `json:"matches"`
	WhyNot        string         `json:"why_not,omitempty"`
	Event         *eventJSON     `json:"event,omitempty"`
	Request       *requestJSON   `json:"request,omitempty"`
	ResponseTopic *string        `json:"response_topic,omitempty"` // null = no response events
	ErrorTopic    string         `json:"error_response_topic,omitempty"`
	Errors        []noteJSON     `json:"errors,omitempty"`
	Warnings      []noteJSON     `json:"warnings"`
	Response      *responsesJSON `json:"response,omitempty"`
}

// requestJSON is a rendered request, credentials and secrets masked.
type requestJSON struct {
	Method  string      `json:"method"`
	URL     string      `json:"url"`
	Headers [][2]string `json:"headers"`
	Body    string      `json:"body"`
	Raw     string      `json:"raw"`
	Size    int         `json:"size_bytes"`
}

// responsesJSON are the events that an answer would cause.
type responsesJSON struct {
	Events     []responseJSON `json:"events"`
	Size       int            `json:"size_bytes"`
	Operations int            `json:"data_operations"` // for each device that listens
}

// responseJSON is one of them.
type responseJSON struct {
	Name string `json:"name"`
	Data string `json:"data"`
	Size int    `json:"size_bytes"`
}

// noteJSON is something to tell about a setting; field is "" for the whole.
type noteJSON struct {
	Field   string `json:"field"`
	Message string `json:"message"`
	Kind    string `json:"kind,omitempty"` // of warnings: warning or comment
}

// draftJSON is the body of a request for a preview.
type draftJSON struct {
	Integration json.RawMessage `json:"integration"`
	ID          string          `json:"id"`
	Event       json.RawMessage `json:"event"`
	EventID     string          `json:"event_id"`
	Response    *struct {
		Status      int    `json:"status"`
		Body        string `json:"body"`
		ContentType string `json:"content_type"`
	} `json:"response"`
}

// previewIntegration handles POST .../integrations/preview. What is wrong with
// the settings is an answer, not a failure: the console shows it where it is.
func (a *API) previewIntegration(w http.ResponseWriter, r *http.Request) error {
	in, err := readDraft(r)
	if err != nil {
		return err
	}
	draft, checked, err := a.Integrations.Draft(r.Context(), scopeOf(r), in.ID, in.Integration)
	if err != nil {
		return err
	}
	out := previewJSON{Warnings: notesOf(checked.Notes, true), Errors: notesOf(checked.Problems, false)}
	if draft != nil {
		if err := a.fillPreview(r, in, draft, checked, &out); err != nil {
			return err
		}
	}
	out.OK = len(out.Errors) == 0
	reply(w, http.StatusOK, out)
	return nil
}

// readDraft reads the body of a request for a preview.
func readDraft(r *http.Request) (*draftJSON, error) {
	object, err := readObject(r)
	if err != nil {
		return nil, err
	}
	in := &draftJSON{}
	if object != nil {
		if err := json.Unmarshal(object, in); err != nil {
			return nil, draftFault(err)
		}
	}
	if string(in.Integration) == "null" {
		in.Integration = nil
	}
	switch {
	case len(in.Integration) == 0 && in.ID == "":
		return nil, fault.Field("integration", "It is missing. Send settings, or the id of an integration.")
	case len(in.Integration) > 0 && in.Integration[0] != '{':
		return nil, fault.Field("integration", "It must be an object with the settings.")
	case in.Response != nil && in.Response.Status != 0 && (in.Response.Status < 200 || in.Response.Status > 599):
		return nil, fault.Field("response.status", "It must be a status from 200 to 599.")
	case in.Response != nil && len(in.Response.Body) > deliver.MaxResponse:
		in.Response.Body = in.Response.Body[:deliver.MaxResponse] // as it is read from a target
	}
	return in, nil
}

// mayPreview refuses a preview that would show what the caller may not read: an
// API user may have the right to test alone.
func (a *API) mayPreview(r *http.Request, in *draftJSON, draft *integration.Integration) error {
	if in.EventID != "" {
		if err := a.Team.Check(r.Context(), caller(r), scopeOf(r), "events:get"); err != nil {
			return err
		}
	}
	if len(draft.Definition.Ledgers) > 0 {
		return a.Team.Check(r.Context(), caller(r), scopeOf(r), "ledgers:get")
	}
	return nil
}

// draftFault names the member of a request for a preview that has a wrong type.
func draftFault(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) || wrong.Field == "" {
		return fault.New(fault.Invalid, "The body must have the members integration (an object), id, event (an object), event_id and response.").Because(err)
	}
	kind := "a text"
	switch wrong.Type.Kind() {
	case reflect.Int:
		kind = "a whole number"
	case reflect.Struct:
		kind = "an object"
	}
	return fault.Field(wrong.Field, "It must be %s.", kind)
}

// fillPreview renders a draft that has nothing wrong with it.
func (a *API) fillPreview(r *http.Request, in *draftJSON, draft *integration.Integration, checked integration.Checked, out *previewJSON) error {
	if err := a.mayPreview(r, in, draft); err != nil {
		return err
	}
	e, err := a.previewEvent(r, in, draft)
	if err != nil {
		return err
	}
	p, err := a.Previewer.Preview(preview.Draft{Integration: draft, Places: checked.Places, Event: e, Answer: in.answer()})
	if err != nil {
		return err
	}
	shown := eventOf(e)
	out.Matches, out.WhyNot, out.Event, out.ErrorTopic = p.Matches, p.WhyNot, &shown, p.ErrorTopic
	if p.ResponseTopic != "" {
		out.ResponseTopic = &p.ResponseTopic
	}
	out.Errors = append(out.Errors, notesOf(p.Problems, false)...)
	out.Warnings = append(out.Warnings, notesOf(p.Notes, true)...)
	out.Warnings = append(out.Warnings, a.previewWarnings(r, draft)...)
	if p.Request != nil {
		out.Request = a.requestOf(r, &p)
	}
	if in.Response != nil && p.Request != nil {
		out.Response = responsesOf(draft, p.Events)
	}
	return nil
}

// previewWarnings are those that saving the draft would give besides its own.
func (a *API) previewWarnings(r *http.Request, draft *integration.Integration) (notes []noteJSON) {
	for _, text := range a.secretWarnings(r, draft) {
		notes = append(notes, noteJSON{"secrets", text, "warning"})
	}
	for _, text := range a.ledgerWarnings(r, draft) {
		notes = append(notes, noteJSON{"", text, "warning"})
	}
	for _, text := range a.fanOutWarnings(r.Context(), draft) {
		notes = append(notes, noteJSON{"responseTopic", text, "warning"})
	}
	return notes
}

// fanOutWarnings points out response events that reach more than the device they
// answer. In a sandbox all devices are one person's.
func (a *API) fanOutWarnings(ctx context.Context, in *integration.Integration) []string {
	if in.Scope.Kind == scope.Sandbox || !in.Definition.AnswersAll() {
		return nil
	}
	ids, of := []int64{in.Scope.Number()}, "the product"
	if in.Scope.Kind == scope.Organization {
		ids, of = in.Definition.Products, "its products"
	}
	products, err := a.Fleet.Products(ctx, nil, ids, len(ids), 0)
	if err != nil || len(ids) == 0 {
		return nil // the number is all that is missing, but half a warning would mislead
	}
	devices := int64(0)
	for i := range products {
		devices += products[i].Devices
	}
	return []string{fmt.Sprintf("responseTopic: It holds no {{{PARTICLE_DEVICE_ID}}}, so each answer would reach all devices of %s that listen to it: up to %d.", of, devices)}
}

// notesOf shows notes; warnings have a kind.
func notesOf(notes []integration.Note, warnings bool) []noteJSON {
	out := make([]noteJSON, len(notes))
	for i, n := range notes {
		out[i] = noteJSON{Field: n.Field, Message: n.Text}
		switch {
		case warnings && n.Comment:
			out[i].Kind = "comment"
		case warnings:
			out[i].Kind = "warning"
		}
	}
	return out
}

// requestOf shows a request; whoever may not edit sees no configured headers.
func (a *API) requestOf(r *http.Request, p *preview.Preview) *requestJSON {
	raw := validText(p.Wire)
	if !a.mayEdit(r) {
		raw = maskRequest(raw)
	}
	head, _, _ := strings.Cut(raw, "\r\n\r\n")
	out := &requestJSON{Method: p.Request.Method, URL: p.Request.URL(), Headers: [][2]string{}, Body: validText(p.Request.Body), Raw: raw, Size: len(p.Wire)}
	for _, line := range strings.Split(head, "\r\n")[1:] {
		name, value, _ := strings.Cut(line, ": ")
		out.Headers = append(out.Headers, [2]string{name, value})
	}
	return out
}

// answer is the target's answer that the request describes; nil = none.
func (in *draftJSON) answer() *deliver.Answer {
	if in.Response == nil {
		return nil
	}
	a := &deliver.Answer{Status: in.Response.Status, Header: http.Header{}, Body: []byte(in.Response.Body)}
	if a.Status == 0 {
		a.Status = http.StatusOK
	}
	if in.Response.ContentType != "" {
		a.Header.Set("Content-Type", in.Response.ContentType)
	}
	return a
}

// responsesOf shows the events of an answer, and what they cost each device that
// listens: one operation for a part, or for each 1,024 bytes of one piece.
func responsesOf(in *integration.Integration, events []event.Event) *responsesJSON {
	out := &responsesJSON{Events: make([]responseJSON, len(events))}
	for i := range events {
		e := &events[i]
		out.Events[i] = responseJSON{e.Name, strings.ToValidUTF8(e.Data, "\uFFFD"), len(e.Data)}
		if e.Kind == event.HookSent {
			continue
		}
		out.Size += len(e.Data)
		out.Operations++
		if in.Definition.Unchunked && e.Kind == event.HookResponse {
			out.Operations += (len(e.Data) - 1) / 1024
		}
	}
	return out
}

// previewEvent is the event of a preview: a recorded one, or one made of what
// the request says.
func (a *API) previewEvent(r *http.Request, in *draftJSON, draft *integration.Integration) (*event.Event, error) {
	if in.EventID != "" {
		e, err := a.History.Event(r.Context(), eventlog.Filter{Seats: scopeSeats(r)}, in.EventID)
		return &e, err
	}
	s, err := readSample(in.Event)
	if err != nil {
		return nil, err
	}
	by, err := a.samplePublisher(r, s, draft)
	if err != nil {
		return nil, err
	}
	e := &event.Event{
		At: a.Now().UnixMilli(), Name: s.name, Data: s.data, NoData: s.noData, TTL: event.DefaultTTL,
		Device: by.Coreid(), Owner: by.User, Product: by.Product, Org: by.Org, Firmware: by.Firmware,
	}
	if e.Name == "" {
		e.Name = draft.Definition.Event
	}
	if s.at != 0 {
		e.At = s.at
	}
	return e, nil
}

// sample is an event that a request describes.
type sample struct {
	name, data, device string
	noData             bool
	product            string // number or slug, in an organization
	at                 int64
}

// readSample reads the member "event" of a request for a preview.
func readSample(object json.RawMessage) (s sample, err error) {
	s.data = testData
	if len(object) == 0 || object[0] == 'n' {
		return s, nil
	}
	if object[0] != '{' {
		return s, fault.Field("event", "It must be an object with name, data and deviceID.")
	}
	m, _ := objectOf(bytes.Clone(object)) // it is valid JSON already
	for m.next() {
		if err := s.read(string(m.name), m.value); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *sample) read(name string, value []byte) (err error) {
	text := jsonText(value)
	switch name {
	case "data":
		s.data, s.noData = text, value[0] == 'n'
		if s.noData {
			s.data = ""
		}
		if len(s.data) > event.MaxData {
			return fault.Field("event.data", "Event data has at most %d bytes.", event.MaxData)
		}
		return nil
	case "name", "deviceID", "deviceId", "deviceid", "coreid", "published_at":
		if value[0] == 'n' || text == "" {
			return nil
		}
		if value[0] != '"' {
			return fault.Field("event."+name, "It must be a text.")
		}
	}
	switch name {
	case "name":
		if wrong := event.ValidName(text); wrong != "" {
			return fault.Field("event.name", "%s.", wrong)
		}
		s.name = text
	case "published_at":
		s.at, err = parseTime("event.published_at", text)
	case "product_id":
		s.product = text
	case "deviceID", "deviceId", "deviceid", "coreid":
		s.device = text
	}
	return err
}

// samplePublisher is who a sample is published by: as testPublisher, but a
// device need not exist, because nothing is published in its name.
func (a *API) samplePublisher(r *http.Request, s sample, draft *integration.Integration) (*scope.Principal, error) {
	at := callOf(r).place
	if at.scope.Kind != scope.Organization {
		by, err := a.testPublisher(r, s.device)
		if fault.Is(err, fault.NotFound) && event.IsID(strings.ToLower(s.device)) {
			by.Device, err = strings.ToLower(s.device), nil
		}
		return by, err
	}
	by := &scope.Principal{Org: at.organization.ID}
	if s.device != "" && s.device != event.API {
		if by.Device = strings.ToLower(s.device); !event.IsID(by.Device) {
			return nil, fault.Field("event.deviceID", "A device id has 24 hexadecimal digits.")
		}
	}
	product, err := a.sampleProduct(r.Context(), at.scope, s.product, draft)
	by.Product = product.ID
	return by, err
}

// sampleProduct is the product of an organization's sample: the named one or the
// first that the integration lists.
func (a *API) sampleProduct(ctx context.Context, org scope.Scope, named string, draft *integration.Integration) (fleet.Product, error) {
	if named == "" && len(draft.Definition.Products) > 0 {
		return fleet.Product{ID: draft.Definition.Products[0]}, nil
	}
	if named == "" || named == "null" {
		return fleet.Product{}, nil
	}
	p, err := a.Fleet.Product(ctx, named)
	if fault.Is(err, fault.NotFound) || err == nil && p.Owner != org {
		return fleet.Product{}, fault.New(fault.NotFound, "No product of this organization has this number or slug.")
	}
	return p, err
}
