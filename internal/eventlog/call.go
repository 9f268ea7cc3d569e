package eventlog

import (
	"encoding/binary"
	"errors"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/record"
)

const callV1 = 1

const (
	callRequestCut = 1 << iota
	callResponseCut
)

// ErrCall is returned for bytes that AppendHead did not write.
var ErrCall = errors.New("eventlog: malformed call")

// AppendHead appends what a list of calls shows of c, all but its key: the
// attempt, the event's name and device, and whether its texts were cut.
// docs/formats/attempt-record.md describes it.
func (c *Call) AppendHead(dst []byte) []byte {
	flags := byte(0)
	if c.RequestCut {
		flags |= callRequestCut
	}
	if c.ResponseCut {
		flags |= callResponseCut
	}
	dst = append(dst, callV1, flags)
	dst = binary.AppendVarint(dst, c.Attempt.EventSeq)
	dst = binary.AppendVarint(dst, c.Attempt.Delivery)
	dst = binary.AppendUvarint(dst, uint64(c.Attempt.N))
	dst = record.AppendString(dst, c.Event.Name)
	dst = record.AppendString(dst, c.Event.Device)
	return record.AppendString(dst, string(c.Attempt.AppendRecord(make([]byte, 0, 128))))
}

// ParseCallHead reads what AppendHead wrote into c, whose key is set. The event
// it makes holds seq, name and device only. Errors: ErrCall.
func (c *Call) ParseCallHead(b []byte) error {
	r := record.Read(b)
	if r.Byte() != callV1 {
		return ErrCall
	}
	flags := r.Byte()
	c.RequestCut, c.ResponseCut = flags&callRequestCut != 0, flags&callResponseCut != 0
	seq, delivery, n := r.Varint(), r.Varint(), int(r.Uvarint())
	c.Event = &event.Event{Seq: seq, Name: r.String(), Device: r.String()}
	row := r.String()
	if !r.Done() {
		return ErrCall
	}
	var err error
	c.Attempt, err = ParseAttempt(seq, delivery, n, []byte(row))
	if err != nil {
		return ErrCall
	}
	return nil
}
