// Package jsontext writes JSON strings: what templates, requests and streams
// all do for every event, byte by byte and without allocating.
//
// Strings are escaped as JavaScript's JSON.stringify does, not as encoding/json
// does: nothing is escaped for HTML. Bytes that are not UTF-8 become U+FFFD.
package jsontext

import "unicode/utf8"

// AppendString appends s as a JSON string, quotes included.
func AppendString(dst []byte, s string) []byte {
	return append(AppendEscaped(append(dst, '"'), s), '"')
}

// AppendEscaped appends s as it stands between the quotes of a JSON string.
func AppendEscaped[T string | []byte](dst []byte, s T) []byte {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' {
			i++
			continue
		}
		size := character(s, i)
		if size == 0 {
			dst = append(dst, s[start:i]...)
			dst = appendEscape(dst, c)
			size, start = 1, i+1
		}
		i += size
	}
	return append(dst, s[start:]...)
}

// character is the size of the character beyond ASCII at s[i], 0 if there is
// none.
func character[T string | []byte](s T, i int) int {
	if s[i] < utf8.RuneSelf {
		return 0
	}
	r, size := utf8.DecodeRune([]byte(s[i:min(len(s), i+utf8.UTFMax)]))
	if r == utf8.RuneError && size == 1 {
		return 0
	}
	return size
}

const hex = "0123456789abcdef"

// appendEscape appends the escape of a byte that is not plain.
func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	if c < utf8.RuneSelf {
		return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
	}
	return utf8.AppendRune(dst, utf8.RuneError)
}
