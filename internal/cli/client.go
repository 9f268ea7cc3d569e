package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/app"
)

// usualServer is where a hub listens when nothing else is said.
const usualServer = "http://127.0.0.1:8080"

// client says which hub a command talks to, and as whom. Flags and environment
// win over the profile that fieldhook login stored.
type client struct {
	Server  string `env:"FIELDHOOK_SERVER" group:"Client" placeholder:"URL" help:"The hub's address. Default: the profile's, else http://127.0.0.1:8080."`
	Token   string `env:"FIELDHOOK_TOKEN" group:"Client" placeholder:"TOKEN" help:"Your token. Default: the profile's. Prefer the variable; other users of the machine can read flags."`
	Profile string `env:"FIELDHOOK_PROFILE" group:"Client" default:"default" placeholder:"NAME" help:"Which of the logins to use that fieldhook login stored. Default: ${default}."`
}

// hub finds out where to go and as whom. A stored token goes to no other server
// than the one it came from.
func (c *client) hub() (*remote, error) {
	all, err := readProfiles()
	if err != nil {
		return nil, err
	}
	stored, known := all[c.Profile]
	if !known && c.Profile != usualProfile && c.Token == "" {
		return nil, fmt.Errorf("--profile: there is no login called %s; fieldhook login --profile %s makes one", c.Profile, c.Profile)
	}
	server, err := serverURL(cmp.Or(c.Server, stored.Server, usualServer))
	switch {
	case err != nil:
		return nil, fmt.Errorf("--server: %w", err)
	case c.Token != "":
		return newRemote(server, c.Token), nil
	case stored.Token == "":
		return nil, errors.New("you are not logged in; use fieldhook login, or give --token or FIELDHOOK_TOKEN")
	case server != stored.Server:
		return nil, fmt.Errorf("the stored token belongs to %s; for %s give --token, or log in there: fieldhook login %s --profile NAME", stored.Server, server, server)
	}
	return newRemote(server, stored.Token), nil
}

// serverURL checks the address of a hub and gives it without a slash at the end.
func serverURL(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%q is not the address of a hub, such as https://hub.example.org", text)
	}
	return strings.TrimRight(text, "/"), nil
}

// remote is a running hub as a command sees it: the public HTTP API, nothing
// else.
type remote struct {
	server, token string
	http          *http.Client
}

func newRemote(server, token string) *remote {
	return &remote{server: server, token: token, http: &http.Client{
		// The API redirects nobody. Whoever does gets no token from us.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Bounds of an ordinary request.
const (
	patience  = 30 * time.Second
	maxAnswer = 32 << 20 // bytes
)

// do calls the hub with JSON and decodes the answer into out, unless that is
// nil. A refusal becomes an error with the hub's own words: *refusal.
func (h *remote) do(ctx context.Context, method, path string, in, out any) error {
	return h.doWithin(ctx, patience, method, path, in, out)
}

// doWithin is do with another bound on time.
func (h *remote) doWithin(ctx context.Context, limit time.Duration, method, path string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	res, err := h.send(ctx, method, path, "application/json", body)
	if err != nil {
		return err
	}
	return decode(res, out)
}

// send sends a request with the token; the caller closes the answer's body.
func (h *remote) send(ctx context.Context, method, path, contentType string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, h.server+path, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	return h.roundTrip(req)
}

func (h *remote) roundTrip(req *http.Request) (*http.Response, error) {
	if h.token != "" {
		req.Header.Set("Authorization", "Bearer "+h.token)
	}
	req.Header.Set("User-Agent", "fieldhook/"+app.Version)
	res, err := h.http.Do(req)
	if err == nil {
		return res, nil
	}
	var about *url.Error // names the URL, whose path may hold a token
	if errors.As(err, &about) {
		err = about.Err
	}
	if cause := req.Context().Err(); errors.Is(cause, context.Canceled) {
		return nil, cause
	}
	return nil, fmt.Errorf("the hub at %s does not answer: %w", h.server, err)
}

// refusal is an answer of the hub that is not a success.
type refusal struct {
	status int
	text   string        // the hub's own words
	after  time.Duration // when it may be tried again, 0 = not said
}

// Error gives the hub's own words.
func (r *refusal) Error() string {
	if r.status == http.StatusUnauthorized {
		return "the hub says: " + r.text + " Log in again with fieldhook login"
	}
	return "the hub says: " + r.text
}

// refused says whether err is a refusal with one of the statuses.
func refused(err error, statuses ...int) bool {
	var r *refusal
	if !errors.As(err, &r) {
		return false
	}
	for _, s := range statuses {
		if r.status == s {
			return true
		}
	}
	return false
}

// decode reads an answer to its end and closes it.
func decode(res *http.Response, out any) error {
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read the hub's answer: %w", err)
	}
	if res.StatusCode >= http.StatusMultipleChoices {
		return refusalOf(res, raw)
	}
	if out == nil || res.StatusCode == http.StatusNoContent {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("the answer is not what a hub says; is there one at this address? %w", err)
	}
	return nil
}

func refusalOf(res *http.Response, raw []byte) error {
	var said struct {
		Text string `json:"error_description"`
	}
	if json.Unmarshal(raw, &said) != nil || said.Text == "" {
		said.Text = res.Status
	}
	seconds, _ := strconv.Atoi(res.Header.Get("Retry-After")) // absent: 0
	return &refusal{status: res.StatusCode, text: printable(said.Text), after: time.Duration(seconds) * time.Second}
}
