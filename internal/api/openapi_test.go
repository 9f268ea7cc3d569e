package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/pb33f/libopenapi"
	"github.com/santhosh-tekuri/jsonschema/v6"

	description "github.com/fieldhook/fieldhook/api"
	"github.com/fieldhook/fieldhook/internal/api"
	"github.com/fieldhook/fieldhook/internal/reference"
	"github.com/fieldhook/fieldhook/internal/tutorial"
)

// pages are the pages of the description, made once for all tests.
var pages = sync.OnceValues(func() (*reference.Pages, error) {
	return reference.New(description.OpenAPI(), "https://hub.example.org")
})

// newDescribed is a server with a bin and the pages of the description, so that
// it has every route there is.
func newDescribed(t *testing.T) *server {
	t.Helper()
	p, err := pages()
	if err != nil {
		t.Fatal(err)
	}
	return newServer(t, func(d *api.Deps) {
		d.Bin, d.Reference, d.Tutorial = http.NotFoundHandler(), p, tutorial.New(d.BaseURL, time.Now)
	})
}

// isTarget says whether a path is one of the hub's own targets of webhooks, the
// request bin and the interactive demo. These mind their paths themselves, and
// answer as their users choose.
func isTarget(path string) bool {
	return strings.HasPrefix(path, "/bin") || strings.HasPrefix(path, "/demo/hook/")
}

// openAPI is the description as the hub serves it, in JSON.
type openAPI struct {
	doc     map[string]any
	all     map[string]map[string]any // operations by method and path
	mu      sync.Mutex                // of schemas
	schemas *jsonschema.Compiler
}

// load reads the description. Schemas are closed: where one has properties,
// others fail, so that nothing stays undescribed.
func load(text string) (*openAPI, error) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	closeSchemas(doc)
	o := &openAPI{doc: doc.(map[string]any), schemas: jsonschema.NewCompiler()}
	o.schemas.AssertFormat()
	o.all = o.operations()
	return o, o.schemas.AddResource("openapi.json", doc)
}

func closeSchemas(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, has := v["properties"].(map[string]any); has && v["type"] == "object" && v["additionalProperties"] == nil {
			v["additionalProperties"] = false
		}
		for name, inner := range v {
			if name != "example" && name != "examples" {
				closeSchemas(inner)
			}
		}
	case []any:
		for _, inner := range v {
			closeSchemas(inner)
		}
	}
}

// fits says what is wrong with a value under the schema at a place such as
// /components/schemas/User.
func (o *openAPI) fits(place string, value any) error {
	o.mu.Lock()
	schema, err := o.schemas.Compile("openapi.json#" + place)
	o.mu.Unlock()
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// escape makes one step of a JSON pointer.
func escape(step string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(step)
}

// operations are the methods of each path.
func (o *openAPI) operations() map[string]map[string]any {
	all := map[string]map[string]any{}
	for path, item := range o.doc["paths"].(map[string]any) {
		for method, operation := range item.(map[string]any) {
			if slices.Contains([]string{"get", "head", "post", "put", "patch", "delete"}, method) {
				all[strings.ToUpper(method)+" "+path] = operation.(map[string]any)
			}
		}
	}
	return all
}

// inDescription is the path of a route in the description.
func inDescription(pattern string) string {
	if path, stream := strings.CutSuffix(pattern, "/*"); stream {
		return path + "/{prefix}"
	}
	return pattern
}

func (s *server) openAPI() *openAPI {
	s.t.Helper()
	o, err := load(s.want(200, ask{method: "GET", path: "/openapi.json", authorization: "-"}).text)
	s.must(err)
	return o
}

func TestDescriptionIsOpenAPI(t *testing.T) {
	s := newDescribed(t)
	text := s.want(200, ask{method: "GET", path: "/openapi.yaml", authorization: "-"}).text
	doc, err := libopenapi.NewDocument([]byte(text))
	s.must(err)
	_, err = doc.BuildV3Model()
	s.must(err)
	meta, err := jsonschema.UnmarshalJSON(strings.NewReader(doc.GetSpecInfo().APISchema))
	s.must(err)
	c := jsonschema.NewCompiler()
	s.must(c.AddResource("meta.json", meta))
	schema, err := c.Compile("meta.json")
	s.must(err)
	served, err := jsonschema.UnmarshalJSON(strings.NewReader(s.want(200, ask{method: "GET", path: "/openapi.json", authorization: "-"}).text))
	s.must(err)
	s.must(schema.Validate(served))
}

// The description has every route, with what it takes, and no other one.
func TestEveryRouteIsDescribed(t *testing.T) {
	s := newDescribed(t)
	left := s.openAPI().operations()
	err := chi.Walk(s.api.Routes(), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if isTarget(pattern) {
			return nil
		}
		needs, ok := s.api.Needs(method, pattern)
		if !ok {
			return fmt.Errorf("%s %s was added around the table of routes", method, pattern)
		}
		route := method + " " + inDescription(pattern)
		operation, ok := left[route]
		if !ok {
			t.Errorf("%s takes %q and is not in api/openapi.yaml", route, needs)
			return nil
		}
		delete(left, route)
		if got := neededBy(operation); got != string(needs) {
			t.Errorf("%s takes %q; api/openapi.yaml says %q", route, needs, got)
		}
		return nil
	})
	s.must(err)
	for route := range left {
		if _, path, _ := strings.Cut(route, " "); !isTarget(path) {
			t.Errorf("%s is in api/openapi.yaml, but there is no such route", route)
		}
	}
}

// neededBy reads the extensions of an operation.
func neededBy(operation map[string]any) string {
	var all []string
	if action, ok := operation["x-action"].(string); ok {
		all = append(all, action)
	}
	for _, word := range []string{"open", "self", "device", "admin"} {
		if operation["x-"+word] == true {
			all = append(all, word)
		}
	}
	return strings.Join(all, " and ")
}

// The parameters of each path are described, and no other ones.
func TestPathParametersAreDescribed(t *testing.T) {
	o := newDescribed(t).openAPI()
	for path, item := range o.doc["paths"].(map[string]any) {
		var want, got []string
		for step := range strings.SplitSeq(path, "/") {
			if name, is := strings.CutPrefix(step, "{"); is {
				want = append(want, strings.TrimSuffix(name, "}"))
			}
		}
		list, _ := item.(map[string]any)["parameters"].([]any)
		for _, p := range list {
			p := o.follow(p)
			if p["in"] == "path" {
				got = append(got, p["name"].(string))
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("%s: describes the parameters %v", path, got)
		}
	}
}

// follow gives what a reference names, or the value itself.
func (o *openAPI) follow(v any) map[string]any {
	m := v.(map[string]any)
	ref, ok := m["$ref"].(string)
	if !ok {
		return m
	}
	at := o.doc
	for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		at = at[step].(map[string]any)
	}
	return at
}

// Every example is valid under the schema beside it.
func TestExamplesFitTheirSchemas(t *testing.T) {
	o := newDescribed(t).openAPI()
	count := 0
	var walk func(place string, v any)
	walk = func(place string, v any) {
		m, _ := v.(map[string]any)
		if list, ok := v.([]any); ok {
			for i, inner := range list {
				walk(fmt.Sprintf("%s/%d", place, i), inner)
			}
			return
		}
		if example, has := m["example"]; has && m["schema"] != nil {
			count++
			if err := o.fits(place+"/schema", example); err != nil {
				t.Errorf("%s: the example does not fit: %v", place, err)
			}
		}
		if list, has := m["examples"].([]any); has {
			for _, example := range list {
				count++
				if err := o.fits(place, example); err != nil {
					t.Errorf("%s: an example does not fit: %v", place, err)
				}
			}
		}
		for name, inner := range m {
			if name != "example" && name != "examples" {
				walk(place+"/"+escape(name), inner)
			}
		}
	}
	walk("", o.doc)
	if count < 40 {
		t.Errorf("found %d examples only", count)
	}
}

// answers finds the schema of an answer: that of its status, or the default's.
// ok is false if such an answer is not described.
func (o *openAPI) answers(method, path string, status int, contentType string) (place string, ok bool) {
	operation, ok := o.all[method+" "+path]
	if !ok {
		return "", false
	}
	responses := operation["responses"].(map[string]any)
	key := fmt.Sprint(status)
	if responses[key] == nil && status >= 400 {
		key = "default"
	}
	response, ok := responses[key].(map[string]any)
	if !ok {
		return "", false
	}
	at := "/paths/" + escape(path) + "/" + strings.ToLower(method) + "/responses/" + key
	if ref, is := response["$ref"].(string); is {
		at, response = strings.TrimPrefix(ref, "#"), o.follow(response)
	}
	content, _ := response["content"].(map[string]any)
	media, _, _ := strings.Cut(contentType, ";")
	if len(content) == 0 {
		return "", media == ""
	}
	_, ok = content[media]
	return at + "/content/" + escape(media) + "/schema", ok
}

// check says in which way an answer is not as described; "" if it is. The text
// of a JSON answer is looked into.
func (o *openAPI) check(method, path string, status int, contentType, text string) string {
	place, ok := o.answers(method, path, status, contentType)
	if !ok {
		return fmt.Sprintf("an answer %d with content type %q is not described", status, contentType)
	}
	if !strings.HasPrefix(contentType, "application/json") {
		return ""
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err == nil {
		err = o.fits(place, value)
	}
	if err != nil {
		return fmt.Sprintf("the answer %d is not as described: %v\n%s", status, err, text)
	}
	return ""
}

// whole is the description, read once for all tests.
var whole = sync.OnceValues(func() (*openAPI, error) {
	p, err := pages()
	if err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	return load(w.Body.String())
})

// checkDescribed says of every answer that a test gets whether it is as
// described. Paths without a route, and targets, are left out.
func checkDescribed(t testing.TB, routes chi.Routes, resp *http.Response, text string) {
	t.Helper()
	o, err := whole()
	if err != nil {
		t.Fatal(err)
	}
	r := resp.Request
	at := chi.NewRouteContext()
	path := strings.TrimRight(r.URL.EscapedPath(), "/")
	if r.Method == http.MethodHead || !routes.Match(at, r.Method, path) || isTarget(path) {
		return
	}
	if wrong := o.check(r.Method, inDescription(at.RoutePattern()), resp.StatusCode, resp.Header.Get("Content-Type"), text); wrong != "" {
		t.Errorf("%s %s: %s", r.Method, path, wrong)
	}
}

// The check notices what is not described.
func TestCheckOfAnswers(t *testing.T) {
	o := newDescribed(t).openAPI()
	for _, c := range []struct {
		method, path string
		status       int
		body         any
		want         bool // described
	}{
		{"DELETE", "/v1/access_tokens", 200, map[string]any{"ok": true}, true},
		{"DELETE", "/v1/access_tokens", 200, map[string]any{"ok": false}, false},
		{"DELETE", "/v1/access_tokens", 200, map[string]any{"ok": true, "more": 1}, false},
		{"DELETE", "/v1/access_tokens", 201, map[string]any{"ok": true}, false},
		{"DELETE", "/v1/access_tokens", 404, map[string]any{"ok": true}, false},
		{"DELETE", "/v1/nothing", 200, map[string]any{"ok": true}, false},
	} {
		text, err := json.Marshal(c.body)
		if err != nil {
			t.Fatal(err)
		}
		got := o.check(c.method, c.path, c.status, "application/json; charset=utf-8", string(text))
		if (got == "") != c.want {
			t.Errorf("%s %s %d %s: got %q", c.method, c.path, c.status, text, got)
		}
	}
}
