package demo

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// style is an ANSI "select graphic rendition" code. Only the sixteen basic
// colours' readable half is used, so that light and dark terminals both work.
type style string

const (
	plain   style = ""
	bold    style = "1"
	dim     style = "2"
	red     style = "31"
	green   style = "32"
	magenta style = "35"
	cyan    style = "36"
)

// paint wraps text in a style.
func (s style) paint(text string) string {
	if s == plain || strings.TrimSpace(text) == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// of makes a cell that is as wide as its text.
func (s style) of(text string) cell { return cell{text: text, style: s} }

// cell is a piece of a line.
type cell struct {
	text  string
	style style
	width int // columns that the cell takes, gap not included; 0 = as its text
}

// gap is the number of columns between two cells.
const gap = 2

// compose puts cells on one line of at most columns, painting them if colour is
// set. Whatever the texts hold, the result has no control characters but the
// styles' own.
func compose(cells []cell, columns int, colour bool) string {
	var b strings.Builder
	at, place := 0, 0 // columns written, and where the cell belongs
	for _, c := range cells {
		room := columns - place
		if c.width > 0 {
			room = min(room, c.width)
		}
		text, used := fit(c.text, room)
		if used > 0 {
			b.WriteString(strings.Repeat(" ", place-at))
			if !colour {
				c.style = plain
			}
			b.WriteString(c.style.paint(text))
			at = place + used
		}
		place += max(used, c.width) + gap
	}
	return b.String()
}

// fit gives as much of s as has room in the given columns, on one line and with
// an ellipsis where it was cut, and the number of columns that takes.
func fit(s string, columns int) (text string, used int) {
	var b strings.Builder
	mark, markUsed := 0, 0 // the longest beginning that leaves room for an ellipsis
	for _, r := range s {
		r = visible(r)
		w := columnsOf(r)
		if used+w > columns {
			if columns < 1 {
				return "", 0
			}
			return b.String()[:mark] + "…", markUsed + 1
		}
		b.WriteRune(r)
		if used += w; used < columns {
			mark, markUsed = b.Len(), used
		}
	}
	return b.String(), used
}

// visible replaces what would break a line or steer the terminal: event data
// may hold any bytes.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsPrint(r):
		return r
	}
	return '·'
}

// columnsOf is how many columns a terminal gives to r.
func columnsOf(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// padLeft puts s at the right end of the given columns.
func padLeft(s string, columns int) string {
	_, used := fit(s, columns)
	return strings.Repeat(" ", max(0, columns-used)) + s
}
