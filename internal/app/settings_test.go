package app

import (
	"strings"
	"testing"
	"time"
)

// possible are settings that Validate accepts.
func possible() Settings {
	return Settings{
		Listen: "127.0.0.1:0", Store: "sqlite:x", StoreCache: 16,
		CallTimeout: time.Second, MaxCalls: 16, RetryAge: time.Hour, RecentCalls: 10, StopTimeout: time.Second,
	}
}

func TestValidate(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Settings)
		want   string // in the error; "" = none
	}{
		{"possible", func(*Settings) {}, ""},
		{"user agent", func(s *Settings) { s.UserAgent = "Hub/1 (caf\u00e9)" }, ""},
		{"user agent of two lines", func(s *Settings) { s.UserAgent = "a\r\nX: y" }, "--user-agent"},
		{"user agent with a NUL", func(s *Settings) { s.UserAgent = "a\x00" }, "--user-agent"},
		{"private networks", func(s *Settings) { s.AllowPrivateTargets = []string{"10.0.0.0/8", " fd00::/8", "127.0.0.1", ""} }, ""},
		{"IPv4 written as IPv6", func(s *Settings) { s.AllowPrivateTargets = []string{"::ffff:10.0.0.0/104"} }, "--allow-private-targets"},
		{"IPv4 address written as IPv6", func(s *Settings) { s.AllowPrivateTargets = []string{"::ffff:10.0.0.1"} }, "--allow-private-targets"},
		{"zone", func(s *Settings) { s.AllowPrivateTargets = []string{"fe80::1%eth0"} }, "--allow-private-targets"},
		{"password in the store", func(s *Settings) { s.Store = "mysql://u:hunter2@h/d" }, "--store"},
		{"password in the public address", func(s *Settings) { s.BaseURL = "http://u:hunter2@h" }, "--public-url"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := possible()
			test.change(&s)
			err := s.Validate()
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error repeats a password: %v", err)
			}
		})
	}
}
