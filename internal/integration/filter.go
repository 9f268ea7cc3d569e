package integration

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/template"
)

// Limits of a filter.
const (
	MaxConditions    = 16   // on the data
	MaxConditionPath = 256  // bytes of a path
	MaxDevices       = 1000 // named devices
)

// Filter holds the conditions that an event must meet besides its name. It is
// immutable.
type Filter struct {
	devices  map[string]struct{} // nil: every device
	firmware version
	data     []condition
}

// version is a condition on the product firmware version; op 0 is none.
type version struct {
	op     operator
	number int
}

// Match says whether e meets all conditions. c must have been Reset to e; it
// reads the event's data as JSON once, and only for conditions on members. It
// allocates nothing besides that.
func (f *Filter) Match(e *event.Event, c *template.Context) bool {
	if _, ok := f.devices[e.Device]; !ok && f.devices != nil {
		return false
	}
	if f.firmware.op != 0 && !f.firmware.holds(e.Firmware) {
		return false
	}
	for i := range f.data {
		if !f.data[i].meets(e, c) {
			return false
		}
	}
	return true
}

// holds judges a version; the unknown one, 0, never matches.
func (v version) holds(firmware int) bool {
	order := 0
	if firmware < v.number {
		order = -1
	} else if firmware > v.number {
		order = 1
	}
	return firmware != 0 && v.op.accepts(order)
}

// filter reads the conditions besides the event's name.
func (p *parser) filter() {
	all, m, _ := p.fields("filter")
	if len(all) == 0 {
		delete(p.set, "filter")
		return
	}
	f := &Filter{}
	for _, part := range all {
		path := under(m.key, part.key)
		switch {
		case part.null():
		case part.key == "data":
			p.conditions(path, part, f)
		case part.key == "devices":
			p.devices(path, part, f)
		case part.key == "firmware":
			p.firmware(path, part, f)
		default:
			p.stranger(path)
		}
	}
	p.d.Filter = f
}

func (p *parser) devices(path string, m member, f *Filter) {
	var all []json.RawMessage
	if m.raw[0] == '[' {
		all = elements(m.raw)
	}
	if len(all) == 0 || len(all) > MaxDevices {
		p.fail(path, "must be an array of 1 to %d device ids.", MaxDevices)
		return
	}
	f.devices = make(map[string]struct{}, len(all))
	for i, raw := range all {
		id, _ := member{raw: raw}.text()
		if id = strings.ToLower(strings.TrimSpace(id)); !event.IsID(id) {
			p.fail(at(path, i), "a device id has 24 hexadecimal digits.")
		}
		f.devices[id] = struct{}{}
	}
	if _, ok := f.devices[p.d.DeviceID]; !ok && p.d.DeviceID != "" {
		p.fail(path, "does not name the device of deviceID, so no event could match.")
	}
}

func (p *parser) firmware(path string, m member, f *Filter) {
	text, _ := m.text()
	digits := strings.TrimLeft(text, "=!<>")
	op := operators[text[:len(text)-len(digits)]]
	n, err := strconv.ParseUint(strings.TrimSpace(digits), 10, 31)
	if op == 0 || err != nil {
		p.fail(path, `must be one of =, !=, >, >=, < and <= with a version, such as ">=3".`)
		return
	}
	f.firmware = version{op, int(n)}
	if n <= 1 && op == less || n == 0 && (op == atMost || op == equal) {
		p.fail(path, "no event could match: versions begin at 1.")
	}
}

func (p *parser) conditions(path string, m member, f *Filter) {
	if m.raw[0] != '[' {
		p.fail(path, "must be an array of conditions.")
		return
	}
	all := elements(m.raw)
	if len(all) > MaxConditions {
		p.fail(path, "has at most %d conditions.", MaxConditions)
		return
	}
	for i, raw := range all {
		c, ok := p.condition(at(path, i), raw)
		if !ok {
			return
		}
		f.data = append(f.data, c)
		for j := range i {
			if f.data[j].excludes(&c) || c.excludes(&f.data[j]) {
				p.fail(at(path, i), "no event could match this and %s.", at(path, j))
			}
		}
	}
}

// condition reads {"path","op","value"}.
func (p *parser) condition(path string, raw json.RawMessage) (c condition, ok bool) {
	if raw[0] != '{' {
		p.fail(path, "must be an object with path, op and value.")
		return condition{}, false
	}
	all := members(raw)
	for _, m := range all {
		if m.key != "path" && m.key != "op" && m.key != "value" {
			p.stranger(under(path, m.key))
		}
	}
	m, _ := find(all, "path")
	if c.source, ok = m.text(); !ok || len(c.source) > MaxConditionPath {
		p.fail(path+".path", "must be text of at most %d bytes, such as gps.lat.", MaxConditionPath)
	}
	c.path = template.ParsePath(c.source)
	m, _ = find(all, "op")
	op, _ := m.text()
	if c.op = operators[op]; c.op == 0 {
		p.fail(path+".op", "must be =, !=, >, >=, <, <=, contains, startsWith or exists.")
	}
	if p.err == nil {
		c.want = p.wanted(path+".value", c.op, all)
	}
	return c, p.err == nil
}

// wanted reads the value of a condition and checks that its operator can hold.
func (p *parser) wanted(path string, op operator, all []member) operand {
	m, ok := find(all, "value")
	want := operandOf(m)
	isText, flag := want.kind == template.String, want.kind == template.True || want.kind == template.False
	switch {
	case op == exists && !flag:
		p.fail(path, "must be true or false.")
	case (op == contains || op == startsWith) && !isText:
		p.fail(path, "must be text.")
	case !ok || want.kind > template.String:
		p.fail(path, "must be text, a number, true, false or null.")
	case want.kind == template.Number && !want.numeric:
		p.fail(path, "is beyond the range of numbers.")
	case op.orders() && !isText && !want.numeric:
		p.fail(path, "must be text or a number, which can be more or less.")
	}
	return want
}
