package integration

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/jsontext"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
)

// Parse checks and compiles a configuration, a JSON object in any of the
// spellings that clients use. Warnings are full sentences about what is
// allowed but probably not meant. Errors are faults that name the field as it
// was written; those of templates tell line and column.
func Parse(config []byte, kind scope.Kind) (d *Definition, warnings []string, err error) {
	p, err := newParser(config, kind)
	if err != nil {
		return nil, nil, err
	}
	for _, step := range p.steps() {
		if step(); p.err != nil {
			return nil, nil, p.err
		}
	}
	p.finish()
	return p.d, Texts(p.notes), nil
}

// newParser reads the members of a configuration.
func newParser(config []byte, kind scope.Kind) (*parser, error) {
	all, err := readConfig(config)
	if err != nil {
		return nil, err
	}
	p := &parser{kind: kind, set: map[string]member{}, d: &Definition{}, compiled: map[string]*template.Template{}}
	p.strange = p.collect(all)
	return p, nil
}

// steps are what a parser does, one after the other.
func (p *parser) steps() []func() {
	return []func(){
		p.kindOfIntegration, p.strangers, p.identity, p.target, p.flags, p.headers, p.credentials, p.content, p.response,
		p.filter, p.secrets, p.signature, p.tls, p.retry, p.delivery,
	}
}

// finish ends a parsing without faults.
func (p *parser) finish() {
	p.warn()
	p.d.json = p.canonicalJSON()
}

// parser turns the members of a configuration into a definition. Its first
// error stays; every step may go on after one and do nothing more.
type parser struct {
	kind     scope.Kind
	set      map[string]member // by canonical name; key as written
	d        *Definition
	compiled map[string]*template.Template // by source
	strange  []string                      // keys that are no settings
	places   []Place
	own      bool // the templates at hand are ours, not the configuration's
	notes    []Note
	err      error
	gather   bool // every fault is wanted, not only the first
	problems []Note
}

// fail keeps the first fault.
func (p *parser) fail(field, format string, args ...any) {
	if p.err == nil {
		p.err = fault.Field(field, format, args...)
	}
}

// warning notes something about a setting, or about the whole ("").
func (p *parser) warning(field, format string, args ...any) {
	p.notes = append(p.notes, Note{Field: field, Text: fmt.Sprintf(format, args...)})
}

// comment notes what is most often meant so.
func (p *parser) comment(field, format string, args ...any) {
	p.notes = append(p.notes, Note{Field: field, Text: fmt.Sprintf(format, args...), Comment: true})
}

// collect sorts the members by setting. null means absent; the canonical
// spelling wins over others. It gives the keys that are no settings.
func (p *parser) collect(all []member) (unknown []string) {
	for _, m := range all {
		name := canonical(m.key)
		switch {
		case name == "":
			unknown = append(unknown, m.key)
		case string(m.raw) == "null":
		default:
			p.choose(name, m)
		}
	}
	return unknown
}

func (p *parser) choose(name string, m member) {
	old, twice := p.set[name]
	if !twice {
		p.set[name] = m
		return
	}
	if m.key == name {
		old, m = m, old
	}
	p.set[name] = old
	if string(old.raw) != string(m.raw) {
		p.warning(m.key, "%s is ignored because %s is set too.", m.key, old.key)
	}
}

func (p *parser) unknown(key string) {
	if ignored(key) {
		return
	}
	if s := similar(key); s != "" {
		p.warning(shorten(key), "%q is not a setting and was left out; did you mean %s?", shorten(key), s)
		return
	}
	p.warning(shorten(key), "%q is not a setting and was left out.", shorten(key))
}

// shorten bounds what a message repeats of the input.
func shorten(s string) string {
	if len(s) <= 64 {
		return s
	}
	return strings.ToValidUTF8(s[:64], "") + "..."
}

// text reads a text setting; an absent one is "".
func (p *parser) text(name string) (value string, m member) {
	m, ok := p.set[name]
	if !ok {
		return "", member{key: name}
	}
	value, ok = m.text()
	if !ok {
		p.fail(m.key, "must be text.")
	}
	return value, m
}

// optional is text for settings of which "" means absent.
func (p *parser) optional(name string) (value string, m member) {
	if value, m = p.text(name); value == "" {
		delete(p.set, name)
	}
	return value, m
}

// replace changes what JSON shows for a setting.
func (p *parser) replace(name, value string) {
	m := p.set[name]
	m.raw = jsontext.AppendString(nil, value)
	p.set[name] = m
}

// flag reads a setting that is true or false; clients also send it as text.
func (p *parser) flag(name string, absent bool) bool {
	m, ok := p.set[name]
	if !ok {
		return absent
	}
	switch strings.ToLower(strings.Trim(string(m.raw), `"`)) {
	case "true":
		m.raw = json.RawMessage("true")
	case "false":
		m.raw = json.RawMessage("false")
	case "":
		delete(p.set, name)
		return absent
	default:
		p.fail(m.key, "must be true or false.")
	}
	p.set[name] = m
	return string(m.raw) == "true"
}

func (p *parser) flags() {
	p.d.Disabled = p.flag("disabled", false)
	p.d.NoDefaults = p.flag("noDefaults", false)
	p.d.Unchunked = p.flag("unchunked", false)
	p.d.DataURL = p.flag("dataUrlResponseEvent", false)
	p.d.Insecure = !p.flag("rejectUnauthorized", true)
	if !p.d.Disabled {
		p.set["disabled"] = member{"disabled", json.RawMessage("false")}
	}
}

// identity reads what tells integrations apart and triggers them.
func (p *parser) identity() {
	p.d.Name, _ = p.optional("name")
	p.trigger()
	p.device()
	p.products()
}

// kindOfIntegration reads integration_type, of which the four spellings are
// matched without regard to case.
func (p *parser) kindOfIntegration() {
	value, m := p.optional("integration_type")
	kind, ok := typeNamed(value)
	if !ok {
		p.fail(m.key, "unknown type of integration; use %s, %s, %s or %s.", Webhook, GoogleMaps, AzureIotHub, GoogleCloudPubSub)
	}
	p.d.Type = kind
	p.replace("integration_type", kind)
}

func (p *parser) trigger() {
	value, m := p.text("event")
	if value == "" && p.d.Type == GoogleMaps {
		value = LocatorEvent
		p.replace("event", value)
	}
	if value == "" {
		p.fail(m.key, "no event name provided.")
		return
	}
	if wrong := event.ValidName(value); wrong != "" {
		p.fail(m.key, "%s.", wrong)
		return
	}
	p.d.Event = value
	if e := (event.Event{Name: value}); !e.Triggers() {
		p.warning(m.key, "%s: events whose names begin so never trigger an integration.", m.key)
	}
}

func (p *parser) device() {
	value, m := p.optional("deviceID")
	value = strings.ToLower(strings.TrimSpace(value))
	switch {
	case value == "":
		delete(p.set, "deviceID")
	case p.kind != scope.Sandbox:
		p.fail(m.key, "only an integration in a sandbox can be limited to one device.")
	case !event.IsID(value):
		p.fail(m.key, "a device id has 24 hexadecimal digits.")
	default:
		p.d.DeviceID = value
		p.replace("deviceID", value)
	}
}

// products reads which of an organization's products trigger the integration.
// In other scopes, where clients send the setting along, it means nothing.
func (p *parser) products() {
	m, ok := p.set["product_ids"]
	delete(p.set, "product_ids")
	if p.kind != scope.Organization {
		return
	}
	if ok {
		var err error
		if p.d.Products, err = ReadProducts(m.raw); err != nil && p.err == nil {
			p.err = err
		}
	}
	if len(p.d.Products) == 0 {
		p.warning("product_ids", "product_ids is empty: only events that are published on the organization's own endpoint trigger the integration.")
	}
	p.set["product_ids"] = member{"product_ids", productList(p.d.Products)}
}

// target reads method and URL, or what stands for them in types that know both.
func (p *parser) target() {
	if p.d.Type != Webhook {
		p.service()
		return
	}
	value, m := p.optional("requestType")
	p.method(value, m.key)
	value, m = p.text("url")
	value = trimSpace(value)
	if value == "" {
		p.fail(m.key, "no url provided.")
		return
	}
	p.replace("url", value)
	p.d.url = value
	p.d.Target = p.compile(m.key, value)
	if plain, user := cutUserinfo(value); user != nil {
		value, p.d.Target, p.d.auth = plain, p.compile(m.key, plain), basic(user)
	}
	if p.err == nil {
		p.address(m.key, value)
	}
}

// basic gives the credentials that stand in a URL.
func basic(user *url.Userinfo) *credentials {
	password, _ := user.Password()
	a := &credentials{user: Text{literal: user.Username()}, password: Text{literal: password}}
	a.prepare()
	return a
}

func (p *parser) method(value, key string) {
	if value == "" {
		value = "POST"
	}
	t := p.compile(key, value)
	literal, ok := t.Literal()
	if !ok {
		p.d.method = t
		return
	}
	if p.d.Method = methodOf(literal); p.d.Method == "" {
		p.fail(key, "must be GET, POST, PUT or DELETE.")
		return
	}
	p.replace("requestType", p.d.Method)
}

func (p *parser) address(key, value string) {
	var err error
	if literal, ok := p.d.Target.Literal(); ok {
		if p.d.Address, err = ParseAddress(literal); err == nil {
			p.d.origin = p.d.Address.Origin()
		}
	} else if p.d.origin, err = staticOrigin(value); err == nil && taggedUserinfo(value) {
		err = errUserinfo
	}
	if err != nil {
		p.fail(key, "the %s.", err)
	}
}

// response reads what becomes of the answer (webhook engine reference,
// sections 8 and 9).
func (p *parser) response() {
	p.d.ResponseTopic = p.topic("responseTopic", p.usualTopic())
	if string(p.set["responseTopic"].raw) == `""` || p.d.oneWay() {
		p.d.ResponseTopic = nil // configured so: publish none
	}
	p.d.ErrorTopic = p.topic("errorResponseTopic", "hook-error/{{PARTICLE_EVENT_NAME}}")
	p.responseTemplate()
}

// usualTopic is the name of response events that no setting asks for.
func (p *parser) usualTopic() string {
	const topic = "hook-response/{{PARTICLE_EVENT_NAME}}"
	switch {
	case p.d.Type == GoogleMaps:
		return locationTopic
	case p.kind != scope.Sandbox:
		return "{{PARTICLE_DEVICE_ID}}/" + topic
	}
	return topic
}

// topic reads the name of hook events.
func (p *parser) topic(name, absent string) *template.Template {
	value, m := p.text(name)
	if value == "" {
		return p.parsed(m.key, absent)
	}
	return p.template(m.key, value)
}

func (p *parser) responseTemplate() {
	m, ok := p.set["responseTemplate"]
	if text, isText := m.text(); isText && text == "" {
		delete(p.set, "responseTemplate")
		ok = false
	}
	if !ok && p.d.Type == GoogleMaps {
		m, ok = member{key: m.key, raw: quote(locationTemplate)}, true
	}
	if !ok {
		return
	}
	if text, ok := m.text(); ok {
		p.d.ResponseTemplate = &ResponseTemplate{text: p.template(m.key, text)}
		return
	}
	if m.raw[0] != '{' && m.raw[0] != '[' {
		p.fail(m.key, "must be text or an object.")
		return
	}
	b := builder{parser: p, encoding: jsonString}
	b.value(m.key, m.raw)
	p.d.ResponseTemplate = &ResponseTemplate{tree: b.program()}
}

// canonicalJSON writes what was read, the settings in their fixed order.
func (p *parser) canonicalJSON() []byte {
	all := make([]member, 0, len(p.set))
	for _, name := range settings {
		if m, ok := p.set[name]; ok {
			all = append(all, member{name, m.raw})
		}
	}
	return appendObject(nil, all)
}
