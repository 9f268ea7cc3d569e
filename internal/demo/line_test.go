package demo

import (
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestFit(t *testing.T) {
	tests := []struct {
		name, text string
		columns    int
		want       string
		used       int
	}{
		{"empty", "", 5, "", 0},
		{"short", "abc", 5, "abc", 3},
		{"exact", "abcde", 5, "abcde", 5},
		{"cut", "abcdef", 5, "abcd…", 5},
		{"one column", "ab", 1, "…", 1},
		{"no room", "ab", 0, "", 0},
		{"negative room", "ab", -3, "", 0},
		{"wide", "温度计", 6, "温度计", 6},
		{"wide, cut", "温度计", 5, "温度…", 5},
		{"wide, cut leaving a column", "温度计", 4, "温…", 3},
		{"accent of its own", "e\u0301t\u00e9", 3, "e\u0301t\u00e9", 3},
		{"lines", "a\r\nb\tc", 9, "a  b c", 6},
		{"escape sequence", "\x1b[31mred\x07", 20, "·[31mred·", 9},
		{"C1 control", "a\u009bb", 9, "a·b", 3},
		{"right to left override", "a\u202eb", 9, "a·b", 3},
		{"invalid UTF-8", "a\xffb", 9, "a\ufffdb", 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, used := fit(tt.text, tt.columns); got != tt.want || used != tt.used {
				t.Errorf("fit = %q, %d, want %q, %d", got, used, tt.want, tt.used)
			}
		})
	}
}

// FuzzFit checks that nothing that an event may hold breaks a line.
func FuzzFit(f *testing.F) {
	for _, s := range []string{"", "21.5", "温度计", "\x1b]0;title\x07", "e\u0301", "\xff\xfe", "a\nb", "👩‍🌾"} {
		f.Add(s, 7)
	}
	f.Fuzz(func(t *testing.T, s string, columns int) {
		got, used := fit(s, columns)
		if used > max(0, columns) {
			t.Errorf("%q takes %d of %d columns", got, used, columns)
		}
		if !utf8.ValidString(got) {
			t.Errorf("%q is not UTF-8", got)
		}
		for _, r := range got {
			if unicode.IsControl(r) {
				t.Errorf("%q holds a control character", got)
			}
		}
	})
}

func TestCompose(t *testing.T) {
	cells := []cell{{"12:00:00", dim, 8}, {"", cyan, 5}, {"temp", bold, 6}, {text: "21.5 degrees"}}
	tests := []struct {
		columns int
		colour  bool
		want    string
	}{
		{80, false, "12:00:00         temp    21.5 degrees"},
		{30, false, "12:00:00         temp    21.5…"},
		{20, false, "12:00:00         te…"},
		{80, true, "\x1b[2m12:00:00\x1b[0m         \x1b[1mtemp\x1b[0m    21.5 degrees"},
	}
	for _, tt := range tests {
		if got := compose(cells, tt.columns, tt.colour); got != tt.want {
			t.Errorf("%d columns, colour %t:\ngot  %q\nwant %q", tt.columns, tt.colour, got, tt.want)
		}
	}
	if got, want := compose([]cell{plain.of("a"), plain.of("")}, 80, true), "a"; got != want {
		t.Errorf("trailing empty cell: got %q, want %q", got, want)
	}
}
