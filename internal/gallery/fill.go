package gallery

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/jsontext"
)

// secretReference is a value that names a secret instead of holding it.
var secretReference = regexp.MustCompile(`^\{\{\{ *([A-Z_][A-Z0-9_]*) *\}\}\}$`)

// Fill gives the settings of an integration: the entry's template with values
// in its places. The rule is simple, for the console does the same
// (docs/gallery.md, and testdata/fill.json for both):
//
//  1. White space around a value is dropped; an empty value is the default.
//  2. In every text of the template, names of members included, each <<KEY>>
//     becomes the value. In a json setting that is text, the value is written
//     as between the quotes of JSON.
//  3. A member or element that is nothing but one place is left out when the
//     value is empty.
//  4. The name of a secret that the value of a secret parameter refers to is
//     added to the secrets setting.
//
// Errors are faults that name the parameter.
func Fill(e *Entry, params map[string]string) (json.RawMessage, error) {
	f := filler{values: make(map[string]string, len(e.Params))}
	for key := range params {
		if !slices.ContainsFunc(e.Params, func(p Param) bool { return p.Key == key }) {
			return nil, fault.Field(key, "%s has no such parameter.", e.Name)
		}
	}
	for i := range e.Params {
		if err := f.take(&e.Params[i], params[e.Params[i].Key]); err != nil {
			return nil, err
		}
	}
	all, err := membersOf(e.Template)
	if err != nil {
		return nil, fault.New(fault.Internal, "The template of %s is not valid.", e.ID).Because(err)
	}
	return f.settings(all), nil
}

// filler holds what is put into places.
type filler struct {
	values  map[string]string
	secrets []string // names of secrets that values refer to
	text    bool     // the text under way is the text of JSON
}

// take notes the value of a parameter.
func (f *filler) take(p *Param, value string) error {
	if value = strings.TrimSpace(value); value == "" {
		value = p.Default
	}
	if value == "" && p.Required {
		return fault.Field(p.Key, "is required: %s.", p.Label)
	}
	f.values[p.Key] = value
	if m := secretReference.FindStringSubmatch(value); m != nil && p.Secret && !slices.Contains(f.secrets, m[1]) {
		f.secrets = append(f.secrets, m[1])
	}
	return nil
}

// member is one member of an object in its order; name is "" in an array.
type member struct {
	name  string
	value json.RawMessage
}

// settings writes the top level, where json and secrets have their meaning.
func (f *filler) settings(all []member) json.RawMessage {
	dst := []byte{'{'}
	for _, m := range all {
		f.text = m.name == "json" && m.value[0] == '"'
		if m.name == "secrets" {
			continue
		}
		dst = f.member(dst, m)
	}
	f.text = false
	if names := f.allSecrets(all); len(names) > 0 {
		raw, _ := json.Marshal(names) // texts: it cannot fail
		dst = f.member(dst, member{"secrets", raw})
	}
	return append(dst, '}')
}

// allSecrets are those that the template selects, and those that values name.
func (f *filler) allSecrets(all []member) (names []string) {
	for _, m := range all {
		if m.name == "secrets" {
			_ = json.Unmarshal(m.value, &names) // the parser of integrations says what is wrong
		}
	}
	for _, name := range f.secrets {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// member appends a member unless it is left out.
func (f *filler) member(dst []byte, m member) []byte {
	if f.leftOut(m.value) {
		return dst
	}
	if last := dst[len(dst)-1]; last != '{' {
		dst = append(dst, ',')
	}
	dst = append(jsontext.AppendString(dst, f.fill(m.name)), ':')
	return f.value(dst, m.value)
}

// leftOut says whether a value is one place that stays empty.
func (f *filler) leftOut(raw json.RawMessage) bool {
	m := wholePlace.FindSubmatch(raw)
	return m != nil && f.values[string(m[1])] == ""
}

var wholePlace = regexp.MustCompile(`^"<<([A-Z][A-Z0-9_]*)>>"$`)

func (f *filler) value(dst []byte, raw json.RawMessage) []byte {
	switch raw[0] {
	case '{':
		all, _ := membersOf(raw) // valid, for it is a part of what was read
		dst = append(dst, '{')
		for _, m := range all {
			dst = f.member(dst, m)
		}
		return append(dst, '}')
	case '[':
		return f.array(dst, raw)
	case '"':
		var text string
		_ = json.Unmarshal(raw, &text) // valid, as above
		return jsontext.AppendString(dst, f.fill(text))
	}
	return append(dst, raw...)
}

func (f *filler) array(dst []byte, raw json.RawMessage) []byte {
	var all []json.RawMessage
	_ = json.Unmarshal(raw, &all) // valid, as above
	dst = append(dst, '[')
	for _, v := range all {
		if f.leftOut(v) {
			continue
		}
		if dst[len(dst)-1] != '[' {
			dst = append(dst, ',')
		}
		dst = f.value(dst, v)
	}
	return append(dst, ']')
}

// fill puts values into the places of a text, once: a value's own places stay.
func (f *filler) fill(text string) string {
	return place.ReplaceAllStringFunc(text, func(found string) string {
		value := f.values[found[2:len(found)-2]]
		if f.text {
			return string(jsontext.AppendEscaped(nil, value))
		}
		return value
	})
}

// membersOf takes an object apart, in order.
func membersOf(raw json.RawMessage) (all []member, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err = d.Token(); err != nil {
		return nil, err
	}
	for d.More() {
		var m member
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		m.name, _ = name.(string)
		if err := d.Decode(&m.value); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}
