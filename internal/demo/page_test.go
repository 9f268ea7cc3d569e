package demo

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func examplePage() *Page {
	return &Page{
		Version: "1.2.3", URL: "http://127.0.0.1:8080", Folder: "/home/me/fieldhook-demo", New: true,
		Code:    strings.Repeat("C", 43),
		Access:  Access{User: "admin", Password: "PPPPPPPPPPPPPPPPPPPPPPPPPP", Token: "TTTTTTTTTTTTTTTTTTTTTTTTTT"},
		Devices: []string{"greenhouse", "front-door"}, Rate: 2, Event: "temp", Target: "http://127.0.0.1:8080/bin/demo",
	}
}

func TestOpeningGolden(t *testing.T) {
	for file, colour := range map[string]bool{"opening": false, "opening-colour": true} {
		t.Run(file, func(t *testing.T) {
			out := new(strings.Builder)
			if err := examplePage().Opening(out, colour); err != nil {
				t.Fatal(err)
			}
			golden(t, file, out.String())
		})
	}
}

// TestOpeningFits checks the promise of 80 columns with a long port, many
// devices and a note.
func TestOpeningFits(t *testing.T) {
	p := examplePage()
	p.URL, p.New = "http://127.0.0.1:54321", false
	p.Target = p.URL + "/bin/demo"
	p.Bare = true // it says more
	p.Notes = []string{"127.0.0.1:8080 is taken, so the hub listens on a free port."}
	for i := range MaxDevices {
		p.Devices = append(p.Devices, fmt.Sprintf("device-%d", i))
	}
	out := new(strings.Builder)
	if err := p.Opening(out, false); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if _, used := fit(strings.TrimSuffix(line, "\n"), 1000); used > 80 {
			t.Errorf("%d columns: %s", used, line)
		}
	}
	p.Bare = false
	l, hint := newLog(80, false)
	l.Note(p.Hint()...)
	if !strings.HasSuffix(hint.String(), "  "+p.Console()+"\n") {
		t.Errorf("the hint is cut: %s", hint)
	}
	p.Bare = true
	if err := p.Opening(out, false); err != nil || !strings.Contains(out.String(), "get Node") || !strings.Contains(p.Hint()[1], "/bin/demo/requests") {
		t.Errorf("without a console, error %v:\n%s\n%s", err, out, p.Hint())
	}
	for _, want := range []string{"of an earlier start", p.Notes[0], " more\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}

func TestClosing(t *testing.T) {
	tests := []struct {
		totals Totals
		colour bool
		want   string
	}{
		{Totals{1, 1, 1}, false, "Stopped after 1m5s: 1 event, 1 delivery, 1 error.\n"},
		{Totals{130, 40, 0}, false, "Stopped after 1m5s: 130 events, 40 deliveries, 0 errors.\n"},
		{Totals{3, 2, 2}, true, "\x1b[1mStopped\x1b[0m after 1m5s: 3 events, 2 deliveries, \x1b[31m2 errors\x1b[0m.\n"},
	}
	for _, tt := range tests {
		out := new(strings.Builder)
		if err := examplePage().Closing(out, tt.totals, 65_200*time.Millisecond, tt.colour); err != nil {
			t.Fatal(err)
		}
		if want := "\n" + tt.want + "Everything is kept in /home/me/fieldhook-demo\n"; out.String() != want {
			t.Errorf("got  %q\nwant %q", out, want)
		}
	}
}
