package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// Publisher takes in an event for a principal. It returns nil once the event
// is durable. Errors: faults, Unavailable among them when the hub is full.
type Publisher interface {
	Publish(ctx context.Context, p *scope.Principal, in publish.Input) error
	// PublishIn publishes into a product, of the organization that owns it, or
	// (product 0) into an organization.
	PublishIn(ctx context.Context, p *scope.Principal, product int64, org string, in publish.Input) error
}

// maxTTL is the longest time to live, in seconds (2^24).
const maxTTL = 16_777_216

// publish is POST /v1/devices/events, the hot path.
func (a *API) publish(w http.ResponseWriter, r *http.Request) error {
	if err := a.mayInSandbox(r, "events:publish"); err != nil {
		return err
	}
	in, err := readPublish(r)
	if err != nil {
		return err
	}
	if err := a.Publisher.Publish(r.Context(), caller(r), in); err != nil {
		return err
	}
	a.Presence.Heard(caller(r), a.Address(r))
	replyOK(w)
	return nil
}

// publishIn is POST of the events of a product or an organization.
func (a *API) publishIn(w http.ResponseWriter, r *http.Request) error {
	in, err := readPublish(r)
	if err != nil {
		return err
	}
	at := &callOf(r).place
	if err := a.Publisher.PublishIn(r.Context(), caller(r), at.product.ID, at.org(), in); err != nil {
		return err
	}
	replyOK(w)
	return nil
}

// mayInSandbox is the check of the routes that devices' tokens may use, too:
// those act for the device, everybody else needs the right in the own sandbox.
// It reads nothing.
func (a *API) mayInSandbox(r *http.Request, action team.Action) error {
	p := caller(r)
	if p.Device != "" {
		return nil
	}
	return a.Team.Check(r.Context(), p, p.Sandbox(), action)
}

func readPublish(r *http.Request) (publish.Input, error) {
	b, err := readBody(r)
	if err != nil {
		return publish.Input{}, err
	}
	defer b.free()
	return decodePublish(b)
}

// The answer of everything that has nothing else to say. Answers share these;
// nothing may change them.
var (
	okBody   = []byte(`{"ok":true}`)
	okLength = []string{strconv.Itoa(len(okBody))}
)

func replyOK(w http.ResponseWriter) {
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Content-Length"] = okLength
	_, _ = w.Write(okBody) // the client is gone: nobody is left to tell
}

// publishField is a set of the fields of a publish (cloud API reference,
// section 4).
type publishField uint8

const (
	fieldName publishField = 1 << iota
	fieldData
	fieldPrivate
	fieldTTL
	fieldContentType
)

// publishFieldOf gives the field of a name, 0 for one that is ignored, such as
// the old clients' coreid.
func publishFieldOf(name []byte) publishField {
	switch string(name) {
	case "name":
		return fieldName
	case "data":
		return fieldData
	case "private":
		return fieldPrivate
	case "ttl":
		return fieldTTL
	case "content_type", "contentType":
		return fieldContentType
	}
	return 0
}

// publishDecoder collects a publish. What the values mean to the log is checked
// by the publisher; here they only have to be of the right type.
type publishDecoder struct {
	in   publish.Input
	seen publishField
}

// decodePublish reads a publish from JSON or a form. The input shares no memory
// with the body. Errors: faults Invalid that name the field.
func decodePublish(b *body) (publish.Input, error) {
	d := publishDecoder{in: publish.Input{NoData: true, Private: true}}
	var err error
	switch b.format {
	case jsonBody:
		err = d.readJSON(b.data)
	case formBody:
		err = d.readForm(b.data)
	}
	return d.in, err
}

func (d *publishDecoder) readJSON(data []byte) error {
	m, err := objectOf(data)
	if err != nil {
		return err
	}
	for m.next() {
		field, err := d.claim(m.name)
		if err != nil {
			return err
		}
		if field == 0 || m.value[0] == 'n' { // null is absent
			continue
		}
		digits := field == fieldContentType && m.value[0] >= '0' && m.value[0] <= '9'
		if field&(fieldName|fieldContentType) != 0 && m.value[0] != '"' && !digits {
			return fault.Field(string(m.name), "It must be a string.")
		}
		if err := d.set(field, m.name, jsonText(m.value)); err != nil {
			return err
		}
	}
	return nil
}

func (d *publishDecoder) readForm(data []byte) error {
	p := pairs{rest: data}
	for p.next() {
		field, err := d.claim(p.name)
		if err != nil {
			return err
		}
		if field == 0 || len(p.value) == 0 && field != fieldData { // an input left empty
			continue
		}
		if err := d.set(field, p.name, string(p.value)); err != nil {
			return err
		}
	}
	return p.err
}

// claim gives the field of a name and refuses its second mention.
func (d *publishDecoder) claim(name []byte) (publishField, error) {
	field := publishFieldOf(name)
	if d.seen&field != 0 {
		return 0, givenTwice(string(name))
	}
	d.seen |= field
	return field, nil
}

func (d *publishDecoder) set(field publishField, name []byte, text string) error {
	switch field {
	case fieldName:
		d.in.Name = text
	case fieldData:
		d.in.Data, d.in.NoData = text, false
	case fieldContentType:
		return d.setContentType(name, text)
	case fieldPrivate:
		return d.setPrivate(text)
	case fieldTTL:
		return d.setTTL(text)
	}
	return nil
}

func (d *publishDecoder) setPrivate(text string) error {
	if text != "true" && text != "false" {
		return fault.Field("private", "It must be true or false.")
	}
	d.in.Private = text == "true"
	return nil
}

func (d *publishDecoder) setTTL(text string) error {
	ttl, err := strconv.ParseUint(text, 10, 32)
	if err != nil || ttl < 1 || ttl > maxTTL {
		return fault.Field("ttl", "It must be a whole number of seconds from 1 to %d.", maxTTL)
	}
	d.in.TTL = int(ttl)
	return nil
}

// setContentType refuses what could not stand in a header field later.
func (d *publishDecoder) setContentType(name []byte, text string) error {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return fault.Field(string(name), "It must be a media type such as text/plain, a name or a number, in printable ASCII.")
		}
	}
	d.in.ContentType = text
	return nil
}
