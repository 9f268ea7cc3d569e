package template

import (
	"encoding/json"

	"github.com/fieldhook/fieldhook/internal/event"
)

// Context holds the variables of one event, and perhaps of a response to it.
// Its zero value has no variables. Reset makes it ready for the next event and
// keeps its memory. It is not for concurrent use.
type Context struct {
	event       *event.Event
	data        document // the event's data, once read
	dataRead    bool
	response    document
	hasResponse bool
	made        [slotCount]string // predefined values that had to be built
	secrets     []string          // names of secrets
	values      []string          // their values, in the same order; perhaps fewer
	ledgers     ledgers
	stack       []Value // context stack of the rendering under way
	bytes       []byte  // scratch
	spent       int     // work done since Reset; see maxSteps
}

// Reset makes c hold the variables of e, which must not change as long as c
// uses it; nil means no variables. The event's data is read as JSON only when a
// template asks for a name that is not predefined.
func (c *Context) Reset(e *event.Event) {
	c.event = e
	c.spent = 0
	c.data.reset()
	c.dataRead = false
	c.response.reset()
	c.hasResponse = false
	c.made = [slotCount]string{}
	c.secrets, c.values = nil, nil
	c.ledgers.clear()
}

// Device is who published the event of the last Reset: the id of a device, or
// "api"; "" without an event.
func (c *Context) Device() string {
	if c.event == nil {
		return ""
	}
	return c.event.Device
}

// SetSecrets makes secrets variables until the next Reset: values[i] is that of
// names[i]; a name without a value is empty. A secret hides every other
// variable of its name, also those of sections and responses. c keeps the
// slices, which must not change as long as it uses them.
func (c *Context) SetSecrets(names, values []string) { c.secrets, c.values = names, values }

// secret looks a secret up.
func (c *Context) secret(name string) (v Value, ok bool) {
	for i, s := range c.secrets {
		if s != name {
			continue
		}
		if i < len(c.values) {
			return textValue(c.values[i]), true
		}
		return textValue(""), true
	}
	return Value{}, false
}

// Limit allows the renderings from here to the next Reset or Limit only so much
// work: about one step per tag executed, JSON member visited or 16 bytes of
// output. A Reset allows 524,288 steps, some 40 ms.
func (c *Context) Limit(steps int) { c.spent = maxSteps - min(steps, maxSteps) }

// SetResponse puts the members of a JSON response (of an array: "0", "1", ...)
// before the event's variables; ok is false, and nothing changes, when body is
// not JSON. c keeps nothing of body.
func (c *Context) SetResponse(body []byte) (ok bool) {
	if !json.Valid(body) {
		return false
	}
	text := string(body)
	if tooDeep(text) {
		return false
	}
	c.response.read(text)
	c.hasResponse = true
	return true
}

// variable looks a name up: the response's members, the predefined names, the
// members of the event's data. A predefined name never reaches the data, even
// when the event has no value for it: a device must not claim, say, a product.
func (c *Context) variable(s *step) (v Value, ok bool, cost int) {
	if c.hasResponse {
		if v, ok, cost = c.response.top(s); ok {
			return v, true, cost
		}
	}
	if s.slot != 0 {
		v, ok = c.predefined(s.slot)
		return v, ok, cost + 1
	}
	c.readData()
	v, ok, n := c.data.top(s)
	return v, ok, cost + n
}

// top gives a variable of the document: a member, or an element by its index.
// Unlike an array in a template it has no length. A document without nodes,
// or of a scalar, has no variables.
func (d *document) top(s *step) (v Value, ok bool, cost int) {
	if len(d.nodes) == 0 || (d.nodes[0].kind == Array && s.index < 0) {
		return Value{}, false, 1
	}
	return d.value(0).find(s)
}
