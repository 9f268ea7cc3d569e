package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
)

// secretCmds are the commands about named secrets.
type secretCmds struct {
	List   secretList   `cmd:"" help:"List secrets; never their values."`
	Set    secretSet    `cmd:"" help:"Create or change a secret."`
	Delete secretDelete `cmd:"" help:"Delete a secret that no integration uses."`
}

// putSecret stores a secret (cloud API reference, section 11).
func (h *remote) putSecret(ctx context.Context, at place, name, value string) error {
	in := map[string]any{"secret": map[string]string{"value": value}}
	return h.do(ctx, "PUT", at.path("/secrets/"+url.PathEscape(name)), in, nil)
}

type secretList struct {
	place
	listing
	client
}

// Help is the long text of fieldhook secret list --help.
func (secretList) Help() string {
	return `Templates use a secret by its name, as in {{{LAB_KEY}}}, once the integration names it in its setting secrets:

  fieldhook secret list --product greenhouse`
}

// secretRecord is what people may know of a secret.
type secretRecord struct {
	Name    string
	Updated string `json:"updated_at"`
	Used    string `json:"last_accessed_at"`
	Count   int    `json:"usage_count"`
}

// Run prints one line per secret.
func (c *secretList) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	var answer struct{ Secrets reading[[]secretRecord] }
	if err := h.do(ctx, "GET", c.path("/secrets"), nil, &answer); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.Out, answer.Secrets.raw)
	}
	rows := make([][]string, len(answer.Secrets.value))
	for i, r := range answer.Secrets.value {
		rows[i] = []string{r.Name, r.Updated, dash(r.Used), fmt.Sprint(r.Count)}
	}
	return table(s.Out, []string{"NAME", "CHANGED", "USED", "INTEGRATIONS"}, rows)
}

type secretSet struct {
	Name string `arg:"" help:"The secret's name: capital letters, digits and underscores."`
	Env  string `placeholder:"VARIABLE" help:"Take the value from this environment variable instead of standard input."`
	place
	client
}

// Help is the long text of fieldhook secret set --help.
func (secretSet) Help() string {
	return `The value comes from standard input or from a variable, never from the command line, which other users of the machine can read:

  fieldhook secret set LAB_KEY < key.txt
  fieldhook secret set LAB_KEY --env LAB_KEY --product greenhouse

A line break at the end of the input is not part of the value. At a terminal the value is asked for and not shown.`
}

// Run stores the secret.
func (c *secretSet) Run(ctx context.Context, s Streams) error {
	value, err := c.value(ctx, s)
	if err != nil {
		return err
	}
	h, err := c.hub()
	if err != nil {
		return err
	}
	if err := h.putSecret(ctx, c.place, c.Name, value); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "Stored %s.\n", c.Name)
	return err
}

func (c *secretSet) value(ctx context.Context, s Streams) (string, error) {
	if c.Env != "" {
		value := os.Getenv(c.Env)
		if value == "" {
			return "", usage(fmt.Errorf("--env: the environment variable %s is not set", c.Env))
		}
		return value, nil
	}
	if atTerminal(s.In) {
		return readHidden(ctx, s, "Value of "+c.Name+": ")
	}
	text, err := readText(s, "-")
	value := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	if err == nil && value == "" {
		err = errors.New("standard input holds no value")
	}
	return value, err
}

type secretDelete struct {
	Name string `arg:"" help:"The secret's name."`
	place
	client
}

// Help is the long text of fieldhook secret delete --help.
func (secretDelete) Help() string {
	return `A secret that an integration uses is not deleted:

  fieldhook secret delete LAB_KEY`
}

// Run deletes the secret.
func (c *secretDelete) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	if err := h.do(ctx, "DELETE", c.path("/secrets/"+url.PathEscape(c.Name)), nil, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "Deleted %s.\n", c.Name)
	return err
}
