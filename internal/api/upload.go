package api

import (
	"bufio"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// Bounds of a list of devices.
const (
	maxUpload      = 32 << 20 // bytes of its body
	maxIdentifiers = 200_000  // different ones
	maxIdentifier  = 128      // bytes that are kept of one
)

// readIdentifiers reads the devices that a request names, in one of the three
// encodings of the cloud API reference, section 8.1: JSON or a form with an id,
// or a file with one per line.
func readIdentifiers(w http.ResponseWriter, r *http.Request) ([]string, error) {
	list := identifiers{seen: map[string]bool{}}
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media == "multipart/form-data" {
		r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
		err := list.readParts(r)
		return list.lines, err
	}
	in, err := readInput(r, "")
	if err != nil {
		return nil, err
	}
	id := in.text("id")
	switch {
	case in.err != nil:
		return nil, in.err
	case id == nil || *id == "":
		return nil, fault.Field("id", "It is missing. Send an id, or a file with one device per line.")
	}
	err = list.read(strings.NewReader(*id))
	return list.lines, err
}

// identifiers collects the lines of a list, each once.
type identifiers struct {
	lines []string
	seen  map[string]bool // in lower case
}

// readParts reads the parts of a form that hold devices: a file, whatever its
// name, or an id. Others are passed over.
func (l *identifiers) readParts(r *http.Request) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return fault.New(fault.Invalid, "The multipart body names no boundary.").Because(err)
	}
	found := false
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return uploadFault(err)
		}
		if name := part.FormName(); name == "file" || name == "id" {
			found = true
			if err := l.read(part); err != nil {
				return err
			}
		}
	}
	if !found {
		return fault.Field("file", "It is missing: send the list of devices as a part of this name.")
	}
	return nil
}

func uploadFault(err error) error {
	var f *fault.Error
	var limit *http.MaxBytesError
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &limit):
		return fault.New(fault.TooLarge, "A list of devices has at most %d bytes; send it in parts.", maxUpload)
	}
	return fault.New(fault.Invalid, "The multipart body is malformed or broke off before its end.").Because(err)
}

// read reads identifiers that line breaks, commas, semicolons, tabs or spaces
// keep apart. It holds no more of a line than the beginning.
func (l *identifiers) read(from io.Reader) error {
	r := bufio.NewReaderSize(from, 32<<10)
	word := make([]byte, 0, maxIdentifier)
	for {
		c, err := r.ReadByte()
		if err != nil && !errors.Is(err, io.EOF) {
			return uploadFault(err)
		}
		if err == nil && !separates(c) {
			if len(word) < maxIdentifier {
				word = append(word, c)
			}
			continue
		}
		if add := l.add(word); add != nil {
			return add
		}
		if word = word[:0]; err != nil {
			return nil
		}
	}
}

func separates(c byte) bool {
	switch c {
	case '\n', '\r', ',', ';', '\t', ' ':
		return true
	}
	return false
}

func (l *identifiers) add(word []byte) error {
	text := strings.Trim(strings.TrimPrefix(string(word), string(byteOrderMark)), `"'`)
	if text == "" {
		return nil
	}
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	key := strings.ToLower(text)
	if l.seen[key] {
		return nil
	}
	if len(l.lines) >= maxIdentifiers {
		return fault.New(fault.TooLarge, "A list has at most %d devices; send it in parts.", maxIdentifiers)
	}
	l.seen[key] = true
	l.lines = append(l.lines, text)
	return nil
}
