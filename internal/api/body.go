package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// maxBody is how many bytes of a request body are read (cloud API reference,
// section 16).
const maxBody = 1 << 20

// maxKept is the largest buffer that goes back to a pool; a rare huge request
// must not hold its memory for ever.
const maxKept = 64 << 10

// byteOrderMark stands before the text in files of some Windows editors, which
// scripts then send as they are.
var byteOrderMark = []byte("\uFEFF")

// format is how a request body is written.
type format uint8

const (
	noBody format = iota // nothing, or white space only
	jsonBody
	formBody
)

// body is a request body in a reused buffer: valid until free.
type body struct {
	format format
	data   []byte
}

var bodies = sync.Pool{New: func() any { return &body{data: make([]byte, 0, 2048)} }}

// readBody reads the whole body of a request and finds out its format. The
// caller frees it. Errors: a fault TooLarge above maxBody, Invalid for a body
// that breaks off or whose content type is neither JSON nor a form.
func readBody(r *http.Request) (*body, error) {
	b := bodies.Get().(*body)
	err := b.fill(r)
	b.data = bytes.TrimPrefix(b.data, byteOrderMark)
	if err == nil {
		b.format, err = formatOf(r.Header, b.data)
	}
	if err != nil {
		b.free()
		return nil, err
	}
	return b, nil
}

func (b *body) free() {
	if cap(b.data) <= maxKept {
		bodies.Put(b)
	}
}

func (b *body) fill(r *http.Request) error {
	b.data = b.data[:0]
	for len(b.data) <= maxBody && r.ContentLength <= maxBody {
		b.data = slices.Grow(b.data, 1)
		n, err := r.Body.Read(b.data[len(b.data):cap(b.data)])
		b.data = b.data[:len(b.data)+n]
		switch {
		case err == nil:
		case err == io.EOF && len(b.data) <= maxBody:
			return nil
		case err != io.EOF:
			return readFault(err)
		}
	}
	return tooLarge()
}

func readFault(err error) error {
	var limit *http.MaxBytesError
	if errors.As(err, &limit) {
		return tooLarge()
	}
	return fault.New(fault.Invalid, "The request body broke off before its end.").Because(err)
}

func tooLarge() error {
	return fault.New(fault.TooLarge, "A request body has at most %d bytes.", maxBody)
}

// formatOf tells the format by the content type. A body without one is JSON if
// it looks so, because some scripts forget the header.
func formatOf(h http.Header, data []byte) (format, error) {
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	if len(trimmed) == 0 {
		return noBody, nil
	}
	media, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	media = strings.TrimSpace(media)
	switch {
	case strings.EqualFold(media, "application/json"), media == "" && trimmed[0] == '{':
		return jsonBody, nil
	case strings.EqualFold(media, "application/x-www-form-urlencoded"):
		if trimmed[0] == '{' && json.Valid(data) {
			return noBody, fault.New(fault.Invalid, "The body is JSON, but its Content-Type says that it is a form. Send it with Content-Type: application/json.")
		}
		return formBody, nil
	case media == "":
		return noBody, fault.New(fault.Invalid, "The body has no Content-Type. Send application/json or application/x-www-form-urlencoded.")
	}
	return noBody, fault.New(fault.Invalid, "The Content-Type %.80q is not understood. Send application/json or application/x-www-form-urlencoded.", media)
}

// readObject reads the body of a request as a JSON object that belongs to the
// caller; a form becomes an object of strings (see formObject). No body at all
// is nil. Errors: as readBody; malformed JSON, a value that is not an object
// and a member given twice are faults Invalid.
func readObject(r *http.Request) ([]byte, error) {
	b, err := readBody(r)
	if err != nil {
		return nil, err
	}
	defer b.free()
	switch b.format {
	case jsonBody:
		if err := checkObject(b.data); err != nil {
			return nil, err
		}
		return bytes.Clone(b.data), nil
	case formBody:
		return formObject(b.data)
	}
	return nil, nil
}

// checkObject refuses anything but one JSON object with distinct members.
func checkObject(data []byte) error {
	m, err := objectOf(data)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for m.next() {
		if seen[string(m.name)] {
			return givenTwice(string(m.name))
		}
		seen[string(m.name)] = true
	}
	return nil
}

func givenTwice(field string) error {
	return fault.Field(clip(field), "It is given twice; send it once.")
}

// clip shortens a caller's field name for an error text.
func clip(field string) string {
	if len(field) > 64 {
		field = field[:64] + "..."
	}
	return strings.ToValidUTF8(field, "\uFFFD")
}

// malformed says where invalid JSON breaks.
func malformed(data []byte) error {
	var raw json.RawMessage
	var syntax *json.SyntaxError
	if !errors.As(json.Unmarshal(data, &raw), &syntax) {
		return fault.New(fault.Invalid, "The body is not valid JSON.")
	}
	// Offset counts the bytes read, the wrong one included.
	before := data[:min(max(syntax.Offset-1, 0), int64(len(data)))]
	line := bytes.Count(before, []byte{'\n'}) + 1
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return fault.New(fault.Invalid, "The body is not valid JSON at line %d, column %d (byte %d): %s.",
		line, column, syntax.Offset, syntax.Error())
}
