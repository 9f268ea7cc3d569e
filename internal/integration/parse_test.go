package integration_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
)

const device = "3f002b000000000000000000"

func parse(t *testing.T, config string, kind scope.Kind) (*integration.Definition, []string) {
	t.Helper()
	d, warnings, err := integration.Parse([]byte(config), kind)
	if err != nil {
		t.Fatalf("Parse(%s): %v", config, err)
	}
	return d, warnings
}

// hook is a small valid configuration with more members.
func hook(more string) string {
	if more != "" {
		more = "," + more
	}
	return `{"event":"temp","url":"https://example.com/in"` + more + `}`
}

func TestParseFields(t *testing.T) {
	d, warnings := parse(t, `{
		"name":"My hook","integration_type":"webhook","eventName":"temp","url":" https://example.com/in ",
		"method":"put","deviceid":"3F002B000000000000000000","disabled":"true","noDefaults":"TRUE",
		"unchunked":true,"dataUrlResponseEvent":true,"rejectUnauthorized":"false","mydevices":true,
		"access_token":"secret","headers":null,"body":"x"}`, scope.Sandbox)
	if len(warnings) > 0 {
		t.Errorf("warnings: %q", warnings)
	}
	got := fmt.Sprint(d.Name, d.Type, d.Event, d.Method, d.DeviceID, d.Disabled, d.NoDefaults, d.Unchunked, d.DataURL, d.Insecure)
	want := fmt.Sprint("My hook", "Webhook", "temp", "PUT", device, true, true, true, true, true)
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	const canonical = `{"name":"My hook","integration_type":"Webhook","event":"temp","url":"https://example.com/in",` +
		`"requestType":"PUT","deviceID":"` + device + `","disabled":true,"noDefaults":true,"body":"x",` +
		`"unchunked":true,"dataUrlResponseEvent":true,"rejectUnauthorized":false}`
	if got := string(d.JSON()); got != canonical {
		t.Errorf("JSON\ngot  %s\nwant %s", got, canonical)
	}
}

func TestParseDefaults(t *testing.T) {
	d, _ := parse(t, hook(""), scope.Sandbox)
	got := fmt.Sprint(d.Name, d.Type, d.Method, d.DeviceID, d.Disabled, d.NoDefaults, d.Unchunked, d.DataURL, d.Insecure, d.ResponseTemplate == nil)
	if want := fmt.Sprint("", "Webhook", "POST", "", false, false, false, false, false, true); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	const canonical = `{"integration_type":"Webhook","event":"temp","url":"https://example.com/in","requestType":"POST","disabled":false}`
	if got := string(d.JSON()); got != canonical {
		t.Errorf("JSON %s, want %s", got, canonical)
	}
	if got := d.URL(); got != "https://example.com/in" {
		t.Errorf("URL %q", got)
	}
}

func TestParseAliases(t *testing.T) {
	for _, alias := range []string{"deviceID", "deviceid", "deviceId"} {
		if d, _ := parse(t, hook(`"`+alias+`":"`+device+`"`), scope.Sandbox); d.DeviceID != device {
			t.Errorf("%s: got %q", alias, d.DeviceID)
		}
	}
	for _, alias := range []string{"requestType", "method"} {
		if d, _ := parse(t, hook(`"`+alias+`":"Get"`), scope.Sandbox); d.Method != "GET" {
			t.Errorf("%s: got %q", alias, d.Method)
		}
	}
	d, _ := parse(t, hook(`"responseEvent":"r","errorResponseEvent":"e"`), scope.Sandbox)
	if r, e := d.ResponseTopic.Source(), d.ErrorTopic.Source(); r != "r" || e != "e" {
		t.Errorf("topics %q, %q", r, e)
	}
}

func TestParseProducts(t *testing.T) {
	for _, c := range []struct {
		kind             scope.Kind
		list, want, kept string
	}{
		{scope.Organization, `[10002,"10001",10002]`, "[10001 10002]", `"product_ids":[10001,10002]`},
		{scope.Organization, `" [10002]"`, "[10002]", `"product_ids":[10002]`},
		{scope.Organization, `""`, "[]", `"product_ids":[]`},
		{scope.Organization, `[]`, "[]", `"product_ids":[]`},
		{scope.Organization, `null`, "[]", `"product_ids":[]`},
		{scope.Product, `[10001]`, "[]", ""},
		{scope.Sandbox, `[10001]`, "[]", ""},
	} {
		d, warnings := parse(t, hook(`"product_ids":`+c.list), c.kind)
		if got := fmt.Sprint(d.Products); got != c.want {
			t.Errorf("%s %s: got %s, want %s", c.kind, c.list, got, c.want)
		}
		if c.kept != "" && !strings.Contains(string(d.JSON()), c.kept) || c.kept == "" && strings.Contains(string(d.JSON()), "product_ids") {
			t.Errorf("%s %s: kept as %s", c.kind, c.list, d.JSON())
		}
		if idle := c.kept == `"product_ids":[]`; idle != (len(warnings) == 1) {
			t.Errorf("%s %s: warnings %q", c.kind, c.list, warnings)
		}
	}
	for _, list := range []string{`"10001"`, `"[1"`, `10001`, `{}`, `true`, `[0]`, `[-1]`, `["lamps"]`, `[1.5]`, `[[1]]`} {
		_, _, err := integration.Parse([]byte(hook(`"product_ids":`+list)), scope.Organization)
		if f := fault.From(err); f == nil || f.Field != "product_ids" {
			t.Errorf("%s: got %v, want a fault of product_ids", list, err)
		}
	}
}

func TestParseFaults(t *testing.T) {
	many := make([]string, 65)
	for i := range many {
		many[i] = fmt.Sprintf(`"X-%d":"v"`, i)
	}
	tests := []struct{ name, config, field, text string }{
		{"no event", `{"url":"https://example.com"}`, "event", "no event name provided"},
		{"empty event, alias", `{"eventName":"","url":"https://example.com"}`, "eventName", "no event name provided"},
		{"event number", `{"event":5,"url":"https://example.com"}`, "event", "must be text"},
		{"event long", `{"event":"` + strings.Repeat("a", 65) + `","url":"https://example.com"}`, "event", "at most 64 bytes"},
		{"event control", `{"event":"a\nb","url":"https://example.com"}`, "event", "printable"},
		{"no url", `{"event":"temp"}`, "url", "no url provided"},
		{"ftp", `{"event":"temp","url":"ftp://example.com"}`, "url", "http or https"},
		{"relative", `{"event":"temp","url":"/in/{{x}}"}`, "url", "http or https"},
		{"no host", `{"event":"temp","url":"http:///in"}`, "url", "host"},
		{"templated userinfo", `{"event":"temp","url":"http://{{u}}:{{{p}}}@example.com/"}`, "url", "auth"},
		{"userinfo behind a tag", `{"event":"temp","url":"http://{{x}}@example.com/"}`, "url", "auth"},
		{"bad port", `{"event":"temp","url":"http://example.com:99999/"}`, "url", "port"},
		{"url tag", `{"event":"temp","url":"http://example.com/{{#a}}"}`, "url", "line 1, column"},
		{"method", hook(`"method":"PATCH"`), "method", "GET, POST, PUT or DELETE"},
		{"type", hook(`"integration_type":"AzureIoT"`), "integration_type", "Webhook, GoogleMaps, AzureIotHub or GoogleCloudPubSub"},
		{"type without url", hook(`"integration_type":"AzureIotHub"`), "url", "not a setting of AzureIotHub"},
		{"unknown type", hook(`"integration_type":"Fax"`), "integration_type", "Webhook"},
		{"json and form", hook(`"json":{},"form":{}`), "form", "json"},
		{"json and body", hook(`"body":"x","json":{}`), "body", "json"},
		{"json number", hook(`"json":5`), "json", "must be an object, an array or text"},
		{"json tag", hook(`"json":{"gauges":[{"value":"{{#a}}"}]}`), "json.gauges[0].value", "line 1, column"},
		{"json tag in a name", hook(`"json":{"{{#a}}":1}`), "json.{{#a}}", "line 1, column"},
		{"json text tag, second line", hook(`"json":"{\n {{#a}}"`), "json", "line 2, column 2"},
		{"json tag, GET", hook(`"requestType":"GET","json":{"a":"{{#a}}"}`), "json.a", "line 1, column"},
		{"body tag, GET", hook(`"requestType":"GET","body":"{{#a}}"`), "body", "line 1, column"},
		{"body object, GET", hook(`"requestType":"GET","body":{}`), "body", "must be text"},
		{"form text", hook(`"form":"a=b"`), "form", "must be an object"},
		{"query array", hook(`"query":["a"]`), "query", "must be an object"},
		{"body object", hook(`"body":{}`), "body", "must be text"},
		{"header object", hook(`"headers":{"X":{}}`), "headers.X", "must be text"},
		{"headers many", hook(`"headers":{` + strings.Join(many, ",") + `}`), "headers", "64"},
		{"auth text", hook(`"auth":"me"`), "auth", "must be an object"},
		{"auth both", hook(`"auth":{"user":"a","bearer":"b"}`), "auth", "either"},
		{"flag", hook(`"disabled":1`), "disabled", "true or false"},
		{"device", hook(`"deviceId":"abc"`), "deviceId", "24 hexadecimal digits"},
		{"response template number", hook(`"responseTemplate":7`), "responseTemplate", "must be text or an object"},
		{"response template tag", hook(`"responseTemplate":{"a":"{{/b}}"}`), "responseTemplate.a", "line 1, column"},
		{"topic", hook(`"responseEvent":true`), "responseEvent", "must be text"},
		{"not JSON", `{"event":`, "", "not valid JSON"},
		{"array", `[]`, "", "must be a JSON object"},
		{"empty", ``, "", "not valid JSON"},
		{"deep", hook(`"json":` + strings.Repeat("[", 70) + strings.Repeat("]", 70)), "", "64 levels"},
		{"deep inside text", hook(`"query":"{\"a\":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}"`), "query", "must be an object"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, _, err := integration.Parse([]byte(test.config), scope.Sandbox)
			var f *fault.Error
			if !errors.As(err, &f) {
				t.Fatalf("got %v, %v; want a fault", d, err)
			}
			if f.Field != test.field || !strings.Contains(f.Text, test.text) {
				t.Errorf("got field %q, %q\nwant field %q, ...%s...", f.Field, f.Text, test.field, test.text)
			}
			if d != nil || f.Code != fault.Invalid {
				t.Errorf("got %v with code %s", d, f.Code)
			}
		})
	}
}

func TestParseLimits(t *testing.T) {
	_, _, err := integration.Parse([]byte(hook(`"body":"`+strings.Repeat("x", integration.MaxConfig)+`"`)), scope.Sandbox)
	if !fault.Is(err, fault.TooLarge) {
		t.Errorf("oversize: %v", err)
	}
	// A long name repeated for each of many elements would fill the memory.
	amplified := hook(`"form":{"` + strings.Repeat("k", 100_000) + `":[` + strings.Repeat("0,", 60_000) + `0]}`)
	if _, _, err = integration.Parse([]byte(amplified), scope.Sandbox); !fault.Is(err, fault.Invalid) {
		t.Errorf("amplified: %v", err)
	}
}

func TestParseFaultHidesValues(t *testing.T) {
	_, _, err := integration.Parse([]byte(hook(`"auth":{"user":"hunter2{{#x}}"}`)), scope.Sandbox)
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

func TestDeviceOnlyInSandbox(t *testing.T) {
	for _, kind := range []scope.Kind{scope.Product, scope.Organization} {
		_, _, err := integration.Parse([]byte(hook(`"deviceID":"`+device+`"`)), kind)
		if f := fault.From(err); f.Field != "deviceID" {
			t.Errorf("%s: %v", kind, err)
		}
		parse(t, hook(`"deviceID":""`), kind)
	}
}

func TestWarnings(t *testing.T) {
	tests := []struct {
		name, config string
		want         []string // parts of the warnings, in order
	}{
		{"none", hook(`"json":{"a":"b"},"auth":{"username":"u","password":"p"},"name":"","deviceid":null`), nil},
		{"unknown", hook(`"data":"OFF"`), []string{`"data" is not a setting`}},
		{"misspelled", hook(`"request_type":"GET"`), []string{"did you mean requestType?"}},
		{"comment", hook(`"_":"a comment"`), []string{`"_"`}},
		{"ignored", hook(`"mydevices":true,"access_token":"t","productIdOrSlug":1,"id":"x","created_at":"y","hookUrl":"z","ok":true`), nil},
		{"aliases agree", hook(`"eventName":"temp"`), nil},
		{"aliases differ", hook(`"eventName":"other"`), []string{"eventName is ignored because event"}},
		{"alias first", `{"method":"PUT","requestType":"POST","event":"a","url":"https://h"}`, []string{"method is ignored because requestType"}},
		{"auth twice", hook(`"auth":{"bearer":"b"},"headers":{"authorization":"c"}`), []string{"Both auth"}},
		{"auth member", hook(`"auth":{"user":"u","pass":"p","realm":"r"}`), []string{"auth.realm"}},
		{"http auth", `{"event":"a","url":"HTTP://h","auth":{"bearer":"b"}}`, []string{"without encryption"}},
		{"http header", `{"event":"a","url":"http://h","headers":{"Authorization":"b"}}`, []string{"without encryption"}},
		{"nothing to send", hook(`"noDefaults":true`), []string{"body is empty"}},
		{"nothing, GET", hook(`"noDefaults":true,"requestType":"GET"`), nil},
		{"GET json", hook(`"json":{},"requestType":"GET"`), []string{"json is not sent"}},
		{"GET body", hook(`"body":"x","requestType":"GET"`), []string{"body is not sent"}},
		{"host header", hook(`"headers":{"host":"h","Content-Length":"3","transfer-encoding":"chunked","Connection":"close"}`),
			[]string{"headers.host", "headers.Content-Length", "headers.transfer-encoding", "headers.Connection"}},
		{"bad header name", hook(`"headers":{"X Y":"1"}`), []string{"headers.X Y: this is not a valid header name"}},
		{"bad header value", hook(`"headers":{"X":"1\n2"}`), []string{"headers.X: the value"}},
		{"http, a key in a header", `{"event":"a","url":"http://h","headers":{"X-Api-Key":"b"}}`, []string{"credentials are sent without encryption"}},
		{"http, a secret", `{"event":"a","url":"http://h/{{{K}}}","secrets":["K"]}`, []string{"secrets are sent without encryption"}},
		{"http, a secret that is not used", `{"event":"a","url":"http://h","secrets":["K"]}`, nil},
		{"http, a signature", `{"event":"a","url":"http://h","secrets":["K"],"signature":{"keys":["{{{K}}}"]}}`, nil},
		{"escaped", hook(`"json":{"a":["{{{x}}}","{{x}} {{y}}"],"b":"{{z}}"},"query":{"q":"{{t}}"}`), []string{"query.q: {{t}}", "json.a[1]: {{x}}"}},
		{"escaped, but nothing to escape", hook(`"body":"{{PARTICLE_DEVICE_ID}} {{JSON:x}} {{#a}}{{{b}}}{{/a}}"`), nil},
		{"escaped in a page", hook(`"body":"<p>{{x}}","headers":{"content-type":"text/html; charset=utf-8"}`), nil},
		{"comments are no warnings", hook(`"body":"{\"a\":{{{x}}}}"`), nil},
		{"hook event", `{"event":"hook-sent/x","url":"https://h"}`, []string{"never trigger"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, got := parse(t, test.config, scope.Sandbox)
			ok := len(got) == len(test.want)
			for i := 0; ok && i < len(got); i++ {
				ok = strings.Contains(got[i], test.want[i])
			}
			if !ok {
				t.Errorf("got %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestTopics(t *testing.T) {
	tests := []struct {
		name, more      string
		kind            scope.Kind
		response, error string // "-" = none is published
	}{
		{"sandbox", ``, scope.Sandbox, "hook-response/{{PARTICLE_EVENT_NAME}}", "hook-error/{{PARTICLE_EVENT_NAME}}"},
		{"product", ``, scope.Product, "{{PARTICLE_DEVICE_ID}}/hook-response/{{PARTICLE_EVENT_NAME}}", "hook-error/{{PARTICLE_EVENT_NAME}}"},
		{"organization", ``, scope.Organization, "{{PARTICLE_DEVICE_ID}}/hook-response/{{PARTICLE_EVENT_NAME}}", "hook-error/{{PARTICLE_EVENT_NAME}}"},
		{"custom", `"responseTopic":"r/{{x}}","errorResponseTopic":"e"`, scope.Product, "r/{{x}}", "e"},
		{"empty", `"responseTopic":"","errorResponseTopic":""`, scope.Sandbox, "-", "hook-error/{{PARTICLE_EVENT_NAME}}"},
		{"null", `"responseTopic":null`, scope.Sandbox, "hook-response/{{PARTICLE_EVENT_NAME}}", "hook-error/{{PARTICLE_EVENT_NAME}}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, _ := parse(t, hook(test.more), test.kind)
			if got := topic(d.ResponseTopic); got != test.response {
				t.Errorf("response: got %q, want %q", got, test.response)
			}
			if got := topic(d.ErrorTopic); got != test.error {
				t.Errorf("error: got %q, want %q", got, test.error)
			}
		})
	}
}

func topic(t *template.Template) string {
	if t == nil {
		return "-"
	}
	return t.Source()
}

func TestJSONKeepsValues(t *testing.T) {
	const config = `{"event":"a","url":"https://h/","json":{"z":1.0,"a":1e400,"n":12345678901234567890,"s":"<\u0041>","o":{"b":null,"a":[1,{"x":2}]}},` +
		`"headers":{"B":"1","A":2,"N":null},"query":"{\"q\": [1, 2]}","responseTemplate":{"b":"{{x}}","a":1},"auth":{"pass":"p","user":"u"}}`
	const want = `{"integration_type":"Webhook","event":"a","url":"https://h/","requestType":"POST","disabled":false,` +
		`"json":{"z":1.0,"a":1e400,"n":12345678901234567890,"s":"<\u0041>","o":{"b":null,"a":[1,{"x":2}]}},` +
		`"query":{"q":[1,2]},"headers":{"B":"1","A":2,"N":null},"auth":{"pass":"p","user":"u"},"responseTemplate":{"b":"{{x}}","a":1}}`
	d, _ := parse(t, config, scope.Sandbox)
	if diff := cmp.Diff(want, string(d.JSON())); diff != "" {
		t.Error(diff)
	}
	again, _ := parse(t, string(d.JSON()), scope.Sandbox)
	if diff := cmp.Diff(string(d.JSON()), string(again.JSON())); diff != "" {
		t.Errorf("second round: %s", diff)
	}
}

func TestRepeatedMemberLastWins(t *testing.T) {
	d, _ := parse(t, `{"event":"a","url":"https://h","event":"b","json":{"x":1,"y":2,"x":3}}`, scope.Sandbox)
	if d.Event != "b" {
		t.Errorf("event %q", d.Event)
	}
}

func TestByteOrderMarkAndInvalidUTF8(t *testing.T) {
	d, _ := parse(t, "\uFEFF"+hook(`"name":"a`+"\xff"+`"`), scope.Sandbox)
	if d.Name != "a\uFFFD" {
		t.Errorf("name %q", d.Name)
	}
}

// variables gives the context of an event with data.
func variables(data string) *template.Context {
	var c template.Context
	c.Reset(&event.Event{Name: "temp", Data: data, Device: device, At: 1485983285763})
	return &c
}

func TestResponseTemplate(t *testing.T) {
	tests := []struct{ name, template, want string }{
		{"text", `"v={{a}} {{PARTICLE_EVENT_NAME}}"`, `v=1 temp`},
		{"object", `{"lat":"{{{a}}}","{{{s}}}":["{{{s}}}",1.50,true,null,{}],"e":{}}`, `{"lat":"1","x\"y":["x\"y",1.50,true,null,{}],"e":{}}`},
		{"array", `["{{{a}}}"]`, `["1"]`},
		{"typed", `{"v":"{{{JSON:a}}}","s":"{{JSON:s}}","q":["{{JSON:q}}"]}`, `{"v":1,"s":"x\"y","q":[null]}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d, _ := parse(t, hook(`"responseTemplate":`+test.template), scope.Sandbox)
			c := variables("x")
			if !c.SetResponse([]byte(`{"a":1,"s":"x\"y"}`)) {
				t.Fatal("the response is JSON")
			}
			got, err := d.ResponseTemplate.AppendResponse([]byte("> "), c)
			if err != nil || string(got) != "> "+test.want {
				t.Errorf("got %s, %v\nwant > %s", got, err, test.want)
			}
		})
	}
	if d, _ := parse(t, hook(`"responseTemplate":""`), scope.Sandbox); d.ResponseTemplate != nil {
		t.Error("an empty template is none")
	}
}

func TestAuthorization(t *testing.T) {
	tests := []struct{ auth, want string }{
		{`{"username":"USER","password":"TOKEN"}`, "Basic VVNFUjpUT0tFTg=="},
		{`{"user":"USER","pass":"TOKEN"}`, "Basic VVNFUjpUT0tFTg=="},
		{`{"username":"{{{u}}}","password":"TOKEN"}`, "Basic VVNFUjpUT0tFTg=="},
		{`{"username":"USER"}`, "Basic VVNFUjo="},
		{`{"bearer":"abc"}`, "Bearer abc"},
		{`{"bearer":"{{{u}}}"}`, "Bearer USER"},
		{`{"username":"","password":""}`, ""},
		{`"{\"bearer\":\"abc\"}"`, "Bearer abc"},
		{`{}`, ""},
		{`null`, ""},
	}
	for _, test := range tests {
		d, _ := parse(t, hook(`"auth":`+test.auth), scope.Sandbox)
		if got, err := d.Authorization(variables(`{"u":"USER"}`)); got != test.want || err != nil {
			t.Errorf("%s: got %q, %v; want %q", test.auth, got, err, test.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, config := range []string{
		hook(""), hook(`"json":{"a":["{{{x}}}",1,null,{"b":"c"}]}`), hook(`"form":{"a":{"b":[1,2]}},"requestType":"{{m}}"`),
		hook(`"query":"{\"a\":1}","auth":{"user":"u","pass":"{{p}}"},"headers":{"{{n}}":"v","X":1}`),
		hook(`"responseTemplate":{"a":"{{b}}"},"responseTopic":"","deviceid":"` + device + `"`),
		everything(), hook(`"retry":"{\"policy\":\"failed\"}","ordering":"","maxPending":"5","secrets":[]`),
		hook(`"filter":{"data":[{"path":"","op":"exists","value":false},{"path":"a.0","op":"<=","value":"x"}],"firmware":"!=2"}`),
		hook(`"json":["{{{JSON:a}}}",{"{{JSON:b}}":"{{JSON:c}} "}],"signature":{"keys":["` + whsec + `"]},"tls":{"ca":"x"}`),
		`{"event":"a","url":"https://{{h}}:80/x?y#z"}`, `{"event":"a","url":"http://[::1]:8080"}`, `[]`, `{"a":`,
	} {
		f.Add([]byte(config))
	}
	f.Add([]byte(hook(`"product_ids":["1",2,2]`)))
	f.Add([]byte(hook(`"product_ids":"[3]"`)))
	f.Fuzz(func(t *testing.T, config []byte) {
		if d, _, err := integration.Parse(config, scope.Organization); err == nil {
			if again, _, err := integration.Parse(d.JSON(), scope.Organization); err != nil || string(again.JSON()) != string(d.JSON()) {
				t.Errorf("%s: parsed again: %v", d.JSON(), err)
			}
		}
		d, _, err := integration.Parse(config, scope.Sandbox)
		if err != nil {
			var f *fault.Error
			if !errors.As(err, &f) || f.Code == fault.Internal || d != nil {
				t.Fatalf("%v, %v", d, err)
			}
			return
		}
		again, _, err := integration.Parse(d.JSON(), scope.Sandbox)
		if err != nil || string(again.JSON()) != string(d.JSON()) {
			t.Fatalf("%s does not come back: %v", d.JSON(), err)
		}
		merged, err := integration.Merge(d.JSON(), []byte(`{}`))
		if err != nil || string(merged) != string(d.JSON()) {
			t.Fatalf("an empty patch changes %s to %s, %v", d.JSON(), merged, err)
		}
		if origin, err := d.Origin(variables(`{"h":"x"}`)); err == nil && strings.Count(origin, "://") != 1 {
			t.Fatalf("origin %q", origin)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	config := []byte(hook(`"requestType":"POST","noDefaults":true,"json":{"event":"{{{PARTICLE_EVENT_NAME}}}",` +
		`"device":"{{{PARTICLE_DEVICE_ID}}}","value":"{{{PARTICLE_EVENT_VALUE}}}"}`))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := integration.Parse(config, scope.Sandbox); err != nil {
			b.Fatal(err)
		}
	}
}
