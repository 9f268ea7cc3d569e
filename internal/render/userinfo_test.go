package render_test

import (
	"encoding/base64"
	"testing"

	"github.com/fieldhook/fieldhook/internal/render"
	"github.com/fieldhook/fieldhook/internal/template"
)

// TestCredentialsInTheURL sends what pasted configurations hold before the "@"
// as Basic authorization, unless something more explicit is set.
func TestCredentialsInTheURL(t *testing.T) {
	basic := func(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }
	tests := []struct{ name, url, more, wantURL, wantAuth string }{
		{"user and password", "https://u:p@h.example/x", "", "https://h.example/x", basic("u:p")},
		{"escaped", "https://a%40b:p%2F@h.example/x", "", "https://h.example/x", basic("a@b:p/")},
		{"user alone", "https://token@h.example/", "", "https://h.example/", basic("token:")},
		{"before a tag", "https://u:p@{{{host}}}/{{{x}}}", "", "https://h1/7", basic("u:p")},
		{"tag in the path", "https://u:p@h.example/{{{x}}}@y", "", "https://h.example/7@y", basic("u:p")},
		{"auth wins", "https://u:p@h.example/", `,"auth":{"username":"a","password":"b"}`, "https://h.example/", basic("a:b")},
		{"header wins", "https://u:p@h.example/", `,"headers":{"authorization":"Key k"}`, "https://h.example/", "Key k"},
		{"at sign in the path only", "https://h.example/a@b", "", "https://h.example/a@b", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := define(t, `{"event":"temp","url":"`+test.url+`","body":"x"`+test.more+`}`)
			if d.URL() != test.url {
				t.Errorf("shown as %s, want as saved", d.URL())
			}
			e := temp(`{"host":"h1","x":7}`)
			var c template.Context
			c.Reset(e)
			var r render.Renderer
			got, err := r.Request(d, &c)
			if err != nil {
				t.Fatal(err)
			}
			auth := ""
			for _, f := range got.Header {
				if f.Name == "Authorization" || f.Name == "authorization" {
					auth = f.Value
				}
			}
			if got.URL() != test.wantURL || auth != test.wantAuth {
				t.Errorf("got %s with %q, want %s with %q", got.URL(), auth, test.wantURL, test.wantAuth)
			}
		})
	}
}
