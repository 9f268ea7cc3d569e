package template

import (
	"encoding/json"
	"slices"
)

// ledgerWord is the first part of the names of ledgers' values:
// LEDGER.<ledger>.<member>. Alone it has no value.
const ledgerWord = "LEDGER"

// ledgers are the documents of ledgers that templates may name. Their text is
// read when a template asks for it.
type ledgers struct {
	names []string
	texts []string
	docs  []document // read ones, in the order of names
	read  []bool
}

// SetLedgers makes the data of ledgers variables until the next Reset: texts[i]
// is the JSON object of names[i], and "" has no members. Nothing hides them but a
// secret of the name LEDGER: neither the event's data nor a section nor a
// response can stand in for a ledger. c keeps the slices, which must not change
// as long as it uses them.
func (c *Context) SetLedgers(names, texts []string) {
	l := &c.ledgers
	l.clear()
	l.names, l.texts = names, texts
	for len(l.docs) < len(names) {
		l.docs, l.read = append(l.docs, document{}), append(l.read, false)
	}
}

// clear forgets the ledgers, and keeps the memory of their documents.
func (l *ledgers) clear() {
	for i := range l.names {
		l.docs[i].reset()
		l.read[i] = false
	}
	l.names, l.texts = nil, nil
}

// ledger gives the document of a ledger; text that is no JSON object or array has
// none.
func (c *Context) ledger(name string) (v Value, cost int) {
	l := &c.ledgers
	i := slices.Index(l.names, name)
	if i < 0 {
		return Value{}, 1 + len(l.names)
	}
	cost = 1 + i
	d := &l.docs[i]
	if text := l.texts[i]; !l.read[i] && mayHoldMembers(text) {
		cost += len(text) / stepBytes
		if c.bytes = append(c.bytes[:0], text...); json.Valid(c.bytes) && !tooDeep(text) {
			d.read(text)
		}
	}
	l.read[i] = true
	if len(d.nodes) == 0 {
		return Value{}, cost
	}
	return d.value(0), cost
}

// fixed gives the value of what nothing can stand in for: a secret, or the
// document of a ledger. used is how many steps of the name that took, 0 when the
// name is neither.
func (c *Context) fixed(steps []step) (v Value, used, cost int) {
	if v, ok := c.secret(steps[0].name); ok {
		return v, 1, len(c.secrets)
	}
	if steps[0].slot != slotLedger {
		return Value{}, 0, len(c.secrets)
	}
	if len(steps) == 1 {
		return Value{}, 1, len(c.secrets)
	}
	v, cost = c.ledger(steps[1].name)
	return v, 2, cost + len(c.secrets)
}

// Ledgers gives the names of the ledgers that the template's tags name, as they
// are written, each once.
func (t *Template) Ledgers() (names []string) {
	for i := range t.ops {
		steps := t.ops[i].ref.steps
		if len(steps) > 1 && steps[0].slot == slotLedger && !slices.Contains(names, steps[1].name) {
			names = append(names, steps[1].name)
		}
	}
	return names
}
