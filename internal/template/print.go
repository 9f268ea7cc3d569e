package template

import (
	"math"
	"strconv"

	"github.com/fieldhook/fieldhook/internal/jsontext"
)

// AppendText appends v as a template's value position prints it: text as it
// is, numbers as JavaScript prints them, null as nothing, the elements of an
// array with commas between, an object as compact JSON.
func (v Value) AppendText(dst []byte) []byte {
	switch v.kind {
	case False:
		return append(dst, "false"...)
	case True:
		return append(dst, "true"...)
	case Number:
		return appendNumber(dst, v.text)
	case String:
		return append(dst, v.text...)
	case Object:
		return v.AppendJSON(dst)
	case Array:
		for i, e := range v.Elements() {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = e.AppendText(dst)
		}
	}
	return dst
}

// AppendJSON appends v as compact JSON. Numbers keep their literals.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.kind {
	case Null:
		return append(dst, "null"...)
	case Number:
		return append(dst, v.text...)
	case String:
		return jsontext.AppendString(dst, v.text)
	case Array:
		return append(v.appendChildren(append(dst, '[')), ']')
	case Object:
		return append(v.appendChildren(append(dst, '{')), '}')
	}
	return v.AppendText(dst)
}

func (v Value) appendChildren(dst []byte) []byte {
	first := true
	for name, child := range v.children {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		if v.kind == Object {
			dst = append(jsontext.AppendString(dst, name), ':')
		}
		dst = child.AppendJSON(dst)
	}
	return dst
}

// appendHTML appends s with the five characters escaped that Hogan escapes.
func appendHTML(dst []byte, s string) []byte {
	start := 0
	for i := range len(s) {
		var escape string
		switch s[i] {
		case '&':
			escape = "&amp;"
		case '<':
			escape = "&lt;"
		case '>':
			escape = "&gt;"
		case '"':
			escape = "&quot;"
		case '\'':
			escape = "&#39;"
		default:
			continue
		}
		dst = append(append(dst, s[start:i]...), escape...)
		start = i + 1
	}
	return append(dst, s[start:]...)
}

// maxSafeInteger is the largest integer up to which a double holds them all.
const maxSafeInteger = 1<<53 - 1

// appendNumber appends a JSON number as JavaScript prints the double it stands
// for. Integers too large for a double keep their digits.
func appendNumber(dst []byte, literal string) []byte {
	if isInteger(literal) {
		if literal == "-0" {
			return append(dst, '0')
		}
		n, err := strconv.ParseInt(literal, 10, 64)
		if err != nil || n > maxSafeInteger || n < -maxSafeInteger {
			return append(dst, literal...)
		}
		return strconv.AppendInt(dst, n, 10)
	}
	f, _ := strconv.ParseFloat(literal, 64) // out of range gives ±Inf, as in JavaScript
	return appendDouble(dst, f)
}

// isInteger says whether a JSON number has neither fraction nor exponent.
func isInteger(literal string) bool {
	for i := range len(literal) {
		if c := literal[i]; c != '-' && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// isZero says whether a JSON number is zero as a double.
func isZero(literal string) bool {
	f, _ := strconv.ParseFloat(literal, 64)
	return f == 0
}

// appendDouble follows ECMAScript's Number::toString: the shortest digits that
// read back the same, with an exponent below 1e-6 and from 1e21 on.
func appendDouble(dst []byte, f float64) []byte {
	abs := math.Abs(f)
	switch {
	case f == 0:
		return append(dst, '0') // -0 too
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case abs >= 1e-6 && abs < 1e21:
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst); dst[n-2] == '0' && dst[n-3] == '-' { // e-07 is e-7
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}
