package api

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

var jsonTexts = []string{
	`{}`, ` [ ] `, `{"a":1,"b":[true,false,null],"c":{"d":"e"}}`, `"a\u00e9\n\/"`, `-0.5e+10`, `0`, `1E5`, `[[[]],{}]`, "\"\xff\"",
	``, ` `, `{`, `[1,]`, `{"a":1,}`, `{"a"}`, `{"a":}`, `{a:1}`, `[1 2]`, `tru`, `nulll`, `01`, `-`, `1.`, `.5`, `1e`, `1e+`, `+1`, `"\x"`, `"\u12g4"`,
	`"\u12`, `"\`, "\"\n\"", "\"a", `[}`, `{]`, `{} {}`, "\x00", "\ufeff{}", `--1`, `[1,2`, `{"a":"b"`, `{,}`, `[,]`, `{"a":1 "b":2}`, `{"a"::1}`,
}

// TestScannerAgrees compares the scanner with encoding/json.
func TestScannerAgrees(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for _, text := range append(jsonTexts, deep(maxNesting), deep(maxNesting+1), deep(100_000)) {
		if got, want := isValid([]byte(text)), json.Valid([]byte(text)); got != want {
			t.Errorf("%.40q: got valid %v, want %v", text, got, want)
		}
	}
}

func isValid(data []byte) bool {
	end := skipValue(data, skipSpace(data, 0), 0)
	return end >= 0 && skipSpace(data, end) == len(data)
}

func FuzzScanner(f *testing.F) {
	for _, text := range jsonTexts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, want := isValid(data), json.Valid(data); got != want {
			t.Fatalf("%q: got valid %v, want %v", data, got, want)
		}
		m, err := objectOf(data)
		if err != nil {
			return
		}
		var want map[string]json.RawMessage
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		got := map[string]json.RawMessage{}
		for m.next() {
			got[string([]rune(string(m.name)))] = m.value // invalid UTF-8 becomes U+FFFD there, too
		}
		if len(got) != len(want) {
			t.Errorf("%q: got %d members, want %d", data, len(got), len(want))
		}
		for name, value := range want {
			if !bytes.Equal(got[name], value) {
				t.Errorf("%q: member %q: got %q, want %q", data, name, got[name], value)
			}
		}
	})
}
