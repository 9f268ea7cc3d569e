package api

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
)

func TestAppendEvent(t *testing.T) {
	const at = 1_437_178_334_174 // 2015-07-18T00:12:14.174Z
	tests := []struct {
		name string
		in   event.Event
		want string
	}{
		{"device event", event.Event{Seq: 7, At: at, Name: "temperature", Data: "25.34", Device: "0123456789abcdef01234567", TTL: 60},
			"event: temperature\n" +
				`data: {"data":"25.34","ttl":60,"published_at":"2015-07-18T00:12:14.174Z","coreid":"0123456789abcdef01234567"}` +
				"\nid: 7\n\n"},
		{"no data", event.Event{Seq: 8, At: at, Name: "a/b", NoData: true, Device: "api", TTL: 5},
			"event: a/b\n" + `data: {"data":null,"ttl":5,"published_at":"2015-07-18T00:12:14.174Z","coreid":"api"}` + "\nid: 8\n\n"},
		{"line breaks", event.Event{Seq: 9, At: at, Name: "a\r\nid: 1\n", Data: "x\r\ny<&>\xff", Device: "api"},
			"event: a  id: 1 \n" + `data: {"data":"x\r\ny<&>` + "\uFFFD" + `","ttl":0,"published_at":"2015-07-18T00:12:14.174Z","coreid":"api"}` + "\nid: 9\n\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(appendEvent(nil, &tt.in, false)); got != tt.want {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

func TestAppendEventOfProduct(t *testing.T) {
	const head = `event: t` + "\n" + `data: {"data":"1","ttl":60,"published_at":"1970-01-01T00:00:00.000Z","coreid":"d"`
	for _, tt := range []struct {
		in   event.Event
		want string
	}{
		{event.Event{Owner: "u", Product: 10001, Firmware: 3}, `,"userid":"u","version":3,"public":false,"productID":10001}`},
		{event.Event{Product: 10001}, `,"public":false,"productID":10001}`},
		{event.Event{Org: "acme"}, `,"public":false}`},
	} {
		tt.in.Name, tt.in.Data, tt.in.Device, tt.in.TTL = "t", "1", "d", 60
		if got, want := string(appendEvent(nil, &tt.in, true)), head+tt.want+"\nid: 0\n\n"; got != want {
			t.Errorf("got\n%q\nwant\n%q", got, want)
		}
	}
}

func FuzzAppendEvent(f *testing.F) {
	f.Add("temp", "25", "api")
	f.Add("a\r\n\r\nevent: b", "x\ny\xff", "d\"")
	f.Fuzz(func(t *testing.T, name, data, device string) {
		text := appendEvent(nil, &event.Event{Seq: 1, Name: name, Data: data, Device: device}, false)
		lines := strings.Split(strings.NewReplacer("\r", "\n").Replace(string(text)), "\n")
		if len(lines) != 5 || lines[3] != "" || lines[4] != "" {
			t.Fatalf("got %q, want three lines and an empty one", text)
		}
		if !json.Valid([]byte(strings.TrimPrefix(lines[1], "data: "))) {
			t.Errorf("got %q, want JSON", lines[1])
		}
	})
}

func TestResumeAfter(t *testing.T) {
	tests := []struct {
		header, query string
		want          int64
		wantError     string
	}{
		{"", "", -1, ""},
		{"0", "", 0, ""},
		{"42", "", 42, ""},
		{"", "?last_event_id=42", 42, ""},
		{"1", "?last_event_id=42", 1, ""},
		{"9223372036854775807", "", 9223372036854775807, ""},
		{"9223372036854775808", "", 0, "Last-Event-ID: It must be the id"},
		{"-1", "", 0, "Last-Event-ID: It must be the id"},
		{"", "?last_event_id=x", 0, "last_event_id: It must be the id"},
	}
	for _, tt := range tests {
		r := httptest.NewRequest("GET", "/v1/devices/events"+tt.query, nil)
		if tt.header != "" {
			r.Header.Set("Last-Event-ID", tt.header)
		}
		got, err := resumeAfter(r)
		if tt.wantError != "" {
			wantFault(t, err, fault.Invalid, tt.wantError)
		} else if err != nil || got != tt.want {
			t.Errorf("%q %q: got %d, %v, want %d", tt.header, tt.query, got, err, tt.want)
		}
	}
}

func TestOpenStreams(t *testing.T) {
	tests := []struct {
		name, address string
		limit         int
		want          int // streams that get in out of 150
	}{
		{"default", "192.0.2.1", 0, 100},
		{"default, IPv6", "2001:db8::1", 0, 100},
		{"loopback", "127.0.0.1", 0, 150},
		{"loopback, IPv6", "::1", 0, 150},
		{"loopback, mapped", "::ffff:127.0.0.1", 0, 150},
		{"given", "192.0.2.1", 120, 120},
		{"given, loopback", "127.0.0.1", 3, 3},
		{"no address", "pipe", 0, 100},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := newOpenStreams(0, 0)
			o.perAddress = tt.limit
			var releases []func()
			for range 150 {
				release, err := o.enter("ann", tt.address)
				if err != nil {
					wantFault(t, err, fault.Limited, "This address holds")
					continue
				}
				releases = append(releases, release)
			}
			if len(releases) != tt.want {
				t.Errorf("got %d streams, want %d", len(releases), tt.want)
			}
			if _, err := o.enter("bob", "198.51.100.1"); err != nil {
				t.Errorf("another address: %v", err)
			}
			for _, release := range releases {
				release()
			}
			if len(o.addresses) != 1 || len(o.accounts) != 1 || o.total != 1 { // the other one
				t.Errorf("got %v, %v and %d after the release, want 1 each", o.addresses, o.accounts, o.total)
			}
		})
	}
}

func TestOpenStreamsOfAnAccountAndOfAll(t *testing.T) {
	o := newOpenStreams(2, 3)
	enter := func(account string) (func(), error) { return o.enter(account, "127.0.0.1") }
	leave, err := enter("ann")
	if _, again := enter("ann"); err != nil || again != nil {
		t.Fatalf("two streams: %v, %v", err, again)
	}
	_, err = enter("ann")
	wantFault(t, err, fault.Limited, "This account holds 2")
	if _, err := enter("bob"); err != nil {
		t.Errorf("another account: %v", err)
	}
	_, err = enter("bob")
	wantFault(t, err, fault.Unavailable, "The hub holds 3")
	if leave(); o.of("ann") != 1 {
		t.Errorf("after one left: %d streams", o.of("ann"))
	}
	if _, err := enter("bob"); err != nil {
		t.Errorf("in the room that was left: %v", err)
	}
}

func TestAppendSettings(t *testing.T) {
	tests := []struct{ config, want string }{
		{`{"event":"a","json":{"n":1.00}}`, `,"event":"a","json":{"n":1.00},"name":null,"disabled":false`},
		{`{"name":"x","disabled":true,"k\"":1}`, `,"name":"x","disabled":true,"k\"":1`},
	}
	for _, tt := range tests {
		if got := appendSettings(nil, []byte(tt.config)); !bytes.Equal(got, []byte(tt.want)) {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func BenchmarkAppendEvent(b *testing.B) {
	e := event.Event{Seq: 123456, At: 1_437_178_334_174, Name: "temperature", Data: `{"t":25.34}`, Device: "0123456789abcdef01234567", TTL: 60}
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = appendEvent(dst[:0], &e, false)
	}
}
