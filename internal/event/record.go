package event

import (
	"encoding/binary"
	"errors"

	"github.com/fieldhook/fieldhook/internal/record"
)

// recordV1 is the first byte of a record; docs/formats/event-record.md
// describes the layout.
const recordV1 = 1

const (
	flagNoData = 1 << iota
	flagHook   // cause and integration follow
	flagOrg    // the organization follows
)

// ErrRecord is returned for bytes that AppendRecord did not write.
var ErrRecord = errors.New("event: malformed record")

// AppendRecord appends the stored form of e, all but its seq, which is the
// record's key.
func AppendRecord(dst []byte, e *Event) []byte {
	var flags byte
	if e.NoData {
		flags |= flagNoData
	}
	if e.Kind != Published {
		flags |= flagHook
	}
	if e.Org != "" {
		flags |= flagOrg
	}
	dst = append(dst, recordV1, flags, byte(e.Kind))
	dst = binary.AppendVarint(dst, e.At)
	dst = binary.AppendUvarint(dst, uint64(e.TTL))
	dst = binary.AppendUvarint(dst, uint64(e.Product))
	dst = binary.AppendUvarint(dst, uint64(e.Firmware))
	for _, s := range [...]string{e.Device, e.Owner, e.ContentType, e.Name, e.Data} {
		dst = record.AppendString(dst, s)
	}
	if flags&flagHook != 0 {
		dst = binary.AppendUvarint(dst, uint64(e.Cause))
		dst = record.AppendString(dst, e.Integration)
	}
	if flags&flagOrg != 0 {
		dst = record.AppendString(dst, e.Org)
	}
	return dst
}

// ParseRecord reads what AppendRecord wrote. The event shares no memory with
// b. Errors: ErrRecord.
func ParseRecord(seq int64, b []byte) (Event, error) {
	if len(b) < 3 || b[0] != recordV1 {
		return Event{}, ErrRecord
	}
	d := record.Read(b[1:])
	flags := d.Byte()
	e := Event{Seq: seq, NoData: flags&flagNoData != 0, Kind: Kind(d.Byte())}
	e.At = d.Varint()
	e.TTL, e.Product, e.Firmware = int(d.Uvarint()), int64(d.Uvarint()), int(d.Uvarint())
	e.Device, e.Owner, e.ContentType = d.String(), d.String(), d.String()
	e.Name, e.Data = d.String(), d.String()
	if flags&flagHook != 0 {
		e.Cause, e.Integration = int64(d.Uvarint()), d.String()
	}
	if flags&flagOrg != 0 {
		e.Org = d.String()
	}
	if !d.Done() {
		return Event{}, ErrRecord
	}
	return e, nil
}
