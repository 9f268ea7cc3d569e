package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/fieldhook/fieldhook/internal/fault"
)

const (
	mimeJSON = "application/json"
	mimeForm = "application/x-www-form-urlencoded"
)

func post(contentType, text string) *http.Request {
	r := httptest.NewRequest("POST", "/", strings.NewReader(text))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	return r
}

func TestReadBodyFormat(t *testing.T) {
	tests := []struct {
		name, contentType, text string
		want                    format
		wantError               string
	}{
		{"JSON", mimeJSON, `{}`, jsonBody, ""},
		{"JSON with charset", "application/json; charset=utf-8", `{}`, jsonBody, ""},
		{"JSON in capitals", "Application/JSON", `{}`, jsonBody, ""},
		{"form", mimeForm, "a=b", formBody, ""},
		{"form with charset", mimeForm + ";charset=UTF-8", "a=b", formBody, ""},
		{"nothing", "", "", noBody, ""},
		{"nothing as JSON", mimeJSON, "", noBody, ""},
		{"white space", mimeJSON, " \r\n", noBody, ""},
		{"JSON without a content type", "", ` {"a":1}`, jsonBody, ""},
		{"text without a content type", "", "hello", 0, "has no Content-Type"},
		{"text", "text/plain", "hello", 0, `"text/plain" is not understood`},
		{"multipart", "multipart/form-data; boundary=x", "--x", 0, `"multipart/form-data" is not understood`},
		{"JSON sent as a form", mimeForm, `{"name":"x"}`, 0, "says that it is a form"},
		{"form that begins with a brace", mimeForm, `{a=b`, formBody, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := readBody(post(tt.contentType, tt.text))
			if tt.wantError != "" {
				wantFault(t, err, fault.Invalid, tt.wantError)
				return
			}
			if err != nil {
				t.Fatalf("readBody: %v", err)
			}
			defer b.free()
			if b.format != tt.want || string(b.data) != tt.text {
				t.Errorf("got format %d of %q, want %d of %q", b.format, b.data, tt.want, tt.text)
			}
		})
	}
}

// wantFault fails unless err is a fault of the code whose text contains part.
func wantFault(t *testing.T, err error, code fault.Code, part string) {
	t.Helper()
	if !fault.Is(err, code) || !strings.Contains(fault.From(err).Text, part) {
		t.Errorf("got error %v, want %s with %q", err, code, part)
	}
}

func TestReadBodyDropsByteOrderMark(t *testing.T) {
	b, err := readBody(post(mimeJSON, "\uFEFF{}"))
	if err != nil || b.format != jsonBody || string(b.data) != "{}" {
		t.Fatalf("got %+v, %v, want the JSON behind the mark", b, err)
	}
	b.free()
}

func TestReadBodyLimits(t *testing.T) {
	full := `"` + strings.Repeat("x", maxBody-2) + `"`
	b, err := readBody(post(mimeJSON, full))
	if err != nil {
		t.Fatalf("a body at the limit: %v", err)
	}
	if string(b.data) != full {
		t.Errorf("got %d bytes, want %d", len(b.data), len(full))
	}
	b.free()

	_, err = readBody(post(mimeJSON, full+" "))
	wantFault(t, err, fault.TooLarge, "1048576 bytes")

	chunked := post(mimeJSON, "")
	chunked.ContentLength, chunked.Body = -1, io.NopCloser(strings.NewReader(full+" "))
	_, err = readBody(chunked)
	wantFault(t, err, fault.TooLarge, "1048576 bytes")

	limited := post(mimeJSON, `{"name":"x"}`)
	limited.Body = http.MaxBytesReader(nil, limited.Body, 4)
	_, err = readBody(limited)
	wantFault(t, err, fault.TooLarge, "1048576 bytes")

	broken := post(mimeJSON, "")
	broken.Body = io.NopCloser(iotest.ErrReader(errors.New("reset by peer")))
	_, err = readBody(broken)
	wantFault(t, err, fault.Invalid, "broke off")
	if strings.Contains(fault.From(err).Text, "reset") {
		t.Errorf("the public text holds the cause: %q", fault.From(err).Text)
	}
}

func TestMalformedJSON(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"first line", `{"a":x}`, "line 1, column 6 (byte 6)"},
		{"third line", "{\n  \"a\": 1,\n  \"b\": 2,\n}", "line 4, column 1 (byte 23)"},
		{"cut off", `{"a":1`, "unexpected end"},
		{"two values", `{} {}`, "line 1, column 4"},
		{"too deep", strings.Repeat("[", 20_000), "not valid JSON"},
		{"array", `[1]`, "must be a JSON object"},
		{"string", `"x"`, "must be a JSON object"},
		{"null", `null`, "must be a JSON object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readObject(post(mimeJSON, tt.text))
			wantFault(t, err, fault.Invalid, tt.want)
		})
	}
}

func TestReadObjectJSON(t *testing.T) {
	const text = ` {"event":"temp", "n": 25.00, "json":{"a":[1e3,{"}":"]\"\\"}]},"é\n":null}` + "\n"
	got, err := readObject(post(mimeJSON, text))
	if err != nil || string(got) != text {
		t.Errorf("got %q, %v, want the text unchanged", got, err)
	}
	_, err = readObject(post(mimeJSON, `{"event":"a","url":"b","\u0065vent":"c"}`))
	wantFault(t, err, fault.Invalid, "event: It is given twice")
	got, err = readObject(post("", ""))
	if got != nil || err != nil {
		t.Errorf("no body: got %q, %v, want nil, nil", got, err)
	}
}

func TestReadObjectForm(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"flat", "event=temp&url=http%3A%2F%2Fx%2F%3Fa%3D1&requestType=GET", `{"event":"temp","url":"http://x/?a=1","requestType":"GET"}`},
		{"brackets", "json[v]=1&json[w][x]=a+b&event=e", `{"json":{"v":"1","w":{"x":"a b"}},"event":"e"}`},
		{"escaped brackets", "json%5Bv%5D=1", `{"json":{"v":"1"}}`},
		{"list by index", "json[0]=a&json[1]=b", `{"json":["a","b"]}`},
		{"list without index", "json[l][]=a&json[l][]=b", `{"json":{"l":["a","b"]}}`},
		{"index that skips", "json[0]=a&json[2]=b", `{"json":{"0":"a","2":"b"}}`},
		{"list of objects", "json[0][a]=1&json[0][b]=2&json[1][a]=3", `{"json":[{"a":"1","b":"2"},{"a":"3"}]}`},
		{"JSON text", `json=+{"a":1.0}&headers={"X":"y"}`, `{"json": {"a":1.0},"headers":{"X":"y"}}`},
		{"JSON text in a nested field", `json[form]={"a":1}`, `{"json":{"form":"{\"a\":1}"}}`},
		{"body stays text", `body={"a":1}`, `{"body":"{\"a\":1}"}`},
		{"templated JSON text is text", `json={"v":{{v}}}`, `{"json":"{\"v\":{{v}}}"}`},
		{"no brackets", "a]=1&[b]=2", `{"a]":"1","[b]":"2"}`},
		{"empty parts", "&&event=&=x&flag", `{"event":"","flag":""}`},
		{"invalid UTF-8", "event=%ff", "{\"event\":\"\uFFFD\"}"},
		{"nothing named", "=x", `{}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readObject(post(mimeForm, tt.text))
			if err != nil || string(got) != tt.want {
				t.Errorf("got %s, %v, want %s", got, err, tt.want)
			}
		})
	}
}

func TestReadObjectFormFaults(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"twice", "event=a&event=b", "event: It is given twice"},
		{"nested twice", "json[a]=1&json[a]=2", "json[a]: It is given twice"},
		{"text, then brackets", "json=x&json[a]=2", "json[a]: It is given both"},
		{"brackets, then text", "json[a]=2&json=x", "json: It is given both"},
		{"open bracket", "json[a=1", "json[a: Its brackets"},
		{"bad escape", "event=%zz", "event: A percent sign"},
		{"escape cut off", "event=%4", "event: A percent sign"},
		{"bad escape in a name", "a%=1", "field name with a percent sign"},
		{"too deep", "a" + strings.Repeat("[b]", maxDepth) + "=1", "deeper than 64"},
		{"too many", strings.Repeat("a[]=1&", maxFields+1), "at most 1000 fields"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readObject(post(mimeForm, tt.text))
			wantFault(t, err, fault.Invalid, tt.want)
		})
	}
}

func FuzzReadObjectForm(f *testing.F) {
	for _, s := range []string{"a=b&c[d][e]=f", "json={\"a\":[1]}&x[]=1&x[]=2", "a[=1&]=2&[]=3", "%41=%ff&b=%", "a[0][]=1&a[1]=2&form=[]", "\xf6&\xfa"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := formObject(bytes.Clone(data))
		if err != nil {
			if fault.From(err).Code != fault.Invalid {
				t.Fatalf("got %v, want a fault Invalid", err)
			}
			return
		}
		if err := checkObject(got); err != nil {
			t.Fatalf("%q became %q: %v", data, got, err)
		}
	})
}
