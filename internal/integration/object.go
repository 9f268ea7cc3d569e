package integration

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/jsontext"
)

// member is one member of a JSON object, its value as written.
type member struct {
	key string
	raw json.RawMessage
}

// text gives the value if it is a string.
func (m member) text() (s string, ok bool) {
	if len(m.raw) == 0 || m.raw[0] != '"' {
		return "", false
	}
	return string(unquote(m.raw)), true
}

// readConfig reads a configuration's members after checking its size, syntax
// and nesting.
func readConfig(config []byte) ([]member, error) {
	if len(config) > MaxConfig {
		return nil, fault.New(fault.TooLarge, "A configuration has at most %d bytes.", MaxConfig)
	}
	config = bytes.TrimPrefix(config, []byte("\uFEFF"))
	config = bytes.ToValidUTF8(config, []byte("\uFFFD"))
	var compact bytes.Buffer
	if err := json.Compact(&compact, config); err != nil {
		return nil, notJSON(err)
	}
	config = compact.Bytes()
	if len(config) == 0 || config[0] != '{' {
		return nil, fault.New(fault.Invalid, "A configuration must be a JSON object.")
	}
	if depth(config) > MaxDepth {
		return nil, fault.New(fault.Invalid, "A configuration may be nested at most %d levels deep.", MaxDepth)
	}
	return members(config), nil
}

func notJSON(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fault.New(fault.Invalid, "The configuration is not valid JSON (near byte %d): %s.", syntax.Offset, syntax.Error())
	}
	return fault.New(fault.Invalid, "The configuration is not valid JSON.").Because(err)
}

// depth is how deep a valid JSON text is nested.
func depth(text []byte) int {
	now, most := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += stringLen(text[i:]) - 1
		case '{', '[':
			now++
			most = max(most, now)
		case '}', ']':
			now--
		}
	}
	return most
}

// members splits a compact JSON object. As in JavaScript the last value of a
// repeated name wins, in the place of the first.
func members(object []byte) []member {
	var all []member
	place := map[string]int{}
	for rest := object[1:]; rest[0] != '}'; {
		n := stringLen(rest)
		m := member{key: string(unquote(rest[:n]))}
		m.raw, rest = cutValue(rest[n+1:])
		if i, again := place[m.key]; again {
			all[i] = m
			continue
		}
		place[m.key] = len(all)
		all = append(all, m)
	}
	return all
}

// elements splits a compact JSON array.
func elements(array []byte) []json.RawMessage {
	var all []json.RawMessage
	for rest := array[1:]; rest[0] != ']'; {
		var raw json.RawMessage
		raw, rest = cutValue(rest)
		all = append(all, raw)
	}
	return all
}

// cutValue cuts the first value and the comma behind it off compact JSON.
func cutValue(text []byte) (value json.RawMessage, rest []byte) {
	level, i := 0, 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += stringLen(text[i:]) - 1
			continue
		case '{', '[':
			level++
			continue
		case '}', ']':
			level--
		case ',':
		default:
			continue
		}
		if level < 0 || level == 0 && text[i] == ',' {
			break
		}
	}
	if text[i] == ',' {
		return json.RawMessage(text[:i]), text[i+1:]
	}
	return json.RawMessage(text[:i]), text[i:]
}

// object gives a compact JSON object: the value itself, or the one written in
// a string, as HTML forms send it.
func (m member) object() (raw []byte, ok bool) {
	if len(m.raw) > 0 && m.raw[0] == '{' {
		return m.raw, true
	}
	text, ok := m.text()
	if !ok || !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return nil, false
	}
	var compact bytes.Buffer
	if json.Compact(&compact, []byte(text)) != nil || depth(compact.Bytes()) > MaxDepth {
		return nil, false
	}
	return compact.Bytes(), true
}

// mayBeObject says whether the value is an object or text.
func (m member) mayBeObject() bool { return m.raw[0] == '{' || m.raw[0] == '"' }

// null says whether the value is null, which means absent.
func (m member) null() bool { return string(m.raw) == "null" }

// find gives the member with that name. If there is none, ok is false and the
// value null.
func find(all []member, name string) (m member, ok bool) {
	for _, m := range all {
		if m.key == name {
			return m, true
		}
	}
	return member{key: name, raw: json.RawMessage("null")}, false
}

// appendObject appends members as a compact JSON object.
func appendObject(dst []byte, all []member) []byte {
	dst = append(dst, '{')
	for i, m := range all {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, m.key), ':')
		dst = append(dst, m.raw...)
	}
	return append(dst, '}')
}
