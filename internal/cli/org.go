package cli

import (
	"context"
	"fmt"
)

// orgCmds are the commands about organizations.
type orgCmds struct {
	List   orgList   `cmd:"" help:"List the organizations that you belong to."`
	Create orgCreate `cmd:"" help:"Make an organization; you are its owner."`
}

type orgList struct {
	listing
	client
}

// Help is the long text of fieldhook org list --help.
func (orgList) Help() string {
	return `Where a command takes --org, it takes an id or a slug of this list:

  fieldhook org list`
}

// Run prints one line per organization.
func (c *orgList) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	var answer struct {
		Organizations reading[[]struct{ ID, Slug, Name string }]
	}
	if err := h.do(ctx, "GET", "/v1/orgs", nil, &answer); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.Out, answer.Organizations.raw)
	}
	rows := make([][]string, len(answer.Organizations.value))
	for i, o := range answer.Organizations.value {
		rows[i] = []string{o.ID, o.Slug, o.Name}
	}
	return table(s.Out, []string{"ID", "SLUG", "NAME"}, rows)
}

type orgCreate struct {
	Name string `arg:"" help:"The organization's name."`
	listing
	client
}

// Help is the long text of fieldhook org create --help.
func (orgCreate) Help() string {
	return `An organization owns products and has a team:

  fieldhook org create "Acme Greenhouses"
  fieldhook product create "Greenhouse" --org acme-greenhouses`
}

// Run makes the organization.
func (c *orgCreate) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	var answer struct {
		Organization reading[struct{ ID, Slug string }]
	}
	if err := h.do(ctx, "POST", "/v1/orgs", map[string]string{"name": c.Name}, &answer); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.Out, answer.Organization.raw)
	}
	_, err = fmt.Fprintf(s.Out, "Created %s, id %s.\n", printable(answer.Organization.value.Slug), printable(answer.Organization.value.ID))
	return err
}
