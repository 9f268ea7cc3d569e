package template_test

import (
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/template"
)

const predefinedTemplate = `{"event":"{{{PARTICLE_EVENT_NAME}}}","device":"{{{PARTICLE_DEVICE_ID}}}","value":"{{{PARTICLE_EVENT_VALUE}}}"}`

func benchmarkAppend(b *testing.B, source, data string) {
	b.Helper()
	t := mustParse(b, source)
	e := &event.Event{Name: "temp", Device: "0123456789abcdef01234567", Data: data, At: 1485983285763, Seq: 7}
	var c template.Context
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		c.Reset(e)
		var err error
		if dst, err = t.Append(dst[:0], &c); err != nil {
			b.Fatal(err)
		}
	}
}

func mustParse(tb testing.TB, source string) *template.Template {
	tb.Helper()
	t, err := template.Parse(source)
	if err != nil {
		tb.Fatalf("Parse(%.200q): %v", source, err)
	}
	return t
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := template.Parse(predefinedTemplate); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendPredefined(b *testing.B) {
	benchmarkAppend(b, predefinedTemplate, "21.5")
}

func BenchmarkAppendData(b *testing.B) {
	benchmarkAppend(b, `{"t":{{temp}},"h":{{hum}},"lat":"{{gps.lat}}","lon":"{{gps.lon}}","n":"{{{name}}}"}`,
		`{"temp":21.5,"hum":40,"gps":{"lat":52.520008,"lon":13.404954},"name":"roof","ok":true,"seq":[1,2,3]}`)
}

func BenchmarkAppendSections(b *testing.B) {
	benchmarkAppend(b, "{{#readings}}{{name}}={{value}}{{^last}},{{/last}}{{/readings}}",
		`{"readings":[`+strings.Repeat(`{"name":"a","value":1.25},`, 9)+`{"name":"a","value":1.25,"last":true}]}`)
}
