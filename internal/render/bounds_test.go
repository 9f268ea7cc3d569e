package render_test

import (
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
)

func TestHeadersAreBoundedWhileRendered(t *testing.T) {
	var h []string
	for i := range 64 {
		h = append(h, strconv.Quote("h"+strconv.Itoa(i))+`:"`+strings.Repeat("{{{PARTICLE_EVENT_VALUE}}}", 63)+`"`)
	}
	d, _, err := integration.Parse([]byte(`{"event":"e","url":"http://h/","headers":{`+strings.Join(h, ",")+`}}`), scope.Sandbox)
	if err != nil {
		t.Fatal(err)
	}
	e := &event.Event{Name: "e", Data: strings.Repeat("x", event.MaxData)}
	var c template.Context
	c.Reset(e)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var r render.Renderer
	if _, err := r.Request(d, &c); err == nil {
		t.Fatal("no error")
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 8<<20 {
		t.Errorf("%d bytes allocated for headers of at most 16384", n)
	}
}
