package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
)

// tokenCmds are the commands about tokens.
type tokenCmds struct {
	List   tokenList   `cmd:"" help:"List your tokens; never whole ones."`
	Revoke tokenRevoke `cmd:"" help:"Revoke a token."`
}

type tokenList struct {
	listing
	client
}

// Help is the long text of fieldhook token list --help.
func (tokenList) Help() string {
	return `Shows the last characters of each token, who asked for it and until when it is good:

  fieldhook token list`
}

// tokenRecord is what people may know of a token.
type tokenRecord struct {
	ID      string
	Token   string // masked
	Client  string
	Created string `json:"created_at"`
	Expires string `json:"expires_at"`
	Device  string `json:"device_id"`
}

// Run prints one line per token.
func (c *tokenList) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	var answer reading[[]tokenRecord]
	if err := h.do(ctx, "GET", "/v1/access_tokens", nil, &answer); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.Out, answer.raw)
	}
	rows := make([][]string, len(answer.value))
	for i, t := range answer.value {
		end := t.Token[max(0, len(t.Token)-4):]
		rows[i] = []string{t.ID, "…" + end, dash(t.Client), t.Created, dash(t.Expires), dash(t.Device)}
	}
	return table(s.Out, []string{"ID", "TOKEN", "CLIENT", "CREATED", "EXPIRES", "DEVICE"}, rows)
}

type tokenRevoke struct {
	Which string `arg:"" optional:"" name:"token" help:"The whole token; - reads it from standard input."`
	All   bool   `help:"Revoke all of your own tokens instead, this one included. Devices keep theirs."`
	client
}

// Help is the long text of fieldhook token revoke --help.
func (tokenRevoke) Help() string {
	return `A token that leaked:

  fieldhook token revoke - < leaked-token.txt

You, logged out everywhere:

  fieldhook token revoke --all`
}

// Validate says what is missing.
func (c *tokenRevoke) Validate() error {
	if c.All == (c.Which != "") {
		return errors.New("name one token, or give --all")
	}
	return nil
}

// Run revokes the token. The hub answers the same whether it was good or not.
func (c *tokenRevoke) Run(ctx context.Context, s Streams) error {
	token := c.Which
	if token == "-" {
		var err error
		if token, err = readLine(s); err != nil {
			return err
		}
	}
	h, err := c.hub()
	if err != nil {
		return err
	}
	route := "/v1/access_tokens"
	if !c.All {
		if token == "" {
			return usage(errors.New("standard input holds no token"))
		}
		route += "/" + url.PathEscape(token)
	}
	if err := h.do(ctx, "DELETE", route, nil, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Out, "Revoked.")
	return err
}
