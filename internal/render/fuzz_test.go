package render_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
)

// FuzzRequest checks that whatever is configured and published, the wire
// format reads back as the one request that was rendered.
func FuzzRequest(f *testing.F) {
	for _, config := range []string{
		hook(`"json":{"{{{PARTICLE_EVENT_VALUE}}}":"{{{PARTICLE_EVENT_VALUE}}}"}`),
		hook(`"json":"{\"a\":\"{{{a}}}\"}","headers":{"X-{{{a}}}":"{{{PARTICLE_EVENT_VALUE}}}"}`),
		hook(`"form":{"a":{"{{a}}":["{{{PARTICLE_EVENT_VALUE}}}"]}},"auth":{"bearer":"{{{a}}}"}`),
		hook(`"requestType":"GET","query":{"{{{a}}}":"{{{PARTICLE_EVENT_VALUE}}}"}`),
		hook(`"body":"{{{PARTICLE_EVENT_VALUE}}}","headers":{"{{{a}}}":"chunked"}`),
		hook(`"json":{"v":"{{{JSON:PARTICLE_EVENT_VALUE}}}","{{{JSON:a}}}":["{{JSON:a}}"]},"signature":{"keys":["{{{PARTICLE_EVENT_VALUE}}}"]}`),
		hook(`"query":{"v":"{{JSON:PARTICLE_EVENT_VALUE}}"},"headers":{"X":"{{{JSON:a}}}","Webhook-ID":"mine"},"signature":{"keys":["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]}`),
		`{"event":"a","url":"{{{PARTICLE_EVENT_VALUE}}}","method":"{{{a}}}"}`,
		`{"integration_type":"GoogleMaps","api_key":"{{{a}}}"}`,
		`{"integration_type":"AzureIotHub","event":"a","hub_name":"hub","policy_name":"{{{a}}}","policy_key":"{{{a}}}","device":"{{{PARTICLE_EVENT_VALUE}}}"}`,
		`{"integration_type":"GoogleCloudPubSub","event":"a","topic":"projects/{{{a}}}/topics/{{{PARTICLE_EVENT_VALUE}}}","service_account":"{{{a}}}"}`,
		hook(`"auth":{"aws4":{"access_key_id":"{{{a}}}","secret_access_key":"{{{a}}}","region":"{{{a}}}","service":"s"}}`),
		`{"event":"a","url":"http://{{{a}}}:80/{{{PARTICLE_EVENT_VALUE}}}"}`,
	} {
		for _, data := range []string{"21", "a\r\nEvil: 1\r\n\r\nGET /", "{\"a\":\"b\\r\\nc\"}", "\xff\x00\"\\", "http://h/é"} {
			f.Add(config, data)
		}
	}
	f.Add(`{"event":"0","url":" {{PARTICLE_EVENT_VALUE}}"}`, "http://0/%0") // an escape that is none
	var r render.Renderer
	f.Fuzz(func(t *testing.T, config, data string) {
		d, _, err := integration.Parse([]byte(config), scope.Sandbox)
		if err != nil {
			return
		}
		e := temp(data)
		var c template.Context
		c.Reset(e)
		got, err := r.Request(d, &c)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\r\n") || len(err.Error()) > 120 {
				t.Fatalf("the reason %q holds values", err)
			}
			return
		}
		if err := r.Sign(d, &c, "msg_1", time.Unix(1767225600, 0)); err != nil {
			if strings.ContainsAny(err.Error(), "\r\n") || len(err.Error()) > 120 {
				t.Fatalf("the reason %q holds values", err)
			}
			return
		}
		readBack(t, got)
		if d.Plan(got.Method).Format == integration.JSON && !json.Valid(got.Body) {
			t.Fatalf("not JSON: %q", got.Body)
		}
		if origin, err := d.Origin(&c); err != nil || origin != got.Origin() {
			t.Fatalf("origin %q, that of the definition %q, %v", got.Origin(), origin, err)
		}
	})
}

func readBack(t *testing.T, want *render.Request) {
	wire := want.AppendWire(nil)
	if len(wire) > integration.MaxBody+integration.MaxURL+render.MaxHeader+1024 {
		t.Fatalf("%d bytes", len(wire))
	}
	in := bufio.NewReader(bytes.NewReader(wire))
	got, err := http.ReadRequest(in)
	if err != nil {
		t.Fatalf("%v in %q", err, wire)
	}
	body, err := io.ReadAll(got.Body)
	if err != nil || !bytes.Equal(body, want.Body) || in.Buffered() != 0 {
		t.Fatalf("body %q, %v; want %q; %d bytes follow", body, err, want.Body, in.Buffered())
	}
	if got.Method != want.Method || got.RequestURI != want.Target || got.Host != want.Host {
		t.Fatalf("%s %s at %s", got.Method, got.RequestURI, got.Host)
	}
	count := 0
	for _, values := range got.Header {
		count += len(values)
	}
	if want.HasBody {
		count-- // Content-Length
	}
	if count != len(want.Header) {
		t.Fatalf("%d header fields, want %d: %q", count, len(want.Header), wire)
	}
}
