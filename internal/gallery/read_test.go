package gallery_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/fieldhook/fieldhook/internal/gallery"
)

const manifest = `{"id":"one","name":"One","category":"data","summary":"Something.","source":"service","integration_type":"Webhook",
"params":[{"key":"KEY","label":"Key","secret":true,"required":true,"example":"k"}],
"template":{"integration_type":"Webhook","event":"temp","url":"https://example.com/","form":{"key":"<<KEY>>"}},"editable":["event"]}`

// folder is a sound entry in a folder.
func folder() fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range map[string]string{
		"manifest.json": manifest, "event.json": `{"name":"temp","data":"1","device":"","published_at":""}`,
		"instructions.md": "Do this.\n", "firmware.cpp": "void loop() {}\n", "logo.svg": "<svg/>\n",
	} {
		files["one/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func TestRead(t *testing.T) {
	g, err := gallery.Read(folder())
	if err != nil {
		t.Fatal(err)
	}
	e, err := g.Entry("one")
	if err != nil || e.Name != "One" || e.Instructions != "Do this." || e.Firmware != "void loop() {}" || string(e.Logo()) != "<svg/>" || e.SampleEvent.Data != "1" {
		t.Errorf("got %+v, %v", e, err)
	}
	if _, err := g.Entry("two"); err == nil {
		t.Error("an entry that is not there was found")
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct{ file, old, new, want string }{
		{"manifest.json", `"id":"one"`, `"id":"two"`, "its id"},
		{"manifest.json", `"name":"One"`, `"name":""`, "lacks a name"},
		{"manifest.json", `"summary"`, `"sumary"`, "unknown field"},
		{"manifest.json", `"data"`, `"dta"`, `no category "dta"`},
		{"manifest.json", `"service"`, `"D"`, "its source"},
		{"manifest.json", `"key":"KEY"`, `"key":"OTHER"`, "OTHER"},
		{"manifest.json", `"<<KEY>>"`, `"<<KEY>><<MORE>>"`, "MORE"},
		{"manifest.json", `"example":"k"`, `"example":""`, "KEY lacks"},
		{"manifest.json", `"required":true`, `"required":true,"default":"d"`, "default"},
		{"manifest.json", `["event"]`, `["evnt"]`, `"evnt"`},
		{"manifest.json", `["event"]`, `["event"],"hints":{"body":"x"}`, `"body"`},
		{"manifest.json", `{"integration_type":"Webhook"`, `{"integration_type":"GoogleMaps"`, "integration_type"},
		{"manifest.json", `["event"]}`, `["event"]} {}`, "more than one"},
		{"event.json", `"temp"`, `""`, "example event"},
		{"event.json", `"data"`, `"dta"`, "unknown field"},
		{"instructions.md", "Do this.", "", "instructions.md is empty"},
		{"firmware.cpp", "void loop() {}", "", "firmware.cpp is empty"},
		{"logo.svg", "<svg/>", "", "logo.svg is empty"},
	} {
		files := folder()
		file := files["one/"+c.file]
		file.Data = []byte(strings.Replace(string(file.Data), c.old, c.new, 1))
		if _, err := gallery.Read(files); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "gallery: one: ") {
			t.Errorf("%s with %s: got %v, want %q", c.file, c.new, err, c.want)
		}
	}
	for name := range folder() {
		files := folder()
		delete(files, name)
		if _, err := gallery.Read(files); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: got %v", name, err)
		}
	}
}
