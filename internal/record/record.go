// Package record has the building blocks of what the store keeps as bytes:
// variable-length numbers and strings behind their length. It does no I/O.
package record

import "encoding/binary"

// AppendString appends s behind its length.
func AppendString(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

// Reader takes a record apart, front to back. It reads from one string, so
// that the parts share its memory. After the first mistake everything it gives
// is zero.
type Reader struct {
	rest string
	bad  bool
}

// Read begins to read a record; the parts share no memory with b.
func Read(b []byte) Reader { return Reader{rest: string(b)} }

// Done says whether the record was well formed and is used up.
func (r *Reader) Done() bool { return !r.bad && r.rest == "" }

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if r.rest == "" {
		r.bad = true
		return 0
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b
}

// Uvarint reads what binary.AppendUvarint wrote.
func (r *Reader) Uvarint() uint64 {
	var v uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		v |= uint64(r.rest[i]&0x7f) << (7 * i)
		if r.rest[i] < 0x80 {
			r.rest = r.rest[i+1:]
			return v
		}
	}
	r.bad, r.rest = true, ""
	return 0
}

// Varint reads what binary.AppendVarint wrote.
func (r *Reader) Varint() int64 {
	u := r.Uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// String reads what AppendString wrote.
func (r *Reader) String() string {
	n := r.Uvarint()
	if r.bad || n > uint64(len(r.rest)) {
		r.bad, r.rest = true, ""
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}
