package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/jsontext"
)

// Bounds of a form that becomes a JSON object.
const (
	maxFields = 1000 // far above any configuration, so that lookups stay cheap
	maxDepth  = 64   // brackets of one name, as deep as JSON may nest
)

// pairs walks over the fields of a form. It decodes in place, so the form
// can be walked only once.
type pairs struct {
	rest  []byte
	name  []byte
	value []byte
	err   error
}

// next steps to the next field with a name; false means the end, or an error.
func (p *pairs) next() bool {
	for p.err == nil && len(p.rest) > 0 {
		var pair []byte
		pair, p.rest, _ = bytes.Cut(p.rest, []byte{'&'})
		name, value, _ := bytes.Cut(pair, []byte{'='})
		if p.decode(name, value); len(p.name) > 0 {
			return p.err == nil
		}
	}
	return false
}

func (p *pairs) decode(name, value []byte) {
	var ok bool
	if p.name, ok = unescapeForm(name); !ok {
		p.err = fault.New(fault.Invalid, "The form has a field name with a percent sign that is not followed by two hexadecimal digits.")
		return
	}
	if p.value, ok = unescapeForm(value); !ok {
		p.err = fault.Field(clip(string(p.name)), "A percent sign is not followed by two hexadecimal digits.")
	}
}

// unescapeForm decodes plus signs and percent escapes in place.
func unescapeForm(b []byte) ([]byte, bool) {
	if bytes.IndexByte(b, '%') < 0 && bytes.IndexByte(b, '+') < 0 {
		return b, true
	}
	n := 0
	for i := 0; i < len(b); i, n = i+1, n+1 {
		switch b[i] {
		case '+':
			b[n] = ' '
		case '%':
			if i+2 >= len(b) || unhex(b[i+1]) > 15 || unhex(b[i+2]) > 15 {
				return nil, false
			}
			b[n] = unhex(b[i+1])<<4 | unhex(b[i+2])
			i += 2
		default:
			b[n] = b[i]
		}
	}
	return b[:n], true
}

// unhex gives the value of a hexadecimal digit, 255 for any other byte.
func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// formObject turns a form into a JSON object. Values are strings; brackets
// nest ("json[v]=1", "json[list][0]=a", "json[list][]=a"), and a field whose
// value is meant to be an object may be given as JSON text (cloud API
// reference, section 6.1). A node whose keys count up from 0 is an array.
// Errors: a fault Invalid that names the field.
func formObject(data []byte) ([]byte, error) {
	root := &formNode{}
	p := pairs{rest: data}
	for count := 0; p.next(); count++ {
		if count == maxFields {
			return nil, fault.New(fault.Invalid, "A form has at most %d fields here; send JSON instead.", maxFields)
		}
		name := string(p.name)
		if !utf8.ValidString(name) {
			return nil, fault.New(fault.Invalid, "The form has a field name that is not UTF-8.")
		}
		path, err := formPath(name)
		if err != nil {
			return nil, err
		}
		if err := root.put(name, path, string(p.value)); err != nil {
			return nil, err
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	return root.appendObject(nil), nil
}

// formPath splits "a[b][c]" into a, b and c.
func formPath(name string) ([]string, error) {
	first, rest, nested := strings.Cut(name, "[")
	if !nested || first == "" {
		return []string{name}, nil
	}
	inner, closed := strings.CutSuffix(rest, "]")
	if !closed {
		return nil, fault.Field(clip(name), "Its brackets do not match.")
	}
	path := append([]string{first}, strings.Split(inner, "][")...)
	if len(path) > maxDepth {
		return nil, fault.Field(clip(name), "It nests deeper than %d levels.", maxDepth)
	}
	return path, nil
}

// formNode is a value of the object in the making: a text, or children in the
// order of their first mention.
type formNode struct {
	key  string
	text string
	leaf bool
	raw  bool // the text is JSON
	kids []*formNode
}

func (n *formNode) put(name string, path []string, text string) error {
	for _, key := range path {
		if n.leaf {
			return fault.Field(clip(name), "It is given both as a text and with brackets.")
		}
		n = n.kid(key)
	}
	if n.leaf {
		return givenTwice(name)
	}
	if len(n.kids) > 0 {
		return fault.Field(clip(name), "It is given both as a text and with brackets.")
	}
	n.text, n.leaf = text, true
	n.raw = len(path) == 1 && isObjectField(path[0]) && isContainer(text)
	return nil
}

// kid finds or makes the child of a key. An empty key ("a[]") is the next
// element.
func (n *formNode) kid(key string) *formNode {
	if key == "" {
		key = strconv.Itoa(len(n.kids))
	}
	for _, k := range n.kids {
		if k.key == key {
			return k
		}
	}
	k := &formNode{key: key}
	n.kids = append(n.kids, k)
	return k
}

func (n *formNode) appendObject(dst []byte) []byte {
	dst = append(dst, '{')
	for i, k := range n.kids {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, k.key), ':')
		dst = k.appendValue(dst)
	}
	return append(dst, '}')
}

func (n *formNode) appendValue(dst []byte) []byte {
	switch {
	case n.raw:
		return append(dst, n.text...)
	case n.leaf:
		return jsontext.AppendString(dst, n.text)
	case n.isList():
		return n.appendList(dst)
	}
	return n.appendObject(dst)
}

func (n *formNode) appendList(dst []byte) []byte {
	dst = append(dst, '[')
	for i, k := range n.kids {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = k.appendValue(dst)
	}
	return append(dst, ']')
}

func (n *formNode) isList() bool {
	for i, k := range n.kids {
		if k.key != strconv.Itoa(i) {
			return false
		}
	}
	return len(n.kids) > 0
}

// isObjectField tells the fields whose value is an object, so that JSON text in
// them means that object. A body is text even if it looks like JSON.
func isObjectField(key string) bool {
	switch key {
	case "json", "form", "query", "headers", "auth":
		return true
	}
	return false
}

// isContainer says whether text is a JSON object or array.
func isContainer(text string) bool {
	b := []byte(text)
	c := at(b, skipSpace(b, 0))
	return (c == '{' || c == '[') && json.Valid(b)
}
