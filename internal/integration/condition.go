package integration

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/template"
)

// operator is how a condition compares; 0 is none.
type operator uint8

const (
	equal operator = iota + 1
	unequal
	more
	atLeast
	less
	atMost
	contains
	startsWith
	exists
)

// operators are the words of configurations.
var operators = map[string]operator{
	"=": equal, "!=": unequal, ">": more, ">=": atLeast, "<": less, "<=": atMost,
	"contains": contains, "startsWith": startsWith, "exists": exists,
}

// orders says whether the operator asks for more or less.
func (o operator) orders() bool { return o >= more && o <= atMost }

// accepts judges an order: -1 less, 0 equal, 1 more.
func (o operator) accepts(order int) bool {
	switch o {
	case equal:
		return order == 0
	case unequal:
		return order != 0
	case more:
		return order > 0
	case atLeast:
		return order >= 0
	case less:
		return order < 0
	case atMost:
		return order <= 0
	}
	return false
}

// condition compares one place of the event's data with a value.
type condition struct {
	source string // the path as configured; "" = the whole data as text
	path   template.Path
	op     operator
	want   operand
}

// meets judges an event. Where there is nothing, only "is not" holds, and
// exists with false.
func (c *condition) meets(e *event.Event, vars *template.Context) bool {
	got, ok := c.find(e, vars)
	switch {
	case c.op == exists:
		return ok == (c.want.kind == template.True)
	case !ok:
		return c.op == unequal
	}
	return c.holds(got)
}

func (c *condition) find(e *event.Event, vars *template.Context) (got operand, ok bool) {
	if c.source == "" {
		return c.whole(e.Data), !e.NoData
	}
	v, ok := vars.Data(c.path)
	return newOperand(v.Kind(), v.Text()), ok
}

// whole takes the data as text, or as true, false or null when it is to be
// compared with these.
func (c *condition) whole(data string) operand {
	if c.want.kind < template.Number {
		switch strings.Trim(data, jsonSpace) {
		case "true":
			return operand{kind: template.True}
		case "false":
			return operand{kind: template.False}
		case "null":
			return operand{kind: template.Null}
		}
	}
	return newOperand(template.String, data)
}

// holds compares what was found, exists apart.
func (c *condition) holds(got operand) bool {
	switch c.op {
	case contains:
		return got.readable() && strings.Contains(got.text, c.want.text)
	case startsWith:
		return got.readable() && strings.HasPrefix(got.text, c.want.text)
	}
	order, ok := got.compare(&c.want)
	switch {
	case ok:
		return c.op.accepts(order)
	case c.op.orders():
		return false
	}
	same := got.kind == c.want.kind && got.kind < template.Number
	return same == (c.op == equal)
}

// excludes says whether no value meets both conditions. It finds the plain
// cases: another value, a value on the wrong side, an empty range.
func (c *condition) excludes(o *condition) bool {
	if c.source != o.source {
		return false
	}
	switch {
	case c.op == exists && c.want.kind == template.False:
		return o.op != unequal && (o.op != exists || o.want.kind == template.True)
	case o.op == exists:
		return false
	case c.op == equal && c.decides(o):
		return !o.holds(c.want)
	case c.op != more && c.op != atLeast || o.op != less && o.op != atMost:
		return false
	}
	order, _ := c.want.compare(&o.want)
	empty := order > 0 || order == 0 && (c.op == more || o.op == less)
	return empty && c.want.kind == template.Number && o.want.kind == template.Number
}

// decides says whether c, which asks for one value, settles o: a number can be
// written in several ways, and the whole data is compared as text as well.
func (c *condition) decides(o *condition) bool {
	switch {
	case c.want.numeric:
		return o.op == equal || o.want.numeric && (o.op == unequal || o.op.orders())
	case c.want.kind == template.String:
		return c.source != "" || o.want.kind == template.String
	}
	return c.source != ""
}

// operand is one side of a comparison.
type operand struct {
	kind    template.Kind
	text    string // content of a string, literal of a number
	numeric bool   // a number, or text that is one
	literal string // numeric: the number
	number  float64
}

func newOperand(kind template.Kind, text string) operand {
	o := operand{kind: kind, text: text}
	if kind == template.Number || kind == template.String {
		o.literal = strings.Trim(text, jsonSpace)
		o.number, o.numeric = parseNumber(o.literal)
	}
	return o
}

// operandOf reads a value of a configuration; arrays and objects have their
// kind only.
func operandOf(m member) operand {
	switch m.raw[0] {
	case '"':
		return newOperand(template.String, string(unquote(m.raw)))
	case '{':
		return operand{kind: template.Object}
	case '[':
		return operand{kind: template.Array}
	case 't':
		return operand{kind: template.True}
	case 'f':
		return operand{kind: template.False}
	case 'n':
		return operand{kind: template.Null}
	}
	return newOperand(template.Number, string(m.raw))
}

// readable says whether there is text to search.
func (o *operand) readable() bool { return o.kind == template.Number || o.kind == template.String }

// compare orders two numbers as numbers and two texts by their bytes; ok is
// false for everything else.
func (o *operand) compare(p *operand) (order int, ok bool) {
	switch {
	case o.numeric && p.numeric:
		return compareNumbers(o, p), true
	case o.kind == template.String && p.kind == template.String:
		return strings.Compare(o.text, p.text), true
	}
	return 0, false
}

// compareNumbers compares integers digit by digit where doubles cannot tell
// them apart, as serial numbers of twenty digits need it.
func compareNumbers(a, b *operand) int {
	if a.number != b.number || a.number == 0 || !isInteger(a.literal) || !isInteger(b.literal) {
		return cmp.Compare(a.number, b.number)
	}
	order := cmp.Or(cmp.Compare(len(a.literal), len(b.literal)), strings.Compare(a.literal, b.literal))
	if a.number < 0 {
		return -order
	}
	return order
}

const jsonSpace = " \t\r\n"

// parseNumber reads a number as JSON writes it, so that "007", "inf" and "0x1F"
// stay text. ok is false beyond the range of doubles.
func parseNumber(text string) (f float64, ok bool) {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || digits[0] < '0' || digits[0] > '9' {
		return 0, false
	}
	if digits[0] == '0' && len(digits) > 1 && digits[1] >= '0' && digits[1] <= '9' {
		return 0, false
	}
	if strings.Trim(text, "0123456789+-.eE") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}

// isInteger says whether a number has neither fraction nor exponent.
func isInteger(literal string) bool { return !strings.ContainsAny(literal, ".eE") }
