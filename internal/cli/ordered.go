package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/jsontext"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// field is a member of a JSON object. Objects of settings keep the order of
// their members, because templates show it.
type field struct {
	name  string
	value json.RawMessage
}

// fieldsOf gives the members of an object in their order.
func fieldsOf(raw []byte) (all []field, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.Join(errors.New("it is not a JSON object"), err)
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		all = append(all, field{t.(string), value}) // a key of an object is a string
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object")
	}
	return all, nil
}

// objectJSON writes members as an object.
func objectJSON(all []field) json.RawMessage {
	dst := []byte{'{'}
	for i, f := range all {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, f.name), ':')
		dst = append(dst, f.value...)
	}
	return append(dst, '}')
}

// normalJSON writes JSON in the one spelling in which two values can be
// compared: the order of members and the digits of numbers stay, white space
// and escapes do not matter.
func normalJSON(raw []byte) (json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return appendValue(nil, d)
}

func appendValue(dst []byte, d *json.Decoder) ([]byte, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case json.Delim:
		return appendInside(append(dst, byte(t)), d, t == '{')
	case string:
		return jsontext.AppendString(dst, t), nil
	case json.Number:
		return append(dst, t...), nil
	}
	text, err := json.Marshal(t) // true, false, null
	return append(dst, text...), err
}

// appendInside writes the members of an object or the elements of an array,
// and its end.
func appendInside(dst []byte, d *json.Decoder, object bool) ([]byte, error) {
	for first := true; d.More(); first = false {
		if !first {
			dst = append(dst, ',')
		}
		var err error
		if object {
			if dst, err = appendValue(dst, d); err != nil {
				return nil, err
			}
			dst = append(dst, ':')
		}
		if dst, err = appendValue(dst, d); err != nil {
			return nil, err
		}
	}
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	return append(dst, byte(t.(json.Delim))), nil // More was false: it is the end
}

// serverMade are the members that a cloud adds to an integration's settings,
// and those with which old clients said whose it is.
var serverMade = []string{
	"id", "ok", "created_at", "updated_at", "hookUrl", "hook_url", "counters", "products", "logs", "errors", "warnings",
	"user_id", "userid", "product_id", "productID", "organization_id", "org_id", "last_run_at", "error_count",
	"mydevices", "access_token", "productIdOrSlug", "template",
}

// settingsOf takes the server's own members out of an integration, and those
// that are null. It names the former.
func settingsOf(raw []byte) (settings json.RawMessage, dropped []string, err error) {
	all, err := fieldsOf(raw)
	if err != nil {
		return nil, nil, err
	}
	kept := slices.DeleteFunc(all, func(f field) bool {
		made := slices.Contains(serverMade, f.name)
		if made {
			dropped = append(dropped, f.name)
		}
		return made || string(f.value) == "null"
	})
	return objectJSON(kept), dropped, nil
}

// checked is an integration's settings in the one spelling that a hub keeps.
type checked struct {
	name     string
	settings json.RawMessage
	warnings []string
}

// checkSettings reads settings as a hub of this version does. Errors name the
// setting.
func checkSettings(raw []byte, kind scope.Kind) (checked, error) {
	d, warnings, err := integration.Parse(raw, kind)
	if err != nil {
		return checked{}, err
	}
	settings, err := normalJSON(d.JSON())
	if err != nil {
		return checked{}, fmt.Errorf("write the settings: %w", err)
	}
	return checked{d.Name, settings, warnings}, nil
}

// patchTo gives what a PUT has to send so that an integration has the wanted
// settings and no others: a setting that goes is null.
func patchTo(old, wanted json.RawMessage) (json.RawMessage, error) {
	was, err := fieldsOf(old)
	if err != nil {
		return nil, err
	}
	is, err := fieldsOf(wanted)
	if err != nil {
		return nil, err
	}
	patch := slices.Clone(is)
	for _, f := range was {
		if !slices.ContainsFunc(is, func(g field) bool { return g.name == f.name }) {
			patch = append(patch, field{f.name, json.RawMessage("null")})
		}
	}
	return objectJSON(patch), nil
}
