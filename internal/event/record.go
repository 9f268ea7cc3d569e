package event

import (
	"encoding/binary"
	"errors"
)

// recordV1 is the first byte of a record; docs/formats/event-record.md
// describes the layout.
const recordV1 = 1

const (
	flagNoData = 1 << iota
	flagHook   // cause and integration follow
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
	dst = append(dst, recordV1, flags, byte(e.Kind))
	dst = binary.AppendVarint(dst, e.At)
	dst = binary.AppendUvarint(dst, uint64(e.TTL))
	dst = binary.AppendUvarint(dst, uint64(e.Product))
	dst = binary.AppendUvarint(dst, uint64(e.Firmware))
	for _, s := range [...]string{e.Device, e.Owner, e.ContentType, e.Name, e.Data} {
		dst = appendString(dst, s)
	}
	if flags&flagHook != 0 {
		dst = binary.AppendUvarint(dst, uint64(e.Cause))
		dst = appendString(dst, e.Integration)
	}
	return dst
}

func appendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// ParseRecord reads what AppendRecord wrote. The event shares no memory with
// b. Errors: ErrRecord.
func ParseRecord(seq int64, b []byte) (Event, error) {
	if len(b) < 3 || b[0] != recordV1 {
		return Event{}, ErrRecord
	}
	e := Event{Seq: seq, NoData: b[1]&flagNoData != 0, Kind: Kind(b[2])}
	d := decoder{rest: string(b[3:])}
	e.At = d.varint()
	e.TTL, e.Product, e.Firmware = int(d.uvarint()), int64(d.uvarint()), int(d.uvarint())
	e.Device, e.Owner, e.ContentType = d.str(), d.str(), d.str()
	e.Name, e.Data = d.str(), d.str()
	if b[1]&flagHook != 0 {
		e.Cause, e.Integration = int64(d.uvarint()), d.str()
	}
	if d.bad || d.rest != "" {
		return Event{}, ErrRecord
	}
	return e, nil
}

// decoder reads a record from one string, so that the parts share its memory.
type decoder struct {
	rest string
	bad  bool
}

func (d *decoder) uvarint() uint64 {
	var v uint64
	for i := 0; i < len(d.rest) && i < binary.MaxVarintLen64; i++ {
		v |= uint64(d.rest[i]&0x7f) << (7 * i)
		if d.rest[i] < 0x80 {
			d.rest = d.rest[i+1:]
			return v
		}
	}
	d.bad, d.rest = true, ""
	return 0
}

func (d *decoder) varint() int64 {
	u := d.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

func (d *decoder) str() string {
	n := d.uvarint()
	if d.bad || n > uint64(len(d.rest)) {
		d.bad, d.rest = true, ""
		return ""
	}
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}
