package template

import (
	"fmt"
	"strings"
)

// Kinds of op.
type opKind uint8

const (
	opText     opKind = iota // append text
	opRaw                    // append a value
	opEscaped                // append a value, HTML-escaped
	opJSON                   // append a value as JSON
	opSection                // run the ops up to end for a truthy value
	opInverted               // run the ops up to end for a falsy value
	opBlock                  // run the ops from lo to hi, continue at end
)

// op is one instruction. The ops of a section follow it directly.
type op struct {
	kind   opKind
	text   string // text to append, or the name of a value's tag
	ref    ref
	end    int // first op behind the section or block
	lo, hi int // the ops of the block's last definition; none when equal
}

// ref is a name, cut at its dots.
type ref struct {
	steps []step
	dot   bool // the name is "."
}

// step is one part of a name, prepared for the three things it can select.
type step struct {
	name  string
	slot  slot // predefined variable, or 0
	index int  // array index, or -1
}

func newRef(name string) ref {
	parts := strings.Split(name, ".")
	r := ref{steps: make([]step, len(parts)), dot: name == "."}
	for i, p := range parts {
		r.steps[i] = newStep(p)
	}
	return r
}

func newStep(name string) step {
	return step{name: name, slot: slots[name], index: arrayIndex(name)}
}

// arrayIndex reads a canonical array index: digits without a leading zero.
// Anything else, and indexes no array here can have, gives -1.
func arrayIndex(s string) int {
	if s == "" || len(s) > 9 || (s[0] == '0' && len(s) > 1) {
		return -1
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// opener is a section, block or parent that is still open.
type opener struct {
	token
	op int // its op
}

// compiler turns tokens into ops.
type compiler struct {
	src     string
	ops     []op
	text    strings.Builder // text not yet in ops
	open    []opener
	parents int               // open parents ({{<): nothing inside them renders
	blocks  map[string][2]int // ops of each outermost block, by name
	calls   map[int]string    // block ops and their names
}

func compile(src string, tokens []token) ([]op, error) {
	c := compiler{src: src, blocks: map[string][2]int{}, calls: map[int]string{}}
	for _, t := range tokens {
		if err := c.take(t); err != nil {
			return nil, err
		}
	}
	if n := len(c.open); n > 0 {
		o := c.open[n-1]
		return nil, c.errorAt(o.token, "The section %q is not closed.", o.text)
	}
	c.flush()
	for i, name := range c.calls {
		c.ops[i].lo, c.ops[i].hi = c.blocks[name][0], c.blocks[name][1]
	}
	return c.ops, nil
}

func (c *compiler) errorAt(t token, format string, args ...any) error {
	return syntaxError(c.src, t.at, fmt.Sprintf(format, args...))
}

func (c *compiler) take(t token) error {
	if n := len(c.open); n > 0 && c.open[n-1].kind == '<' && strings.IndexByte("t\n$/", t.kind) < 0 {
		return c.errorAt(t, "A parent tag may hold only text and blocks.")
	}
	switch t.kind {
	case tokText:
		c.literal(t.text)
	case tokNewline:
		c.literal("\n")
	case tokValue:
		c.value(opEscaped, t.text)
	case '{', '&':
		c.value(opRaw, t.text)
	case '#', '^', '$', '<':
		return c.begin(t)
	case '/':
		return c.finish(t)
	}
	return nil // comments and partials
}

// value adds the op of a value's tag.
func (c *compiler) value(kind opKind, name string) {
	ref := newRef(name)
	if of, ok := jsonName(name); ok {
		kind, ref = opJSON, newRef(of)
	}
	c.add(op{kind: kind, text: name, ref: ref})
}

// jsonName gives the name behind "JSON:", if a tag's name begins so.
func jsonName(tag string) (name string, ok bool) {
	name, ok = strings.CutPrefix(tag, "JSON:")
	name = strings.TrimFunc(name, isSpace)
	return name, ok && name != ""
}

func (c *compiler) literal(s string) {
	if c.parents == 0 {
		c.text.WriteString(s)
	}
}

func (c *compiler) flush() {
	if c.text.Len() > 0 {
		c.ops = append(c.ops, op{kind: opText, text: c.text.String()})
		c.text = strings.Builder{}
	}
}

// add appends an op and gives its place.
func (c *compiler) add(o op) int {
	if c.parents > 0 {
		return -1
	}
	c.flush()
	c.ops = append(c.ops, o)
	return len(c.ops) - 1
}

func (c *compiler) begin(t token) error {
	if len(c.open) == MaxDepth {
		return c.errorAt(t, "Sections nest at most %d deep.", MaxDepth)
	}
	o := opener{token: t, op: -1}
	switch t.kind {
	case '#':
		o.op = c.add(op{kind: opSection, ref: newRef(t.text)})
	case '^':
		o.op = c.add(op{kind: opInverted, ref: newRef(t.text)})
	case '$':
		o.op = c.add(op{kind: opBlock})
	case '<':
		c.parents++
	}
	if t.kind == '$' && o.op >= 0 {
		c.calls[o.op] = t.text
	}
	c.open = append(c.open, o)
	return nil
}

func (c *compiler) finish(t token) error {
	n := len(c.open)
	if n == 0 {
		return c.errorAt(t, "The closing tag %q has no section to close.", t.text)
	}
	o := c.open[n-1]
	if o.text != t.text {
		return c.errorAt(t, "The section %q is closed by %q.", o.text, t.text)
	}
	c.open = c.open[:n-1]
	if o.kind == '<' {
		c.parents--
	}
	if o.op < 0 {
		return nil
	}
	c.flush()
	c.ops[o.op].end = len(c.ops)
	if o.kind == '$' && !c.inBlock() {
		c.blocks[t.text] = [2]int{o.op + 1, len(c.ops)}
	}
	return nil
}

// inBlock says whether a block is open. Hogan forgets the definitions of
// blocks inside blocks.
func (c *compiler) inBlock() bool {
	for _, o := range c.open {
		if o.kind == '$' {
			return true
		}
	}
	return false
}
