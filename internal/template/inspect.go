package template

import (
	"slices"
	"strings"
)

// maxNames bounds what is told about one template: nobody reads more, and looking
// for repeated ones takes a time for each that is known.
const maxNames = 100

// Escaped gives the names of the tags whose values are escaped for HTML, as they
// are written, each once, and 100 at most, as all of these lists.
func (t *Template) Escaped() (names []string) {
	for i := range t.ops {
		if o := &t.ops[i]; o.kind == opEscaped {
			names = addName(names, o.text)
		}
	}
	return names
}

// Names says whether a tag of the template has one of the names.
func (t *Template) Names(any ...string) bool {
	return slices.ContainsFunc(t.ops, func(o op) bool {
		return o.kind != opText && len(o.ref.steps) > 0 && slices.Contains(any, o.ref.steps[0].name)
	})
}

// Unquoted gives the names of the tags that stand outside of the strings of a
// template that looks like a JSON object or array, each once. The result is JSON
// only if their values are. Tags that print JSON are not among them, and a
// template of anything else has none.
func (t *Template) Unquoted() (names []string) {
	if text := strings.TrimLeft(t.source, " \t\r\n"); text == "" || text[0] != '{' && text[0] != '[' || strings.HasPrefix(text, "{{") {
		return nil
	}
	inside := false
	for i := range t.ops {
		switch o := &t.ops[i]; {
		case o.kind == opText:
			inside = endsInString(o.text, inside)
		case !inside && (o.kind == opRaw || o.kind == opEscaped):
			names = addName(names, o.text)
		}
	}
	return names
}

// endsInString says whether a piece of JSON ends inside a string; inside says it
// of its beginning.
func endsInString(text string, inside bool) bool {
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			inside = !inside
		case text[i] == '\\' && inside:
			i++
		}
	}
	return inside
}

// Missing gives the names of the tags outside of sections that stand for nothing
// that c has, each once. A variable that is there and empty is not among them.
func (t *Template) Missing(c *Context) (names []string) {
	r := renderer{ops: t.ops, c: c, steps: maxSteps - c.spent}
	c.stack = append(c.stack[:0], Value{kind: variables})
	for i := 0; i < len(t.ops) && r.steps > 0; {
		o := &t.ops[i]
		i++
		switch o.kind {
		case opSection, opInverted, opBlock:
			i = o.end
		case opRaw, opEscaped, opJSON:
			if !r.known(&o.ref) {
				names = addName(names, o.text)
			}
		}
		r.steps--
	}
	c.spent = maxSteps - r.steps
	return names
}

// known says whether a name stands for something, in the way of resolve.
func (r *renderer) known(n *ref) bool {
	v, used, cost := r.c.fixed(n.steps)
	r.steps -= cost
	ok := true
	if used == 0 {
		v, ok = r.find(r.top(), &n.steps[0])
		used = 1
	} else if used == 2 {
		ok = v.kind != Null
	}
	for i := used; i < len(n.steps) && ok; i++ {
		v, ok = r.find(v, &n.steps[i])
	}
	return ok
}

func addName(names []string, name string) []string {
	if len(names) >= maxNames || slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}
