package integration

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/fieldhook/fieldhook/internal/template"
)

// template parses a template that stands at path in the configuration.
func (p *parser) template(path, source string) *template.Template {
	t := p.parsed(path, source)
	if t != nil && !p.own && len(p.places) < maxPlaces {
		if _, literal := t.Literal(); !literal {
			p.places = append(p.places, Place{path, t})
		}
	}
	return t
}

// parsed parses a template; the same source is parsed once only.
func (p *parser) parsed(path, source string) *template.Template {
	if t := p.compiled[source]; t != nil {
		return t
	}
	t, err := template.Parse(source)
	if err != nil {
		p.templateFault(path, err)
		return nil
	}
	p.compiled[source] = t
	p.ledgers(path, t)
	return t
}

func (p *parser) templateFault(path string, err error) {
	var syntax *template.SyntaxError
	if errors.As(err, &syntax) {
		p.fail(path, "line %d, column %d: %s", syntax.Line, syntax.Column, syntax.Text)
		return
	}
	p.fail(path, "%s.", err)
}

// compile makes a templated setting.
func (p *parser) compile(path, source string) Text {
	t := p.template(path, source)
	if t == nil {
		return Text{}
	}
	if literal, ok := t.Literal(); ok {
		return Text{literal: literal}
	}
	return Text{template: t}
}

// builder assembles a Program. Runs of literal text become one part.
type builder struct {
	*parser
	encoding encoding
	parts    []part
	open     []byte // literal text not yet in parts
	size     int    // bytes of literal text so far
	names    []*template.Template
	taken    taken
}

func (b *builder) literal(path, text string) {
	if b.size += len(text); b.size > MaxBody {
		b.fail(path, "is too large.")
		return
	}
	b.open = append(b.open, text...)
}

// text adds a template whose output is encoded.
func (b *builder) text(path, source string) {
	t := b.compile(path, source)
	if literal, ok := t.Literal(); ok {
		b.literal(path, string(b.encoding.appendText(nil, literal)))
		return
	}
	b.part(t.template, encoded)
}

// part adds a template and says how its output is put in.
func (b *builder) part(t *template.Template, as putting) {
	b.parts = append(b.parts, part{b.open, t, as})
	b.open = nil
}

// name notes a name of the outermost level, which may be that of a default
// field.
func (b *builder) name(path, source string) {
	t := b.compile(path, source)
	if literal, ok := t.Literal(); ok {
		b.taken.mark([]byte(literal))
		return
	}
	b.names = append(b.names, t.template)
}

// program finishes; the parts belong to it.
func (b *builder) program() *Program {
	if len(b.open) > 0 {
		b.parts = append(b.parts, part{literal: b.open})
		b.open = nil
	}
	return &Program{encoding: b.encoding, parts: b.parts, names: b.names, taken: b.taken}
}

// value adds a JSON value leaf by leaf: names and strings are templates, the
// rest stays as written. A string that is one JSON tag becomes the tag's value,
// whatever its type.
func (b *builder) value(path string, raw json.RawMessage) {
	switch raw[0] {
	case '{':
		b.literal(path, "{")
		b.members(path, members(raw))
		b.literal(path, "}")
	case '[':
		b.array(path, raw)
	case '"':
		b.str(path, string(unquote(raw)))
	default:
		b.literal(path, string(raw))
	}
}

func (b *builder) str(path, source string) {
	if t := b.compile(path, source); t.template != nil && t.template.Typed() {
		b.part(t.template, plainly)
		return
	}
	b.literal(path, `"`)
	b.text(path, source)
	b.literal(path, `"`)
}

func (b *builder) array(path string, raw json.RawMessage) {
	b.literal(path, "[")
	for i, element := range elements(raw) {
		if b.err != nil {
			return
		}
		if i > 0 {
			b.literal(path, ",")
		}
		b.value(at(path, i), element)
	}
	b.literal(path, "]")
}

func (b *builder) members(path string, all []member) {
	for i, m := range all {
		if b.err != nil {
			return
		}
		if i > 0 {
			b.literal(path, ",")
		}
		inside := under(path, m.key)
		b.literal(path, `"`)
		b.text(inside, m.key)
		b.literal(path, `":`)
		b.value(inside, m.raw)
	}
}

// fields adds the fields of a form or query, names and strings as templates.
func (b *builder) fields(path string, all []member) {
	for _, m := range all {
		inside := under(path, m.key)
		b.name(inside, m.key)
		b.field(inside, []string{m.key}, m.raw)
	}
}

// field adds one field, or those of a nested value as a[b]=c and a[0]=c, its
// names in brackets that are encoded.
func (b *builder) field(path string, names []string, raw json.RawMessage) {
	if b.err != nil {
		return
	}
	switch raw[0] {
	case '{':
		for _, m := range members(raw) {
			b.field(under(path, m.key), append(names, m.key), m.raw)
		}
	case '[':
		for i, element := range elements(raw) {
			b.field(at(path, i), append(names, strconv.Itoa(i)), element)
		}
	default:
		b.fieldName(path, names)
		b.leaf(path, raw)
	}
}

func (b *builder) fieldName(path string, names []string) {
	if b.size > 0 || len(b.parts) > 0 {
		b.literal(path, "&")
	}
	for i, name := range names {
		if i > 0 {
			b.literal(path, "%5B")
		}
		b.text(path, name)
		if i > 0 {
			b.literal(path, "%5D")
		}
	}
	b.literal(path, "=")
}

// leaf adds the value of a field; null is empty.
func (b *builder) leaf(path string, raw json.RawMessage) {
	switch raw[0] {
	case '"':
		b.text(path, string(unquote(raw)))
	case 'n':
	default:
		b.literal(path, string(b.encoding.appendText(nil, string(raw))))
	}
}

// under is the path of a member, for messages.
func under(path, key string) string { return path + "." + shorten(key) }

// at is the path of an element.
func at(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
