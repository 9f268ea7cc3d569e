package publish_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/publish"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// fakeLog keeps what was appended.
type fakeLog struct{ got []event.Event }

func (l *fakeLog) Append(_ context.Context, e event.Event) (int64, error) {
	l.got = append(l.got, e)
	return int64(len(l.got)), nil
}

func TestPublish(t *testing.T) {
	cases := []struct {
		name  string
		in    publish.Input
		field string // at fault; "" = accepted
	}{
		{"plain", publish.Input{Name: "temp", Data: "21.5"}, ""},
		{"hook name is accepted", publish.Input{Name: "hook-sent/temp"}, ""},
		{"longest name", publish.Input{Name: strings.Repeat("n", 64)}, ""},
		{"longest data", publish.Input{Name: "n", Data: strings.Repeat("\xff", 16384)}, ""},
		{"word that only begins like a reserved one", publish.Input{Name: "sparkle"}, ""},
		{"no name", publish.Input{Data: "1"}, "name"},
		{"long name", publish.Input{Name: strings.Repeat("n", 65)}, "name"},
		{"control character", publish.Input{Name: "a\nb"}, "name"},
		{"not ASCII", publish.Input{Name: "temp\u00e9"}, "name"},
		{"reserved", publish.Input{Name: "spark/status"}, "name"},
		{"reserved alone", publish.Input{Name: "particle"}, "name"},
		{"too much data", publish.Input{Name: "n", Data: strings.Repeat("d", 16385)}, "data"},
		{"negative ttl", publish.Input{Name: "n", TTL: -1}, "ttl"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			log := &fakeLog{}
			s := publish.New(log, func() time.Time { return time.UnixMilli(42) })
			err := s.Publish(t.Context(), &scope.Principal{User: "u"}, c.in)
			if c.field == "" {
				if err != nil || len(log.got) != 1 {
					t.Fatalf("%v, appended %d", err, len(log.got))
				}
				return
			}
			if f := fault.From(err); f.Code != fault.Invalid || f.Field != c.field || len(log.got) != 0 {
				t.Errorf("fault %+v, appended %d", f, len(log.got))
			}
		})
	}
}

func TestTyped(t *testing.T) {
	long := strings.Repeat("A", 16384/3*4+4) // 16,386 bytes in base64
	for _, c := range []struct {
		name, contentType, data string
		want                    string // "" = a fault of data
		kept                    string
	}{
		{"text", "0", "x", "x", ""},
		{"other media type", "text/csv", "a,b", "a,b", "text/csv"},
		{"base64", "42", "/+8=", "data:application/octet-stream;base64,/+8=", event.Binary},
		{"base64 without its end", "jpeg", "/+8", "data:image/jpeg;base64,/+8=", event.JPEG},
		{"data URL", "image/png", "data:image/png;base64,/+8=", "data:image/png;base64,/+8=", event.PNG},
		{"data URL of text stays text", "", "data:image/png;base64,/+8=", "data:image/png;base64,/+8=", ""},
		{"no bytes", "42", "", "data:application/octet-stream;base64,", event.Binary},
		{"structured", "65001", `{"a":[1,null]}`, `{"a":[1,null]}`, event.Structured},
		{"longest bytes", "42", long[:21844] + "AA==", "data:application/octet-stream;base64," + long[:21844] + "AA==", event.Binary},
		{"longest data URL in text", "", "data:x/y;base64," + long[:21844] + "AA==", "data:x/y;base64," + long[:21844] + "AA==", ""},
		{"too many bytes", "42", long, "", ""},
		{"too long a data URL in text", "", "data:x/y;base64," + long, "", ""},
		{"no base64", "42", "*", "", ""},
		{"other data URL", "23", "data:image/jpeg;base64,/+8=", "", ""},
		{"no JSON", "structured", "{", "", ""},
	} {
		log := &fakeLog{}
		s := publish.New(log, func() time.Time { return time.UnixMilli(42) })
		err := s.Publish(t.Context(), &scope.Principal{User: "u"}, publish.Input{Name: "n", Data: c.data, ContentType: c.contentType})
		switch {
		case c.name != "no bytes" && c.want == "":
			if f := fault.From(err); err == nil || f.Field != "data" {
				t.Errorf("%s: got %v, want a fault of data", c.name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", c.name, err)
		case log.got[0].Data != c.want || log.got[0].ContentType != c.kept:
			t.Errorf("%s: kept %.60q as %q", c.name, log.got[0].Data, log.got[0].ContentType)
		}
	}
}

func TestStamp(t *testing.T) {
	log := &fakeLog{}
	s := publish.New(log, func() time.Time { return time.UnixMilli(42) })
	mine := &scope.Principal{User: "u", Device: "3f002b000000000000000000"}
	fleet := &scope.Principal{Device: "3f002b000000000000000001", Product: 10000, Org: "o", Firmware: 7}
	for _, err := range []error{
		s.Publish(t.Context(), mine, publish.Input{Name: "temp", Data: "1"}),
		s.Publish(t.Context(), fleet, publish.Input{Name: "temp", TTL: 5}),
		s.System(t.Context(), fleet, "spark/status", "online"),
		s.PublishIn(t.Context(), mine, 10000, "o", publish.Input{Name: "all"}),
		s.PublishIn(t.Context(), mine, 0, "o", publish.Input{Name: "all"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []event.Event{
		{At: 42, Name: "temp", Data: "1", Device: mine.Device, Owner: "u", TTL: 60},
		{At: 42, Name: "temp", Device: fleet.Device, Product: 10000, Org: "o", Firmware: 7, TTL: 5},
		{At: 42, Name: "spark/status", Data: "online", Device: fleet.Device, Product: 10000, Org: "o", Firmware: 7, TTL: 60},
		{At: 42, Name: "all", Device: "api", Product: 10000, Org: "o", TTL: 60},
		{At: 42, Name: "all", Device: "api", Org: "o", TTL: 60},
	}
	for i := range want {
		if log.got[i] != want[i] {
			t.Errorf("got %+v, want %+v", log.got[i], want[i])
		}
	}
	if err := s.Publish(t.Context(), &scope.Principal{Home: scope.OfProduct(10000)}, publish.Input{Name: "n"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("without a sandbox: %v, want a fault Forbidden", err)
	}
}

// A data URL counts by what it stands for, but not without a bound.
func TestDataURLsAreBounded(t *testing.T) {
	for name, data := range map[string]string{
		"a long type": "data:" + strings.Repeat("x", 900_000) + ";base64,", "line breaks": "data:x/y;base64," + strings.Repeat("\n", 900_000),
	} {
		log := &fakeLog{}
		s := publish.New(log, time.Now)
		if err := s.Publish(t.Context(), &scope.Principal{User: "u"}, publish.Input{Name: "n", Data: data}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want a fault Invalid", name, err)
		}
	}
}
