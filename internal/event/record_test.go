package event

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var samples = map[string]Event{
	"empty": {},
	"published": {
		Seq: 7, At: 1_753_000_000_123, Name: "temperature", Data: `{"t":21.5}`, Device: "0123456789abcdef01234567",
		Owner: "89abcdef0123456789abcdef", Product: 12857, Org: "0a0000000000000000000001", Firmware: 3, ContentType: "application/json", TTL: DefaultTTL,
	},
	"without data": {Name: "n", NoData: true},
	"binary":       {Name: "n", Data: "\x00\xff\xfe" + strings.Repeat("\x80", MaxData-3)},
	"hook event": {
		Seq: 9, At: 1, Name: "hook-response/n/0", Data: "ok", Device: Internal, Owner: "u",
		Kind: HookResponse, Cause: 1 << 40, Integration: "1f0000000000000000000001",
	},
	"extremes": {At: -1, TTL: -1, Product: -1, Firmware: 1 << 40, Kind: HookError, Cause: -1},
}

func TestRecordRoundTrip(t *testing.T) {
	for name, want := range samples {
		b := AppendRecord([]byte("before"), &want)
		if !bytes.HasPrefix(b, []byte("before")) {
			t.Errorf("%s: AppendRecord changed what was there", name)
		}
		got, err := ParseRecord(want.Seq, b[len("before"):])
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestRecordLayout pins the bytes that docs/formats/event-record.md describes:
// stores on disk hold them.
func TestRecordLayout(t *testing.T) {
	for _, c := range []struct {
		name string
		e    Event
		want string
	}{
		{"published", Event{At: 300, TTL: 60, Product: 200, Firmware: 2, Device: "d", Owner: "o", ContentType: "c", Name: "nm", Data: "\x00"},
			"\x01\x00\x00" + "\xd8\x04" + "\x3c" + "\xc8\x01" + "\x02" + "\x01d" + "\x01o" + "\x01c" + "\x02nm" + "\x01\x00"},
		{"no data", Event{NoData: true, Name: "n"},
			"\x01\x01\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00" + "\x01n" + "\x00"},
		{"hook event", Event{Kind: HookError, Cause: 5, Integration: "i"},
			"\x01\x02\x03" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00\x00" + "\x05" + "\x01i"},
		{"organization", Event{Org: "og", Name: "n"},
			"\x01\x04\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00" + "\x01n" + "\x00" + "\x02og"},
	} {
		if got := string(AppendRecord(nil, &c.e)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestParseRecordRefuses(t *testing.T) {
	e := samples["hook event"]
	whole := AppendRecord(nil, &e)
	for n := range whole {
		if _, err := ParseRecord(1, whole[:n]); !errors.Is(err, ErrRecord) {
			t.Errorf("the first %d of %d bytes: got %v, want ErrRecord", n, len(whole), err)
		}
	}
	for name, b := range map[string]string{
		"one byte more":   string(whole) + "\x00",
		"other version":   "\x02" + string(whole[1:]),
		"endless number":  "\x01\x00\x00" + strings.Repeat("\xff", 20),
		"enormous length": "\x01\x00\x00" + "\x00\x00\x00\x00" + "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
	} {
		if _, err := ParseRecord(1, []byte(b)); !errors.Is(err, ErrRecord) {
			t.Errorf("%s: got %v, want ErrRecord", name, err)
		}
	}
}

func TestParsedRecordSharesNothing(t *testing.T) {
	e := samples["published"]
	b := AppendRecord(nil, &e)
	got, err := ParseRecord(e.Seq, b)
	if err != nil {
		t.Fatal(err)
	}
	clear(b)
	if d := cmp.Diff(e, got); d != "" {
		t.Errorf("after clearing the record (-want +got):\n%s", d)
	}
}

func FuzzParseRecord(f *testing.F) {
	for _, e := range samples {
		f.Add(AppendRecord(nil, &e))
	}
	f.Add([]byte{1, 3, 0, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ParseRecord(1, b)
		if err != nil {
			return
		}
		if e.Kind == Published {
			e.Cause, e.Integration = 0, "" // AppendRecord stores them for hook events only
		}
		again, err := ParseRecord(1, AppendRecord(nil, &e))
		if err != nil || again != e {
			t.Errorf("got %+v, %v; want %+v", again, err, e)
		}
	})
}

func FuzzRecordRoundTrip(f *testing.F) {
	f.Add(int64(1), 60, int64(5), 2, "d", "o", "text/plain", "n", "data", false, byte(0), int64(0), "")
	f.Add(int64(-1), -1, int64(-1), -1, "", "", "", "\xff", "\x00", true, byte(3), int64(9), "i")
	f.Fuzz(func(t *testing.T, at int64, ttl int, product int64, firmware int, device, owner, contentType, name, data string,
		noData bool, kind byte, cause int64, integration string) {
		want := Event{Seq: 3, At: at, TTL: ttl, Product: product, Firmware: firmware, Device: device, Owner: owner,
			ContentType: contentType, Name: name, Data: data, NoData: noData, Kind: Kind(kind)}
		if want.Kind != Published {
			want.Cause, want.Integration = cause, integration
		}
		got, err := ParseRecord(3, AppendRecord(nil, &want))
		if err != nil || got != want {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
	})
}

func BenchmarkAppendRecord(b *testing.B) {
	e, buf := samples["published"], []byte(nil)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendRecord(buf[:0], &e)
	}
}

func BenchmarkParseRecord(b *testing.B) {
	e := samples["published"]
	record := AppendRecord(nil, &e)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseRecord(1, record); err != nil {
			b.Fatal(err)
		}
	}
}
