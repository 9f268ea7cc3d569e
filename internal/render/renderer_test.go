package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
)

const (
	device   = "3f002b000000000000000000"
	formType = "Content-Type: application/x-www-form-urlencoded"
	jsonType = "Content-Type: application/json"
	accept   = "Accept: application/json"

	defaultForm  = "event=temp&data=21&published_at=2017-02-01T21%3A08%3A05.763Z&coreid=" + device
	defaultJSON  = `"event":"temp","data":"21","published_at":"2017-02-01T21:08:05.763Z","coreid":"` + device + `"`
	defaultQuery = "?" + defaultForm
)

func define(t testing.TB, config string) *integration.Definition {
	t.Helper()
	d, _, err := integration.Parse([]byte(config), scope.Sandbox)
	if err != nil {
		t.Fatalf("Parse(%s): %v", config, err)
	}
	return d
}

// hook is a configuration of http://h/p with more members.
func hook(more string) string {
	if more != "" {
		more = "," + more
	}
	return `{"event":"temp","url":"http://h/p"` + more + `}`
}

func temp(data string) *event.Event {
	return &event.Event{Seq: 1, At: 1485983285763, Name: "temp", Data: data, Device: device}
}

// wire renders one event. It gives the request's first line, its header
// fields without Host, and the body; an error gives its text.
func wire(t testing.TB, config, data string) (line, header, body string) {
	t.Helper()
	e := temp(data)
	var c template.Context
	c.Reset(e)
	var r render.Renderer
	got, err := r.Request(define(t, config), &c)
	if err != nil {
		return err.Error(), "", ""
	}
	head, body, _ := strings.Cut(string(got.AppendWire(nil)), "\r\n\r\n")
	line, header, _ = strings.Cut(head, "\r\n")
	host, header, _ := strings.Cut(header, "\r\n")
	if host != "Host: "+got.Host {
		t.Errorf("Host is not the first field: %q", host)
	}
	return strings.TrimSuffix(line, " HTTP/1.1"), strings.ReplaceAll(header, "\r\n", "|"), body
}

// TestMatrix walks through methods and formats (webhook engine reference,
// section 3).
func TestMatrix(t *testing.T) {
	length := func(body string) string { return fmt.Sprintf("|Content-Length: %d", len(body)) }
	formats := []struct{ name, config, header, body string }{
		{"none", ``, formType, defaultForm},
		{"none, noDefaults", `"noDefaults":true`, ``, ``},
		{"form", `"form":{"a":"{{{PARTICLE_EVENT_VALUE}}}"}`, formType, "a=21&" + defaultForm},
		{"form, noDefaults", `"form":{"a":"b"},"noDefaults":true`, formType, "a=b"},
		{"empty form, noDefaults", `"form":{},"noDefaults":true`, formType, ""},
		{"json", `"json":{"a":"b"}`, accept + "|" + jsonType, `{"a":"b",` + defaultJSON + `}`},
		{"json, noDefaults", `"json":{"a":"b"},"noDefaults":true`, accept + "|" + jsonType, `{"a":"b"}`},
		{"empty json", `"json":{}`, accept + "|" + jsonType, `{` + defaultJSON + `}`},
		{"json array", `"json":["{{{PARTICLE_EVENT_VALUE}}}",1]`, accept + "|" + jsonType, `["21",1]`},
		{"json text", `"json":"{\"a\": {{{PARTICLE_EVENT_VALUE}}} }"`, accept + "|" + jsonType, `{"a": 21,` + defaultJSON + `}`},
		{"json text, noDefaults", `"json":"{\"a\": {{{PARTICLE_EVENT_VALUE}}} }","noDefaults":true`, accept + "|" + jsonType, `{"a": 21 }`},
		{"body", `"body":"v={{{PARTICLE_EVENT_VALUE}}}"`, ``, "v=21"},
		{"empty body", `"body":""`, ``, ""},
		{"query only", `"query":{"q":"1"}`, formType, defaultForm},
	}
	for _, method := range []string{"POST", "PUT", "DELETE"} {
		for _, f := range formats {
			t.Run(method+" "+f.name, func(t *testing.T) {
				more := `"requestType":"` + method + `"`
				if f.config != "" {
					more += "," + f.config
				}
				line, header, body := wire(t, hook(more), "21")
				wantLine := method + " /p"
				if f.name == "query only" {
					wantLine += "?q=1"
				}
				wantHeader := strings.TrimPrefix(f.header+length(f.body), "|")
				if line != wantLine || header != wantHeader || body != f.body {
					t.Errorf("got  %s %s\n%s\nwant %s %s\n%s", line, header, body, wantLine, wantHeader, f.body)
				}
			})
		}
	}
}

func TestGet(t *testing.T) {
	tests := []struct{ name, more, want string }{
		{"nothing", ``, "/p" + defaultQuery},
		{"noDefaults", `"noDefaults":true`, "/p"},
		{"query", `"query":{"q":"{{{PARTICLE_EVENT_VALUE}}}"}`, "/p?q=21&" + defaultForm},
		{"query and form", `"query":{"q":"1"},"form":{"f":"2"},"noDefaults":true`, "/p?q=1&f=2"},
		{"custom wins", `"query":{"data":"mine"},"form":{"coreid":"me"}`, "/p?data=mine&coreid=me&event=temp&published_at=2017-02-01T21%3A08%3A05.763Z"},
		{"json ignored", `"json":{"a":1},"noDefaults":true`, "/p"},
		{"body ignored", `"body":"x","noDefaults":true`, "/p"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			more := `"requestType":"GET"`
			if test.more != "" {
				more += "," + test.more
			}
			line, header, body := wire(t, hook(more), "21")
			if line != "GET "+test.want || header != "" || body != "" {
				t.Errorf("got  %s %s %s\nwant GET %s", line, header, body, test.want)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	tests := []struct{ name, more, data, want string }{
		{"leaf types", `"noDefaults":true,"json":{"n":1.50,"b":true,"z":null,"o":{"{{{a}}}":["{{{a}}}",{}]},"e":[]}`, `{"a":"x"}`,
			`{"n":1.50,"b":true,"z":null,"o":{"x":["x",{}]},"e":[]}`},
		{"JSON escapes", `"noDefaults":true,"json":{"a":"{{{PARTICLE_EVENT_VALUE}}}"}`, "\"\\\b\f\n\r\t\x00\x1f\x7f<&>\u2028é😀\xff",
			`{"a":"\"\\\b\f\n\r\t\u0000\u001f` + "\x7f<&>\u2028é😀\uFFFD" + `"}`},
		{"JSON escapes in literals", `"noDefaults":true,"json":{"\u003c\n":"\u2028\"\/"}`, "", `{"<\n":"` + "\u2028" + `\"/"}`},
		{"JSON custom wins", `"json":{"event":"mine","coreid":null}`, "21",
			`{"event":"mine","coreid":null,"data":"21","published_at":"2017-02-01T21:08:05.763Z"}`},
		{"JSON templated name wins", `"json":{"{{{k}}}":"mine","x":1}`, `{"k":"event"}`,
			`{"event":"mine","x":1,"data":"{\"k\":\"event\"}","published_at":"2017-02-01T21:08:05.763Z","coreid":"` + device + `"}`},
		{"JSON nested names do not", `"json":{"x":{"event":1}}`, "21", `{"x":{"event":1},` + defaultJSON + `}`},
		{"text custom wins", `"json":"{\"\\u0065vent\" : \"a\\\\\", \"x\":{\"data\":\"coreid\"},\"coreid\":[{\"data\":1}]}"`, "21",
			`{"\u0065vent" : "a\\", "x":{"data":"coreid"},"coreid":[{"data":1}],"data":"21","published_at":"2017-02-01T21:08:05.763Z"}`},
		{"text empty object", `"json":" {\n} "`, "21", `{` + defaultJSON + `}`},
		{"text keeps numbers", `"json":"{\"a\":1.0,\"b\":12345678901234567890}"`, "21", `{"a":1.0,"b":12345678901234567890,` + defaultJSON + `}`},
		{"text array", `"json":"[1, 2]"`, "21", `[1, 2]`},
		{"text not JSON", `"json":"{a:1}"`, "21", `{a:1}`},
		{"text scalar", `"json":"{{{PARTICLE_EVENT_VALUE}}}"`, "21", `21`},
		{"form encoding", `"noDefaults":true,"form":{"k !":"{{{PARTICLE_EVENT_VALUE}}}","l":"a b"}`, "!'()*~-_. +&=é\xff\n",
			"k%20%21=%21%27%28%29%2A~-_.%20%2B%26%3D%C3%A9%FF%0A&l=a%20b"},
		{"form values", `"noDefaults":true,"form":{"n":1.50,"b":false,"z":null,"t":"{{{PARTICLE_EVENT_VALUE}}}"}`, "x", "n=1.50&b=false&z=&t=x"},
		{"form nested", `"noDefaults":true,"form":{"a":{"b":"c","{{{PARTICLE_EVENT_NAME}}}":{"d":1}},"l":["x",{"y":"z"}],"e":{},"f":[]}`, "x",
			"a%5Bb%5D=c&a%5Btemp%5D%5Bd%5D=1&l%5B0%5D=x&l%5B1%5D%5By%5D=z"},
		{"form custom wins", `"form":{"data":"mine","{{{PARTICLE_EVENT_NAME}}}":"t"}`, "21",
			"data=mine&temp=t&event=temp&published_at=2017-02-01T21%3A08%3A05.763Z&coreid=" + device},
		{"form templated name wins", `"form":{"{{{k}}}":"mine"}`, `{"k":"data"}`,
			"data=mine&event=temp&published_at=2017-02-01T21%3A08%3A05.763Z&coreid=" + device},
		{"body bytes", `"body":"{{{PARTICLE_EVENT_VALUE}}}\u00e9"`, "\x00\xff\r\n", "\x00\xff\r\né"},
		{"body standalone section", `"body":"[\n{{#l}}\n{{.}},\n{{/l}}\n]"`, `{"l":[1,2]}`, "[\n1,\n2,\n]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			line, _, body := wire(t, hook(test.more), test.data)
			if diff := cmp.Diff(test.want, body); diff != "" {
				t.Errorf("%s: %s", line, diff)
			}
		})
	}
}

func TestInvalidJSONIsMarked(t *testing.T) {
	for more, want := range map[string]bool{
		`"json":"{a:1}"`:                    true,
		`"json":"{\"a\":1}"`:                false,
		`"json":"[","noDefaults":true`:      true,
		`"json":{"a":"{"},"disabled":false`: false,
		`"body":"{"`:                        false,
	} {
		var c template.Context
		c.Reset(temp("x"))
		var r render.Renderer
		got, err := r.Request(define(t, hook(more)), &c)
		if err != nil || got.InvalidJSON != want {
			t.Errorf("%s: got %v, %v", more, got, err)
		}
	}
}

func TestHeaders(t *testing.T) {
	tests := []struct{ name, more, data, want string }{
		{"custom type replaces", `"json":{},"headers":{"content-type":"application/ld+json"}`, "", accept + "|content-type: application/ld+json"},
		{"custom type of a form", `"headers":{"CONTENT-TYPE":"x/y"}`, "", "CONTENT-TYPE: x/y"},
		{"custom accept", `"json":{},"headers":{"accept":"text/plain"}`, "", "accept: text/plain|" + jsonType},
		{"values", `"body":"","headers":{"A":"{{{PARTICLE_EVENT_VALUE}}}","N":1.0,"B":true,"Z":null,"E":""}`, " v\t", "A: v|N: 1.0|B: true|E: "},
		{"templated name", `"body":"","headers":{"X-{{{PARTICLE_EVENT_VALUE}}}":"1"}`, "a", "X-a: 1"},
		{"same name twice", `"body":"","headers":{"X-A":"1","x-a":"2"}`, "", "x-a: 2"},
		{"line break in a value", `"body":"","headers":{"X":"{{{PARTICLE_EVENT_VALUE}}}","Y":"1"}`, "a\r\nEvil: 1", "Y: 1"},
		{"lone line feed", `"body":"","headers":{"X":"{{{PARTICLE_EVENT_VALUE}}}"}`, "a\n", ""},
		{"control in a value", `"body":"","headers":{"X":"{{{PARTICLE_EVENT_VALUE}}}"}`, "a\x00b", ""},
		{"line break in a name", `"body":"","headers":{"X{{{PARTICLE_EVENT_VALUE}}}":"1"}`, "a\r\nEvil", ""},
		{"space in a name", `"body":"","headers":{"X{{{PARTICLE_EVENT_VALUE}}}":"1"}`, " a", ""},
		{"empty name", `"body":"","headers":{"{{missing}}":"1"}`, "a", ""},
		{"dropped type leaves ours", `"headers":{"Content-Type":"{{{PARTICLE_EVENT_VALUE}}}"}`, "a\r\nb", formType},
		{"reserved", `"body":"","headers":{"Host":"evil","{{{PARTICLE_EVENT_VALUE}}}":"chunked"}`, "Transfer-Encoding", ""},
		{"basic auth", `"body":"","auth":{"username":"USER","password":"TOKEN"}`, "", "Authorization: Basic VVNFUjpUT0tFTg=="},
		{"templated auth", `"body":"","auth":{"user":"{{{PARTICLE_EVENT_VALUE}}}","pass":"TOKEN"}`, "USER", "Authorization: Basic VVNFUjpUT0tFTg=="},
		{"bearer", `"body":"","auth":{"bearer":"{{{PARTICLE_EVENT_VALUE}}}"}`, "T", "Authorization: Bearer T"},
		{"bearer with a line break", `"body":"","auth":{"bearer":"{{{PARTICLE_EVENT_VALUE}}}"}`, "T\nX: 1", ""},
		{"auth wins", `"body":"","auth":{"bearer":"a"},"headers":{"authorization":"b"}`, "", "Authorization: Bearer a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, header, _ := wire(t, hook(test.more), test.data)
			i := strings.LastIndex(header, "Content-Length: ")
			if got := strings.TrimSuffix(header[:i], "|"); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestUserAgent(t *testing.T) {
	var c template.Context
	c.Reset(temp("x"))
	r := render.Renderer{UserAgent: "Fieldhook/1"}
	for more, want := range map[string]render.Field{
		`"body":""`: {Name: "User-Agent", Value: "Fieldhook/1"},
		`"body":"","headers":{"user-agent":"Mine"}`: {Name: "user-agent", Value: "Mine"},
	} {
		got, err := r.Request(define(t, hook(more)), &c)
		if err != nil || len(got.Header) != 1 || got.Header[0] != want {
			t.Errorf("%s: got %v, %v", more, got, err)
		}
	}
}

func TestURLs(t *testing.T) {
	tests := []struct{ name, url, more, data, want string }{
		{"literal", "https://Example.com", ``, "", "https://Example.com/"},
		{"existing query", "http://h/p?a=b", `,"query":{"c":"d"}`, "", "http://h/p?a=b&c=d"},
		{"open query", "http://h/p?", `,"query":{"c":"d"}`, "", "http://h/p?c=d"},
		{"open ampersand", "http://h/p?a&", `,"query":{"c":"d"}`, "", "http://h/p?a&c=d"},
		{"fragment", "http://h/p#f?x", `,"query":{"c":"d"}`, "", "http://h/p?c=d"},
		{"empty query", "http://h/p", `,"query":{"c":{}}`, "", "http://h/p"},
		{"query only in the authority", "http://h", `,"query":{"c":"d"}`, "", "http://h/?c=d"},
		{"templated path", "http://h/{{{PARTICLE_EVENT_VALUE}}}/x", ``, "a/b?c d", "http://h/a/b?c%20d/x"},
		{"templated fragment", "http://h/{{{PARTICLE_EVENT_VALUE}}}", `,"query":{"c":"d"}`, "a#b", "http://h/a?c=d"},
		{"templated host", "http://{{{PARTICLE_EVENT_VALUE}}}/x", ``, "a.example:99", "http://a.example:99/x"},
		{"whole URL", "{{{PARTICLE_EVENT_VALUE}}}", ``, " https://a.example/é\r\nX: 1", "https://a.example/%C3%A9%0D%0AX:%201"},
		{"query encoding", "http://h/", `,"query":{"q":"{{{PARTICLE_EVENT_VALUE}}}"}`, "39.7,-104.9", "http://h/?q=39.7%2C-104.9"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := define(t, `{"event":"temp","url":"`+test.url+`","body":""`+test.more+`}`)
			var c template.Context
			c.Reset(temp(test.data))
			var r render.Renderer
			got, err := r.Request(d, &c)
			if err != nil {
				t.Fatal(err)
			}
			if got.URL() != test.want {
				t.Errorf("got %s, want %s", got.URL(), test.want)
			}
			if origin, err := d.Origin(&c); err != nil || got.Origin() != origin {
				t.Errorf("origin %q, that of the definition %q, %v", got.Origin(), origin, err)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	big := strings.Repeat("x", 16_000)
	tests := []struct{ name, config, data, want string }{
		{"no host", `{"event":"a","url":"http://{{missing}}/"}`, "", "url has no usable host"},
		{"injected host", `{"event":"a","url":"http://{{{PARTICLE_EVENT_VALUE}}}/"}`, "h\r\nX:1", "url has no usable host"},
		{"credentials", `{"event":"a","url":"http://{{{PARTICLE_EVENT_VALUE}}}/"}`, "secret@h", "url holds credentials, which belong in auth"},
		{"scheme", `{"event":"a","url":"{{{PARTICLE_EVENT_VALUE}}}"}`, "file:///etc/passwd", "url is not an absolute http or https address"},
		{"method", hook(`"method":"{{{PARTICLE_EVENT_VALUE}}}"`), "TRACE", "request type is not GET, POST, PUT or DELETE"},
		{"long url", `{"event":"a","url":"http://h/{{{PARTICLE_EVENT_VALUE}}}"}`, big, "url is longer than 8192 bytes"},
		{"long query", hook(`"query":{"a":"{{{PARTICLE_EVENT_VALUE}}}"}`), big, "url is longer than 8192 bytes"},
		{"headers", hook(`"headers":{"A":"{{{PARTICLE_EVENT_VALUE}}}","B":"{{{PARTICLE_EVENT_VALUE}}}"}`), big, "headers are larger than 16384 bytes"},
		{"json", hook(`"json":[` + strings.Repeat(`"{{{PARTICLE_EVENT_VALUE}}}",`, 70) + `1]`), big, "body is larger than 1048576 bytes"},
		{"form", hook(`"form":{"a":[` + strings.Repeat(`"{{{PARTICLE_EVENT_VALUE}}}",`, 70) + `1]}`), big, "body is larger than 1048576 bytes"},
		{"body", hook(`"body":"` + strings.Repeat(`{{{PARTICLE_EVENT_VALUE}}}`, 70) + `"`), big, "body: template: output too large or too much work"},
		{"text with defaults", hook(`"json":"{\"a\":\"` + strings.Repeat(`{{{PARTICLE_EVENT_VALUE}}}`, 65) + `\"}"`), big, "body is larger than 1048576 bytes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, _, _ := wire(t, test.config, test.data); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTemplatedMethod(t *testing.T) {
	config := hook(`"requestType":"{{{PARTICLE_EVENT_VALUE}}}","form":{"a":"b"},"query":{"q":"1"},"noDefaults":true`)
	for data, want := range map[string]string{
		"get":     "GET /p?q=1&a=b ",
		" Post\n": "POST /p?q=1 a=b",
		"delete":  "DELETE /p?q=1 a=b",
	} {
		if line, _, body := wire(t, config, data); line+" "+body != want {
			t.Errorf("%s: got %q, want %q", data, line+" "+body, want)
		}
	}
}

// TestReuse renders different requests with one renderer; nothing of one may
// show in the next.
func TestReuse(t *testing.T) {
	configs := []string{
		hook(`"json":{"a":"{{{PARTICLE_EVENT_VALUE}}}"},"headers":{"X":"{{{PARTICLE_EVENT_VALUE}}}"},"rejectUnauthorized":false`),
		hook(`"requestType":"GET","query":{"q":"{{{PARTICLE_EVENT_VALUE}}}"}`),
		hook(`"body":"{{{PARTICLE_EVENT_VALUE}}}"`),
		hook(`"json":"{"`),
		hook(`"body":"` + strings.Repeat("{{{PARTICLE_EVENT_VALUE}}}", 100) + `"`),
		hook(`"noDefaults":true`),
	}
	var shared render.Renderer
	for round := range 3 {
		for i, config := range configs {
			data := strings.Repeat("x", 1000*round+i)
			var c template.Context
			c.Reset(temp(data))
			d := define(t, config)
			got, err := shared.Request(d, &c)
			if err != nil {
				t.Fatal(err)
			}
			var fresh render.Renderer
			want, err := fresh.Request(d, &c)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want.AppendWire(nil)), string(got.AppendWire(nil))); diff != "" || got.Insecure != (i == 0) || got.InvalidJSON != (i == 3) {
				t.Errorf("round %d, request %d: %s", round, i, diff)
			}
		}
	}
}
