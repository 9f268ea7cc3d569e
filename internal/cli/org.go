package cli

import (
	"context"
	"fmt"
	"net/url"
)

// orgCmds are the commands about organizations.
type orgCmds struct {
	List   orgList   `cmd:"" help:"List the organizations that you belong to."`
	Create orgCreate `cmd:"" help:"Make an organization; you are its owner."`
}

type orgList struct {
	Max int `default:"1000" placeholder:"N" help:"How many organizations at the most. Default: ${default}."`
	listing
	client
}

// Help is the long text of fieldhook org list --help.
func (orgList) Help() string {
	return `Where a command takes --org, it takes an id or a slug of this list:

  fieldhook org list`
}

// orgRecord is what commands show of an organization.
type orgRecord struct{ ID, Slug, Name string }

// Run prints one line per organization.
func (c *orgList) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	all, err := pages[orgRecord](ctx, h, "/v1/orgs", url.Values{}, "organizations", c.Max)
	if err != nil {
		return err
	}
	if c.JSON {
		return printList(s.Out, all)
	}
	rows := make([][]string, len(all))
	for i, o := range all {
		rows[i] = []string{o.value.ID, o.value.Slug, o.value.Name}
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
		Organization reading[orgRecord]
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
