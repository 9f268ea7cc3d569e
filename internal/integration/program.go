package integration

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/fieldhook/fieldhook/internal/template"
)

// ErrTooLarge means that something rendered to more than MaxBody bytes.
var ErrTooLarge = errors.New("larger than 1048576 bytes")

// Program is a compiled structure (a JSON value, or the fields of a form or
// query): literal bytes in their final encoding, and templates whose output is
// encoded when it is rendered.
type Program struct {
	encoding encoding
	parts    []part
	tail     string               // after the default fields
	names    []*template.Template // templated names of the outermost level
	defaults *defaults            // nil: none are added
	taken    taken                // default fields that the configuration replaces
}

// part is literal bytes followed by a template's output.
type part struct {
	literal  []byte
	template *template.Template // nil: none
	as       putting            // how the output is put in
}

// putting is how a template's output is put into a structure.
type putting uint8

const (
	encoded putting = iota // as the structure is
	plainly                // as it stands
	inBase64
)

func (p *part) append(dst []byte, c *template.Context, e encoding) ([]byte, error) {
	dst = append(dst, p.literal...)
	if p.template == nil {
		return dst, nil
	}
	from := len(dst)
	dst, err := p.template.Append(dst, c)
	switch {
	case err != nil || p.as == plainly:
		return dst, err
	case p.as == inBase64:
		return base64Tail(dst, from), nil
	}
	return e.encodeTail(dst, from), nil
}

// Append renders the structure onto dst. Errors: those of the templates, or
// ErrTooLarge.
func (p *Program) Append(dst []byte, c *template.Context) ([]byte, error) {
	from := len(dst)
	var err error
	for i := range p.parts {
		if dst, err = p.parts[i].append(dst, c, p.encoding); err != nil {
			return dst, err
		}
		if len(dst)-from > MaxBody {
			return dst, ErrTooLarge
		}
	}
	if p.defaults != nil {
		if dst, err = p.appendDefaults(dst, from, c); err != nil {
			return dst, err
		}
	}
	return append(dst, p.tail...), nil
}

func (p *Program) appendDefaults(dst []byte, from int, c *template.Context) ([]byte, error) {
	taken := p.taken
	for _, name := range p.names {
		rendered, err := name.Append(nil, c)
		if err != nil {
			return dst, err
		}
		taken.mark(rendered)
	}
	return p.defaults.append(dst, from, c, taken)
}

// defaultFields are the fields added to what the configuration names, in the
// order of the documented request (webhook engine reference, section 3).
var defaultFields = [...]struct{ name, template string }{
	{"event", "{{{PARTICLE_EVENT_NAME}}}"},
	{"data", "{{{PARTICLE_EVENT_VALUE}}}"},
	{"published_at", "{{{PARTICLE_PUBLISHED_AT}}}"},
	{"coreid", "{{{PARTICLE_DEVICE_ID}}}"},
}

// taken says which default fields are left out because a custom field has the
// same name.
type taken [len(defaultFields)]bool

func (t *taken) mark(name []byte) {
	for i := range defaultFields {
		if string(name) == defaultFields[i].name {
			t[i] = true
		}
	}
}

// defaults are the compiled default fields.
type defaults struct {
	encoding  encoding
	separator byte
	parts     [len(defaultFields)]part
	after     string // behind each value
}

// append adds the fields that are not taken. dst[from:] is the structure so
// far, an object without its closing brace or a list of fields.
func (d *defaults) append(dst []byte, from int, c *template.Context, taken taken) ([]byte, error) {
	var err error
	for i := range d.parts {
		if taken[i] {
			continue
		}
		if len(dst) > from && dst[len(dst)-1] != '{' {
			dst = append(dst, d.separator)
		}
		if dst, err = d.parts[i].append(dst, c, d.encoding); err != nil {
			return dst, err
		}
		dst = append(dst, d.after...)
	}
	return dst, nil
}

// Format says what a body is made of.
type Format uint8

// The formats. NoBody sends neither body nor Content-Length; Empty sends a
// body of no bytes.
const (
	NoBody Format = iota
	Empty
	Form
	JSON
	JSONText // json given as text that is rendered as a whole
	Raw      // body
)

// Plan is what requests of one method are made of.
type Plan struct {
	Query  *Program // appended to the URL's query; nil = nothing
	Format Format

	body     *Program                               // Form, JSON
	convert  func(dst, text []byte) ([]byte, error) // makes a body of what text renders to; nil = it is the body
	text     *template.Template                     // JSONText, Raw
	defaults *defaults                              // JSONText; nil = none are added
}

// AppendBody renders the body onto dst. Errors: those of the templates, or
// ErrTooLarge.
func (p *Plan) AppendBody(dst []byte, c *template.Context) ([]byte, error) {
	switch {
	case p.body != nil:
		return p.body.Append(dst, c)
	case p.text == nil:
		return dst, nil
	}
	from := len(dst)
	dst, err := p.text.Append(dst, c)
	if err == nil && p.convert != nil {
		return p.convert(dst[:from], bytes.Clone(dst[from:]))
	}
	if err != nil || p.defaults == nil {
		return dst, err
	}
	return p.merge(dst, from, c)
}

// merge adds the default fields to rendered JSON text if it is an object;
// anything else stays as it is. Members, numbers and their order are kept.
func (p *Plan) merge(dst []byte, from int, c *template.Context) ([]byte, error) {
	text := bytes.TrimSpace(dst[from:])
	if len(text) == 0 || text[0] != '{' || !json.Valid(text) {
		return dst, nil
	}
	var taken taken
	eachKey(text, taken.mark)
	dst = append(dst[:from], bytes.TrimRight(text[:len(text)-1], " \t\r\n")...)
	dst, err := p.defaults.append(dst, from, c, taken)
	return append(dst, '}'), err
}

// eachKey calls f with the name of each member of a valid JSON object, members
// of members left out.
func eachKey(object []byte, f func(name []byte)) {
	depth := 0
	for i := 0; i < len(object); i++ {
		switch object[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			end := i + stringLen(object[i:])
			if depth == 1 && followedByColon(object[end:]) {
				f(unquote(object[i:end]))
			}
			i = end - 1
		}
	}
}

// stringLen is the length of the JSON string at the beginning of b.
func stringLen(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

func followedByColon(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	return len(b) > 0 && b[0] == ':'
}

// unquote gives the text of a valid JSON string.
func unquote(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	var text string
	if json.Unmarshal(quoted, &text) != nil {
		return nil
	}
	return []byte(text)
}
