package reference_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	description "github.com/fieldhook/fieldhook/api"
	"github.com/fieldhook/fieldhook/internal/reference"
)

// small is a description with what the page has to cope with.
const small = `
openapi: 3.1.0
info: {title: "Lamps <b>", summary: Light., description: "Uses *Switch it* and ` + "`*code*`" + `.\n\n| a | b |\n| --- | --- |\n| 1 | <i> |"}
tags: [{name: Lamps, description: All of them.}, {name: Unused}]
paths:
  /lamps/{id}:
    parameters: [{name: id, in: path, required: true, description: Which., schema: {type: integer, minimum: 1, maximum: 9}}]
    put: &switch
      tags: [Lamps]
      summary: Switch it
      x-action: lamps:update
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Lamp"}, example: {color: "it's red"}}}}
      responses: {"204": {description: Done.}, default: {description: Failed.}}
  /rooms/{room}/lamps/{id}:
    put: {<<: *switch, x-more: true}
    get:
      tags: [Lamps]
      summary: Look
      x-open: true
      responses: {"200": {description: Shown., content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Lamp"}}, example: [{color: red, "on": true, watts: 1.50}]}}}}
components:
  schemas:
    Lamp:
      type: object
      required: [color]
      properties:
        color: {type: string, enum: [red, blue], default: red}
        "on": {type: [boolean, "null"], description: Whether it shines.}
        at: {type: object, properties: {time: {type: string, format: date-time}}}
`

func get(t *testing.T, p *reference.Pages, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

func newPages(t *testing.T, text string) *reference.Pages {
	t.Helper()
	p, err := reference.New(text, "http://hub")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPage(t *testing.T) {
	text := get(t, newPages(t, small), "/docs/").Body.String()
	for _, want := range []string{
		"<title>Lamps &lt;b&gt;</title>", `<a href="/openapi.yaml">`,
		`Uses <a href="#lamps-switch-it">Switch it</a> and <code>*code*</code>.`,
		"<th>a</th><th>b</th>", "<td>1</td><td>&lt;i&gt;</td>",
		"<code>/lamps/{id}</code>", "<code>/rooms/{room}/lamps/{id}</code>",
		"Takes the right <code>lamps:update</code>", "For everybody, without a token",
		"integer, 1 to 9", "red | blue", "boolean or null", "Whether it shines.", `Default: <code>&#34;red&#34;</code>`,
		`<div class="d1"><dt><code>time</code> <span class="type">time</span>`,
		"curl -X PUT http://hub/lamps/ID", `-d &#39;{&#34;color&#34;:&#34;it&#39;\&#39;&#39;s red&#34;}&#39;`,
		"curl http://hub/rooms/ROOM/lamps/ID", "&#34;watts&#34;: 1.5",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if n := strings.Count(text, "<article"); n != 2 {
		t.Errorf("got %d entries, want one for each method and summary", n)
	}
	if strings.Contains(text, "Unused") || strings.Contains(text, "Failed.") {
		t.Error("the page shows a tag without routes, or the default answer")
	}
}

// What runs and what styles is what the policy names, and nothing else does.
func TestPolicyFitsThePage(t *testing.T) {
	w := get(t, newPages(t, description.OpenAPI()), "/docs")
	policy, text := w.Header().Get("Content-Security-Policy"), w.Body.String()
	for _, tag := range []string{"style", "script"} {
		_, rest, _ := strings.Cut(text, "<"+tag+">")
		inner, _, ok := strings.Cut(rest, "</"+tag+">")
		sum := sha256.Sum256([]byte(inner))
		want := tag + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		if !ok || !strings.Contains(policy, want) {
			t.Errorf("the policy %s does not hold %s", policy, want)
		}
	}
	for _, bad := range []string{"<style ", "<script ", " style=", " onclick=", `src="http`, "ZgotmplZ", "%!"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

// Every link inside the page leads somewhere, and no id is there twice.
func TestLinksOfThePage(t *testing.T) {
	text := get(t, newPages(t, description.OpenAPI()), "/docs").Body.String()
	ids := map[string]int{}
	for part := range strings.SplitSeq(text, ` id="`) {
		id, _, _ := strings.Cut(part, `"`)
		ids[id]++
	}
	for part := range strings.SplitSeq(text, ` href="#`) {
		id, _, _ := strings.Cut(part, `"`)
		if !strings.HasPrefix(id, "<!doctype") && ids[id] != 1 {
			t.Errorf("#%s is there %d times, want once", id, ids[id])
		}
	}
}

func TestFiles(t *testing.T) {
	p := newPages(t, small)
	if w := get(t, p, "/openapi.yaml"); w.Body.String() != small || w.Header().Get("Content-Type") != "application/yaml" {
		t.Errorf("got %v %s", w.Header(), w.Body)
	}
	var doc struct {
		Paths map[string]struct {
			Put struct {
				Summary string
				More    bool `json:"x-more"`
			}
		}
	}
	if err := json.Unmarshal(get(t, p, "/openapi.json").Body.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if put := doc.Paths["/rooms/{room}/lamps/{id}"].Put; put.Summary != "Switch it" || !put.More {
		t.Errorf("the merged route is %+v", put)
	}
}

func TestBadDescriptions(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x]\n"
	for i := range 8 {
		c, last := string(rune('b'+i)), string(rune('a'+i))
		bomb += c + ": &" + c + strings.Replace(" [N, N, N, N, N, N, N, N]\n", "N", "*"+last, 8)
	}
	for name, text := range map[string]string{"nothing": "", "no YAML": "a: [", "aliases without end": bomb} {
		if _, err := reference.New(text, ""); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
