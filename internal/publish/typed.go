package publish

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
)

// typed gives the input as the log keeps it: text as it came, structured data as
// JSON, and binary data as a data URL (cloud API reference, section 4.1). The
// bound of data is one of the bytes before base64. Errors: faults that name the
// field.
func typed(in Input) (Input, error) {
	in.ContentType = event.ContentType(in.ContentType)
	switch {
	case in.NoData:
		return in, nil
	case event.IsBinary(in.ContentType):
		data, err := binary(&in)
		if err != nil {
			return in, err
		}
		in.Data = event.DataURL(in.ContentType, data)
		return in, fits(len(data))
	case in.ContentType == event.Structured && !json.Valid([]byte(in.Data)):
		return in, fault.Field("data", "It must be JSON, as its content type says.")
	case len(in.Data) <= event.MaxData:
		return in, nil
	}
	if len(in.Data) > maxDataURL {
		return in, fits(len(in.Data))
	}
	if _, data, ok := event.ParseDataURL(in.Data); ok { // text, but what it stands for is what counts
		return in, fits(len(data))
	}
	return in, fits(len(in.Data))
}

// maxDataURL bounds a data URL in text: base64 of MaxData, and its media type.
const maxDataURL = (event.MaxData+2)/3*4 + 256

func fits(size int) error {
	if size > event.MaxData {
		return fault.Field("data", "Event data has at most %d bytes; this has %d.", event.MaxData, size)
	}
	return nil
}

// binary reads data of a binary content type.
func binary(in *Input) ([]byte, error) {
	contentType, data, isURL := event.ParseDataURL(in.Data)
	switch {
	case isURL && event.ContentType(contentType) != in.ContentType:
		return nil, fault.Field("data", "Its data URL is of another content type, %s.", clip(contentType))
	case isURL:
		return data, nil
	}
	data, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(in.Data, "="))
	if err != nil {
		return nil, fault.Field("data", "It must be base64 or a data URL, as its content type says.")
	}
	return data, nil
}

// clip shortens what a message repeats of the input.
func clip(text string) string { return text[:min(len(text), 64)] }
