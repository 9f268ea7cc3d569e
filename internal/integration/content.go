package integration

import (
	"encoding/base64"
	"net/textproto"
	"strings"
)

// fields reads a setting that holds named values; an absent one is empty.
func (p *parser) fields(name string) (all []member, m member, set bool) {
	m, set = p.set[name]
	if !set {
		return nil, member{key: name}, false
	}
	if text, ok := m.text(); ok && strings.TrimSpace(text) == "" {
		delete(p.set, name)
		return nil, m, false
	}
	raw, ok := m.object()
	if !ok {
		p.fail(m.key, "must be an object.")
		return nil, m, true
	}
	m.raw = raw
	p.set[name] = m
	return members(raw), m, true
}

// headers reads the custom header fields.
func (p *parser) headers() {
	all, at, _ := p.fields("headers")
	if len(all) > MaxHeaders {
		p.fail(at.key, "at most %d headers may be set.", MaxHeaders)
	}
	for _, m := range all {
		p.header(under(at.key, m.key), m)
		p.goOn()
	}
}

func (p *parser) header(path string, m member) {
	value, ok := m.scalar()
	if !ok {
		p.fail(path, "must be text.")
		return
	}
	if string(m.raw) == "null" {
		return
	}
	h := Header{Name: p.compile(path, m.key), Value: p.compile(path, value)}
	if p.err != nil {
		return
	}
	if name, ok := h.Name.Literal(); ok && !p.sendable(path, name) {
		return
	}
	if value, ok := h.Value.Literal(); ok && !ValidHeaderValue(value) {
		p.warning(path, "%s: the value holds control characters, so the header is not sent.", path)
		return
	}
	p.d.Headers = append(p.d.Headers, h)
}

func (p *parser) sendable(path, name string) bool {
	switch {
	case !ValidHeaderName(name):
		p.warning(path, "%s: this is not a valid header name, so the header is not sent.", path)
		return false
	case ReservedHeader(name):
		p.warning(path, "%s: this header is set by the hub, so yours is not sent.", path)
		return false
	}
	return true
}

// scalar gives strings, numbers, booleans and null as text.
func (m member) scalar() (text string, ok bool) {
	switch m.raw[0] {
	case '"':
		return m.text()
	case '{', '[':
		return "", false
	case 'n':
		return "", true
	}
	return string(m.raw), true
}

// ValidHeaderName says whether a name may be sent: a token (RFC 9110, section
// 5.1).
func ValidHeaderName(name string) bool {
	for i := range len(name) {
		if !isWord(name[i]) && strings.IndexByte("!#$%&'*+-.^`|~", name[i]) < 0 {
			return false
		}
	}
	return name != ""
}

// ValidHeaderValue says whether a value may be sent: it holds no control
// characters but tabs.
func ValidHeaderValue(value string) bool {
	for i := range len(value) {
		if c := value[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// ReservedHeader says whether the hub alone sets a header: those that say
// where a request goes and where it ends.
func ReservedHeader(name string) bool {
	switch textproto.CanonicalMIMEHeaderKey(name) {
	case "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive",
		"Proxy-Connection", "Upgrade", "Trailer", "Te", "Expect":
		return true
	}
	return false
}

// credentials reads auth in its four shapes. Credentials in the URL, which
// target has found, count for least: auth and an Authorization header replace
// them.
func (p *parser) credentials() {
	if p.customAuthorization() {
		p.d.auth = nil
	}
	all, at, set := p.fields("auth")
	if !set {
		return
	}
	if m, ok := find(all, "aws4"); ok && !m.null() {
		if p.d.auth = nil; len(all) > 1 {
			p.fail(at.key, "give either aws4 or other credentials.")
		}
		p.aws4(under(at.key, m.key), m)
		return
	}
	value := map[string]Text{}
	for _, m := range all {
		p.credential(under(at.key, m.key), m, value)
	}
	if len(value) == 0 {
		return
	}
	p.d.auth = &credentials{user: value["user"], password: value["password"]}
	if bearer, ok := value["bearer"]; ok {
		p.d.auth.bearer = &bearer
	}
	if len(value) > 1 && p.d.auth.bearer != nil {
		p.fail(at.key, "give either bearer or username and password.")
	}
	p.d.auth.prepare()
}

// credential reads one member of auth into value. Empty ones, which forms
// send, are left out.
func (p *parser) credential(path string, m member, value map[string]Text) {
	name, known := map[string]string{
		"username": "user", "user": "user", "password": "password", "pass": "password", "bearer": "bearer",
	}[m.key]
	text, ok := m.scalar()
	switch {
	case !known && m.null():
	case !known:
		p.warning(path, "%s is not a setting and was left out.", path)
	case !ok:
		p.fail(path, "must be text.")
	case text != "":
		value[name] = p.compile(path, text)
	}
}

// prepare works out the header's value if no part of it is a template.
func (a *credentials) prepare() {
	if a.bearer != nil {
		if token, ok := a.bearer.Literal(); ok {
			a.ready = "Bearer " + token
		}
		return
	}
	user, ok1 := a.user.Literal()
	password, ok2 := a.password.Literal()
	if ok1 && ok2 {
		a.ready = "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	}
}

// content reads json, form, body and query and plans the requests (webhook
// engine reference, section 3).
func (p *parser) content() {
	if p.d.Type != Webhook {
		return // service has done it
	}
	query, q, _ := p.fields("query")
	form, f, hasForm := p.fields("form")
	p.exclusive()
	if p.goOn(); p.err != nil {
		return
	}
	fields := p.queryProgram(q.key, query)
	p.goOn()
	send := p.sendPlan(fields, hasForm, form) // checks what GET leaves out, too
	p.goOn()
	if p.d.Method != "GET" {
		p.d.send = send
	}
	if p.d.Method == "GET" || p.d.Method == "" {
		p.d.get = &Plan{Query: p.getQuery(q.key, query, f.key, form)}
	}
}

func (p *parser) exclusive() {
	first := ""
	for _, name := range formats {
		m, ok := p.set[name]
		switch {
		case !ok:
		case first != "":
			p.fail(m.key, "cannot be combined with %s; use one of json, form and body.", first)
		default:
			first = m.key
		}
	}
}

// getQuery is everything a GET says: query, form and default fields.
func (p *parser) getQuery(queryPath string, query []member, formPath string, form []member) *Program {
	b := builder{parser: p, encoding: percent}
	b.fields(queryPath, query)
	b.fields(formPath, form)
	program := b.program()
	program.defaults = p.defaults(percent)
	return program
}

func (p *parser) queryProgram(path string, query []member) *Program {
	if len(query) == 0 {
		return nil
	}
	b := builder{parser: p, encoding: percent}
	b.fields(path, query)
	return b.program()
}

func (p *parser) sendPlan(query *Program, hasForm bool, form []member) *Plan {
	if m, ok := p.set["json"]; ok {
		return p.jsonPlan(m, query)
	}
	if m, ok := p.set["body"]; ok {
		text, _ := p.text("body")
		return &Plan{Query: query, Format: Raw, text: p.template(m.key, text)}
	}
	if !hasForm && p.d.NoDefaults {
		return &Plan{Query: query, Format: Empty}
	}
	b := builder{parser: p, encoding: percent}
	b.fields(p.set["form"].key, form)
	program := b.program()
	program.defaults = p.defaults(percent)
	return &Plan{Query: query, Format: Form, body: program}
}

func (p *parser) jsonPlan(m member, query *Program) *Plan {
	plan := &Plan{Query: query, Format: JSON}
	b := builder{parser: p, encoding: jsonString}
	switch m.raw[0] {
	case '"':
		text, _ := m.text()
		plan.Format, plan.text, plan.defaults = JSONText, p.template(m.key, text), p.defaults(jsonString)
		return plan
	case '[':
		b.value(m.key, m.raw)
		plan.body = b.program()
	case '{':
		plan.body = p.jsonObject(&b, m)
	default:
		p.fail(m.key, "must be an object, an array or text.")
	}
	return plan
}

func (p *parser) jsonObject(b *builder, m member) *Program {
	all := members(m.raw)
	for _, field := range all {
		b.name(under(m.key, field.key), field.key)
	}
	b.literal(m.key, "{")
	b.members(m.key, all)
	program := b.program()
	program.defaults, program.tail = p.defaults(jsonString), "}"
	return program
}

// defaults compiles the default fields, or gives nil with noDefaults.
func (p *parser) defaults(e encoding) *defaults {
	if p.d.NoDefaults {
		return nil
	}
	d := &defaults{encoding: e, separator: '&'}
	before, between := "", "="
	if e == jsonString {
		d.separator, d.after = ',', `"`
		before, between = `"`, `":"`
	}
	for i, f := range defaultFields {
		d.parts[i] = part{literal: []byte(before + f.name + between), template: p.parsed(f.name, f.template)}
	}
	return d
}
