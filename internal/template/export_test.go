package template

import (
	"encoding/json"
	"iter"
)

// ParseValue reads a JSON text and keeps number literals and the order of
// members. Of members with the same name the last one counts. ok is false when
// the text is not JSON or nests more than 200 deep.
func ParseValue(text string) (v Value, ok bool) {
	if !json.Valid([]byte(text)) || tooDeep(text) {
		return Value{}, false
	}
	d := &document{}
	d.read(text)
	return d.value(0), true
}

// Members walks an object's members in their order.
func (v Value) Members() iter.Seq2[string, Value] {
	return func(yield func(string, Value) bool) {
		if v.kind != Object {
			return
		}
		v.children(yield)
	}
}

// Member gives an object's member.
func (v Value) Member(name string) (Value, bool) {
	if v.kind != Object {
		return Value{}, false
	}
	m, ok, _ := v.member(name)
	return m, ok
}

// Lookup gives the value that a tag with this name would print.
func (c *Context) Lookup(name string) (v Value, ok bool) {
	steps := newRef(name).steps
	v, used, _ := c.fixed(steps)
	if ok = v.kind != Null; used == 0 {
		v, ok, _ = c.variable(&steps[0])
		used = 1
	}
	for i := used; ok && i < len(steps); i++ {
		v, ok, _ = v.find(&steps[i])
	}
	return v, ok
}
