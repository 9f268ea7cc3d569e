package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// input reads the members of a request's object one by one; a form's values are
// texts. A member that is not there is nil. The first wrong one is kept in err.
type input struct {
	members map[string][]byte // as they stand
	err     error
}

// readInput reads the body of a request. The members may stand in an object of
// their own, as in {"product":{"name":"lamp"}}, if wrapper names it.
func readInput(r *http.Request, wrapper string) (*input, error) {
	object, err := readObject(r)
	if err != nil {
		return nil, err
	}
	if inner := member(object, wrapper); wrapper != "" && len(inner) > 0 && inner[0] == '{' {
		object = inner
		if err := checkObject(object); err != nil {
			return nil, err
		}
	}
	in := &input{members: map[string][]byte{}}
	if object == nil {
		return in, nil
	}
	m, err := objectOf(object)
	for err == nil && m.next() {
		in.members[string(m.name)] = m.value
	}
	return in, err
}

func (in *input) fail(name, text string) {
	if in.err == nil {
		in.err = fault.Field(name, "%s", text)
	}
}

// value gives the first member that is there, and its name.
func (in *input) value(names []string) (string, []byte) {
	for _, name := range names {
		if v, ok := in.members[name]; ok {
			return name, v
		}
	}
	return names[0], nil
}

// text reads a text; null is "", and a number is taken as it is written. Later
// names are other spellings of the first.
func (in *input) text(names ...string) *string {
	name, v := in.value(names)
	switch {
	case v == nil:
		return nil
	case v[0] == '{', v[0] == '[', v[0] == 't', v[0] == 'f':
		in.fail(name, "It must be a text.")
	}
	s := ""
	if v[0] != 'n' {
		s = jsonText(v)
	}
	return &s
}

// flag reads a boolean, which forms spell as a text.
func (in *input) flag(names ...string) *bool {
	name, v := in.value(names)
	if v == nil {
		return nil
	}
	b := false
	switch jsonText(v) {
	case "true", "1":
		b = true
	case "false", "0", "null":
	default:
		in.fail(name, "It must be true or false.")
	}
	return &b
}

// number reads a whole number; null and "" are 0.
func (in *input) number(names ...string) *int {
	name, v := in.value(names)
	if v == nil {
		return nil
	}
	n := 0
	if text := jsonText(v); text != "null" && text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil || v[0] == '{' || v[0] == '[' {
			in.fail(name, "It must be a whole number or null.")
		}
	}
	return &n
}

// list reads an array of texts; a text is split at its commas, and null is no
// elements.
func (in *input) list(names ...string) *[]string {
	name, v := in.value(names)
	if v == nil {
		return nil
	}
	out := []string{}
	switch v[0] {
	case '[':
		var texts []string
		if json.Unmarshal(v, &texts) != nil {
			in.fail(name, "It must be an array of texts.")
		}
		out = append(out, texts...)
	case '"':
		for part := range strings.SplitSeq(unquote(v), ",") {
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, part)
			}
		}
	case 'n':
	default:
		in.fail(name, "It must be an array of texts.")
	}
	return &out
}

// object reads an object as it stands; null is none.
func (in *input) object(name string) []byte {
	v := in.members[name]
	switch {
	case v == nil, v[0] == 'n':
		return nil
	case v[0] != '{':
		in.fail(name, "It must be an object.")
	}
	return bytes.Clone(v)
}

// linkNext tells, in a header, where the next page of a bare list is.
func (a *API) linkNext(w http.ResponseWriter, r *http.Request, p page) {
	w.Header().Set("Link", fmt.Sprintf(`<%s%s?page=%d&per_page=%d>; rel="next"`, strings.TrimRight(a.BaseURL, "/"), r.URL.EscapedPath(), p.number+1, p.size))
}
