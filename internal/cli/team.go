package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// teamCmds are the commands about the people of a product or an organization.
type teamCmds struct {
	List    teamList    `cmd:"" help:"List the members and API users of a team."`
	Add     teamAdd     `cmd:"" help:"Take somebody into a team, or give another role."`
	APIUser teamAPIUser `cmd:"" name:"api-user" help:"Make an API user, a token with chosen rights."`
	Remove  teamRemove  `cmd:"" help:"Take somebody out of a team."`
}

// teamPlace is a place that has a team.
type teamPlace struct{ place }

// Validate says what is missing.
func (t teamPlace) Validate() error {
	if t.place == (place{}) {
		return errors.New("say whose team: --product or --org")
	}
	return nil
}

type teamList struct {
	Max int `default:"1000" placeholder:"N" help:"How many members at the most. Default: ${default}."`
	teamPlace
	listing
	client
}

// Help is the long text of fieldhook team list --help.
func (teamList) Help() string {
	return `Lists who may do what:

  fieldhook team list --org acme`
}

// teamRecord is a member of a team.
type teamRecord struct {
	Username string
	Role     struct{ Name string }
	Scopes   []string // of an API user
}

// Run prints one line per member.
func (c *teamList) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	all, err := pages[teamRecord](ctx, h, c.path("/team"), url.Values{}, "team", c.Max)
	if err != nil {
		return err
	}
	if c.JSON {
		return printList(s.Out, all)
	}
	rows := make([][]string, len(all))
	for i, m := range all {
		rows[i] = []string{m.value.Username, m.value.Role.Name, dash(strings.Join(m.value.Scopes, " "))}
	}
	return table(s.Out, []string{"USER", "ROLE", "MAY"}, rows)
}

type teamAdd struct {
	User string `arg:"" help:"The user name. Somebody without an account is invited, if the hub lets people sign up."`
	Role string `enum:"owner,administrator,developer,view-only" default:"developer" placeholder:"ROLE" help:"owner, administrator, developer or view-only. Default: ${default}."`
	teamPlace
	client
}

// Help is the long text of fieldhook team add --help.
func (teamAdd) Help() string {
	return `An invitation's code is shown once:

  fieldhook team add ann@example.org --role view-only --product greenhouse`
}

// Run adds the member.
func (c *teamAdd) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	in := map[string]string{"username": c.User, "role": strings.ToUpper(c.Role[:1]) + c.Role[1:]}
	var answer struct{ Code string }
	if err := h.do(ctx, "POST", c.path("/team"), in, &answer); err != nil {
		return err
	}
	if answer.Code != "" {
		_, err = fmt.Fprintf(s.Out, "Invited %s. The code to sign up with: %s\n", printable(c.User), printable(answer.Code))
		return err
	}
	_, err = fmt.Fprintf(s.Out, "%s is %s of %s.\n", printable(c.User), c.Role, c.place)
	return err
}

type teamAPIUser struct {
	Name  string   `arg:"" help:"A name that tells what it is for."`
	Allow []string `required:"" placeholder:"ACTION" help:"What it may do, such as devices:list,integrations:get."`
	teamPlace
	client
}

// Help is the long text of fieldhook team api-user --help.
func (teamAPIUser) Help() string {
	return `An API user is a token for a program, with no more rights than it needs. The token does not expire and is shown once:

  fieldhook team api-user dashboard --allow devices:list,events:watch --product greenhouse`
}

// Run makes the API user and prints its token.
func (c *teamAPIUser) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	in := map[string]any{"friendly_name": c.Name, "scopes": c.Allow}
	var answer struct {
		Created struct {
			Username string
			Tokens   []struct{ Token string }
		}
	}
	if err := h.do(ctx, "POST", c.path("/team"), in, &answer); err != nil {
		return err
	}
	if len(answer.Created.Tokens) != 1 {
		return errors.New("the answer holds no token")
	}
	_, err = fmt.Fprintf(s.Out, "user   %s\ntoken  %s\n", printable(answer.Created.Username), printable(answer.Created.Tokens[0].Token))
	return err
}

type teamRemove struct {
	User string `arg:"" help:"The name of a member, an API user or somebody invited."`
	teamPlace
	client
}

// Help is the long text of fieldhook team remove --help.
func (teamRemove) Help() string {
	return `The account stays; an API user is deleted, and its token ends:

  fieldhook team remove ann@example.org --product greenhouse`
}

// Run removes the member.
func (c *teamRemove) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	if err := h.do(ctx, "DELETE", c.path("/team/"+url.PathEscape(c.User)), nil, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "Removed %s from %s.\n", printable(c.User), c.place)
	return err
}
