package cli

import "testing"

func TestOverheard(t *testing.T) {
	for server, want := range map[string]bool{
		"http://127.0.0.1:8080": false, "http://localhost": false, "http://[::1]:80": false, "https://hub.example.org": false,
		"http://hub.example.org": true, "http://192.168.1.7:8080": true,
	} {
		if got := overheard(server); got != want {
			t.Errorf("%s: %t, want %t", server, got, want)
		}
	}
}

// TestTokenOfAProfileStaysWithItsHub: the stored token goes nowhere but to its own hub, whatever
// is given on the command line.
func TestTokenOfAProfileStaysWithItsHub(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AppData", t.TempDir())
	stored := profiles{
		usualProfile: {Server: "http://127.0.0.1:1", Token: "one"},
		"other":      {Server: "http://127.0.0.1:2", Token: "two"},
	}
	if err := stored.write(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		c      client
		server string
		token  string // "" = refused
	}{
		{"usual", client{Profile: usualProfile}, "http://127.0.0.1:1", "one"},
		{"named", client{Profile: "other"}, "http://127.0.0.1:2", "two"},
		{"same server", client{Profile: usualProfile, Server: "http://127.0.0.1:1/"}, "http://127.0.0.1:1", "one"},
		{"other server", client{Profile: usualProfile, Server: "http://127.0.0.1:3"}, "", ""},
		{"other server and token", client{Profile: usualProfile, Server: "http://127.0.0.1:3", Token: "three"}, "http://127.0.0.1:3", "three"},
		{"token alone", client{Profile: usualProfile, Token: "three"}, "http://127.0.0.1:1", "three"},
		{"unknown", client{Profile: "third"}, "", ""},
		{"unknown with token", client{Profile: "third", Token: "three"}, usualServer, "three"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, err := tt.c.hub()
			if tt.token == "" {
				if err == nil {
					t.Errorf("got %s with %s, want a refusal", h.server, h.token)
				}
				return
			}
			if err != nil || h.server != tt.server || h.token != tt.token {
				t.Errorf("got %+v, %v, want %s with %s", h, err, tt.server, tt.token)
			}
		})
	}
}
