package render_test

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/template"
)

const target = `{"event":"temp","url":"http://127.0.0.1:9900/","noDefaults":true,`

var requests = []struct {
	name, config string
	allocs       float64 // at most, per request
}{
	{"json", target + `"requestType":"POST","json":{"event":"{{{PARTICLE_EVENT_NAME}}}","device":"{{{PARTICLE_DEVICE_ID}}}","value":"{{{PARTICLE_EVENT_VALUE}}}"}}`, 0},
	{"form", target + `"form":{"api_key":"K","field1":"{{{PARTICLE_EVENT_VALUE}}}"}}`, 0},
	{"defaults", `{"event":"temp","url":"http://127.0.0.1:9900/"}`, 2}, // the time is formatted
	{"query", target + `"requestType":"GET","query":{"key":"K","v":"{{{PARTICLE_EVENT_VALUE}}}"}}`, 1},
	{"body", target + `"headers":{"Content-Type":"application/json"},"body":"{ \"v\": {{{PARTICLE_EVENT_VALUE}}} }"}`, 0},
	{"text", target + `"json":"{ \"v\": {{{PARTICLE_EVENT_VALUE}}} }"}`, 2},                                               // json.Valid draws from a pool
	{"textDefaults", `{"event":"temp","url":"http://127.0.0.1:9900/","json":"{ \"v\": {{{PARTICLE_EVENT_VALUE}}} }"}`, 6}, // both
}

func TestAllocations(t *testing.T) {
	for _, test := range requests {
		d := define(t, test.config)
		e := temp("21.5")
		var c template.Context
		r := render.Renderer{UserAgent: "Fieldhook/test"}
		got := testing.AllocsPerRun(100, func() {
			c.Reset(e)
			if _, err := r.Request(d, &c); err != nil {
				t.Fatal(err)
			}
		})
		if got > test.allocs {
			t.Errorf("%s: %v allocations, want at most %v", test.name, got, test.allocs)
		}
	}
}

func BenchmarkRequest(b *testing.B) {
	for _, bench := range requests {
		b.Run(bench.name, func(b *testing.B) {
			d := define(b, bench.config)
			e := temp("21.5")
			var c template.Context
			r := render.Renderer{UserAgent: "Fieldhook/test"}
			b.ReportAllocs()
			for b.Loop() {
				c.Reset(e)
				if _, err := r.Request(d, &c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppendWire(b *testing.B) {
	e := temp("21.5")
	var c template.Context
	c.Reset(e)
	r := render.Renderer{UserAgent: "Fieldhook/test"}
	request, err := r.Request(define(b, requests[0].config), &c)
	if err != nil {
		b.Fatal(err)
	}
	var wire []byte
	b.ReportAllocs()
	for b.Loop() {
		wire = request.AppendWire(wire[:0])
	}
}
