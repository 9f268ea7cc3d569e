package template_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/template"
)

// TestLanguage holds every row of the table in section 5 of the webhook engine
// reference, and what Hogan does at the edges of the language.
func TestLanguage(t *testing.T) {
	tests := []struct{ name, source, data, want string }{
		{"value, escaped", `{{x}}`, `{"x":"&<>\"'"}`, `&amp;&lt;&gt;&quot;&#39;`},
		{"only five characters are escaped", `{{x}}`, "{\"x\":\"a/b=c`d\"}", "a/b=c`d"},
		{"value, raw, braces", `{{{x}}}`, `{"x":"&<>\"'"}`, `&<>"'`},
		{"value, raw, ampersand", `{{& x}}`, `{"x":"&<>\"'"}`, `&<>"'`},
		{"member", `{{a.b}}`, `{"a":{"b":"c"}}`, "c"},
		{"array index and member", `{{c.0.ca}}`, `{"c":[{"ca":7}]}`, "7"},
		{"missing step", `[{{a.x.y}}]`, `{"a":{}}`, "[]"},
		{"index past the end", `[{{a.2}}{{a.-1}}{{a.01}}]`, `{"a":[1,2]}`, "[]"},
		{"first name through the contexts", `{{#s}}{{a.b}}{{/s}}`, `{"s":{"x":1},"a":{"b":2}}`, "2"},
		{"rest strictly inside", `{{#s}}[{{a.b}}]{{/s}}`, `{"s":{"a":{}},"a":{"b":2}}`, "[]"},
		{"flat key with a dot", `[{{a.b}}]`, `{"a.b":1}`, "[]"},
		{"hyphen", `{{my-var}}`, `{"my-var":1}`, "1"},
		{"spaces inside the braces", "{{ \t\n x }}", `{"x":1}`, "1"},
		{"length of an array", `{{c.length}}`, `{"c":[1,2,3]}`, "3"},
		{"length of a string", `[{{c.length}}]`, `{"c":"abc"}`, "[]"},
		{"section over an array", `{{#a}}<{{.}}>{{/a}}`, `{"a":[1,"x",null]}`, "<1><x><>"},
		{"section over nested arrays", `{{#a}}{{#.}}{{.}};{{/.}}|{{/a}}`, `{"a":[[1,2],[3]]}`, "1;2;|3;|"},
		{"section over an object", `{{#a}}{{b}}{{/a}}`, `{"a":{"b":1}}`, "1"},
		{"section over a scalar", `{{#a}}{{a}}{{/a}}`, `{"a":5}`, "5"},
		{"section over a member", `{{#a.b}}{{c}}{{/a.b}}`, `{"a":{"b":[{"c":1},{"c":2}]}}`, "12"},
		{"scalar section inside an array element that is an array", `{{#a}}{{#n}}x{{/n}}{{/a}}`, `{"a":[[1,2,3]],"n":1}`, "xxx"},
		{"sections over falsy values", `{{#m}}m{{/m}}{{#n}}n{{/n}}{{#f}}f{{/f}}{{#z}}z{{/z}}{{#e}}e{{/e}}{{#a}}a{{/a}}`,
			`{"n":null,"f":false,"z":0,"e":"","a":[]}`, ""},
		{"inverted over falsy values", `{{^m}}m{{/m}}{{^n}}n{{/n}}{{^f}}f{{/f}}{{^z}}z{{/z}}{{^e}}e{{/e}}{{^a}}a{{/a}}`,
			`{"n":null,"f":false,"z":-0.0,"e":"","a":[]}`, "mnfzea"},
		{"truthy text zero and empty object", `{{#s}}s{{/s}}{{#o}}o{{/o}}{{^s}}no{{/s}}{{^o}}no{{/o}}`, `{"s":"0","o":{}}`, "so"},
		{"comment", `a{{! any {{ thing }}b`, `{}`, "ab"},
		{"partial", `a{{> p}}b`, `{"p":"x"}`, "ab"},
		{"delimiters", `{{=<% %>=}}<% x %>{{x}}<%={{ }}=%>{{x}}`, `{"x":1}`, "1{{x}}1"},
		{"delimiters, first and last of three words", `{{=<% x %>=}}<% x %>`, `{"x":1}`, "1"},
		{"delimiters around one equals sign", `{{=}}=x=`, `{"x":1}`, "1"},
		{"triple tag with other delimiters", `{{=<% %>=}}<%{x}%>`, `{"x":"<"}`, "<"},
		{"lines with only a tag", "a\n  {{#x}}  \r\nb\n{{/x}}\n{{! c }}\nd", `{"x":1}`, "a\nb\nd"},
		{"lines with more than a tag", " {{#x}}-\n{{/x}}\n{{x}}\n", `{"x":1}`, " -\n1\n"},
		{"lines with only a block or partial", "a\n {{$b}} \nb\n {{/b}} \n{{> p}}\n {{<p}}\n{{/p}}\nc", `{}`, "a\nb\nc"},
		{"lines with only delimiters", "a\n{{=<% %>=}}\nb", `{}`, "a\nb"},
		{"white space on both sides of delimiters stays once", "a\n  {{=<% %>=}}   \nb", `{}`, "a\n   b"},
		{"white space is JavaScript's", "\ufeff{{#x}}\n\u0085{{/x}}\n{{\ufeffx}}", `{"x":1}`, "\u0085\n1"},
		{"text lines behind a lone tag", "{{! c }}\n\n \nx", `{}`, "\n \nx"},
		{"dot in an object", `{{#o}}[{{.}}]{{/o}}`, `{"o":{"a":1}}`, "[]"},
		{"missing", `[{{a}}]`, `{}`, "[]"},
		{"null", `[{{a}}]`, `{"a":null}`, "[]"},
		{"null hides an outer value", `{{#s}}[{{a}}]{{/s}}`, `{"s":{"a":null},"a":1}`, "[]"},
		{"false, true and 0", `{{f}} {{t}} {{z}}`, `{"f":false,"t":true,"z":0}`, "false true 0"},
		{"array", `{{a}}`, `{"a":[1,2]}`, "1,2"},
		{"array, null and nested", `{{a}}`, `{"a":[null,1,[2,[3,null]],[],"<"]}`, ",1,2,3,,,&lt;"},
		{"object", `{{{a}}}`, `{"a": {"b": [1, {"c": null}], "d": "\"<"} }`, `{"b":[1,{"c":null}],"d":"\"<"}`},
		{"object, escaped", `{{a}}`, `{"a":{"b":1}}`, `{&quot;b&quot;:1}`},
		{"object in an array", `{{{a}}}`, `{"a":[{"b": 1},2]}`, `{"b":1},2`},
		{"object keeps literals and order", `{{{a}}}`, `{"a":{"z":1.50,"0":true}}`, `{"z":1.50,"0":true}`},
		{"decimals", `{{a}} {{b}} {{c}}`, `{"a":39.73915360,"b":20.00,"c":-0.50}`, "39.7391536 20 -0.5"},
		{"exponents", `{{a}} {{b}} {{c}} {{d}}`, `{"a":1e21,"b":1e20,"c":0.0000001,"d":0.000001}`, "1e+21 100000000000000000000 1e-7 0.000001"},
		{"negative zero", `{{a}} {{b}}`, `{"a":-0,"b":-0.0}`, "0 0"},
		{"beyond a double", `{{a}} {{b}} {{c}}`, `{"a":1e400,"b":-1e400,"c":1e-400}`, "Infinity -Infinity 0"},
		{"integers too large for a double", `{{a}} {{b}} {{c}}`, `{"a":9007199254740991,"b":9007199254740993,"c":-123456789012345678901234567890}`,
			"9007199254740991 9007199254740993 -123456789012345678901234567890"},
		{"dot at the root", `[{{.}}]`, `{"a":1}`, "[]"},
		{"names of JavaScript objects", `[{{toString}}{{constructor}}{{a.map}}]`, `{"a":[]}`, "[]"},
		{"member named twice", `{{a}} {{{b}}}`, `{"a":1,"b":{"x":1,"y":2,"x":3},"a":2}`, `2 {"x":3,"y":2}`},
		{"block", `{{$b}}{{x}}{{/b}}`, `{"x":1}`, "1"},
		{"block, last definition", `{{$b}}1{{/b}}{{$b}}2{{/b}}`, `{}`, "22"},
		{"parent", `a{{<p}}{{$b}}1{{/b}}{{/p}}b`, `{}`, "ab"},
		{"triple tag closed by two braces", `{{{x}}y`, `{"x":1}`, "1"},
		{"triple tag closed by two braces before a wide character", `{{{x}}😀y`, `{"x":1}`, "1y"},
		{"tag that never ends", `a{{#b`, `{"b":1}`, "ab"},
		{"no delimiters", `{{= =}}{{x}}`, `{"x":1}`, "{{x}}"},
		{"bytes that are not UTF-8", "{{{x}}}\xff", "{\"x\":\"\xfe\"}", "\xfe\xff"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := render(t, tt.source, tt.data); got != tt.want {
				t.Errorf("template %q with %s\n got %q\nwant %q", tt.source, tt.data, got, tt.want)
			}
		})
	}
}

func TestSyntaxErrors(t *testing.T) {
	deep := strings.Repeat("{{#a}}", 65) + strings.Repeat("{{/a}}", 65)
	tests := []struct {
		name, source string
		line, column int
		text         string
	}{
		{"unclosed section", "a\nré{{#list}}\n{{x}}", 2, 3, `The section "list" is not closed.`},
		{"inner section unclosed", "{{#a}}\n {{^b}}", 2, 2, `The section "b" is not closed.`},
		{"closed by another", "{{#a}}\n\n  {{/b}}", 3, 3, `The section "a" is closed by "b".`},
		{"nothing to close", "x{{/a}}", 1, 2, `The closing tag "a" has no section to close.`},
		{"unclosed delimiters", "x {{=<% %>}}", 1, 3, "The tag that sets delimiters is not closed."},
		{"value in a parent", "{{<p}}{{x}}{{/p}}", 1, 7, "A parent tag may hold only text and blocks."},
		{"too deep", deep, 1, 64*6 + 1, "Sections nest at most 64 deep."},
		{"too long", strings.Repeat("x\n", template.MaxSource/2) + "y", template.MaxSource/2 + 1, 1, "A template has at most 262144 bytes."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := template.Parse(tt.source)
			var got *template.SyntaxError
			if !errors.As(err, &got) {
				t.Fatalf("got error %v, want a SyntaxError", err)
			}
			if want := (template.SyntaxError{Line: tt.line, Column: tt.column, Text: tt.text}); *got != want {
				t.Errorf("got %+v, want %+v", *got, want)
			}
			if want := fmt.Sprintf("line %d, column %d: %s", tt.line, tt.column, tt.text); err.Error() != want {
				t.Errorf("got %q, want %q", err.Error(), want)
			}
		})
	}
}

func TestDeepestTemplate(t *testing.T) {
	source := strings.Repeat("{{#a}}", template.MaxDepth) + "x" + strings.Repeat("{{/a}}", template.MaxDepth)
	if got := render(t, source, `{"a":1}`); got != "x" {
		t.Errorf("got %q, want %q", got, "x")
	}
}

func TestLiteral(t *testing.T) {
	for source, want := range map[string]bool{"": true, "plain }} {text\n": true, "{{x}}": false, "{{! c }}": false, "a{{": false} {
		tpl := mustParse(t, source)
		text, ok := tpl.Literal()
		if ok != want || (ok && text != source) {
			t.Errorf("Literal of %q: got %q, %v, want %v", source, text, ok, want)
		}
		if got := tpl.Source(); got != source {
			t.Errorf("Source: got %q, want %q", got, source)
		}
	}
}

// TestAppendKeepsPrefix checks that Append only ever adds to dst.
func TestAppendKeepsPrefix(t *testing.T) {
	var c template.Context
	c.Reset(&event.Event{Data: `{"a":[[1],{"b":2}]}`})
	got, err := mustParse(t, "{{a}}{{{a}}}").Append([]byte("pre:"), &c)
	if want := `pre:1,{&quot;b&quot;:2}1,{"b":2}`; err != nil || string(got) != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// TestRenderingsShareOneLimit renders a costly template again and again for one
// event: the limit is reached, and the next event starts afresh.
func TestRenderingsShareOneLimit(t *testing.T) {
	e := &event.Event{Name: "n", Data: "[" + strings.Repeat("1,", 400) + "1]"}
	var c template.Context
	c.Reset(e)
	costly := mustParse(t, "{{#length}}{{/length}}{{#.}}{{/.}}{{0}}")
	var err error
	renderings := 0
	for ; err == nil && renderings < 1_000_000; renderings++ {
		_, err = costly.Append(nil, &c)
	}
	if !errors.Is(err, template.ErrLimit) {
		t.Fatalf("after %d renderings: %v", renderings, err)
	}
	c.Reset(e)
	if _, err := costly.Append(nil, &c); err != nil {
		t.Errorf("the next event: %v", err)
	}
}

// TestOutputIsWork because a configuration holds more than a hundred templates
// that may each give MaxOutput bytes.
func TestOutputIsWork(t *testing.T) {
	var c template.Context
	c.Reset(&event.Event{Data: strings.Repeat("x", event.MaxData)})
	large := mustParse(t, strings.Repeat("{{{PARTICLE_EVENT_VALUE}}}", template.MaxOutput/event.MaxData))
	total := 0
	for range 128 {
		out, err := large.Append(nil, &c)
		if errors.Is(err, template.ErrLimit) {
			break
		}
		total += len(out)
	}
	if total < 4*template.MaxOutput || total > 9*template.MaxOutput {
		t.Errorf("rendered %d bytes in all, want about %d", total, 8*template.MaxOutput)
	}
}

func TestLimitedWork(t *testing.T) {
	e := &event.Event{Data: `{"m":[` + strings.Repeat("1,", 999) + `1]}`}
	costly := mustParse(t, "{{#m}}{{#m}}{{/m}}{{/m}}") // a million steps
	some := mustParse(t, "{{#m}}{{/m}}{{m.7}}")
	var c template.Context
	c.Reset(e)
	c.Limit(5000)
	if _, err := costly.Append(nil, &c); !errors.Is(err, template.ErrLimit) {
		t.Errorf("costly: %v, want ErrLimit", err)
	}
	c.Limit(5000) // each limit begins anew
	if got, err := some.Append(nil, &c); err != nil || string(got) != "1" {
		t.Errorf("got %q, %v", got, err)
	}
	for range 20 {
		_, _ = some.Append(nil, &c)
	}
	if _, err := some.Append(nil, &c); !errors.Is(err, template.ErrLimit) {
		t.Errorf("many of them: %v, want ErrLimit", err)
	}
	c.Reset(e)
	if _, err := some.Append(nil, &c); err != nil {
		t.Errorf("the next event: %v", err)
	}
}

// TestLimits renders templates and data that are made to take long.
func TestLimits(t *testing.T) {
	many := `"m":[` + strings.TrimSuffix(strings.Repeat("1,", 4000), ",") + `]`
	long := strings.Repeat("n", 6000)
	nested := func(body string) string {
		return strings.Repeat("{{#m}}", 8) + body + strings.Repeat("{{/m}}", 8)
	}
	tests := []struct{ name, source, data string }{
		{"output of text", "{{#m}}" + strings.Repeat("x", 1000) + "{{/m}}", "{" + many + "}"},
		{"output of values", strings.Repeat("{{m}}", 1000), "{" + many + "}"},
		{"loops in loops", nested(""), "{" + many + "}"},
		{"missing names", nested("{{a}}"), "{" + many + "}"},
		{"long names", nested("{{" + long + "b}}"), "{" + many + `,"` + long + `c":1}`},
		{"long numbers", nested("{{#l}}{{/l}}"), "{" + many + `,"l":0.` + strings.Repeat("0", 6000) + `}`},
		{"elements far behind", nested("{{m.3999}}"), "{" + many + "}"},
		{"block in itself", "{{$a}}{{$a}}{{/a}}{{/a}}", "{}"},
		{"blocks in one another", "{{$a}}{{$b}}{{/b}}{{$b}}{{/b}}{{/a}}{{$b}}{{$a}}{{/a}}{{/b}}", "{}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c template.Context
			c.Reset(&event.Event{Data: tt.data})
			dst := []byte("pre")
			got, err := mustParse(t, tt.source).Append(dst, &c)
			if !errors.Is(err, template.ErrLimit) || !bytes.Equal(got, dst) {
				t.Errorf("got %d bytes, error %v; want dst and ErrLimit", len(got), err)
			}
		})
	}
}

// TestLargestOutput checks both sides of the output limit.
func TestLargestOutput(t *testing.T) {
	const elements = 16
	var c template.Context
	c.Reset(&event.Event{Data: `{"m":[` + strings.Repeat("1,", elements-1) + `1]}`})
	part := strings.Repeat("x", template.MaxOutput/elements-1)
	got, err := mustParse(t, "{{#m}}"+part+"{{.}}{{/m}}").Append(nil, &c)
	if err != nil || len(got) != template.MaxOutput {
		t.Errorf("got %d bytes, %v, want %d", len(got), err, template.MaxOutput)
	}
	if _, err = mustParse(t, "{{#m}}"+part+"{{.}}{{/m}}.").Append(nil, &c); !errors.Is(err, template.ErrLimit) {
		t.Errorf("got %v, want ErrLimit", err)
	}
}
