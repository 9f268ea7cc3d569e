package tutorial

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
)

func TestProjects(t *testing.T) {
	all, err := Projects()
	if err != nil || len(all) != 2 {
		t.Fatalf("%d projects, %v", len(all), err)
	}
	for _, p := range all {
		var main string
		for _, f := range p.Files {
			if f.Path == p.Main {
				main = f.Text
			}
		}
		if !strings.Contains(main, `"WebhookDemo01"`) || !strings.Contains(main, "/hook-response/") {
			t.Errorf("%s: %s is not the program, or not there", p.ID, p.Main)
		}
	}
}

func TestZip(t *testing.T) {
	all, err := Projects()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		packed, err := p.Zip()
		if err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
		if err != nil || len(z.File) != len(p.Files) {
			t.Fatalf("%s: %v", p.ID, err)
		}
		for i, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(r)
			if f.Name != p.Files[i].Path || string(text) != p.Files[i].Text || err != nil {
				t.Errorf("%s: %s does not come out as it went in: %v", p.ID, f.Name, err)
			}
		}
	}
}
