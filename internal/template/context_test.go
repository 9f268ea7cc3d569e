package template_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/template"
)

const (
	device = "0123456789abcdef01234567"
	owner  = "aaaaaaaaaaaaaaaaaaaaaaaa"
)

// sandboxEvent has no product; productEvent has one.
func sandboxEvent(data string) *event.Event {
	return &event.Event{Seq: 7, At: 1485983285763, Name: "temp", Device: device, Owner: owner, Firmware: 3, Data: data}
}

func productEvent(data string) *event.Event {
	e := sandboxEvent(data)
	e.Product = 1234
	return e
}

func TestPredefined(t *testing.T) {
	sandbox, product := sandboxEvent("21.5"), productEvent("a\"\xff<")
	silent := sandboxEvent("ignored")
	silent.NoData = true
	sandboxJSON := `{"event":"temp","data":"21.5","published_at":"2017-02-01T21:08:05.763Z","coreid":"` + device +
		`","event_id":"` + sandbox.ID() + `"}`
	productJSON := `{"event":"temp","data":"a\"` + "\ufffd" + `<","published_at":"2017-02-01T21:08:05.763Z","coreid":"` + device +
		`","event_id":"` + product.ID() + `","product_id":1234,"user_id":"` + owner + `","fw_version":3}`
	bare := &event.Event{Name: "temp", Product: 1234, Device: event.API, NoData: true}
	bareJSON := `{"event":"temp","published_at":"1970-01-01T00:00:00.000Z","coreid":"api","event_id":"` + bare.ID() + `","product_id":1234}`
	tests := []struct {
		name string
		e    *event.Event
		want string
	}{
		{"PARTICLE_DEVICE_ID", sandbox, device},
		{"SPARK_CORE_ID", sandbox, device},
		{"PARTICLE_EVENT_NAME", sandbox, "temp"},
		{"SPARK_EVENT_NAME", sandbox, "temp"},
		{"PARTICLE_EVENT_VALUE", sandbox, "21.5"},
		{"SPARK_EVENT_VALUE", sandbox, "21.5"},
		{"PARTICLE_EVENT_VALUE", product, "a\"\xff<"},
		{"PARTICLE_EVENT_VALUE", silent, ""},
		{"PARTICLE_PUBLISHED_AT", sandbox, "2017-02-01T21:08:05.763Z"},
		{"SPARK_PUBLISHED_AT", sandbox, "2017-02-01T21:08:05.763Z"},
		{"PARTICLE_EVENT_ID", sandbox, sandbox.ID()},
		{"PARTICLE_EVENT_PUBLIC", sandbox, "false"},
		{"PRODUCT_ID", product, "1234"},
		{"PRODUCT_USER_ID", product, owner},
		{"PRODUCT_VERSION", product, "3"},
		{"PRODUCT_ID", sandbox, ""},
		{"PRODUCT_USER_ID", sandbox, ""},
		{"PRODUCT_VERSION", sandbox, ""},
		{"PRODUCT_USER_ID", bare, ""},
		{"PRODUCT_VERSION", bare, ""},
		{"PARTICLE_EVENT_JSON", sandbox, sandboxJSON},
		{"PARTICLE_EVENT_JSON", product, productJSON},
		{"PARTICLE_EVENT_JSON", bare, bareJSON},
		{"PARTICLE_EVENT_BASE64", product, base64.StdEncoding.EncodeToString([]byte(productJSON))},
		{"PARTICLE_EVENT_NAME", nil, ""},
	}
	var c template.Context
	for _, tt := range tests {
		c.Reset(tt.e)
		for range 2 { // made, then remembered
			if got := renderIn(t, "{{{"+tt.name+"}}}", &c); got != tt.want {
				t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
			}
		}
	}
}

func TestPredefinedAsCondition(t *testing.T) {
	const source = "{{#PRODUCT_ID}}product{{/PRODUCT_ID}}{{^PRODUCT_ID}}sandbox{{/PRODUCT_ID}}{{#PARTICLE_EVENT_PUBLIC}}public{{/PARTICLE_EVENT_PUBLIC}}"
	var c template.Context
	for want, e := range map[string]*event.Event{"product": productEvent(""), "sandbox": sandboxEvent("")} {
		c.Reset(e)
		if got := renderIn(t, source, &c); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestData(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	tests := []struct{ name, data, source, want string }{
		{"object", `{"a":1,"b":{"c":2}}`, "{{a}}{{b.c}}", "12"},
		{"array", ` ["x",{"y":2}]`, "{{0}}{{1.y}}[{{length}}{{2}}]", "x2[]"},
		{"number", `5`, "[{{a}}{{0}}{{.}}]", "[]"},
		{"string", `"abc"`, "[{{a}}{{0}}{{length}}]", "[]"},
		{"not JSON", `{"a":1`, "[{{a}}]", "[]"},
		{"two values", `{"a":1} 2`, "[{{a}}]", "[]"},
		{"empty", "", "[{{a}}]", "[]"},
		{"nested too deep", `{"a":1,"b":` + deep(200) + `}`, "[{{a}}]", "[]"},
		{"nested just not too deep", `{"a":1,"b":` + deep(199) + `}`, "[{{a}}]", "[1]"},
		{"brackets in text", `{"a":1,"b":"` + strings.Repeat(`\"[`, 300) + `"}`, "[{{a}}]", "[1]"},
		{"data does not change predefined names", `{"PARTICLE_DEVICE_ID":"x","SPARK_EVENT_NAME":"y"}`, "{{PARTICLE_DEVICE_ID}} {{SPARK_EVENT_NAME}}", device + " temp"},
		{"data does not claim a product", `{"PRODUCT_ID":99,"PRODUCT_USER_ID":"x"}`, "[{{PRODUCT_ID}}{{PRODUCT_USER_ID}}]", "[]"},
		{"predefined names inside data are plain members", `{"a":{"PRODUCT_ID":99}}`, "{{#a}}{{PRODUCT_ID}}{{/a}}{{a.PRODUCT_ID}}", "9999"},
	}
	var c template.Context
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c.Reset(sandboxEvent(tt.data))
			if got := renderIn(t, tt.source, &c); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNoDataHasNoMembers(t *testing.T) {
	e := sandboxEvent(`{"a":1}`)
	e.NoData = true
	var c template.Context
	c.Reset(e)
	if got := renderIn(t, "[{{a}}]", &c); got != "[]" {
		t.Errorf("got %q, want []", got)
	}
}

func TestSetResponse(t *testing.T) {
	const source = "{{a}}|{{b}}|{{n}}|{{PARTICLE_EVENT_NAME}}|{{0}}"
	tests := []struct {
		name, body string
		ok         bool
		want       string
	}{
		{"members first", `{"a":"r","PARTICLE_EVENT_NAME":"mine"}`, true, "r|2|3|mine|"},
		{"null is found", `{"a":null}`, true, "|2|3|temp|"},
		{"array", `["x"]`, true, "1|2|3|temp|x"},
		{"scalar", `5`, true, "1|2|3|temp|"},
		{"not JSON", `{"a":"r"`, false, "1|2|3|temp|"},
		{"empty", ``, false, "1|2|3|temp|"},
		{"too deep", strings.Repeat("[", 201) + strings.Repeat("]", 201), false, "1|2|3|temp|"},
	}
	var c template.Context
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c.Reset(sandboxEvent(`{"a":1,"b":2,"n":3}`))
			body := []byte(tt.body)
			if ok := c.SetResponse(body); ok != tt.ok {
				t.Errorf("SetResponse: got %v, want %v", ok, tt.ok)
			}
			clear(body) // the context keeps nothing of it
			if got := renderIn(t, source, &c); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestFailedResponse checks that a body that is not JSON leaves an earlier
// response in place, and that Reset removes it.
func TestFailedResponse(t *testing.T) {
	var c template.Context
	c.Reset(sandboxEvent(`{"a":1}`))
	c.SetResponse([]byte(`{"a":"r"}`))
	if c.SetResponse([]byte("<html>")) {
		t.Error("SetResponse took HTML for JSON")
	}
	if got := renderIn(t, "{{a}}", &c); got != "r" {
		t.Errorf("got %q, want r", got)
	}
	c.Reset(sandboxEvent(`{"a":1}`))
	if got := renderIn(t, "{{a}}", &c); got != "1" {
		t.Errorf("after Reset: got %q, want 1", got)
	}
}

// TestReset checks that nothing of one event shows up in the next.
func TestReset(t *testing.T) {
	const source = "{{a}}{{b}} {{{PARTICLE_EVENT_JSON}}} {{PRODUCT_ID}}"
	events := []*event.Event{
		productEvent(`{"a":` + strings.Repeat("[", 150) + strings.Repeat("]", 150) + `}`),
		sandboxEvent(`{"b":1}`),
		productEvent(`[` + strings.Repeat("1,", 6000) + `1]`),
		sandboxEvent(`plain`),
	}
	var reused template.Context
	for _, e := range append(events, events...) {
		var fresh template.Context
		fresh.Reset(e)
		reused.Reset(e)
		if got, want := renderIn(t, source, &reused), renderIn(t, source, &fresh); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestLookup(t *testing.T) {
	var c template.Context
	if _, ok := c.Lookup("a"); ok {
		t.Error("the zero Context has a variable")
	}
	c.Reset(sandboxEvent(`{"a":{"b":[1,"x"]},"n":null}`))
	tests := []struct {
		name string
		ok   bool
		kind template.Kind
		text string
	}{
		{"a.b.1", true, template.String, "x"},
		{"a.b.length", true, template.Number, "2"},
		{"a", true, template.Object, ""},
		{"n", true, template.Null, ""},
		{"PARTICLE_EVENT_PUBLIC", true, template.False, ""},
		{"PARTICLE_DEVICE_ID", true, template.String, device},
		{"a.c.d", false, template.Null, ""},
		{"PRODUCT_ID", false, template.Null, ""},
		{".", false, template.Null, ""},
	}
	for _, tt := range tests {
		v, ok := c.Lookup(tt.name)
		if ok != tt.ok || v.Kind() != tt.kind || v.Text() != tt.text {
			t.Errorf("Lookup(%q): got %v, kind %d, %q; want %v, kind %d, %q", tt.name, ok, v.Kind(), v.Text(), tt.ok, tt.kind, tt.text)
		}
	}
}

// TestAllocations pins that the corridor's usual template allocates nothing.
func TestAllocations(t *testing.T) {
	tpl := mustParse(t, predefinedTemplate)
	e := sandboxEvent("21.5")
	var c template.Context
	dst := make([]byte, 0, 1024)
	got := testing.AllocsPerRun(100, func() {
		c.Reset(e)
		dst, _ = tpl.Append(dst[:0], &c)
	})
	if got != 0 {
		t.Errorf("got %v allocations, want none", got)
	}
}
