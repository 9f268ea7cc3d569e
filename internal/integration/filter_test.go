package integration_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
)

const (
	otherDevice = "3f002b000000000000000001"
	iccid       = "89445001021983048261"
)

// filtered parses a filter.
func filtered(t testing.TB, filter string) *integration.Filter {
	t.Helper()
	d, _, err := integration.Parse([]byte(hook(`"filter":`+filter)), scope.Sandbox)
	if err != nil {
		t.Fatalf("filter %s: %v", filter, err)
	}
	return d.Filter
}

func matches(f *integration.Filter, e *event.Event) bool {
	var c template.Context
	c.Reset(e)
	return f.Match(e, &c)
}

func TestFilterConditions(t *testing.T) {
	const data = `{"temp":21.5,"neg":-3,"text":"kitchen","digits":"30","padded":" 30 ","zeros":"007","yes":true,"no":false,"nil":null,` +
		`"list":["a",5,{"x":"y"}],"obj":{"a":{"b":1}},"id":` + iccid + `,"idText":"` + iccid + `","":"empty name"}`
	tests := []struct {
		condition string
		want      bool
	}{
		// numbers
		{`"path":"temp","op":"=","value":21.5`, true},
		{`"path":"temp","op":"=","value":2.15e1`, true},
		{`"path":"temp","op":"=","value":"21.50"`, true},
		{`"path":"temp","op":"!=","value":21.5`, false},
		{`"path":"temp","op":">","value":21.5`, false},
		{`"path":"temp","op":">=","value":21.5`, true},
		{`"path":"temp","op":"<","value":100`, true},
		{`"path":"temp","op":"<=","value":9`, false},
		{`"path":"temp","op":"<","value":"100"`, true},
		{`"path":"temp","op":">","value":"abc"`, false},
		{`"path":"temp","op":"=","value":"abc"`, false},
		{`"path":"temp","op":"!=","value":"abc"`, true},
		{`"path":"temp","op":"=","value":true`, false},
		{`"path":"temp","op":"!=","value":null`, true},
		{`"path":"neg","op":"<","value":-2`, true},
		{`"path":"neg","op":">","value":-3.5`, true},
		{`"path":"neg","op":"=","value":-3`, true},
		{`"path":"digits","op":">","value":4`, true},
		{`"path":"digits","op":">","value":"4"`, true},
		{`"path":"padded","op":"=","value":30`, true},
		{`"path":"zeros","op":"=","value":7`, false},
		{`"path":"zeros","op":"=","value":"007"`, true},
		{`"path":"id","op":"=","value":` + iccid, true},
		{`"path":"id","op":"=","value":89445001021983048262`, false},
		{`"path":"idText","op":"=","value":"89445001021983048262"`, false},
		{`"path":"idText","op":"<","value":"89445001021983048262"`, true},
		{`"path":"idText","op":"=","value":"` + iccid + `"`, true},
		// texts
		{`"path":"text","op":"=","value":"kitchen"`, true},
		{`"path":"text","op":"=","value":"Kitchen"`, false},
		{`"path":"text","op":"!=","value":"cellar"`, true},
		{`"path":"text","op":">","value":"cellar"`, true},
		{`"path":"text","op":"<=","value":"kitchen"`, true},
		{`"path":"text","op":"<","value":5`, false},
		{`"path":"text","op":"contains","value":"tch"`, true},
		{`"path":"text","op":"contains","value":"xyz"`, false},
		{`"path":"text","op":"startsWith","value":"kit"`, true},
		{`"path":"text","op":"startsWith","value":"itch"`, false},
		{`"path":"temp","op":"startsWith","value":"21"`, true},
		{`"path":"yes","op":"contains","value":"t"`, false},
		{`"path":"obj","op":"contains","value":"a"`, false},
		// true, false, null
		{`"path":"yes","op":"=","value":true`, true},
		{`"path":"yes","op":"=","value":"true"`, false},
		{`"path":"no","op":"!=","value":true`, true},
		{`"path":"no","op":"=","value":null`, false},
		{`"path":"nil","op":"=","value":null`, true},
		{`"path":"nil","op":"!=","value":null`, false},
		{`"path":"nil","op":"=","value":0`, false},
		// places
		{`"path":"list.0","op":"=","value":"a"`, true},
		{`"path":"list.1","op":">","value":4`, true},
		{`"path":"list.2.x","op":"=","value":"y"`, true},
		{`"path":"list.length","op":"=","value":3`, true},
		{`"path":"obj.a.b","op":"=","value":1`, true},
		{`"path":"obj","op":"=","value":"x"`, false},
		{`"path":"obj","op":"!=","value":"x"`, true},
		// missing
		{`"path":"list.3","op":"=","value":null`, false},
		{`"path":"none","op":"=","value":0`, false},
		{`"path":"none","op":"!=","value":0`, true},
		{`"path":"none","op":"<","value":0`, false},
		{`"path":"none","op":"contains","value":""`, false},
		{`"path":"none","op":"exists","value":true`, false},
		{`"path":"none","op":"exists","value":false`, true},
		{`"path":"nil","op":"exists","value":true`, true},
		{`"path":"nil","op":"exists","value":false`, false},
		{`"path":"PARTICLE_EVENT_NAME","op":"exists","value":true`, false},
		// the whole data
		{`"path":"","op":"contains","value":"\"temp\":"`, true},
		{`"path":"","op":"exists","value":true`, true},
		{`"path":"","op":"=","value":5`, false},
	}
	e := &event.Event{Name: "temp", Data: data, Device: device}
	for _, test := range tests {
		if got := matches(filtered(t, `{"data":[{`+test.condition+`}]}`), e); got != test.want {
			t.Errorf("%s: got %v", test.condition, got)
		}
	}
}

func TestFilterWholeData(t *testing.T) {
	tests := []struct {
		data, condition string
		want            bool
	}{
		{"21.5", `"op":">","value":20`, true},
		{" 21.5\n", `"op":"=","value":21.5`, true},
		{"21.5 C", `"op":">","value":20`, false},
		{"21.5 C", `"op":"startsWith","value":"21"`, true},
		{"inf", `"op":">","value":20`, false},
		{"open", `"op":"=","value":"open"`, true},
		{`"open"`, `"op":"=","value":"open"`, false},
		{"true", `"op":"=","value":true`, true},
		{"true", `"op":"=","value":"true"`, true},
		{"false", `"op":"!=","value":true`, true},
		{" null ", `"op":"=","value":null`, true},
		{"truth", `"op":"=","value":true`, false},
		{"", `"op":"=","value":""`, true},
		{"", `"op":"exists","value":true`, true},
		{"{broken", `"op":"contains","value":"bro"`, true},
	}
	for _, test := range tests {
		f := filtered(t, `{"data":[{"path":"",`+test.condition+`}]}`)
		if got := matches(f, &event.Event{Name: "temp", Data: test.data}); got != test.want {
			t.Errorf("%q %s: got %v", test.data, test.condition, got)
		}
	}
	for condition, want := range map[string]bool{
		`"op":"exists","value":false`: true, `"op":"exists","value":true`: false,
		`"op":"=","value":""`: false, `"op":"!=","value":"x"`: true, `"op":"=","value":null`: false,
	} {
		f := filtered(t, `{"data":[{"path":"",`+condition+`}]}`)
		if got := matches(f, &event.Event{Name: "temp", NoData: true, Data: "stale"}); got != want {
			t.Errorf("no data, %s: got %v", condition, got)
		}
	}
	broken := filtered(t, `{"data":[{"path":"a","op":"exists","value":true}]}`)
	if matches(broken, &event.Event{Name: "temp", Data: `{"a":1`}) {
		t.Error("data that is not JSON has members")
	}
}

func TestFilterParts(t *testing.T) {
	e := func(device, data string, firmware int) *event.Event {
		return &event.Event{Name: "temp", Device: device, Data: data, Firmware: firmware}
	}
	tests := []struct {
		name, filter string
		e            *event.Event
		want         bool
	}{
		{"device", `{"devices":["` + otherDevice + `","3F002B000000000000000000"]}`, e(device, "", 0), true},
		{"other device", `{"devices":["` + otherDevice + `"]}`, e(device, "", 0), false},
		{"the API", `{"devices":["` + otherDevice + `"]}`, e(event.API, "", 0), false},
		{"firmware", `{"firmware":">=3"}`, e(device, "", 3), true},
		{"firmware below", `{"firmware":">= 3"}`, e(device, "", 2), false},
		{"firmware equal", `{"firmware":"=3"}`, e(device, "", 3), true},
		{"firmware other", `{"firmware":"!=3"}`, e(device, "", 3), false},
		{"firmware more", `{"firmware":">3"}`, e(device, "", 4), true},
		{"firmware less", `{"firmware":"<3"}`, e(device, "", 2), true},
		{"firmware at most", `{"firmware":"<=3"}`, e(device, "", 4), false},
		{"firmware unknown", `{"firmware":"<3"}`, e(device, "", 0), false},
		{"firmware unknown, other", `{"firmware":"!=3"}`, e(device, "", 0), false},
		{"all", `{"devices":["` + device + `"],"firmware":">0","data":[{"path":"a","op":">","value":1},{"path":"a","op":"<","value":3}]}`, e(device, `{"a":2}`, 1), true},
		{"one of two conditions", `{"data":[{"path":"a","op":">","value":1},{"path":"b","op":"=","value":3}]}`, e(device, `{"a":2}`, 1), false},
		{"device but not data", `{"devices":["` + device + `"],"data":[{"path":"a","op":"=","value":1}]}`, e(device, `{"a":2}`, 1), false},
		{"nothing is asked", `{"data":[],"devices":null,"firmware":null}`, e(device, "", 0), true},
		{"as a form sends it", `"{\"firmware\":\"=1\"}"`, e(device, "", 1), true},
	}
	for _, test := range tests {
		if got := matches(filtered(t, test.filter), test.e); got != test.want {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
	for _, none := range []string{"null", "{}", `""`} {
		if f := filtered(t, none); f != nil {
			t.Errorf("%s: got a filter", none)
		}
	}
}

func TestFilterFaults(t *testing.T) {
	condition := func(s string) string { return `{"data":[{` + s + `}]}` }
	two := func(a, b string) string {
		return `{"data":[{"path":"a",` + a + `},{"path":"a",` + b + `}]}`
	}
	tests := []struct{ name, filter, field, text string }{
		{"text", `"x"`, "filter", "object"},
		{"unknown", `{"product":5}`, "filter.product", "not a setting"},
		{"data object", `{"data":{}}`, "filter.data", "array"},
		{"many", `{"data":[` + strings.Repeat(`{"path":"a","op":"!=","value":1},`, 16) + `{"path":"b","op":"=","value":1}]}`, "filter.data", "at most 16"},
		{"condition text", `{"data":["a>1"]}`, "filter.data[0]", "path, op and value"},
		{"condition unknown", condition(`"path":"a","op":"=","value":1,"not":true`), "filter.data[0].not", "not a setting"},
		{"no path", condition(`"op":"=","value":1`), "filter.data[0].path", "text"},
		{"path number", condition(`"path":1,"op":"=","value":1`), "filter.data[0].path", "text"},
		{"path long", condition(`"path":"` + strings.Repeat("a", 257) + `","op":"=","value":1`), "filter.data[0].path", "256"},
		{"no op", condition(`"path":"a","value":1`), "filter.data[0].op", "exists"},
		{"op", condition(`"path":"a","op":"==","value":1`), "filter.data[0].op", "startsWith"},
		{"no value", condition(`"path":"a","op":"="`), "filter.data[0].value", "null"},
		{"value object", condition(`"path":"a","op":"=","value":{}`), "filter.data[0].value", "number"},
		{"value array", condition(`"path":"a","op":"!=","value":[1]`), "filter.data[0].value", "number"},
		{"value huge", condition(`"path":"a","op":"=","value":1e400`), "filter.data[0].value", "range"},
		{"order of flags", condition(`"path":"a","op":">","value":true`), "filter.data[0].value", "text or a number"},
		{"order of null", condition(`"path":"a","op":"<=","value":null`), "filter.data[0].value", "text or a number"},
		{"contains number", condition(`"path":"a","op":"contains","value":5`), "filter.data[0].value", "must be text"},
		{"startsWith nothing", condition(`"path":"a","op":"startsWith"`), "filter.data[0].value", "must be text"},
		{"exists text", condition(`"path":"a","op":"exists","value":"yes"`), "filter.data[0].value", "true or false"},
		{"exists nothing", condition(`"path":"a","op":"exists"`), "filter.data[0].value", "true or false"},
		{"devices text", `{"devices":"` + device + `"}`, "filter.devices", "array"},
		{"devices none", `{"devices":[]}`, "filter.devices", "1 to 1000"},
		{"devices many", `{"devices":[` + strings.Repeat(`"`+device+`",`, 1000) + `"` + device + `"]}`, "filter.devices", "1 to 1000"},
		{"device", `{"devices":["` + device + `","api"]}`, "filter.devices[1]", "24 hexadecimal"},
		{"device number", `{"devices":[5]}`, "filter.devices[0]", "24 hexadecimal"},
		{"firmware number", `{"firmware":3}`, "filter.firmware", ">=3"},
		{"firmware without op", `{"firmware":"3"}`, "filter.firmware", ">=3"},
		{"firmware op", `{"firmware":"=>3"}`, "filter.firmware", ">=3"},
		{"firmware negative", `{"firmware":">-3"}`, "filter.firmware", ">=3"},
		{"firmware empty", `{"firmware":""}`, "filter.firmware", ">=3"},
		{"firmware below one", `{"firmware":"<1"}`, "filter.firmware", "no event could match"},
		{"firmware zero", `{"firmware":"=0"}`, "filter.firmware", "no event could match"},
		{"two values", two(`"op":"=","value":1`, `"op":"=","value":2`), "filter.data[1]", "no event could match this and filter.data[0]"},
		{"two texts", two(`"op":"=","value":"x"`, `"op":"=","value":"y"`), "filter.data[1]", "no event could match"},
		{"two types", two(`"op":"=","value":1`, `"op":"=","value":"y"`), "filter.data[1]", "no event could match"},
		{"value and not", two(`"op":"!=","value":"1.0"`, `"op":"=","value":1`), "filter.data[1]", "no event could match"},
		{"value outside", two(`"op":"=","value":5`, `"op":">","value":5`), "filter.data[1]", "no event could match"},
		{"text not contained", two(`"op":"=","value":"abc"`, `"op":"contains","value":"x"`), "filter.data[1]", "no event could match"},
		{"flag and text", two(`"op":"=","value":true`, `"op":"startsWith","value":"t"`), "filter.data[1]", "no event could match"},
		{"empty range", two(`"op":"<","value":5`, `"op":">","value":7`), "filter.data[1]", "no event could match"},
		{"range of nothing", two(`"op":">=","value":5`, `"op":"<","value":5.0`), "filter.data[1]", "no event could match"},
		{"absent and equal", two(`"op":"exists","value":false`, `"op":"=","value":1`), "filter.data[1]", "no event could match"},
		{"absent and present", two(`"op":"exists","value":true`, `"op":"exists","value":false`), "filter.data[1]", "no event could match"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := integration.Parse([]byte(hook(`"filter":`+test.filter)), scope.Sandbox)
			if err == nil {
				t.Fatal("no fault")
			}
			if f := fault.From(err); f.Code != fault.Invalid || f.Field != test.field || !strings.Contains(f.Text, test.text) {
				t.Errorf("got field %q, %q\nwant field %q, ...%s...", f.Field, f.Text, test.field, test.text)
			}
		})
	}
	_, _, err := integration.Parse([]byte(hook(`"deviceID":"`+device+`","filter":{"devices":["`+otherDevice+`"]}`)), scope.Sandbox)
	if f := fault.From(err); err == nil || f.Field != "filter.devices" {
		t.Errorf("another device: %v", err)
	}
}

// TestFilterPossible holds pairs of conditions that look alike but can both
// hold.
func TestFilterPossible(t *testing.T) {
	tests := []struct{ a, b, data string }{
		{`"op":"=","value":30`, `"op":"startsWith","value":"30."`, `{"a":"30.0"}`},
		{`"op":"=","value":"30"`, `"op":"=","value":30.0`, `{"a":30}`},
		{`"op":">=","value":5`, `"op":"<=","value":5`, `{"a":5}`},
		{`"op":">","value":"10"`, `"op":"<","value":"9"`, `{"a":"5x"}`},
		{`"op":"exists","value":false`, `"op":"!=","value":1`, `{}`},
		{`"op":"exists","value":true`, `"op":"=","value":null`, `{"a":null}`},
		{`"op":"=","value":"abc"`, `"op":"contains","value":"b"`, `{"a":"abc"}`},
		{`"op":"!=","value":1`, `"op":"!=","value":2`, `{"a":3}`},
		{`"op":"=","value":"abc"`, `"op":"!=","value":5`, `{"a":"abc"}`},
	}
	for _, test := range tests {
		f := filtered(t, `{"data":[{"path":"a",`+test.a+`},{"path":"a",`+test.b+`}]}`)
		if !matches(f, &event.Event{Name: "temp", Data: test.data}) {
			t.Errorf("%s and %s: %s does not match", test.a, test.b, test.data)
		}
	}
	whole := filtered(t, `{"data":[{"path":"","op":"=","value":true},{"path":"","op":"startsWith","value":"t"}]}`)
	if !matches(whole, &event.Event{Name: "temp", Data: "true"}) {
		t.Error("the whole data is compared as text as well")
	}
}

func TestFilterAllocations(t *testing.T) {
	f := filtered(t, `{"devices":["`+device+`"],"firmware":">2","data":[{"path":"","op":">","value":20},{"path":"","op":"!=","value":"30"}]}`)
	e := &event.Event{Name: "temp", Device: device, Data: "21.5", Firmware: 3}
	var c template.Context
	got := testing.AllocsPerRun(100, func() {
		c.Reset(e)
		if !f.Match(e, &c) {
			t.Fatal("no match")
		}
	})
	if got != 0 {
		t.Errorf("got %v allocations, want none", got)
	}
}

// FuzzFilter checks that no filter and data panic, that a filter that was taken
// comes back, and that exactly one of a condition and its opposite holds.
func FuzzFilter(f *testing.F) {
	for _, data := range []string{`{"a":{"b":[1,"x",null]}}`, "21.5", `{"a":"30.0"}`, "\xff{", "-0", iccid} {
		f.Add("a", "=", "30", data)
		f.Add("", ">", `"`+iccid+`"`, data)
		f.Add("a.b.1", "contains", `"x"`, data)
		f.Add("a.b.2", "!=", "null", data)
		f.Add("a.b.length", "<=", "3", data)
		f.Add("a.c", "exists", "false", data)
	}
	opposites := map[string]string{"=": "!=", "!=": "=", "exists": "exists"}
	f.Fuzz(func(t *testing.T, path, op, value, data string) {
		if !json.Valid([]byte(value)) {
			return
		}
		condition := func(op, value string) string {
			return `{"data":[{"path":` + quote(path) + `,"op":` + quote(op) + `,"value":` + value + `}]}`
		}
		d, _, err := integration.Parse([]byte(hook(`"filter":`+condition(op, value))), scope.Sandbox)
		if err != nil || d.Filter == nil {
			return
		}
		again, _, err := integration.Parse(d.JSON(), scope.Sandbox)
		if err != nil || string(again.JSON()) != string(d.JSON()) {
			t.Fatalf("%s does not come back: %v", d.JSON(), err)
		}
		e := &event.Event{Name: "temp", Data: data, Device: device}
		got := matches(d.Filter, e)
		opposite, ok := opposites[op]
		if !ok {
			return
		}
		if op == "exists" {
			value = map[string]string{"true": "false", "false": "true"}[strings.TrimSpace(value)]
		}
		o, _, err := integration.Parse([]byte(hook(`"filter":`+condition(opposite, value))), scope.Sandbox)
		if err == nil && o.Filter != nil && matches(o.Filter, e) == got {
			t.Fatalf("%s and its opposite are both %v for %q", d.JSON(), got, data)
		}
	})
}

func BenchmarkFilter(b *testing.B) {
	e := &event.Event{Name: "temp", Device: device, Firmware: 3,
		Data: `{"temp":21.5,"hum":40,"gps":{"lat":52.520008,"lon":13.404954},"name":"roof","ok":true}`}
	for name, filter := range map[string]string{
		"devices": `{"devices":["` + device + `"],"firmware":">2"}`,
		"data":    `{"data":[{"path":"temp","op":">","value":20},{"path":"gps.lat","op":"<","value":60}]}`,
	} {
		b.Run(name, func(b *testing.B) {
			f := filtered(b, filter)
			var c template.Context
			b.ReportAllocs()
			for b.Loop() {
				c.Reset(e)
				if !f.Match(e, &c) {
					b.Fatal("no match")
				}
			}
		})
	}
}
