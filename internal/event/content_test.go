package event_test

import (
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/event"
)

func TestContentType(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "0": "", "text/plain; charset=utf-8": "", "Text/Plain": "",
		"22": event.JPEG, "image/jpeg": event.JPEG, "23": event.PNG, "PNG": event.PNG,
		"42": event.Binary, "application/octet-stream": event.Binary, "65001": event.Structured, "structured": event.Structured,
		"text/csv": "text/csv", "43": "43",
	} {
		if got := event.ContentType(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestDataURL(t *testing.T) {
	for n := range 6 {
		data := strings.Repeat("\xff", n)
		text := event.DataURL(event.PNG, []byte(data))
		contentType, back, ok := event.ParseDataURL(text)
		if contentType != event.PNG || string(back) != data || !ok {
			t.Errorf("%s: got %q, %q, %v", text, contentType, back, ok)
		}
		e := event.Event{Data: text, ContentType: event.PNG}
		if e.Size() != n {
			t.Errorf("%s: size %d, want %d", text, e.Size(), n)
		}
	}
	for _, text := range []string{"", "data:", "data:image/png", "data:image/png,x", "data:image/png;base64,*", "x;base64,eA=="} {
		if _, _, ok := event.ParseDataURL(text); ok {
			t.Errorf("%q was taken for a data URL", text)
		}
	}
	if e := (event.Event{Data: "data:,eA=="}); e.Size() != len(e.Data) {
		t.Errorf("text: size %d", e.Size())
	}
}

func FuzzParseDataURL(f *testing.F) {
	f.Add("data:image/png;base64,/w==")
	f.Add("data:;base64,")
	f.Fuzz(func(t *testing.T, text string) {
		contentType, data, ok := event.ParseDataURL(text)
		if !ok {
			return
		}
		again, back, ok := event.ParseDataURL(event.DataURL(contentType, data))
		if !ok || again != contentType || string(back) != string(data) {
			t.Errorf("%q: got %q, %q after writing it again", text, again, back)
		}
	})
}
