package api

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzIdentifiers reads lists of devices: whatever they hold, each identifier is
// short, valid text, different from the others and without separators.
func FuzzIdentifiers(f *testing.F) {
	for _, seed := range []string{
		"", "cc0000000000000000000001\r\nCC0000000000000000000001,\n", "\uFEFF\"a\";'b'\t c", "\xff\x00\n" + strings.Repeat("x", 300), ",,,\n\n", "\xef\xbb",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		list := identifiers{seen: map[string]bool{}}
		if err := list.read(strings.NewReader(string(data))); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, line := range list.lines {
			key := strings.ToLower(line)
			if line == "" || len(line) > 3*maxIdentifier || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n,;\t ") || seen[key] {
				t.Errorf("got %q from %q", line, data)
			}
			seen[key] = true
		}
	})
}
