package api

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/publish"
)

func decode(t *testing.T, contentType, text string) (publish.Input, error) {
	t.Helper()
	b, err := readBody(post(contentType, text))
	if err != nil {
		t.Fatalf("readBody: %v", err)
	}
	defer b.free()
	return decodePublish(b)
}

func TestDecodePublishJSON(t *testing.T) {
	tests := []struct {
		name, text string
		want       publish.Input
	}{
		{"newer command line tool", `{"name":"temp","data":"25"}`, publish.Input{Name: "temp", Data: "25", Private: true}},
		{"older command line tool", `{"name":"temp","data":"25","private":true}`, publish.Input{Name: "temp", Data: "25", Private: true}},
		{"without data", `{"name":"temp"}`, publish.Input{Name: "temp", NoData: true, Private: true}},
		{"null data", `{"name":"temp","data":null}`, publish.Input{Name: "temp", NoData: true, Private: true}},
		{"empty data", `{"name":"temp","data":""}`, publish.Input{Name: "temp", Private: true}},
		{"object data", `{"name":"t","data": {"a" : [1.50, "x y\n", {}], "b":null} }`, publish.Input{Name: "t", Data: `{"a":[1.50,"x y\n",{}],"b":null}`, Private: true}},
		{"array data", `{"name":"t","data":[ 1 , 2 ]}`, publish.Input{Name: "t", Data: "[1,2]", Private: true}},
		{"number data", `{"name":"t","data":25.00}`, publish.Input{Name: "t", Data: "25.00", Private: true}},
		{"boolean data", `{"name":"t","data":false}`, publish.Input{Name: "t", Data: "false", Private: true}},
		{"public", `{"name":"t","private":false}`, publish.Input{Name: "t", NoData: true}},
		{"public as text", `{"name":"t","private":"false"}`, publish.Input{Name: "t", NoData: true}},
		{"private null", `{"name":"t","private":null}`, publish.Input{Name: "t", NoData: true, Private: true}},
		{"ttl", `{"name":"t","ttl":3600}`, publish.Input{Name: "t", NoData: true, Private: true, TTL: 3600}},
		{"ttl as text", `{"name":"t","ttl":"16777216"}`, publish.Input{Name: "t", NoData: true, Private: true, TTL: 16777216}},
		{"content type", `{"name":"t","content_type":"text/csv"}`, publish.Input{Name: "t", NoData: true, Private: true, ContentType: "text/csv"}},
		{"contentType", `{"name":"t","contentType":"text/csv"}`, publish.Input{Name: "t", NoData: true, Private: true, ContentType: "text/csv"}},
		{"unknown fields", `{"coreid":"x","name":"t","deep":{"name":"no","data":["}"]},"data":"d"}`, publish.Input{Name: "t", Data: "d", Private: true}},
		{"escapes", `{"\u006eame":"a\/b","data":"\"\\\n\u00e9\ud83d\ude00\ud800"}`, publish.Input{Name: "a/b", Data: "\"\\\né😀\uFFFD", Private: true}},
		{"invalid UTF-8", "{\"name\":\"t\",\"data\":\"a\xffb\"}", publish.Input{Name: "t", Data: "a\uFFFDb", Private: true}},
		{"white space", " {\r\n\t\"name\" : \"t\" , \"data\" : \"d\" } \n", publish.Input{Name: "t", Data: "d", Private: true}},
		{"empty object", `{}`, publish.Input{NoData: true, Private: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decode(t, mimeJSON, tt.text)
			if err != nil {
				t.Fatalf("decodePublish: %v", err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func TestDecodePublishForm(t *testing.T) {
	tests := []struct {
		name, text string
		want       publish.Input
	}{
		{"mobile client", "name=temp&data=25+%C2%B0C&private=true&ttl=60", publish.Input{Name: "temp", Data: "25 °C", Private: true, TTL: 60}},
		{"without data", "name=temp", publish.Input{Name: "temp", NoData: true, Private: true}},
		{"empty data", "name=temp&data=", publish.Input{Name: "temp", Private: true}},
		{"JSON data", `name=t&data={"a":"b=c"}`, publish.Input{Name: "t", Data: `{"a":"b=c"}`, Private: true}},
		{"binary data", "name=t&data=%00%ff%FE", publish.Input{Name: "t", Data: "\x00\xff\xfe", Private: true}},
		{"fields left empty", "name=t&private=&ttl=&content_type=", publish.Input{Name: "t", NoData: true, Private: true}},
		{"public", "name=t&private=false", publish.Input{Name: "t", NoData: true}},
		{"content type", "name=t&content_type=image%2Fpng", publish.Input{Name: "t", NoData: true, Private: true, ContentType: "image/png"}},
		{"unknown fields", "coreid=1&coreid=2&name=t&x[y]=z", publish.Input{Name: "t", NoData: true, Private: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := decode(t, mimeForm, tt.text)
			if err != nil {
				t.Fatalf("decodePublish: %v", err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func TestDecodePublishFaults(t *testing.T) {
	tests := []struct{ name, contentType, text, want string }{
		{"malformed", mimeJSON, `{"name":"t",}`, "line 1, column 13"},
		{"array", mimeJSON, `[]`, "must be a JSON object"},
		{"name is a number", mimeJSON, `{"name":5}`, "name: It must be a string"},
		{"content type is an object", mimeJSON, `{"contentType":{}}`, "contentType: It must be a string"},
		{"content type with a line break", mimeJSON, `{"content_type":"a\r\nb"}`, "content_type: It must be a media type"},
		{"private is a number", mimeJSON, `{"private":1}`, "private: It must be true or false"},
		{"private is another word", mimeForm, "private=yes", "private: It must be true or false"},
		{"ttl 0", mimeJSON, `{"ttl":0}`, "ttl: It must be a whole number"},
		{"ttl below 0", mimeJSON, `{"ttl":-5}`, "ttl: It must be a whole number"},
		{"ttl with a fraction", mimeJSON, `{"ttl":1.5}`, "ttl: It must be a whole number"},
		{"ttl too long", mimeJSON, `{"ttl":16777217}`, "from 1 to 16777216"},
		{"ttl beyond integers", mimeForm, "ttl=99999999999999999999", "from 1 to 16777216"},
		{"ttl is an array", mimeJSON, `{"ttl":[1]}`, "ttl: It must be a whole number"},
		{"name twice", mimeJSON, `{"name":"a","name":"a"}`, "name: It is given twice"},
		{"content type in both spellings", mimeForm, "content_type=a&contentType=b", "contentType: It is given twice"},
		{"bad escape", mimeForm, "name=t&data=%", "data: A percent sign"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decode(t, tt.contentType, tt.text)
			wantFault(t, err, fault.Invalid, tt.want)
		})
	}
}

// TestDecodePublishKeepsNothing checks that an input outlives its buffer.
func TestDecodePublishKeepsNothing(t *testing.T) {
	for _, b := range []*body{
		{jsonBody, []byte(`{"name":"temp","data":"25","content_type":"text/csv"}`)},
		{jsonBody, []byte(`{"name":"temp","data":25,"content_type":"text/csv"}`)},
		{formBody, []byte(`name=temp&data=2%35&content_type=text/csv`)},
	} {
		got, err := decodePublish(b)
		if err != nil {
			t.Fatal(err)
		}
		clear(b.data)
		want := publish.Input{Name: "temp", Data: "25", ContentType: "text/csv", Private: true}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("want -, got +:\n%s", diff)
		}
	}
}

func FuzzDecodePublish(f *testing.F) {
	for _, s := range []string{
		`{"name":"temp","data":"25","private":true}`,
		`{"name":"t","data":{"a":[1,"}"]},"ttl":"60"}`,
		`{"na\u006de":"t","data":"\ud800\n` + "\xff" + `"}`,
		`{"name":null,"data":1e400,"contentType":"text/plain"}`,
		`[]`, `{"a":1`, ` null `, `{"name":"a","name":"b"}`,
		"name=temp&data=a%20b+c&ttl=60", "data=%ff&private=false", "=&&name",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := decodePublish(&body{formBody, bytes.Clone(data)}); err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatalf("form: got %v, want a fault Invalid", err)
		}
		got, err := decodePublish(&body{jsonBody, bytes.Clone(data)})
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatalf("JSON: got %v, want a fault Invalid", err)
		}
		var want map[string]json.RawMessage
		if json.Unmarshal(data, &want) != nil || want == nil {
			if err == nil {
				t.Fatalf("%q was accepted", data)
			}
			return
		}
		if err == nil {
			checkPublish(t, want, got)
		}
	})
}

// checkPublish compares an input with what encoding/json made of the body.
func checkPublish(t *testing.T, want map[string]json.RawMessage, got publish.Input) {
	t.Helper()
	var name string
	if raw, ok := want["name"]; ok && json.Unmarshal(raw, &name) != nil {
		t.Errorf("name %s was accepted", raw)
	}
	if got.Name != name {
		t.Errorf("got name %q, want %q", got.Name, name)
	}
	data, ok := want["data"]
	if absent := !ok || string(data) == "null"; absent != got.NoData {
		t.Errorf("got NoData %v for data %s", got.NoData, data)
	}
	var text string
	if ok && json.Unmarshal(data, &text) == nil && text != got.Data {
		t.Errorf("got data %q, want %q", got.Data, text)
	}
	if ok && data[0] != '"' && string(data) != "null" && !json.Valid([]byte(got.Data)) {
		t.Errorf("data %q is not JSON", got.Data)
	}
	if ok && data[0] == '"' && !utf8.ValidString(got.Data) {
		t.Errorf("data %q is not UTF-8", got.Data)
	}
}

func BenchmarkDecodePublish(b *testing.B) {
	for _, bench := range []struct {
		name   string
		format format
		text   string
	}{
		{"json", jsonBody, `{"name":"temperature","data":"25.34","private":true}`},
		{"json-object", jsonBody, `{"name":"temperature","data":{"t":25.34,"h":[40,41]},"ttl":60}`},
		{"json-1k", jsonBody, `{"name":"temperature","data":"` + strings.Repeat("x", 1000) + `"}`},
		{"form", formBody, `name=temperature&data=25.34&private=true`},
		{"form-escaped", formBody, `name=temperature&data=25.34%20%C2%B0C&private=true&ttl=60`},
	} {
		b.Run(bench.name, func(b *testing.B) {
			in := &body{format: bench.format}
			b.ReportAllocs()
			for b.Loop() {
				in.data = append(in.data[:0], bench.text...) // forms are decoded in place
				if _, err := decodePublish(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
