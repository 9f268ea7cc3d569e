package template

import (
	"iter"
	"strconv"
)

// Kind is the JSON type of a Value.
type Kind uint8

// The kinds of value.
const (
	Null Kind = iota
	False
	True
	Number
	String
	Array
	Object

	variables // the root of a Context; never seen outside
)

// Value is one value of a JSON document. The zero Value is null. It stays
// valid as long as its document: until the Context's next Reset or SetResponse.
type Value struct {
	kind Kind
	data bool // the event's data as it came
	text string
	doc  *document
	at   int // its node in doc; Array and Object only
}

func textValue(s string) Value { return Value{kind: String, text: s} }

// Kind is the value's type.
func (v Value) Kind() Kind { return v.kind }

// Text is a string's content, a number's literal, "" for everything else.
func (v Value) Text() string { return v.text }

// Len is the number of elements or members; 0 for other kinds.
func (v Value) Len() int {
	if v.doc == nil {
		return 0
	}
	return v.doc.nodes[v.at].count
}

// Elements walks an array.
func (v Value) Elements() iter.Seq2[int, Value] {
	return func(yield func(int, Value) bool) {
		if v.kind != Array {
			return
		}
		i := 0
		v.children(func(_ string, e Value) bool {
			i++
			return yield(i-1, e)
		})
	}
}

// children walks elements or members without the hidden nodes.
func (v Value) children(yield func(name string, child Value) bool) {
	nodes := v.doc.nodes
	for i := v.at + 1; i < nodes[v.at].end; i = nodes[i].end {
		if !nodes[i].hidden && !yield(nodes[i].name, v.doc.value(i)) {
			return
		}
	}
}

// find gives what a step selects in v: a member, an element or an array's
// length. cost is about how many nodes it looked at.
func (v Value) find(s *step) (found Value, ok bool, cost int) {
	switch {
	case v.kind == Object:
		return v.member(s.name)
	case v.kind != Array:
		return Value{}, false, 1
	case s.name == "length":
		return Value{kind: Number, text: strconv.Itoa(v.Len())}, true, 1
	case s.index < 0 || s.index >= v.Len():
		return Value{}, false, 1
	}
	return v.element(s.index), true, 1 + s.index
}

func (v Value) member(name string) (found Value, ok bool, cost int) {
	each := 1 + len(name)/64 // long names take time to compare
	nodes := v.doc.nodes
	for i := v.at + 1; i < nodes[v.at].end; i = nodes[i].end {
		cost += each
		if n := &nodes[i]; n.name == name && !n.hidden {
			return v.doc.value(i), true, cost
		}
	}
	return Value{}, false, cost + 1
}

func (v Value) element(index int) Value {
	at := v.at + 1
	for range index {
		at = v.doc.nodes[at].end
	}
	return v.doc.value(at)
}

// size is how many nodes printing v visits.
func (v Value) size() int {
	if v.doc == nil {
		return 1
	}
	return v.doc.nodes[v.at].end - v.at
}

// truthy is JavaScript's, except that an empty array is false too.
func (v Value) truthy() bool {
	switch v.kind {
	case True, Object, variables:
		return true
	case Number:
		return !isZero(v.text)
	case String:
		return v.text != ""
	case Array:
		return v.Len() > 0
	}
	return false
}
