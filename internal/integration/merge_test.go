package integration_test

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
)

func TestMerge(t *testing.T) {
	tests := []struct{ name, config, patch, want string }{
		{"replace", `{"event":"a","url":"u"}`, `{"url":"v"}`, `{"event":"a","url":"v"}`},
		{"alias replaces", `{"event":"a","deviceID":"1"}`, `{"eventName":"b","deviceid":"2"}`, `{"eventName":"b","deviceid":"2"}`},
		{"canonical replaces alias", `{"method":"GET"}`, `{"requestType":"PUT"}`, `{"requestType":"PUT"}`},
		{"null removes", `{"event":"a","deviceID":"1"}`, `{"deviceId":null}`, `{"event":"a"}`},
		{"body kind", `{"json":{"a":1},"url":"u"}`, `{"body":"x"}`, `{"url":"u","body":"x"}`},
		{"body kind back", `{"body":"x"}`, `{"form":{"a":1}}`, `{"form":{"a":1}}`},
		{"null keeps the other kinds", `{"json":{"a":1}}`, `{"body":null,"form":null}`, `{"json":{"a":1}}`},
		{"a blank form, as HTML forms send it, keeps the other kinds", `{"json":{"a":1}}`, `{"form":" "}`, `{"json":{"a":1},"form":" "}`},
		{"two kinds stay for Parse to refuse", `{"json":{}}`, `{"body":"x","form":{}}`, `{"body":"x","form":{}}`},
		{"top level only", `{"headers":{"A":"1","B":"2"}}`, `{"headers":{"C":"3"}}`, `{"headers":{"C":"3"}}`},
		{"same type", `{"integration_type":"Webhook"}`, `{"integration_type":"webhook"}`, `{"integration_type":"Webhook"}`},
		{"type null", `{"integration_type":"Webhook"}`, `{"integration_type":null}`, `{"integration_type":"Webhook"}`},
		{"type absent", `{"event":"a"}`, `{"integration_type":"Webhook"}`, `{"event":"a"}`},
		{"unknown stays for the warning", `{"event":"a"}`, `{"data":1.0}`, `{"event":"a","data":1.0}`},
		{"empty", `{"event":"a"}`, ` { } `, `{"event":"a"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := integration.Merge([]byte(test.config), []byte(test.patch))
			if err != nil || string(got) != test.want {
				t.Errorf("got %s, %v\nwant %s", got, err, test.want)
			}
		})
	}
}

func TestMergeFaults(t *testing.T) {
	tests := []struct{ patch, field string }{
		{`{"integration_type":"GoogleMaps"}`, "integration_type"},
		{`{"integration_type":5}`, "integration_type"},
		{`[]`, ""},
		{`{"a"`, ""},
		{``, ""},
	}
	for _, test := range tests {
		got, err := integration.Merge([]byte(hook("")), []byte(test.patch))
		if f := fault.From(err); f.Code != fault.Invalid || f.Field != test.field {
			t.Errorf("%s: got %s, %v", test.patch, got, err)
		}
	}
}

// TestEditLikeClients replays an edit as the demo page and particle-api-js
// send it: the whole object that a reply gave, with one setting changed.
func TestEditLikeClients(t *testing.T) {
	d, _ := parse(t, hook(`"json":{"a":"b"},"responseTopic":""`), scope.Sandbox)
	merged, err := integration.Merge(d.JSON(), []byte(`{"id":"5","created_at":"x","event":"hum","deviceid":"`+device+`","body":"{{{a}}}"}`))
	if err != nil {
		t.Fatal(err)
	}
	edited, warnings := parse(t, string(merged), scope.Sandbox)
	const want = `{"integration_type":"Webhook","event":"hum","url":"https://example.com/in","requestType":"POST",` +
		`"deviceID":"` + device + `","disabled":false,"body":"{{{a}}}","responseTopic":""}`
	if got := string(edited.JSON()); got != want || len(warnings) != 0 {
		t.Errorf("got %s, %q\nwant %s", got, warnings, want)
	}
}
