package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestReadDocuments(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"order and digits", "b: 1\na: 1.50\nc: 12345678901234567890\n", `1 {"b":1,"a":1.50,"c":12345678901234567890}`},
		{"scalars", "[true, null, ~, yes, 2026-01-01, \"1\", 0x10, .5, 'it''s', \"a\\tb\", +1]",
			`1 [true,null,null,"yes","2026-01-01","1",16,0.5,"it's","a\tb",1]`},
		{"many", "# note\n---\na: 1\n---\n---\n\nb: |\n  two\n  lines\n", `3 {"a":1}; 7 {"b":"two\nlines\n"}`},
		{"nothing", "# only words\n", ""},
		{"JSON with tabs", "{\n\t\"a\": [1,\t2]\n}", "1 {\n\t\"a\": [1,\t2]\n}"},
		{"JSON behind a byte order mark", "\ufeff[1]", "1 [1]"},
		{"templates", "json:\n  v: '{{{PARTICLE_EVENT_VALUE}}}'\n", `1 {"json":{"v":"{{{PARTICLE_EVENT_VALUE}}}"}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			values, err := readDocuments([]byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, v := range values {
				line, _ := json.Marshal(v.line)
				got = append(got, string(line)+" "+string(v.json))
			}
			if joined := strings.Join(got, "; "); joined != tt.want {
				t.Errorf("got %s, want %s", joined, tt.want)
			}
		})
	}
}

func TestReadDocumentsRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"alias", "a: &x [1]\nb: *x\n", "line 2: anchors and aliases"},
		{"merge", "a: {<<: {b: 1}}\n", "line 1: a key must be"},
		{"twice", "a: 1\nb: 2\na: 3\n", `line 3: "a" is there twice`},
		{"key of a list", "[a]: 1\n", "line 1: a key must be"},
		{"no number", "a: .nan\n", "line 1: .nan is no number"},
		{"binary", "a: !!binary aGk=\n", "line 1: binary"},
		{"deep", strings.Repeat("[", 200) + strings.Repeat("]", 200) + " # no JSON", "nested too deeply"},
		{"broken", "a: [\n", "line "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := readDocuments([]byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func FuzzReadDocuments(f *testing.F) {
	f.Add("a: 1\n---\nb: [x, {c: null}]\n")
	f.Add(`{"a":[1,2.50]}`)
	f.Add("a: 0o17\nb: 1e400\nc: -.inf\nd: !!str 1\n")
	f.Fuzz(func(t *testing.T, text string) {
		values, err := readDocuments([]byte(text))
		if err != nil {
			return
		}
		for _, v := range values {
			if !json.Valid(v.json) {
				t.Errorf("%q became %q, which is no JSON", text, v.json)
			}
		}
	})
}
