package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// loginCmd stores a token to a hub.
type loginCmd struct {
	URL      string `arg:"" optional:"" env:"FIELDHOOK_SERVER" help:"The hub's address. Default: http://127.0.0.1:8080."`
	User     string `short:"u" default:"admin" placeholder:"USER" help:"Your user name. Default: ${default}."`
	Token    string `placeholder:"TOKEN" help:"Store this token instead of asking for a password; - reads it from standard input."`
	NoExpiry bool   `help:"Ask for a token that does not expire. Without it the hub decides, usually 90 days."`
	Profile  string `env:"FIELDHOOK_PROFILE" default:"default" placeholder:"NAME" help:"Store the login under this name, for several hubs or users. Default: ${default}."`
}

// Help is the long text of fieldhook login --help.
func (loginCmd) Help() string {
	return `The password is asked for and not shown; without a terminal it is the first line of standard input. What is stored is the hub's address and a token, in a file that only you can read. Later commands use it:

  fieldhook login https://hub.example.org -u ann@example.org
  fieldhook integration list

Several logins have names:

  fieldhook login https://test.example.org -u ann --profile test
  fieldhook integration list --profile test`
}

// Run logs in and stores the login.
func (c *loginCmd) Run(ctx context.Context, s Streams) error {
	server, err := serverURL(cmp.Or(c.URL, usualServer))
	if err != nil {
		return usage(err)
	}
	if overheard(server) {
		fmt.Fprintf(s.Err, "warning: %s is not https; whoever is on the way can read the password and the token\n", server)
	}
	all, err := readProfiles()
	if err != nil {
		return err
	}
	token, err := c.token(ctx, s, server)
	if err != nil {
		return err
	}
	var user struct{ Username string }
	if err := newRemote(server, token).do(ctx, "GET", "/v1/user", nil, &user); err != nil {
		return err
	}
	all[c.Profile] = profile{Server: server, User: user.Username, Token: token}
	if err := all.write(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "Logged in to %s as %s.\n", server, printable(user.Username))
	return err
}

// overheard says whether requests leave this machine without encryption.
func overheard(server string) bool {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "http" || u.Hostname() == "localhost" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err != nil || !ip.IsLoopback()
}

// token gives the token to store: the given one, or a new one for a password.
func (c *loginCmd) token(ctx context.Context, s Streams, server string) (string, error) {
	switch c.Token {
	case "":
	case "-":
		return readLine(s)
	default:
		return c.Token, nil
	}
	password, err := readHidden(ctx, s, fmt.Sprintf("Password of %s at %s: ", c.User, server))
	if err != nil {
		return "", err
	}
	if password == "" {
		return "", errors.New("no password was given")
	}
	return c.grant(ctx, newRemote(server, ""), password)
}

// grant gets a token for a password (cloud API reference, section 2.2).
func (c *loginCmd) grant(ctx context.Context, h *remote, password string) (string, error) {
	form := url.Values{
		"grant_type": {"password"}, "client_id": {"fieldhook"}, "username": {c.User}, "password": {password},
	}
	if c.NoExpiry {
		form.Set("expires_in", "0")
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	res, err := h.send(ctx, "POST", "/oauth/token", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	var issued struct {
		Token string `json:"access_token"`
	}
	if err := decode(res, &issued); err != nil {
		return "", err
	}
	if issued.Token == "" {
		return "", errors.New("the answer holds no token; is there a hub at this address?")
	}
	return issued.Token, nil
}

// logoutCmd revokes and forgets a stored token.
type logoutCmd struct {
	Profile string `env:"FIELDHOOK_PROFILE" default:"default" placeholder:"NAME" help:"Which login to end. Default: ${default}."`
}

// Help is the long text of fieldhook logout --help.
func (logoutCmd) Help() string {
	return `The stored token is revoked at its hub and removed from this machine. Other tokens of yours stay valid; fieldhook token list shows them.

  fieldhook logout --profile test`
}

// Run revokes the token and removes it from the file, the latter even when the
// hub does not answer.
func (c *logoutCmd) Run(ctx context.Context, s Streams) error {
	all, err := readProfiles()
	if err != nil {
		return err
	}
	stored, ok := all[c.Profile]
	if !ok {
		return fmt.Errorf("there is no login called %s", c.Profile)
	}
	delete(all, c.Profile)
	if err := all.write(); err != nil {
		return err
	}
	err = newRemote(stored.Server, stored.Token).do(ctx, "DELETE", "/v1/access_tokens/current", nil, nil)
	if err != nil && !refused(err, http.StatusUnauthorized) { // it had expired
		return fmt.Errorf("the token is removed from this machine, but not revoked: %w", err)
	}
	_, err = fmt.Fprintf(s.Out, "Logged out of %s.\n", stored.Server)
	return err
}

// whoamiCmd shows the user.
type whoamiCmd struct {
	client
	listing
}

// Help is the long text of fieldhook whoami --help.
func (whoamiCmd) Help() string {
	return `Shows the user and the hub that commands use, and whether the token is still good.

  fieldhook whoami --profile test`
}

// Run asks the hub who the token belongs to.
func (c *whoamiCmd) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	var user reading[struct{ Username string }]
	if err := h.do(ctx, "GET", "/v1/user", nil, &user); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.Out, user.raw)
	}
	_, err = fmt.Fprintf(s.Out, "%s at %s\n", printable(user.value.Username), h.server)
	return err
}
