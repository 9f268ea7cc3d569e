package gallery_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/gallery"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/template"
)

// With -update the test writes the requests that it would compare.
var update = flag.Bool("update", false, "write request.txt of every entry")

// plain are the entries whose services are called without TLS, with the reason.
var plain = map[string]string{
	"influxdata-telegraf": "the webhooks input of Telegraf listens without TLS",
}

// warned are the warnings that an entry is meant to give.
var warned = map[string][]string{}

// counts says how many entries there are of each source. One that is added or
// lost by mistake is noticed.
var counts = map[string]int{gallery.Documented: 31, gallery.Service: 8}

func entries(t *testing.T) []gallery.Entry {
	t.Helper()
	g, err := gallery.New()
	if err != nil {
		t.Fatal(err)
	}
	return g.Entries()
}

func TestEntries(t *testing.T) {
	got := map[string]int{}
	for _, e := range entries(t) {
		got[e.Source]++
	}
	if diff := cmp.Diff(counts, got); diff != "" {
		t.Errorf("number of entries by source (-want +got):\n%s", diff)
	}
}

// The request of every example is the one beside it, whether secrets stand in
// the settings or are referred to, in a sandbox and in a product.
func TestRequests(t *testing.T) {
	for _, e := range entries(t) {
		t.Run(e.ID, func(t *testing.T) {
			params, references, secrets := examples(&e)
			got := request(t, &e, params, scope.Sandbox, secrets)
			file := filepath.Join("items", e.ID, "request.txt")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v; -update writes it", err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("request (-want +got); -update writes it:\n%s", diff)
			}
			if again := request(t, &e, references, scope.Product, secrets); again != got {
				t.Errorf("with references to secrets, in a product (-literal +reference):\n%s", cmp.Diff(got, again))
			}
		})
	}
}

// examples gives the examples of an entry's parameters: as they are, and with
// the secret ones kept as secrets.
func examples(e *gallery.Entry) (literal, references, secrets map[string]string) {
	literal, references, secrets = map[string]string{}, map[string]string{}, map[string]string{}
	for _, p := range e.Params {
		value := p.Example
		if p.Key == "SERVICE_ACCOUNT" {
			value = account()
		}
		literal[p.Key], references[p.Key] = value, value
		if p.Secret {
			references[p.Key] = "{{{KEPT_" + p.Key + "}}}"
			secrets["KEPT_"+p.Key] = value
		}
	}
	return literal, references, secrets
}

// account is the key file of a Google service account. It is made up at each
// run: a private key does not belong into a repository, even one that opens
// nothing.
var account = sync.OnceValue(func() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	text, err := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "events@example.iam.gserviceaccount.com", "private_key": string(block),
	})
	if err != nil {
		panic(err)
	}
	return string(text)
})

// request fills an entry in and gives the request of its example event.
func request(t *testing.T, e *gallery.Entry, params map[string]string, kind scope.Kind, secrets map[string]string) string {
	t.Helper()
	d := filled(t, e, params, kind)
	c, err := variables(e, d, secrets)
	if err != nil {
		t.Fatal(err)
	}
	var r render.Renderer
	got, err := r.Request(d, c)
	if err != nil {
		t.Fatal(err)
	}
	if secure := got.Scheme == "https"; secure == (plain[e.ID] != "") || got.Insecure || got.InvalidJSON {
		t.Errorf("a call to %s, insecure %v, invalid JSON %v", got.URL(), got.Insecure, got.InvalidJSON)
	}
	return text(got)
}

// filled makes an entry an integration, as saving it does.
func filled(t *testing.T, e *gallery.Entry, params map[string]string, kind scope.Kind) *integration.Definition {
	t.Helper()
	settings, err := gallery.Fill(e, params)
	if err != nil {
		t.Fatal(err)
	}
	d, warnings, err := integration.Parse(settings, kind)
	if err != nil {
		t.Fatalf("%v\n%s", err, settings)
	}
	if diff := cmp.Diff(warned[e.ID], warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	if d.Type != e.IntegrationType || !strings.HasPrefix(e.SampleEvent.Name, d.Event) {
		t.Errorf("type %q and event %q do not fit the manifest's %q and the example's %q", d.Type, d.Event, e.IntegrationType, e.SampleEvent.Name)
	}
	return d
}

// variables makes the context of an entry's example event.
func variables(e *gallery.Entry, d *integration.Definition, secrets map[string]string) (*template.Context, error) {
	var x gallery.Example
	raw, err := os.ReadFile(filepath.Join("items", e.ID, "event.json"))
	if err == nil {
		err = json.Unmarshal(raw, &x)
	}
	if err != nil {
		return nil, err
	}
	at, err := time.Parse(time.RFC3339, x.PublishedAt)
	if err != nil {
		return nil, err
	}
	c := new(template.Context)
	c.Reset(&event.Event{
		Seq: 1, At: at.UnixMilli(), Name: x.Name, Data: x.Data, Device: x.Device,
		Owner: x.Owner, Product: x.Product, Firmware: x.Version,
	})
	values := make([]string, len(d.Secrets))
	for i, name := range d.Secrets {
		values[i] = secrets[name]
	}
	c.SetSecrets(d.Secrets, values)
	documents := make([]string, len(d.Ledgers))
	for i, name := range d.Ledgers {
		documents[i] = string(x.Ledgers[name])
	}
	c.SetLedgers(d.Ledgers, documents)
	return c, nil
}

// text shows a request for people: method and URL, header fields, body.
func text(r *render.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", r.Method, r.URL())
	for _, f := range r.Header {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value)
	}
	if r.HasBody {
		fmt.Fprintf(&b, "\n%s\n", r.Body)
	}
	return b.String()
}

// An entry that shapes answers has an example of one, and what the device gets
// of it.
func TestAnswers(t *testing.T) {
	for _, e := range entries(t) {
		params, _, _ := examples(&e)
		d := filled(t, &e, params, scope.Product)
		raw, err := os.ReadFile(filepath.Join("items", e.ID, "answer.json"))
		if (err == nil) != (d.ResponseTemplate != nil) {
			t.Errorf("%s: shapes answers: %v, answer.json: %v", e.ID, d.ResponseTemplate != nil, err)
		}
		if err != nil {
			continue
		}
		var answer struct {
			Body json.RawMessage // that the service answers
			Data string          // of the response event
		}
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatalf("%s: answer.json: %v", e.ID, err)
		}
		c, err := variables(&e, d, nil)
		if err != nil || !c.SetResponse(answer.Body) {
			t.Fatalf("%s: answer.json: %v", e.ID, err)
		}
		got, err := d.ResponseTemplate.AppendResponse(nil, c)
		if err != nil || string(got) != answer.Data || answer.Data == "" {
			t.Errorf("%s: the device gets %q, %v; want %q", e.ID, got, err, answer.Data)
		}
	}
}

// Required parameters are missed, and each has an effect.
func TestParamsAreUsed(t *testing.T) {
	for _, e := range entries(t) {
		for _, p := range e.Params {
			params, _, _ := examples(&e)
			with, err := gallery.Fill(&e, params)
			if err != nil || !json.Valid(with) {
				t.Fatalf("%s: %s, %v", e.ID, with, err)
			}
			delete(params, p.Key)
			without, err := gallery.Fill(&e, params)
			if missed := err != nil; missed != p.Required {
				t.Errorf("%s: without %s, which is required: %v, got %v", e.ID, p.Key, p.Required, err)
			}
			if p.Default != p.Example && string(with) == string(without) {
				t.Errorf("%s: %s has no effect", e.ID, p.Key)
			}
			if text := strings.ToLower(p.Key); !p.Secret && (strings.Contains(text, "token") || strings.Contains(text, "secret")) {
				t.Errorf("%s: %s looks like a secret", e.ID, p.Key)
			}
		}
	}
}

func TestLinks(t *testing.T) {
	for _, e := range entries(t) {
		for _, l := range e.Links {
			if l.Label == "" || !strings.HasPrefix(l.URL, "https://") {
				t.Errorf("%s: a link %q to %q", e.ID, l.Label, l.URL)
			}
		}
	}
}

// The firmware publishes an event that triggers the entry.
func TestFirmware(t *testing.T) {
	silent := []string{"ifttt-device-status", "memfault"} // the hub or a library publishes for them
	for _, e := range entries(t) {
		if !slices.Contains(silent, e.ID) && !strings.Contains(e.Firmware, `"`+prefix(&e)) {
			t.Errorf("%s: the firmware does not publish %s", e.ID, prefix(&e))
		}
		if strings.Count(e.Firmware, "{") != strings.Count(e.Firmware, "}") || !strings.Contains(e.Firmware, "void loop()") {
			t.Errorf("%s: the firmware is no whole program", e.ID)
		}
	}
}

// prefix is the event setting of an entry.
func prefix(e *gallery.Entry) string {
	var t struct{ Event string }
	_ = json.Unmarshal(e.Template, &t) // Read has checked it
	return t.Event
}

// Every category that is shown has entries.
func TestCategories(t *testing.T) {
	g, err := gallery.New()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, e := range g.Entries() {
		used[e.Category] = true
	}
	want := map[string]bool{}
	for _, c := range g.Categories() {
		want[c.ID] = true
	}
	if !maps.Equal(used, want) {
		t.Errorf("categories in use: %v, all: %v", used, want)
	}
}
