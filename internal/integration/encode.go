package integration

import "unicode/utf8"

const (
	hexUpper = "0123456789ABCDEF"
	hexLower = "0123456789abcdef"
)

// encoding is how rendered text is put into a structure.
type encoding uint8

const (
	jsonString encoding = iota // inside a JSON string
	percent                    // inside a form or a query
)

// encodeTail encodes dst[from:] in place. It copies only if something has to
// be encoded.
func (e encoding) encodeTail(dst []byte, from int) []byte {
	clean, encode := cleanJSON, appendJSONText
	if e == percent {
		clean, encode = cleanPercent, appendPercent
	}
	if clean(dst[from:]) {
		return dst
	}
	end := len(dst)
	dst = encode(dst, dst[from:end])
	n := copy(dst[from:], dst[end:])
	return dst[:from+n]
}

// appendText appends text in the encoding.
func (e encoding) appendText(dst []byte, text string) []byte {
	from := len(dst)
	return e.encodeTail(append(dst, text...), from)
}

func cleanJSON(src []byte) bool {
	for _, c := range src {
		if c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// appendJSONText escapes as JSON.stringify does: quote, backslash and controls
// only. Bytes that are not UTF-8 become U+FFFD.
func appendJSONText(dst, src []byte) []byte {
	for i := 0; i < len(src); {
		c := src[i]
		if c < utf8.RuneSelf {
			dst = appendJSONByte(dst, c)
			i++
			continue
		}
		r, n := utf8.DecodeRune(src[i:])
		dst = utf8.AppendRune(dst, r)
		i += n
	}
	return dst
}

func appendJSONByte(dst []byte, c byte) []byte {
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
	if c < 0x20 {
		return append(dst, '\\', 'u', '0', '0', hexLower[c>>4], hexLower[c&15])
	}
	return append(dst, c)
}

// appendQuoted appends text as a JSON string.
func appendQuoted(dst []byte, text string) []byte {
	return append(jsonString.appendText(append(dst, '"'), text), '"')
}

// unreserved says whether a byte stands for itself in forms and queries (RFC
// 3986, section 2.3; webhook engine reference, section 3.1).
func unreserved(c byte) bool {
	return isWord(c) || c == '-' || c == '.' || c == '~'
}

func cleanPercent(src []byte) bool {
	for _, c := range src {
		if !unreserved(c) {
			return false
		}
	}
	return true
}

func appendPercent(dst, src []byte) []byte {
	for _, c := range src {
		if unreserved(c) {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', hexUpper[c>>4], hexUpper[c&15])
		}
	}
	return dst
}
