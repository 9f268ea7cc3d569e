// Package event defines the event: a small named message that a device, the
// API or the hub itself published. It does no I/O.
//
// Names, limits and reserved words follow the cloud API reference (sections 4
// and 5) and the design decisions 15 and 16.
package event

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Limits of a published event.
const (
	MaxName = 64     // bytes of a name
	MaxData = 16_384 // bytes of data
	// DefaultTTL is the time to live, in seconds, of an event that names none.
	DefaultTTL = 60
)

// Publishers that are not devices.
const (
	API      = "api"               // an event published with a user's token
	Internal = "particle-internal" // an event made by the hub itself
)

// Kind tells how an event came to be. Its numbers are stored; never renumber.
type Kind uint8

// The kinds of event.
const (
	Published    Kind = 0 // by a device or through the API
	HookSent     Kind = 1 // the bytes of a request were written
	HookResponse Kind = 2 // (a part of) a web service's answer
	HookError    Kind = 3 // a call failed
)

// Event is one event. Events are immutable once they are in the log.
type Event struct {
	Seq         int64  // place in the log, the only cursor; 0 before the commit
	At          int64  // when the hub received it, Unix milliseconds UTC
	Name        string // 1 to MaxName bytes when published; hook events may be longer
	Data        string // any bytes, binary data as a data URL; meaningless when NoData
	NoData      bool   // published without data: null in streams
	Device      string // coreid: device id, API or Internal
	Owner       string // user id whose sandbox it belongs to; "" = none
	Product     int64  // product of the device, or published to; 0 = none
	Org         string // organization that owns Product, or was published to; "" = none
	Firmware    int    // product firmware version; 0 = unknown
	ContentType string // media type; "" = text
	TTL         int    // seconds
	Kind        Kind
	Cause       int64  // hook events: seq of the event that triggered the call
	Integration string // hook events: id of the integration
}

// reserved are the beginnings of names that only the hub may publish.
var reserved = []string{"spark", "particle"}

// hooks are the beginnings of names that never trigger an integration.
var hooks = []string{"hook-sent", "hook-response", "hook-error"}

// Reserved says whether a name belongs to the hub's own system events.
func Reserved(name string) bool {
	for _, p := range reserved {
		if rest, ok := strings.CutPrefix(name, p); ok && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}

// Triggers says whether the event may trigger integrations: not if the hub's
// engine made it, whatever its name, and not if its name begins with one of
// the hook words, alone or behind "<device id>/" (no chaining).
func (e *Event) Triggers() bool {
	if e.Kind != Published || e.Device == Internal || hookName(e.Name) {
		return false
	}
	id, rest, ok := strings.Cut(e.Name, "/")
	return !ok || !IsID(id) || !hookName(rest)
}

func hookName(name string) bool {
	if len(name) < 9 || name[0] != 'h' {
		return false
	}
	for _, p := range hooks {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// IsID says whether s has the form of a device, user or integration id: 24
// lower-case hexadecimal digits.
func IsID(s string) bool {
	if len(s) != 24 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// ValidName says what is wrong with a name, or "" if it may be published:
// 1 to MaxName printable ASCII characters.
func ValidName(name string) string {
	switch {
	case name == "":
		return "An event needs a name"
	case len(name) > MaxName:
		return "An event name has at most 64 bytes"
	}
	for i := range len(name) {
		if name[i] < 0x20 || name[i] > 0x7e {
			return "An event name has printable ASCII characters only"
		}
	}
	return ""
}

// timeLayout is ISO 8601 in UTC with milliseconds.
const timeLayout = "2006-01-02T15:04:05.000Z"

// AppendTime appends a time in Unix milliseconds as ISO 8601 in UTC with
// three decimals, the one form of times on the wire.
func AppendTime(dst []byte, ms int64) []byte {
	return time.UnixMilli(ms).UTC().AppendFormat(dst, timeLayout)
}

// FormatTime is AppendTime as a string.
func FormatTime(ms int64) string { return string(AppendTime(make([]byte, 0, 24), ms)) }

// ID is the event's UUIDv7. It encodes the receipt time (48 bits) and seq
// (62 bits), so that the event is found again without an index.
func (e *Event) ID() string {
	var u uuid.UUID
	binary.BigEndian.PutUint64(u[0:8], uint64(e.At)<<16|0x7000)
	binary.BigEndian.PutUint64(u[8:16], uint64(e.Seq)&(1<<62-1)|1<<63)
	return u.String()
}

// SeqOf gives the seq inside an event's id; ok is false for anything that ID
// does not make.
func SeqOf(id string) (seq int64, ok bool) {
	u, err := uuid.Parse(id)
	if err != nil || u.Version() != 7 || u.Variant() != uuid.RFC4122 {
		return 0, false
	}
	return int64(binary.BigEndian.Uint64(u[8:16]) & (1<<62 - 1)), true
}
