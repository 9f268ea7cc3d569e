package template

import (
	"encoding/json"
	"strings"

	"github.com/fieldhook/fieldhook/internal/jsontext"
)

// Path is a place in an event's data, prepared for lookups.
type Path struct{ steps []step }

// ParsePath reads a dotted path as tags have them: names of members, indexes of
// elements, "length" behind an array.
func ParsePath(text string) Path { return Path{newRef(text).steps} }

// Data gives the value at a path of the event's data. ok is false when there is
// none, and whenever the data is no JSON object or array. Unlike a tag, a path
// knows neither predefined names nor secrets. The data is read as JSON once per
// Reset.
func (c *Context) Data(p Path) (v Value, ok bool) {
	c.readData()
	v, ok, _ = c.data.top(&p.steps[0])
	for i := 1; ok && i < len(p.steps); i++ {
		v, ok, _ = v.find(&p.steps[i])
	}
	return v, ok
}

// appendData appends the event's data as a JSON value: as it came if it is
// JSON, as a string if not, null if there is none.
func (c *Context) appendData(dst []byte) []byte {
	text := c.event.Data
	if c.event.NoData {
		return append(dst, "null"...)
	}
	c.bytes = append(c.bytes[:0], text...)
	if !json.Valid(c.bytes) || tooDeep(text) {
		return jsontext.AppendString(dst, text)
	}
	return append(dst, strings.ToValidUTF8(strings.Trim(text, " \t\r\n"), "\uFFFD")...)
}

// readData reads the event's data unless that was done.
func (c *Context) readData() {
	if c.dataRead || c.event == nil {
		return
	}
	c.dataRead = true
	text := c.event.Data
	if c.event.NoData || !mayHoldMembers(text) {
		return
	}
	c.bytes = append(c.bytes[:0], text...)
	if json.Valid(c.bytes) && !tooDeep(text) {
		c.data.read(text)
	}
}

// mayHoldMembers is a quick look at how the text begins.
func mayHoldMembers(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n")
	return text != "" && (text[0] == '{' || text[0] == '[')
}
