package event

import (
	"encoding/base64"
	"strings"
)

// The content types of events that mean more than text (cloud API reference,
// section 4.1).
const (
	JPEG       = "image/jpeg"
	PNG        = "image/png"
	Binary     = "application/octet-stream"
	Structured = "application/json" // CBOR on the air
)

// contentTypes are the names and numbers of content types.
var contentTypes = map[string]string{
	"0": "", "text": "", "string": "", "text/plain": "", "text/plain; charset=utf-8": "", "text/plain;charset=utf-8": "",
	"22": JPEG, "jpeg": JPEG, "image/jpg": JPEG, JPEG: JPEG,
	"23": PNG, "png": PNG, PNG: PNG,
	"42": Binary, "binary": Binary, Binary: Binary,
	"65001": Structured, "structured": Structured, "json": Structured, Structured: Structured,
}

// ContentType gives the media type that a publisher's name or number of a
// content type means, "" for text. Others stay as they are.
func ContentType(name string) string {
	if name == "" {
		return ""
	}
	if known, ok := contentTypes[strings.ToLower(name)]; ok {
		return known
	}
	return name
}

// IsBinary says whether data of a content type is bytes, not text. The log keeps
// it as a data URL, the form in which streams and templates show it.
func IsBinary(contentType string) bool {
	return contentType == JPEG || contentType == PNG || contentType == Binary
}

// DataURL is binary data as text.
func DataURL(contentType string, data []byte) string {
	return "data:" + contentType + ";base64," + base64.StdEncoding.EncodeToString(data)
}

// ParseDataURL gives the bytes that a data URL in base64 stands for, and their
// media type. ok is false for any other text.
func ParseDataURL(text string) (contentType string, data []byte, ok bool) {
	rest, ok := strings.CutPrefix(text, "data:")
	if !ok {
		return "", nil, false
	}
	contentType, encoded, ok := strings.Cut(rest, ";base64,")
	if !ok {
		return "", nil, false
	}
	data, err := base64.StdEncoding.DecodeString(encoded)
	return contentType, data, err == nil
}

// Size is how many bytes the event's data has on the air: of binary data, those
// before base64.
func (e *Event) Size() int {
	if !IsBinary(e.ContentType) {
		return len(e.Data)
	}
	_, encoded, _ := strings.Cut(e.Data, ",")
	return base64.RawStdEncoding.DecodedLen(len(strings.TrimRight(encoded, "=")))
}
