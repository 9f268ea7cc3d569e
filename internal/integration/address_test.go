package integration_test

import (
	"strings"
	"testing"

	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/scope"
)

func TestParseAddress(t *testing.T) {
	tests := []struct{ url, scheme, host, target, origin string }{
		{"http://host.com", "http", "host.com", "/", "http://host.com:80"},
		{"HTTPS://Host.Com./a?b=c#d", "https", "Host.Com.", "/a?b=c", "https://host.com:443"},
		{"http://h:8080?x", "http", "h:8080", "/?x", "http://h:8080"},
		{"http://h:/", "http", "h:", "/", "http://h:80"},
		{"https://h:0443/", "https", "h:0443", "/", "https://h:443"},
		{"http://127.0.0.1:9900/", "http", "127.0.0.1:9900", "/", "http://127.0.0.1:9900"},
		{"http://[2001:DB8::0:1]/x", "http", "[2001:DB8::0:1]", "/x", "http://[2001:db8::1]:80"},
		{"http://[::1]:81", "http", "[::1]:81", "/", "http://[::1]:81"},
		{" \n http://my_host-1.example/ \t", "http", "my_host-1.example", "/", "http://my_host-1.example:80"},
		{"http://h/a b\r\n\u00e9?q=\"<>\\^`{|}\x7f", "http", "h", "/a%20b%0D%0A%C3%A9?q=%22%3C%3E%5C%5E%60%7B%7C%7D%7F", "http://h:80"},
		{"http://h/%20%zz/!'()*[]@:;,+&=$~", "http", "h", "/%20%25zz/!'()*[]@:;,+&=$~", "http://h:80"},
		{"http://h#frag/x", "http", "h", "/", "http://h:80"},
		{"http://h/a?b?c/d", "http", "h", "/a?b?c/d", "http://h:80"},
	}
	for _, test := range tests {
		got, err := integration.ParseAddress(test.url)
		want := integration.Address{Scheme: test.scheme, Host: test.host, Target: test.target}
		if err != nil || got != want || got.Origin() != test.origin {
			t.Errorf("%q: got %q %q, %v\nwant %q %q", test.url, got, got.Origin(), err, want, test.origin)
		}
	}
}

func TestParseAddressErrors(t *testing.T) {
	tests := []struct{ url, want string }{
		{"", "absolute"}, {"http:", "absolute"}, {"http://", "absolute"}, {"example.com/x", "absolute"},
		{"javascript://x", "absolute"}, {"//h/x", "absolute"}, {"http:/h", "absolute"},
		{"http:///x", "host"}, {"http://?x", "host"}, {"http://./", "host"}, {"http://a b/", "host"},
		{"http://h\\x/", "host"}, {"http://h%41/", "host"}, {"http://[::1", "host"}, {"http://[fe80::1%25eth0]/", "host"},
		{"http://[127.0.0.1]/", "host"}, {"http://{{x}}/", "host"}, {"http://h\r\nX: y/", "host"},
		{"http://m\u00fcnchen.de/", "xn--"},
		{"http://h:0/", "port"}, {"http://h:65536/", "port"}, {"http://h:+80/", "port"}, {"http://h:80:81/", "port"}, {"http://[::1]x/", "host"},
		{"http://u@h/", "credentials"}, {"http://u:p@h/", "credentials"},
		{"http://h/" + strings.Repeat("a", 8192), "longer"}, {"http://h/" + strings.Repeat(" a", 4000), "longer"},
		{"http://" + strings.Repeat("a", 300) + "/", "host"},
	}
	for _, test := range tests {
		got, err := integration.ParseAddress(test.url)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.40q: got %v, %v; want an error with %q", test.url, got, err, test.want)
		}
	}
}

func TestOrigin(t *testing.T) {
	tests := []struct{ url, want string }{ // want "" = an error
		{"https://Example.com/in", "https://example.com:443"},
		{"https://Example.com:8443/{{missing}}", "https://example.com:8443"},
		{"https://Example.com?x={{missing}}", "https://example.com:443"},
		{"https://{{h}}.Example.com/", "https://abc.example.com:443"},
		{"https://example.com:{{p}}/", "https://example.com:99"},
		{"{{{u}}}", "http://inner:80"},
		{"htt{{s}}://h/", "https://h:443"},
		{"http://h{{{evil}}}/", ""},
		{"http://{{missing}}/", ""},
		{"{{missing}}", ""},
	}
	c := variables(`{"h":"abc","p":99,"u":"http://inner/x","s":"ps","evil":"@other"}`)
	for _, test := range tests {
		d, _ := parse(t, `{"event":"a","url":"`+test.url+`"}`, scope.Sandbox)
		got, err := d.Origin(c)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: got %q, %v; want %q", test.url, got, err, test.want)
		}
	}
}

func TestOriginDoesNotAllocate(t *testing.T) {
	d, _ := parse(t, `{"event":"a","url":"https://example.com/{{x}}"}`, scope.Sandbox)
	c := variables("x")
	if n := testing.AllocsPerRun(100, func() {
		if _, err := d.Origin(c); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
