package cli

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/fieldhook/fieldhook/internal/jsontext"
)

// difference is a unified diff of settings, an empty one for from "" if there
// were none. Diffs end up in the logs of builds, so that credentials in them
// are hidden.
func difference(from, to string, old, wanted json.RawMessage) string {
	if from == "" {
		from = "/dev/null"
	}
	return udiff.Unified(from, to, readableSettings(old, nil), readableSettings(wanted, old))
}

// readableSettings indents settings and hides credentials. One that is not as
// in the other settings says so.
func readableSettings(settings, other json.RawMessage) string {
	if settings == nil {
		return ""
	}
	var b bytes.Buffer
	_ = json.Indent(&b, hide(settings, other, false), "", "  ") // it is valid: normalJSON wrote it
	b.WriteByte('\n')
	return b.String()
}

// hide hides credentials: what is inside of a member whose name says so, and
// users in URLs. What holds a template tag is shown: a named secret is no
// secret.
func hide(value, old json.RawMessage, inside bool) json.RawMessage {
	var text string
	switch {
	case len(value) == 0:
		return value
	case value[0] == '{':
		return hideMembers(value, old, inside)
	case value[0] == '[':
		return hideElements(value, old, inside)
	case json.Unmarshal(value, &text) != nil:
		return value // a number, true, false or null
	case strings.Contains(text, "{{"), text == "":
		return value
	case inside && old != nil && !bytes.Equal(old, value):
		return json.RawMessage(`"(hidden, changed)"`)
	case inside:
		return json.RawMessage(`"(hidden)"`)
	}
	return jsontext.AppendString(nil, userinfo.ReplaceAllString(text, "$1(hidden)@"))
}

// userinfo is the user and password of a URL.
var userinfo = regexp.MustCompile(`(?i)^(https?://)[^/?#@]+@`)

func hideMembers(value, old json.RawMessage, inside bool) json.RawMessage {
	all, _ := fieldsOf(value) // it is valid
	was, _ := fieldsOf(old)   // of another kind: nothing to compare with
	for i, f := range all {
		all[i].value = hide(f.value, valueOf(was, f.name), inside || secretive(f.name))
	}
	return objectJSON(all)
}

func hideElements(value, old json.RawMessage, inside bool) json.RawMessage {
	var all, was []json.RawMessage
	_ = json.Unmarshal(value, &all) // it is valid
	_ = json.Unmarshal(old, &was)
	for i := range all {
		var before json.RawMessage
		if i < len(was) {
			before = was[i]
		}
		all[i] = hide(all[i], before, inside)
	}
	return append(append([]byte{'['}, bytes.Join(asBytes(all), []byte{','})...), ']')
}

func asBytes(all []json.RawMessage) [][]byte {
	out := make([][]byte, len(all))
	for i := range all {
		out[i] = all[i]
	}
	return out
}

// secretive says whether a member's name tells that it holds a credential. The
// setting secrets holds names only.
func secretive(name string) bool {
	name = strings.ToLower(name)
	return name != "secrets" && slices.ContainsFunc([]string{"auth", "key", "token", "secret", "passw", "cookie", "signature", "tls", "account"},
		func(part string) bool { return strings.Contains(name, part) })
}

func valueOf(all []field, name string) json.RawMessage {
	for _, f := range all {
		if f.name == name {
			return f.value
		}
	}
	return nil
}
