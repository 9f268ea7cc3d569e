package template_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/template"
)

var (
	hoganSeed  = flag.Uint64("hogan.seed", 1, "seed of the differential test's random cases")
	hoganCases = flag.Int("hogan.cases", 8000, "number of the differential test's random cases")
)

// hoganCase is one line of what testdata/hogan/render.mjs reads.
type hoganCase struct {
	Template string `json:"template"`
	Data     string `json:"data"`
}

// hoganAnswer is one line of what it writes.
type hoganAnswer struct {
	Text  *string `json:"text"`
	Error string  `json:"error"`
}

// TestHogan compares random templates and data with hogan.js 3.0.2 itself. Of
// the deviations (package comment) the printing of objects is modelled by the
// script. The others are left out of the cases:
//   - integers beyond 2^53-1, and inside objects any number that JavaScript
//     would print otherwise than it is written;
//   - inherited names such as toString, and "__proto__";
//   - member names like "0" inside objects, which JavaScript moves to the front
//     when it prints them;
//   - partials indented with a lone carriage return, quotes and backslashes in
//     delimiters: Hogan compiles them to broken JavaScript;
//   - set-delimiter tags that never end;
//   - characters outside the Basic Multilingual Plane behind a triple tag, of
//     which Hogan may eat one half.
func TestHogan(t *testing.T) {
	node := findHogan(t)
	g := generator{rand.New(rand.NewPCG(*hoganSeed, 0))}
	cases := g.cases(*hoganCases)
	answers := askHogan(t, node, cases)
	differences := 0
	for i, c := range cases {
		got, want := ours(c), answers[i].String()
		if got == want {
			continue
		}
		t.Errorf("template %q\n    data %s\n     got %s\n    want %s", c.Template, c.Data, got, want)
		if differences++; differences == 10 {
			t.Fatal("stopped after 10 differences")
		}
	}
}

// findHogan gives the path of node, or skips the test when node or the package
// is missing. REQUIRE_NODE=1 makes that a failure.
func findHogan(t *testing.T) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join("testdata", "hogan", "node_modules", "hogan.js"))
	}
	if err == nil {
		return node
	}
	if os.Getenv("REQUIRE_NODE") == "1" {
		t.Fatalf("REQUIRE_NODE is set: %v", err)
	}
	t.Skipf("needs node and `npm ci` in testdata/hogan: %v", err)
	return ""
}

func askHogan(t *testing.T, node string, cases []hoganCase) []hoganAnswer {
	t.Helper()
	var in bytes.Buffer
	enc := json.NewEncoder(&in)
	for _, c := range cases {
		if err := enc.Encode(c); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, "render.mjs")
	cmd.Dir = filepath.Join("testdata", "hogan")
	cmd.Stdin = &in
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("node: %v", err)
	}
	return readAnswers(t, out, len(cases))
}

func readAnswers(t *testing.T, out []byte, n int) []hoganAnswer {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(out))
	answers := make([]hoganAnswer, n)
	for i := range answers {
		if err := dec.Decode(&answers[i]); err != nil {
			t.Fatalf("answer %d of %d: %v", i, n, err)
		}
	}
	return answers
}

// String gives the answer in the form that ours has.
func (a hoganAnswer) String() string {
	if a.Text == nil {
		return "an error"
	}
	return strconv.Quote(*a.Text)
}

// ours renders a case with this package.
func ours(c hoganCase) string {
	t, err := template.Parse(c.Template)
	if err != nil {
		return "an error"
	}
	var vars template.Context
	vars.Reset(&event.Event{Name: "temp", Data: c.Data})
	b, err := t.Append(nil, &vars)
	if err != nil { // a block inside itself overflows Hogan's stack
		return "an error"
	}
	return strconv.Quote(string(b))
}

// unclosedDelimiters says whether a template is left out because of a
// set-delimiter tag that never ends.
func unclosedDelimiters(source string) bool {
	_, err := template.Parse(source)
	var s *template.SyntaxError
	return errors.As(err, &s) && strings.Contains(s.Text, "sets delimiters")
}

// generator makes random cases.
type generator struct{ *rand.Rand }

// cases makes n cases: two thirds well-formed templates, the rest a soup of
// pieces that finds what Hogan makes of nonsense.
func (g generator) cases(n int) []hoganCase {
	cases := make([]hoganCase, 0, n)
	for len(cases) < n {
		var c hoganCase
		if len(cases)%3 == 0 {
			c.Template = g.soup()
		} else {
			c.Template = g.template(3)
		}
		if unclosedDelimiters(c.Template) {
			continue
		}
		c.Data = g.object(3, true)
		cases = append(cases, c)
	}
	return cases
}

func pick[T any](g generator, from ...T) T { return from[g.IntN(len(from))] }

func (g generator) soup() string {
	var b strings.Builder
	for range 1 + g.IntN(14) {
		b.WriteString(pick(g, "{{", "}}", "{{{", "}}}", "{", "}", "#", "/", "^", "!", "&", ">", "<", "$", "=",
			"a", "b", ".", " ", "\n", "\t", "{{#a}}", "{{/a}}", "{{^b}}", "{{/b}}", "{{$c}}", "{{/c}}", "{{<d}}", "{{/d}}",
			"{{a}}", "{{{b}}}", "{{&c}}", "{{=<% %>=}}", "<%={{ }}=%>", "<%", "%>", "<%{a}%>", "{{=| |=}}", "|", "|=",
			"{{= [ ]] =}}", "{{=<% x %>=}}", "{{=}}", "[a]]", "é", "\u2028", "\ufeff", "\u0085", "\r\n", "{{! c }}", "{{>p}}"))
	}
	return b.String()
}

// template makes a well-formed template with sections up to depth.
func (g generator) template(depth int) string {
	var b strings.Builder
	for range 1 + g.IntN(5) {
		switch k := g.IntN(12); {
		case k < 4:
			b.WriteString(pick(g, "x", " ", "\n", "\n", "\r\n", "  ", `"`, "'\\", "é", "}", "{", "<&>", "\ufeff"))
		case k < 7:
			b.WriteString(g.tag(pick(g, "", "", "{", "&"), g.name()))
		case k == 7:
			b.WriteString(pick(g, "{{! c }}", "{{>p}}", "{{!\n}}", "{{=<% %>=}}<%a%> <%={{ }}=%>", " {{=| |=}} \n|={{ }}=|"))
		case depth > 0:
			b.WriteString(g.section(depth - 1))
		}
	}
	return b.String()
}

func (g generator) section(depth int) string {
	kind, name := pick(g, "#", "#", "#", "#", "^", "^", "$", "<"), g.name()
	edge := func() string { return pick(g, "", "", "\n", " \n", "\r\n") }
	body := g.template(depth)
	if kind == "<" && g.IntN(4) > 0 {
		body = "x{{$ " + name + "}}" + body + "{{/" + name + "}}"
	}
	return pick(g, "", "", " ", "\n") + g.tag(kind, name) + edge() + body + edge() + g.tag("/", name) + edge()
}

func (g generator) tag(kind, name string) string {
	end := "}}"
	if kind == "{" {
		end = "}}}"
	}
	return "{{" + kind + pick(g, "", "", " ", "\n") + name + pick(g, "", "", " ", "\t") + end
}

func (g generator) name() string {
	if g.IntN(10) == 0 {
		return pick(g, "", ".a", "a.", "a..b", "..", "0", "1", "00", "length", "a b", "é", "a.-1", "a.01", "-", "a-b")
	}
	if g.IntN(5) == 0 {
		return "."
	}
	name := pick(g, "a", "b", "c", "d", "e")
	for g.IntN(3) == 0 {
		name += "." + pick(g, "a", "b", "c", "0", "1", "length")
	}
	return name
}

// object makes a JSON object. Only the root, which is never printed, may hold
// names and numbers that JavaScript prints in another way than written.
func (g generator) object(depth int, root bool) string {
	names := []string{"a", "b", "c", "d", "e", "", "length", "é"}
	if root {
		names = append(names, "0", "1", "a.b", "a-b", "a b")
	}
	var members []string
	for range g.IntN(7) {
		name, _ := json.Marshal(pick(g, names...))
		members = append(members, string(name)+pick(g, ":", " : ")+g.value(depth, root))
	}
	if g.IntN(8) > 0 { // the same name twice is rare
		members = firstOfEach(members)
	}
	return "{" + strings.Join(members, pick(g, ",", ", ", "\n,")) + "}"
}

func firstOfEach(members []string) []string {
	seen := map[string]bool{}
	var first []string
	for _, m := range members {
		name, _, _ := strings.Cut(m, ":")
		if name = strings.TrimSpace(name); !seen[name] {
			seen[name] = true
			first = append(first, m)
		}
	}
	return first
}

func (g generator) value(depth int, plain bool) string {
	k := g.IntN(10)
	if depth == 0 {
		k = g.IntN(6)
	}
	switch {
	case k < 2:
		return g.number(plain)
	case k < 4:
		return pick(g, `""`, `"0"`, `"x"`, `"<&>\"'"`, `"a\nb"`, `"\u00e9\ud83d\ude00"`, `"é😀"`, `"\u0001\b\f\/\\"`, `"/=`+"`"+`"`)
	case k < 6:
		return pick(g, "null", "true", "false", "[]", "{}", "[ ]")
	case k < 8:
		elements := make([]string, g.IntN(4))
		for i := range elements {
			elements[i] = g.value(depth-1, plain)
		}
		return "[" + strings.Join(elements, ",") + "]"
	}
	return g.object(depth-1, false)
}

func (g generator) number(plain bool) string {
	if !plain {
		return pick(g, "0", "1", "-5", "2.5", "123456", "0.001")
	}
	switch g.IntN(4) {
	case 0:
		return pick(g, "0", "-0", "0.0", "-0.0", "0e5", "1e-400", "1e400", "-1e400", "20.00", "39.73915360", "1e21", "1E+2",
			"123456789012345680000.0", "5e-324", "1.7976931348623157e308", "0.000001", "0.0000001", "9007199254740991")
	case 1:
		return fmt.Sprintf("%.*f", g.IntN(8), (g.Float64()-0.5)*1e6)
	case 2:
		return fmt.Sprintf("%.*e", g.IntN(18), (g.Float64()-0.5)*1e3) + strconv.Itoa(g.IntN(4))
	}
	return strconv.Itoa(g.IntN(1000) - 500)
}
