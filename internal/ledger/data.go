package ledger

import (
	"bytes"
	"encoding/json"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/jsontext"
)

// Mode says how new data and old data of an instance become one.
type Mode string

// The modes of setting an instance's data.
const (
	Replace Mode = "Replace" // the new data takes the place of the old
	// Merge puts each outermost member of the new data in the place of the old
	// one of its name and leaves the others as they are. A member inside a member
	// is not merged. null is a value: it replaces a member and removes none.
	Merge Mode = "Merge"
)

// ParseMode reads a mode; "" is Replace. Errors: a fault that names the field
// set_mode.
func ParseMode(text string) (Mode, error) {
	switch m := Mode(text); m {
	case "":
		return Replace, nil
	case Replace, Merge:
		return m, nil
	}
	return "", fault.Field("set_mode", "It must be Replace or Merge.")
}

// ParseData reads the data of an instance: a JSON object. It gives the object in
// compact form, its numbers as they were written, and of members with the same
// outermost name the last. Errors: faults that name the field data.
func ParseData(raw []byte) (string, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, bytes.ToValidUTF8(raw, []byte("\uFFFD"))); err != nil {
		return "", fault.Field("data", "It is not valid JSON.").Because(err)
	}
	text := compact.Bytes()
	if len(text) == 0 || text[0] != '{' {
		return "", fault.Field("data", "It must be a JSON object.")
	}
	if nesting(text) > MaxNesting {
		return "", fault.Field("data", "It nests deeper than %d levels.", MaxNesting)
	}
	if err := checkSize(len(text)); err != nil {
		return "", err
	}
	return join(members(text)), nil // which makes it no longer
}

// checkSize keeps data within its limit.
func checkSize(bytes int) error {
	if bytes > MaxData {
		return fault.Field("data", "An instance has at most %d bytes of data as compact JSON; this has %d.", MaxData, bytes)
	}
	return nil
}

// combine makes the data of the next version. Errors: a fault that names the
// field data when both together are too large.
func combine(old, data string, mode Mode) (string, error) {
	if mode != Merge || old == "" {
		return data, nil
	}
	all := join(append(members([]byte(old)), members([]byte(data))...))
	return all, checkSize(len(all))
}

// member is one outermost member of an object.
type member struct {
	name string
	raw  json.RawMessage
}

// members splits a valid JSON object.
func members(object []byte) (all []member) {
	d := json.NewDecoder(bytes.NewReader(object))
	_, _ = d.Token() // the brace
	for d.More() {
		var m member
		name, err := d.Token()
		if err != nil || d.Decode(&m.raw) != nil {
			return all // of a valid object it does not happen
		}
		m.name, _ = name.(string)
		all = append(all, m)
	}
	return all
}

// join writes members as an object. As in JavaScript the last value of a
// repeated name counts, in the place of the first.
func join(all []member) string {
	last := make(map[string]json.RawMessage, len(all))
	for _, m := range all {
		last[m.name] = m.raw
	}
	dst := []byte{'{'}
	for _, m := range all {
		raw, ok := last[m.name]
		if !ok {
			continue // it was written already
		}
		delete(last, m.name)
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, m.name), ':')
		dst = append(dst, raw...)
	}
	return string(append(dst, '}'))
}

// nesting is how deep a valid JSON text nests.
func nesting(text []byte) (deepest int) {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == '{' || c == '['):
			depth++
			deepest = max(deepest, depth)
		case !quoted && (c == '}' || c == ']'):
			depth--
		}
	}
	return deepest
}
