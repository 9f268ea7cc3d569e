package respond_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/respond"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
)

const device = "3f002b000000000000000000"

// respondTo runs one answered attempt of an integration.
func respondTo(t *testing.T, kind scope.Kind, config string, data string, a deliver.Answer) []event.Event {
	t.Helper()
	def, _, err := integration.Parse([]byte(config), kind)
	if err != nil {
		t.Fatal(err)
	}
	e := &event.Event{Seq: 9, At: 1, Name: "temp/x", Data: data, Device: device, Owner: "u", Product: 5, Firmware: 3}
	var vars template.Context
	vars.Reset(e)
	now := func() time.Time { return time.UnixMilli(77) }
	return respond.New(now).Respond(&deliver.Attempt{
		Event: e, Integration: &integration.Integration{ID: "i", Definition: def}, Vars: &vars, Sent: true, Host: "h", Answer: a,
	})
}

func show(events []event.Event) string {
	var lines []string
	for _, e := range events {
		lines = append(lines, e.Name+" = "+e.Data)
	}
	return strings.Join(lines, "\n")
}

func TestRespond(t *testing.T) {
	plain := http.Header{"Content-Type": {"text/plain; charset=utf-8"}}
	cases := []struct {
		name, config, data string
		kind               scope.Kind
		answer             deliver.Answer
		want               string // after hook-sent
	}{
		{"verbatim", `{}`, "1", scope.Sandbox, deliver.Answer{Status: 200, Body: []byte("{ \"ok\" : true }")}, `hook-response/temp/x/0 = { "ok" : true }`},
		{"product default topic", `{}`, "1", scope.Product, deliver.Answer{Status: 200, Body: []byte("a")}, device + "/hook-response/temp/x/0 = a"},
		{"product default error topic", `{}`, "1", scope.Product, deliver.Answer{Status: 500}, "hook-error/temp/x/0 = error status 500 from h"},
		{"empty body", `{}`, "1", scope.Sandbox, deliver.Answer{Status: 200}, ""},
		{"empty topic", `{"responseTopic":""}`, "1", scope.Sandbox, deliver.Answer{Status: 200, Body: []byte("a")}, ""},
		{"custom topic", `{"responseTopic":"{{PARTICLE_DEVICE_ID}}/r/{{t}}"}`, `{"t":"q"}`, scope.Sandbox, deliver.Answer{Status: 200, Body: []byte("a")}, device + "/r/q/0 = a"},
		{"line break in a topic", `{"responseTopic":"r/{{{t}}}"}`, `{"t":"a\r\nb"}`, scope.Sandbox, deliver.Answer{Status: 200, Body: []byte("a")}, "r/a  b/0 = a"},
		{"custom error topic", `{"errorResponseTopic":"e/{{{PARTICLE_EVENT_NAME}}}"}`, "1", scope.Sandbox, deliver.Answer{Status: 404}, "e/temp/x/0 = error status 404 from h"},
		{"topic that is too long", `{"responseTopic":"{{{PARTICLE_EVENT_VALUE}}}"}`, strings.Repeat("x", 1025), scope.Sandbox, deliver.Answer{Status: 200, Body: []byte("a")}, "hook-error/temp/x/0 = invalid response topic: the template's output is too long"},
		{"error topic that is too long", `{"errorResponseTopic":"{{{PARTICLE_EVENT_VALUE}}}"}`, strings.Repeat("x", 1025), scope.Sandbox, deliver.Answer{Status: 404}, "hook-error/temp/x/0 = error status 404 from h"},
		{"template as text", `{"responseTemplate":"{{{a}}}-{{{PARTICLE_EVENT_VALUE}}}"}`, "7", scope.Sandbox, deliver.Answer{Status: 200, Body: []byte(`{"a":1.50}`)}, "hook-response/temp/x/0 = 1.5-7"},
		{"template as object", `{"responseTemplate":{"lat":"{{{a.b}}}","n":1}}`, "7", scope.Sandbox, deliver.Answer{Status: 200, Body: []byte(`{"a":{"b":"x\"y"}}`)}, `hook-response/temp/x/0 = {"lat":"x\"y","n":1}`},
		{"response wins over data", `{"responseTemplate":"{{{a}}}{{{b}}}"}`, `{"a":"data","b":"B"}`, scope.Sandbox, deliver.Answer{Status: 200, Body: []byte(`{"a":"response"}`)}, "hook-response/temp/x/0 = responseB"},
		{"template on text", `{"responseTemplate":"{{{a}}}"}`, "7", scope.Sandbox, deliver.Answer{Status: 200, Body: []byte("not json")}, "hook-response/temp/x/0 = not json"},
		{"template renders to nothing", `{"responseTemplate":"{{{zz}}}"}`, "7", scope.Sandbox, deliver.Answer{Status: 200, Body: []byte(`{"a":1}`)}, ""},
		{"data url", `{"dataUrlResponseEvent":true}`, "1", scope.Sandbox, deliver.Answer{Status: 200, Header: plain, Body: []byte("hi")}, "hook-response/temp/x/0 = data:text/plain;base64,aGk="},
		{"data url without type", `{"dataUrlResponseEvent":true}`, "1", scope.Sandbox, deliver.Answer{Status: 200, Body: []byte("hi")}, "hook-response/temp/x/0 = data:application/octet-stream;base64,aGk="},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			config := `{"event":"temp","url":"http://h/",` + strings.TrimPrefix(c.config, "{")
			config = strings.Replace(config, ",}", "}", 1)
			got := show(respondTo(t, c.kind, config, c.data, c.answer))
			want := "hook-sent/temp/x = undefined"
			if c.want != "" {
				want += "\n" + c.want
			}
			if got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestChunks(t *testing.T) {
	for _, c := range []struct {
		size      int
		unchunked bool
		want      string
	}{
		{1, false, "[1]"}, {511, false, "[511]"}, {512, false, "[512]"}, {513, false, "[512 1]"},
		{1024, false, "[512 512]"}, {1200, false, "[512 512 176]"}, {1200, true, "[1200]"},
	} {
		config := fmt.Sprintf(`{"event":"temp","url":"http://h/","unchunked":%v}`, c.unchunked)
		body := strings.Repeat("é", c.size)[:c.size] // cuts fall inside characters
		events := respondTo(t, scope.Sandbox, config, "1", deliver.Answer{Status: 200, Body: []byte(body)})[1:]
		var sizes []int
		joined := ""
		for i, e := range events {
			sizes = append(sizes, len(e.Data))
			joined += e.Data
			if want := fmt.Sprint("hook-response/temp/x/", i); e.Name != want {
				t.Errorf("%d bytes: part %d is %s", c.size, i, e.Name)
			}
		}
		if got := fmt.Sprint(sizes); got != c.want || joined != body {
			t.Errorf("%d bytes, unchunked %v: parts %s, want %s; same bytes: %v", c.size, c.unchunked, got, c.want, joined == body)
		}
	}
}

func TestFactsOfHookEvents(t *testing.T) {
	for _, e := range respondTo(t, scope.Sandbox, `{"event":"temp","url":"http://h/"}`, "1", deliver.Answer{Status: 200, Body: []byte("a")}) {
		if e.Device != event.Internal || e.TTL != 60 || e.Owner != "u" || e.Product != 5 || e.Cause != 9 || e.Integration != "i" || e.At != 77 || e.Kind == event.Published {
			t.Errorf("%+v", e)
		}
	}
}

func TestTopicIsUTF8(t *testing.T) {
	config := `{"event":"temp","url":"http://h/","responseTopic":"r/{{{PARTICLE_EVENT_VALUE}}}"}`
	events := respondTo(t, scope.Sandbox, config, "\xff", deliver.Answer{Status: 200, Body: []byte("a")})
	if got, want := events[1].Name, "r/\uFFFD/0"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
