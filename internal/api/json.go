package api

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// The scanner below exists for the publish route: it finds the members of an
// object without building anything, several times faster than encoding/json
// checks validity. It accepts exactly what encoding/json accepts.

// maxNesting is how many levels of arrays and objects are read, as in
// encoding/json.
const maxNesting = 10_000

// members walks over the members of a JSON object that is known to be valid.
// Values are the raw text, so numbers keep their spelling.
type members struct {
	data  []byte
	pos   int
	name  []byte // unquoted
	value []byte // as it stands
}

// objectOf begins a walk. Errors: a fault Invalid that says where the JSON
// breaks, or that it is not an object.
func objectOf(data []byte) (members, error) {
	start := skipSpace(data, 0)
	end := skipValue(data, start, 0)
	if end < 0 || skipSpace(data, end) != len(data) {
		return members{}, malformed(data)
	}
	if data[start] != '{' {
		return members{}, fault.New(fault.Invalid, "The body must be a JSON object.")
	}
	return members{data: data, pos: start + 1}, nil
}

// next steps to the next member; false means the end.
func (m *members) next() bool {
	i := skipSpace(m.data, m.pos)
	if at(m.data, i) == ',' {
		i = skipSpace(m.data, i+1)
	}
	if at(m.data, i) != '"' {
		return false
	}
	end := skipString(m.data, i)
	m.name = m.data[i+1 : end-1]
	if bytes.IndexByte(m.name, '\\') >= 0 {
		m.name = []byte(unquote(m.data[i:end]))
	}
	i = skipName(m.data, i)
	m.pos = skipValue(m.data, i, 1)
	m.value = m.data[i:m.pos]
	return true
}

// The skip functions give the index behind what begins at b[i], or -1 if that
// is not valid. at gives 0, which is never valid, behind the end.

func at(b []byte, i int) byte {
	if i < len(b) {
		return b[i]
	}
	return 0
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

func skipValue(b []byte, i, depth int) int {
	switch c := at(b, i); c {
	case '"':
		return skipString(b, i)
	case '{', '[':
		return skipContainer(b, i, depth)
	case 't':
		return skipWord(b, i, "true")
	case 'f':
		return skipWord(b, i, "false")
	case 'n':
		return skipWord(b, i, "null")
	}
	return skipNumber(b, i)
}

func skipWord(b []byte, i int, word string) int {
	if end := i + len(word); end <= len(b) && string(b[i:end]) == word {
		return end
	}
	return -1
}

func skipContainer(b []byte, i, depth int) int {
	if depth >= maxNesting {
		return -1
	}
	object, closing := b[i] == '{', b[i]+2 // in ASCII each closing bracket is two behind its opening one
	if i = skipSpace(b, i+1); at(b, i) == closing {
		return i + 1
	}
	for i >= 0 {
		if object {
			i = skipName(b, i)
		}
		if i < 0 {
			return -1
		}
		if i = skipValue(b, i, depth+1); i < 0 {
			return -1
		}
		i = skipSpace(b, i)
		switch at(b, i) {
		case closing:
			return i + 1
		case ',':
			i = skipSpace(b, i+1)
		default:
			return -1
		}
	}
	return -1
}

// skipName skips a member's name, its colon and the space behind.
func skipName(b []byte, i int) int {
	if i = skipString(b, i); i < 0 {
		return -1
	}
	if i = skipSpace(b, i); at(b, i) != ':' {
		return -1
	}
	return skipSpace(b, i+1)
}

func skipString(b []byte, i int) int {
	if at(b, i) != '"' {
		return -1
	}
	for i++; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return i + 1
		case c < ' ':
			return -1
		case c == '\\':
			n := escapeSize(b[i+1:])
			if n == 0 {
				return -1
			}
			i += n
		}
	}
	return -1
}

// escapeSize is the size of an escape behind its backslash, 0 if it is invalid.
func escapeSize(b []byte) int {
	switch at(b, 0) {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 1
	case 'u':
		for i := 1; i < 5; i++ {
			if unhex(at(b, i)) > 15 {
				return 0
			}
		}
		return 5
	}
	return 0
}

func skipNumber(b []byte, i int) int {
	if at(b, i) == '-' {
		i++
	}
	end := skipDigits(b, i)
	if end > 0 && b[i] == '0' {
		end = i + 1 // no digit follows a leading zero
	}
	if end > 0 && at(b, end) == '.' {
		end = skipDigits(b, end+1)
	}
	if end > 0 && (at(b, end) == 'e' || at(b, end) == 'E') {
		if sign := at(b, end+1); sign == '+' || sign == '-' {
			end++
		}
		end = skipDigits(b, end+1)
	}
	return end
}

func skipDigits(b []byte, i int) int {
	start := i
	for c := at(b, i); c >= '0' && c <= '9'; c = at(b, i) {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

// unquote gives the text of a valid JSON string. Invalid UTF-8 becomes U+FFFD.
func unquote(quoted []byte) string {
	inner := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner)
	}
	var s string
	_ = json.Unmarshal(quoted, &s) // valid, so it cannot fail
	return s
}

// jsonText gives the text of a valid JSON value: a string's content, anything
// else as compact JSON.
func jsonText(value []byte) string {
	switch value[0] {
	case '"':
		return unquote(value)
	case '{', '[':
		var b bytes.Buffer
		b.Grow(len(value))
		_ = json.Compact(&b, value) // valid, so it cannot fail
		return b.String()
	}
	return string(value)
}
