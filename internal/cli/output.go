package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"
)

// listing is embedded by commands that show records.
type listing struct {
	JSON bool `name:"json" help:"Print what the hub answered, as JSON, for scripts."`
}

// table writes rows in aligned columns under a head. Cells come from the hub,
// so that control characters in them are replaced.
func table(w io.Writer, head []string, rows [][]string) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, strings.Join(head, "\t"))
	for _, cells := range rows {
		clean := make([]string, len(cells))
		for i, text := range cells {
			clean[i] = printable(text)
		}
		fmt.Fprintln(t, strings.Join(clean, "\t"))
	}
	return t.Flush()
}

// printable replaces what a terminal would obey instead of showing it. Events
// and names come from devices and other people.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// printableLines is printable that keeps line breaks and tabs.
func printableLines(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return -1
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// printJSON writes JSON of the hub indented, its members in their order.
func printJSON(w io.Writer, raw []byte) error {
	var b bytes.Buffer
	if err := json.Indent(&b, bytes.TrimSpace(raw), "", "  "); err != nil {
		return err
	}
	b.WriteByte('\n')
	_, err := w.Write(b.Bytes())
	return err
}

// dash is what a table shows for nothing.
func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// reading is an answer both as it came and as what a command needs of it.
type reading[T any] struct {
	raw   json.RawMessage
	value T
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *reading[T]) UnmarshalJSON(raw []byte) error {
	r.raw = bytes.Clone(raw)
	return json.Unmarshal(raw, &r.value)
}

// printList writes records as one JSON array.
func printList[T any](w io.Writer, all []reading[T]) error {
	parts := make([]json.RawMessage, len(all))
	for i := range all {
		parts[i] = all[i].raw
	}
	text, err := json.Marshal(parts)
	if err != nil {
		return err
	}
	return printJSON(w, text)
}
