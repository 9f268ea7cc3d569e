package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// streamed is an event of a stream.
type streamed struct {
	name, id string
	data     json.RawMessage // what the stream tells about it, one object
}

// maxStreamLine bounds a line of a stream, in bytes: data of 16 KiB, escaped.
const maxStreamLine = 1 << 20

// streamReader reads server-sent events (HTML standard, section 9.2.6).
type streamReader struct {
	lines *bufio.Scanner
}

func newStreamReader(r io.Reader) *streamReader {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 4096), maxStreamLine)
	return &streamReader{s}
}

// next gives the next event that has a name and JSON for data, as the real
// clients do. The end of the stream is io.ErrUnexpectedEOF: streams do not end.
func (r *streamReader) next() (streamed, error) {
	var e streamed
	var data []byte
	for r.lines.Scan() {
		line := r.lines.Bytes()
		if len(line) == 0 {
			if e.name != "" && json.Valid(data) {
				e.data = data
				return e, nil
			}
			e, data = streamed{}, nil
			continue
		}
		name, text, _ := bytes.Cut(line, []byte(":"))
		text = bytes.TrimPrefix(text, []byte(" "))
		switch string(name) {
		case "event":
			e.name = string(text)
		case "id":
			e.id = string(text)
		case "data":
			if data != nil {
				data = append(data, '\n')
			}
			data = append(data, text...)
		}
	}
	if err := r.lines.Err(); err != nil {
		return e, err
	}
	return e, errors.Join(errors.New("the hub ended it"), io.ErrUnexpectedEOF)
}
