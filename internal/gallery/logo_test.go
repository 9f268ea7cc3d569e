package gallery_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// drawn are the elements and attributes that a logo is made of.
var (
	drawn = []string{"svg", "g", "title", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"}
	given = []string{
		"xmlns", "viewBox", "width", "height", "fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin", "opacity", "transform",
		"d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "points",
	}
)

// Logos are small pictures and nothing else.
func TestLogos(t *testing.T) {
	seen := map[string]string{}
	for _, e := range entries(t) {
		if other := seen[string(e.Logo())]; other != "" {
			t.Errorf("%s has the logo of %s", e.ID, other)
		}
		seen[string(e.Logo())] = e.ID
		if err := checkLogo(e.Logo()); err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
	}
}

func checkLogo(text []byte) error {
	if len(text) > 4096 {
		return fmt.Errorf("%d bytes, more than 4096", len(text))
	}
	d := xml.NewDecoder(strings.NewReader(string(text)))
	elements := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && elements > 1 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("no picture: %w", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if elements++; elements == 1 && token.Name.Local != "svg" {
				return fmt.Errorf("begins with <%s>", token.Name.Local)
			}
			if err := checkElement(token); err != nil {
				return err
			}
		case xml.ProcInst, xml.Directive:
			return errors.New("holds an instruction or a document type")
		}
	}
}

func checkElement(e xml.StartElement) error {
	if !slices.Contains(drawn, e.Name.Local) {
		return fmt.Errorf("holds <%s>", e.Name.Local)
	}
	for _, a := range e.Attr {
		if a.Name.Space != "" || !slices.Contains(given, a.Name.Local) {
			return fmt.Errorf("<%s> has the attribute %s", e.Name.Local, a.Name.Local)
		}
		if a.Name.Local != "xmlns" && strings.ContainsAny(a.Value, ":;") || strings.Contains(a.Value, "url") {
			return fmt.Errorf("<%s> has the value %q", e.Name.Local, a.Value)
		}
	}
	return nil
}

func TestCheckOfLogos(t *testing.T) {
	for text, good := range map[string]bool{
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1"/></svg>`: true,
		`<svg><path d="M0 0h1"/>`:                             false,
		`<p><path/></p>`:                                      false,
		`<svg><script>alert(1)</script></svg>`:                false,
		`<svg><path onclick="x"/></svg>`:                      false,
		`<svg><image href="https://example.com/"/></svg>`:     false,
		`<svg><path fill="url(https://example.com/)"/></svg>`: false,
		`<!DOCTYPE svg><svg><path/></svg>`:                    false,
		`<svg>` + strings.Repeat(`<path/>`, 600) + `</svg>`:   false,
	} {
		if err := checkLogo([]byte(text)); (err == nil) != good {
			t.Errorf("%.60s: %v", text, err)
		}
	}
}
