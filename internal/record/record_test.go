package record

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

func TestReaderReadsWhatWasAppended(t *testing.T) {
	b := []byte{7}
	for _, v := range []int64{0, -1, 1, math.MaxInt64, math.MinInt64} {
		b = binary.AppendVarint(b, v)
	}
	b = binary.AppendUvarint(b, math.MaxUint64)
	b = AppendString(b, strings.Repeat("x", 300))
	b = AppendString(b, "")

	r := Read(b)
	if got := r.Byte(); got != 7 {
		t.Errorf("byte: got %d, want 7", got)
	}
	for _, want := range []int64{0, -1, 1, math.MaxInt64, math.MinInt64} {
		if got := r.Varint(); got != want {
			t.Errorf("varint: got %d, want %d", got, want)
		}
	}
	if got := r.Uvarint(); got != math.MaxUint64 {
		t.Errorf("uvarint: got %d", got)
	}
	if got := r.String(); got != strings.Repeat("x", 300) {
		t.Errorf("string: got %d bytes, want 300", len(got))
	}
	if got := r.String(); got != "" || !r.Done() {
		t.Errorf("end: got %q, done %v", got, r.Done())
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte{3, 'a', 'b', 'c', 1})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := Read(b)
		for range len(b) + 1 {
			r.Byte()
			r.Varint()
			_ = r.String()
		}
		if r.Done() {
			t.Error("read past the end without noticing")
		}
	})
}
