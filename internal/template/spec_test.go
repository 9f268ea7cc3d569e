package template_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/template"
)

// hoganDiffers lists the cases of the mustache specification where hogan.js
// 3.0.2 gives something else (or partials matter, of which there are none
// here), with what Hogan gives.
var hoganDiffers = map[string]struct{ want, why string }{
	"Implicit Iterators - Basic Interpolation":         {"Hello, !\n", "the root is no element of an array, so '.' is not it"},
	"Implicit Iterators - HTML Escaping":               {"These characters should be HTML escaped: \n", "as above"},
	"Implicit Iterators - Triple Mustache":             {"These characters should not be HTML escaped: \n", "as above"},
	"Implicit Iterators - Ampersand":                   {"These characters should not be HTML escaped: \n", "as above"},
	"Implicit Iterators - Basic Integer Interpolation": {`" miles an hour!"`, "as above"},
	"Implicit Iterator - Root-level":                   {`""`, "as above"},
	"Variable test":                                    {`" is bar"`, "a section over text does not make the text the context"},
	"Deeply Nested Contexts": {"1\n121\n12321\n1234321\n123454321\n123464321\n123454321\n1234321\n12321\n121\n1\n",
		"a section over a number does not make the number the context"},
	"Partial Inheritence":   {"[  ]\n[  ]\n", "no partials exist"},
	"Post-Partial Behavior": {"[  ]\n[ .yes.  .|value|. ]\n", "no partials exist"},
}

type specCase struct {
	Name, Template, Expected string
	Data                     json.RawMessage
}

// TestSpec runs the official mustache specification. MUSTACHE_SPEC names the
// folder with its JSON files.
func TestSpec(t *testing.T) {
	folder := os.Getenv("MUSTACHE_SPEC")
	if folder == "" {
		t.Skip("MUSTACHE_SPEC names no folder with the mustache specification")
	}
	seen := map[string]bool{}
	for _, name := range []string{"interpolation", "sections", "inverted", "comments", "delimiters"} {
		t.Run(name, func(t *testing.T) {
			for _, c := range readSpec(t, filepath.Join(folder, name+".json")) {
				seen[c.Name] = true
				t.Run(c.Name, func(t *testing.T) { checkSpec(t, c) })
			}
		})
	}
	for name := range hoganDiffers {
		if !seen[name] {
			t.Errorf("%q is listed as different, but is no case of the specification", name)
		}
	}
}

func readSpec(t *testing.T, path string) []specCase {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Tests []specCase }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Tests) == 0 {
		t.Fatalf("%s holds no tests", path)
	}
	return file.Tests
}

func checkSpec(t *testing.T, c specCase) {
	want := c.Expected
	if d, ok := hoganDiffers[c.Name]; ok {
		want = d.want
	}
	if got := render(t, c.Template, string(c.Data)); got != want {
		t.Errorf("template %q with %s\n got %q\nwant %q", c.Template, c.Data, got, want)
	}
}

// render renders source for an event with this data.
func render(t *testing.T, source, data string) string {
	t.Helper()
	var c template.Context
	c.Reset(&event.Event{Name: "temp", Data: data})
	return renderIn(t, source, &c)
}

func renderIn(t *testing.T, source string, c *template.Context) string {
	t.Helper()
	b, err := mustParse(t, source).Append(nil, c)
	if err != nil {
		t.Fatalf("Append(%.200q): %v", source, err)
	}
	return string(b)
}
