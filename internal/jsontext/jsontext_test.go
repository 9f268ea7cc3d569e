package jsontext_test

import (
	"encoding/json"
	"testing"

	"github.com/fieldhook/fieldhook/internal/jsontext"
)

func TestAppendString(t *testing.T) {
	cases := []struct{ in, want string }{
		{"", `""`},
		{"21.5", `"21.5"`},
		{`a"b\c`, `"a\"b\\c"`},
		{"\b\f\n\r\t\x00\x1f", `"\b\f\n\r\t\u0000\u001f"`},
		{"<a href='x'>&</a>", `"<a href='x'>&</a>"`},
		{"\x7f é 漢 😀 \u2028", "\"\x7f é 漢 😀 \u2028\""},
		{"\xff\xe2\x82", `"` + "\uFFFD\uFFFD\uFFFD" + `"`},
		{"\uFFFD", `"` + "\uFFFD" + `"`},
	}
	for _, c := range cases {
		if got := string(jsontext.AppendString(nil, c.in)); got != c.want {
			t.Errorf("%q: got %s, want %s", c.in, got, c.want)
		}
		if got := string(jsontext.AppendEscaped([]byte("x"), []byte(c.in))); got != "x"+c.want[1:len(c.want)-1] {
			t.Errorf("%q as bytes: got %s", c.in, got)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "a\"\\\n", "\xff\xc3(", "é\u2028😀", "\xed\xa0\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text := jsontext.AppendString(nil, s)
		var back string
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatalf("%q became %s: %v", s, text, err)
		}
		if want := string([]rune(s)); back != want {
			t.Errorf("%q came back as %q, want %q", s, back, want)
		}
	})
}

func BenchmarkAppendString(b *testing.B) {
	dst := make([]byte, 0, 256)
	b.ReportAllocs()
	for b.Loop() {
		dst = jsontext.AppendString(dst[:0], `{"t":21.5,"h":40,"id":"kitchen"}`)
	}
}
