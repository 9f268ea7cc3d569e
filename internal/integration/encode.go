package integration

import (
	"encoding/base64"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/jsontext"
)

const hexUpper = "0123456789ABCDEF"

// encoding is how rendered text is put into a structure.
type encoding uint8

const (
	jsonString encoding = iota // inside a JSON string
	percent                    // inside a form or a query
)

// encodeTail encodes dst[from:] in place. It copies only if something has to
// be encoded.
func (e encoding) encodeTail(dst []byte, from int) []byte {
	clean, encode := cleanJSON, jsontext.AppendEscaped[[]byte]
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

// base64Tail writes dst[from:] in base64.
func base64Tail(dst []byte, from int) []byte {
	end := len(dst)
	dst = base64.StdEncoding.AppendEncode(dst, dst[from:end])
	n := copy(dst[from:], dst[end:])
	return dst[:from+n]
}

func cleanJSON(src []byte) bool {
	for _, c := range src {
		if c < 0x20 || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
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
