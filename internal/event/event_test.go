package event

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestValidName(t *testing.T) {
	for _, c := range []struct {
		name string
		ok   bool
	}{
		{"temperature", true},
		{"a", true},
		{"with space/and~tilde", true},
		{strings.Repeat("x", 64), true},
		{"", false},
		{strings.Repeat("x", 65), false},
		{"tab\t", false},
		{"nul\x00", false},
		{"del\x7f", false},
		{"é", false},
		{"\xff", false},
	} {
		if got := ValidName(c.name); (got == "") != c.ok {
			t.Errorf("ValidName(%q): got %q, want valid = %v", c.name, got, c.ok)
		}
	}
}

func TestReserved(t *testing.T) {
	for name, want := range map[string]bool{
		"spark": true, "spark/status": true, "particle": true, "particle/device/updates": true,
		"sparkle": false, "particles": false, "Spark/status": false, "my/spark": false, "": false,
	} {
		if got := Reserved(name); got != want {
			t.Errorf("Reserved(%q): got %v, want %v", name, got, want)
		}
	}
}

func TestTriggers(t *testing.T) {
	const device = "0123456789abcdef01234567"
	for _, c := range []struct {
		e    Event
		want bool
	}{
		{Event{Name: "temperature", Device: device}, true},
		{Event{Name: "temperature", Device: API}, true},
		{Event{Name: "spark/status", Device: device}, true},
		{Event{Name: "my/hook-response/x", Device: device}, true},
		{Event{Name: "hook", Device: device}, true},
		{Event{Name: device + "/temperature", Device: device}, true},
		{Event{Name: strings.ToUpper(device) + "/hook-sent/x", Device: device}, true},
		{Event{Name: "hook-response/x/0", Device: device}, false},
		{Event{Name: "hook-sent", Device: API}, false},
		{Event{Name: "hook-errors", Device: API}, false},
		{Event{Name: device + "/hook-error/x", Device: device}, false},
		{Event{Name: "temperature", Device: Internal}, false},
		{Event{Name: "temperature", Device: device, Kind: HookResponse}, false},
	} {
		if got := c.e.Triggers(); got != c.want {
			t.Errorf("%+v triggers: got %v, want %v", c.e, got, c.want)
		}
	}
}

func TestIsID(t *testing.T) {
	for s, want := range map[string]bool{
		"0123456789abcdef01234567": true, "0123456789ABCDEF01234567": false, "0123456789abcdef0123456": false,
		"0123456789abcdef012345678": false, "0123456789abcdeg01234567": false, "": false,
	} {
		if got := IsID(s); got != want {
			t.Errorf("IsID(%q): got %v, want %v", s, got, want)
		}
	}
}

func TestFormatTime(t *testing.T) {
	for ms, want := range map[int64]string{
		0:                 "1970-01-01T00:00:00.000Z",
		1_753_000_000_120: "2025-07-20T08:26:40.120Z",
	} {
		if got := FormatTime(ms); got != want {
			t.Errorf("FormatTime(%d): got %s, want %s", ms, got, want)
		}
	}
}

func TestIDHoldsTimeAndSeq(t *testing.T) {
	for _, seq := range []int64{0, 1, 12345, 1<<62 - 1} {
		e := Event{Seq: seq, At: 1_753_000_000_123}
		id := e.ID()
		if got, ok := SeqOf(id); !ok || got != seq {
			t.Errorf("SeqOf(%s): got %d, %v; want %d", id, got, ok, seq)
		}
		u := uuid.MustParse(id)
		if u.Version() != 7 || u.Variant() != uuid.RFC4122 || id != u.String() {
			t.Errorf("%s is no UUIDv7 in its usual form", id)
		}
		sec, nsec := u.Time().UnixTime()
		if got := time.Unix(sec, nsec).UnixMilli(); got != e.At {
			t.Errorf("time in %s: got %d, want %d", id, got, e.At)
		}
	}
}

func TestIDsSortLikeTheLog(t *testing.T) {
	early, late := Event{Seq: 9, At: 1000}, Event{Seq: 10, At: 1000}
	later := Event{Seq: 11, At: 1001}
	if !(early.ID() < late.ID() && late.ID() < later.ID()) {
		t.Errorf("got %s, %s, %s, want ascending", early.ID(), late.ID(), later.ID())
	}
}

func TestSeqOfRefuses(t *testing.T) {
	for _, id := range []string{
		"", "7", "not-an-id",
		"6ba7b810-9dad-41d1-80b4-00c04fd430c8",  // version 4
		"01983c1a-0000-7000-0000-000000000001",  // not the RFC's variant
		"01983c1a-0000-7000-8000-00000000000",   // too short
		"01983c1a-0000-7000-8000-00000000000g",  // no hexadecimal digit
		"01983c1a-0000-7000-8000-0000000000011", // too long
	} {
		if seq, ok := SeqOf(id); ok {
			t.Errorf("SeqOf(%q): got %d, want a refusal", id, seq)
		}
	}
}

func FuzzSeqOf(f *testing.F) {
	f.Add("01983c1a-0000-7000-8000-000000000001")
	f.Add("")
	f.Fuzz(func(t *testing.T, id string) {
		if seq, ok := SeqOf(id); ok && (seq < 0 || seq >= 1<<62) {
			t.Errorf("SeqOf(%q): got %d, want 0 to 2^62-1", id, seq)
		}
	})
}
