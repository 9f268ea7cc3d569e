package template

import (
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxNesting bounds arrays and objects inside one another; deeper text is
// treated as not JSON.
const maxNesting = 200

// node is one value of a document. Nodes stand in reading order, so the nodes
// between a container and its end are what it holds.
type node struct {
	name   string // member name; "" for elements
	text   string // string content or number literal
	end    int    // first node behind this value
	count  int    // elements or members
	last   int    // node with the member's value if the name comes again, else 0
	kind   Kind
	hidden bool // an earlier member has the same name
}

// document is a JSON text as a list of nodes. Its strings are slices of the
// text where that holds no escapes.
type document struct {
	nodes   []node
	members []int // scratch of mergeMembers
}

// reset empties the document and drops its references to the text, but keeps
// the memory unless one large text made it big.
func (d *document) reset() {
	const keep = 4096 // nodes
	if cap(d.nodes) > keep {
		d.nodes = nil
		return
	}
	clear(d.nodes)
	d.nodes = d.nodes[:0]
}

func (d *document) value(at int) Value {
	if last := d.nodes[at].last; last != 0 {
		at = last
	}
	n := &d.nodes[at]
	v := Value{kind: n.kind, text: n.text}
	if n.kind >= Array {
		v.doc, v.at = d, at
	}
	return v
}

// read replaces the document by text, which must be valid JSON and not too
// deep.
func (d *document) read(text string) {
	d.reset()
	r := reader{text: text, doc: d}
	r.value("")
}

// reader walks over text that is known to be valid JSON.
type reader struct {
	text string
	pos  int
	doc  *document
}

// next skips white space and gives the byte behind it.
func (r *reader) next() byte {
	for {
		switch c := r.text[r.pos]; c {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return c
		}
	}
}

func (r *reader) value(name string) {
	n := node{name: name}
	switch r.next() {
	case '{':
		r.container(name, Object)
		return
	case '[':
		r.container(name, Array)
		return
	case '"':
		n.kind, n.text = String, r.str()
	case 't':
		n.kind = True
		r.pos += len("true")
	case 'f':
		n.kind = False
		r.pos += len("false")
	case 'n':
		r.pos += len("null")
	default:
		n.kind, n.text = Number, r.number()
	}
	n.end = len(r.doc.nodes) + 1
	r.doc.nodes = append(r.doc.nodes, n)
}

func (r *reader) container(name string, kind Kind) {
	at, count := len(r.doc.nodes), 0
	r.doc.nodes = append(r.doc.nodes, node{name: name, kind: kind})
	r.pos++ // the bracket
	for c := r.next(); c != ']' && c != '}'; c = r.next() {
		if c == ',' {
			r.pos++
			continue
		}
		r.child(kind)
		count++
	}
	r.pos++
	n := &r.doc.nodes[at]
	n.end, n.count = len(r.doc.nodes), count
	if kind == Object {
		r.doc.mergeMembers(at)
	}
}

func (r *reader) child(kind Kind) {
	if kind == Array {
		r.value("")
		return
	}
	name := r.str()
	r.next()
	r.pos++ // the colon
	r.value(name)
}

func (r *reader) number() string {
	start := r.pos
	for r.pos < len(r.text) && strings.IndexByte("+-.0123456789eE", r.text[r.pos]) >= 0 {
		r.pos++
	}
	return r.text[start:r.pos]
}

// str reads a string; it shares the text's memory unless it holds escapes.
func (r *reader) str() string {
	start := r.pos + 1
	escaped := false
	for i := start; ; i++ {
		switch r.text[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			r.pos = i + 1
			if escaped {
				return unescape(r.text[start:i])
			}
			return r.text[start:i]
		}
	}
}

// unescape resolves the escapes of a valid JSON string. A surrogate without
// its partner becomes U+FFFD.
func unescape(s string) string {
	b := make([]byte, 0, len(s))
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			return string(append(b, s...))
		}
		b = append(b, s[:i]...)
		if s[i+1] != 'u' {
			b = append(b, plainEscape(s[i+1]))
			s = s[i+2:]
			continue
		}
		var c rune
		c, s = unicodeEscape(s[i:])
		b = utf8.AppendRune(b, c)
	}
}

func plainEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// unicodeEscape reads the escape, or pair of escapes, at the start of s.
func unicodeEscape(s string) (c rune, rest string) {
	c, rest = hex4(s[2:6]), s[6:]
	if utf16.IsSurrogate(c) && len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
		if pair := utf16.DecodeRune(c, hex4(rest[2:6])); pair != utf8.RuneError {
			return pair, rest[6:]
		}
	}
	return c, rest
}

func hex4(s string) (c rune) {
	for i := range len(s) {
		d := s[i] | 0x20 // lower case; digits stay
		if d > '9' {
			d -= 'a' - 10 - '0'
		}
		c = c<<4 | rune(d-'0')
	}
	return c
}

// mergeMembers makes members with the same name one, as JavaScript does: in the
// place of the first, with the value of the last.
func (d *document) mergeMembers(object int) {
	if d.nodes[object].count < 2 {
		return
	}
	d.members = d.members[:0]
	for i := object + 1; i < d.nodes[object].end; i = d.nodes[i].end {
		d.members = append(d.members, i)
	}
	slices.SortStableFunc(d.members, func(a, b int) int {
		return strings.Compare(d.nodes[a].name, d.nodes[b].name)
	})
	first := d.members[0]
	for _, at := range d.members[1:] {
		if d.nodes[at].name != d.nodes[first].name {
			first = at
			continue
		}
		d.nodes[first].last = at
		d.nodes[at].hidden = true
		d.nodes[object].count--
	}
}

// tooDeep says whether JSON text nests deeper than maxNesting.
func tooDeep(text string) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case !quoted && (c == '{' || c == '['):
			if depth++; depth > maxNesting {
				return true
			}
		case !quoted && (c == '}' || c == ']'):
			depth--
		case c == '\\':
			i++
		}
	}
	return false
}
