package gallery_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/gallery"
)

// The cases are those of the console, which fills in the browser.
func TestFill(t *testing.T) {
	text, err := os.ReadFile("testdata/fill.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name     string
		Params   []gallery.Param
		Template json.RawMessage
		Values   map[string]string
		Settings json.RawMessage // what comes out, or
		Error    string          // the parameter at fault
	}
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) == 0 {
		t.Fatal(len(cases), err)
	}
	for _, c := range cases {
		e := gallery.Entry{Manifest: gallery.Manifest{Name: "An entry", Params: c.Params, Template: c.Template}}
		got, err := gallery.Fill(&e, c.Values)
		var f *fault.Error
		if c.Error != "" {
			if !errors.As(err, &f) || f.Field != c.Error || f.Code != fault.Invalid {
				t.Errorf("%s: got %s, %v; want a fault of %s", c.Name, got, err, c.Error)
			}
			continue
		}
		var want bytes.Buffer
		if err := json.Compact(&want, c.Settings); err != nil {
			t.Fatal(err)
		}
		if err != nil || string(got) != want.String() {
			t.Errorf("%s: %v\ngot  %s\nwant %s", c.Name, err, got, &want)
		}
	}
}

// An error shows nothing of a value.
func TestErrorsOfFillHoldNoValues(t *testing.T) {
	e := gallery.Entry{Manifest: gallery.Manifest{Params: []gallery.Param{{Key: "A", Label: "A", Required: true}}, Template: json.RawMessage(`{"body":"<<A>>"}`)}}
	for _, params := range []map[string]string{{"B": "hidden"}, {"A": "", "B": "hidden"}} {
		if _, err := gallery.Fill(&e, params); err == nil || strings.Contains(err.Error(), "hidden") {
			t.Errorf("got %v", err)
		}
	}
}
