package render_test

import (
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
)

// vector is one worked example (webhook engine reference, section 14). Its
// response and events are judged by other rooms.
type vector struct {
	Name        string
	Integration map[string]json.RawMessage
	Event       struct {
		Name, Data, Coreid string
		PublishedAt        string `json:"published_at"`
		ProductID          int64  `json:"product_id"`
		UserID             string `json:"user_id"`
		FwVersion          int    `json:"fw_version"`
	}
	Request *struct {
		Method, URL string
		Headers     map[string]string
		Body        string
	}
	AbsentHeaders []string
	Compare       struct{ URL, Body string }
}

func TestVectors(t *testing.T) {
	text, err := os.ReadFile("testdata/webhook-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	sent := 0
	for _, v := range all {
		if v.Request != nil {
			sent++
			t.Run(v.Name, v.check)
		}
	}
	if len(all) != 64 || sent < 50 {
		t.Errorf("%d vectors, %d with a request", len(all), sent)
	}
}

// split takes scope and secrets, which belong to the vectors and not to the
// configuration, out of the integration.
func (v *vector) split(t *testing.T) (config []byte, kind scope.Kind) {
	kind = scope.Sandbox
	if string(v.Integration["scope"]) == `"product"` {
		kind = scope.Product
	}
	delete(v.Integration, "scope")
	if v.Integration["secrets"] != nil {
		t.Fatal("vectors with secrets are not supported")
	}
	config, err := json.Marshal(v.Integration)
	if err != nil {
		t.Fatal(err)
	}
	return config, kind
}

func (v *vector) check(t *testing.T) {
	config, kind := v.split(t)
	d, warnings, err := integration.Parse(config, kind)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range warnings {
		if !strings.Contains(w, "encryption") && !strings.Contains(w, "HTML entities") { // which documented examples are about
			t.Errorf("warning %q", w)
		}
	}
	at, err := time.Parse(time.RFC3339, v.Event.PublishedAt)
	if err != nil {
		t.Fatal(err)
	}
	e := &event.Event{Seq: 1, At: at.UnixMilli(), Name: v.Event.Name, Data: v.Event.Data, Device: v.Event.Coreid,
		Product: v.Event.ProductID, Owner: v.Event.UserID, Firmware: v.Event.FwVersion}
	var c template.Context
	c.Reset(e)
	r := render.Renderer{UserAgent: "Fieldhook/test"}
	got, err := r.Request(d, &c)
	if err != nil {
		t.Fatal(err)
	}
	v.compare(t, got)
}

func (v *vector) compare(t *testing.T, got *render.Request) {
	if got.Method != v.Request.Method {
		t.Errorf("method %s, want %s", got.Method, v.Request.Method)
	}
	gotURL, wantURL := any(got.URL()), any(v.Request.URL)
	if v.Compare.URL == "query-unordered" {
		gotURL, wantURL = unordered(t, got.URL()), unordered(t, v.Request.URL)
	}
	if diff := cmp.Diff(wantURL, gotURL); diff != "" {
		t.Errorf("url: %s", diff)
	}
	v.compareHeaders(t, got)
	gotBody, wantBody := any(string(got.Body)), any(v.Request.Body)
	switch v.Compare.Body {
	case "json":
		gotBody, wantBody = parseJSON(t, string(got.Body)), parseJSON(t, v.Request.Body)
	case "form":
		gotBody, wantBody = fields(t, string(got.Body)), fields(t, v.Request.Body)
	}
	if diff := cmp.Diff(wantBody, gotBody); diff != "" {
		t.Errorf("body: %s", diff)
	}
}

func (v *vector) compareHeaders(t *testing.T, got *render.Request) {
	lines := strings.Split(string(got.AppendWire(nil)), "\r\n")
	header := map[string]string{}
	for _, line := range lines[1:] {
		if line == "" {
			break
		}
		name, value, _ := strings.Cut(line, ": ")
		header[strings.ToLower(name)] = value
	}
	for name, want := range v.Request.Headers {
		if header[name] != want {
			t.Errorf("%s: got %q, want %q", name, header[name], want)
		}
	}
	for _, name := range v.AbsentHeaders {
		if value, ok := header[name]; ok {
			t.Errorf("%s: %q should be absent", name, value)
		}
	}
}

func unordered(t *testing.T, text string) any {
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	query := fields(t, u.RawQuery)
	u.RawQuery = ""
	return []any{u.String(), query}
}

// fields reads a form as strictly as the section on encoding: no plus signs.
func fields(t *testing.T, text string) url.Values {
	if strings.Contains(text, "+") {
		t.Errorf("%q holds a plus sign", text)
	}
	values, err := url.ParseQuery(text)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func parseJSON(t *testing.T, text string) (v any) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return v
}
