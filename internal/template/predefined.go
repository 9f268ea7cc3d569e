package template

import (
	"encoding/base64"
	"strconv"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/jsontext"
)

// slot numbers a predefined variable; 0 is none.
type slot uint8

const (
	slotDeviceID slot = iota + 1
	slotEventName
	slotEventValue
	slotPublishedAt
	slotEventID
	slotProductID
	slotUserID
	slotVersion
	slotEventJSON
	slotEventBase64
	slotEventPublic
	slotLedger // see ledger.go
	slotCount
)

// slots are the predefined names, current and legacy (webhook engine
// reference, section 4).
var slots = map[string]slot{
	"PARTICLE_DEVICE_ID":    slotDeviceID,
	"SPARK_CORE_ID":         slotDeviceID,
	"PARTICLE_EVENT_NAME":   slotEventName,
	"SPARK_EVENT_NAME":      slotEventName,
	"PARTICLE_EVENT_VALUE":  slotEventValue,
	"SPARK_EVENT_VALUE":     slotEventValue,
	"PARTICLE_PUBLISHED_AT": slotPublishedAt,
	"SPARK_PUBLISHED_AT":    slotPublishedAt,
	"PARTICLE_EVENT_ID":     slotEventID,
	"PRODUCT_ID":            slotProductID,
	"PRODUCT_USER_ID":       slotUserID,
	"PRODUCT_VERSION":       slotVersion,
	"PARTICLE_EVENT_JSON":   slotEventJSON,
	"PARTICLE_EVENT_BASE64": slotEventBase64,
	"PARTICLE_EVENT_PUBLIC": slotEventPublic,
	ledgerWord:              slotLedger,
}

// predefined gives the value of a predefined variable; ok is false when the
// event has none.
func (c *Context) predefined(s slot) (v Value, ok bool) {
	e := c.event
	if e == nil {
		return Value{}, false
	}
	switch s {
	case slotDeviceID:
		return textValue(e.Device), true
	case slotEventName:
		return textValue(e.Name), true
	case slotEventValue:
		if e.NoData {
			return Value{kind: String, data: true}, true
		}
		return Value{kind: String, text: e.Data, data: true}, true
	case slotEventPublic:
		return Value{kind: False}, true
	case slotUserID:
		ok = e.Product != 0 && e.Owner != ""
	case slotProductID:
		ok = e.Product != 0
	case slotVersion:
		ok = e.Product != 0 && e.Firmware != 0
	default:
		ok = true
	}
	if !ok {
		return Value{}, false
	}
	v = textValue(c.build(s))
	if s == slotProductID || s == slotVersion {
		v.kind = Number
	}
	return v, true
}

// build makes the value of a slot that is not simply a field of every event,
// once per Reset.
func (c *Context) build(s slot) string {
	if c.made[s] == "" {
		c.made[s] = c.buildNow(s)
	}
	return c.made[s]
}

func (c *Context) buildNow(s slot) string {
	switch s {
	case slotUserID:
		return c.event.Owner
	case slotPublishedAt:
		return event.FormatTime(c.event.At)
	case slotEventID:
		return c.event.ID()
	case slotProductID:
		return strconv.FormatInt(c.event.Product, 10)
	case slotVersion:
		return strconv.Itoa(c.event.Firmware)
	case slotEventJSON:
		c.bytes = c.appendEvent(c.bytes[:0])
		return string(c.bytes)
	}
	return base64.StdEncoding.EncodeToString([]byte(c.build(slotEventJSON)))
}

// appendEvent appends the event as a JSON object (webhook engine reference,
// section 4: the keys of EVENT_JSON). Absent members are left out.
func (c *Context) appendEvent(dst []byte) []byte {
	e := c.event
	dst = jsontext.AppendString(append(dst, `{"event":`...), e.Name)
	if !e.NoData {
		dst = jsontext.AppendString(append(dst, `,"data":`...), e.Data)
	}
	dst = append(append(dst, `,"published_at":"`...), c.build(slotPublishedAt)...)
	dst = jsontext.AppendString(append(dst, `","coreid":`...), e.Device)
	dst = append(append(dst, `,"event_id":"`...), c.build(slotEventID)...)
	dst = append(dst, '"')
	if e.Product != 0 {
		dst = appendProduct(dst, e)
	}
	return append(dst, '}')
}

func appendProduct(dst []byte, e *event.Event) []byte {
	dst = strconv.AppendInt(append(dst, `,"product_id":`...), e.Product, 10)
	if e.Owner != "" {
		dst = jsontext.AppendString(append(dst, `,"user_id":`...), e.Owner)
	}
	if e.Firmware != 0 {
		dst = strconv.AppendInt(append(dst, `,"fw_version":`...), int64(e.Firmware), 10)
	}
	return dst
}
