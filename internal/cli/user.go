package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
)

// userCmds are the commands about people.
type userCmds struct {
	List     userList     `cmd:"" help:"List the hub's users (administrators)."`
	Add      userAdd      `cmd:"" help:"Make an account (administrators)."`
	Invite   userInvite   `cmd:"" help:"Make a code to sign up with (administrators)."`
	Password userPassword `cmd:"" help:"Change your password, or reset somebody's (administrators)."`
	Remove   userRemove   `cmd:"" help:"Delete somebody's account (administrators)."`
}

// account is a user as administrators see one.
type account struct {
	ID       string
	Username string
	Admin    bool
	Created  string `json:"created_at"`
	Password string // one that the hub made up
}

type userList struct {
	Max int `default:"1000" placeholder:"N" help:"How many users at the most. Default: ${default}."`
	listing
	client
}

// Help is the long text of fieldhook user list --help.
func (userList) Help() string {
	return `Lists accounts, not API users:

  fieldhook user list`
}

// Run prints one line per user.
func (c *userList) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	users, err := pages[account](ctx, h, "/v1/admin/users", url.Values{}, "users", c.Max)
	if err != nil {
		return err
	}
	if c.JSON {
		return printList(s.Out, users)
	}
	rows := make([][]string, len(users))
	for i, u := range users {
		role := "user"
		if u.value.Admin {
			role = "administrator"
		}
		rows[i] = []string{u.value.ID, u.value.Username, role, u.value.Created}
	}
	return table(s.Out, []string{"ID", "USER", "ROLE", "CREATED"}, rows)
}

// typed asks for a password in place of one that the hub makes up.
type typed struct {
	Ask bool `help:"Ask for the password, or take the first line of standard input. Without it the hub makes one up, which is shown once."`
}

func (t typed) password(ctx context.Context, s Streams, user string) (string, error) {
	if !t.Ask {
		return "", nil
	}
	return newPassword(ctx, s, "New password of "+user+": ")
}

// newPassword asks for a password, at a terminal twice: nobody sees a slip of
// the finger.
func newPassword(ctx context.Context, s Streams, question string) (string, error) {
	text, err := readHidden(ctx, s, question)
	if err != nil {
		return "", err
	}
	if text == "" {
		return "", errors.New("no password was given")
	}
	if !atTerminal(s.In) {
		return text, nil
	}
	again, err := readHidden(ctx, s, "Once more: ")
	if err == nil && again != text {
		err = errors.New("the two are not the same")
	}
	return text, err
}

// show prints an account, and the password if the hub made it up.
func (a *account) show(s Streams) error {
	_, err := fmt.Fprintf(s.Out, "user      %s\n", printable(a.Username))
	if a.Password != "" {
		_, err = fmt.Fprintf(s.Out, "password  %s\n", printable(a.Password))
	}
	return err
}

type userAdd struct {
	User  string `arg:"" help:"The user name, usually an e-mail address."`
	Admin bool   `help:"Make an administrator of the hub."`
	typed
	client
}

// Help is the long text of fieldhook user add --help.
func (userAdd) Help() string {
	return `The password is made up and shown once, or asked for:

  fieldhook user add ann@example.org
  fieldhook user add bob@example.org --ask < password.txt`
}

// Run makes the account.
func (c *userAdd) Run(ctx context.Context, s Streams) error {
	password, err := c.password(ctx, s, c.User)
	if err != nil {
		return err
	}
	h, err := c.hub()
	if err != nil {
		return err
	}
	in := map[string]any{"username": c.User, "admin": c.Admin}
	if password != "" {
		in["password"] = password
	}
	var made account
	if err := h.do(ctx, "POST", "/v1/admin/users", in, &made); err != nil {
		return err
	}
	return made.show(s)
}

type userInvite struct {
	User string `arg:"" optional:"" help:"The user name that the code is for. Default: whoever has it."`
	client
}

// Help is the long text of fieldhook user invite --help.
func (userInvite) Help() string {
	return `The code is shown once; with it somebody can sign up at a hub that is not open to all:

  fieldhook user invite ann@example.org`
}

// Run makes the code.
func (c *userInvite) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	in := map[string]string{}
	if c.User != "" {
		in["username"] = c.User
	}
	var made struct {
		Code    string
		Expires string `json:"expires_at"`
	}
	if err := h.do(ctx, "POST", "/v1/admin/invitations", in, &made); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "code     %s\nexpires  %s\n", printable(made.Code), printable(made.Expires))
	return err
}

type userPassword struct {
	User string `arg:"" optional:"" help:"Whose password; administrators only. Default: yours."`
	typed
	client
}

// Help is the long text of fieldhook user password --help.
func (userPassword) Help() string {
	return `Your own password: the old and the new one are asked for, in this order.

  fieldhook user password

That of somebody who forgot it. A new one is made up and shown once, and all tokens of the user end:

  fieldhook user password ann@example.org`
}

// Run changes the password.
func (c *userPassword) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	if c.User == "" {
		return c.own(ctx, s, h)
	}
	in := map[string]string{}
	password, err := c.password(ctx, s, c.User)
	if err != nil {
		return err
	}
	if password != "" {
		in["password"] = password
	}
	var changed account
	if err := h.do(ctx, "POST", "/v1/admin/users/"+url.PathEscape(c.User)+"/password", in, &changed); err != nil {
		return err
	}
	return changed.show(s)
}

// own changes the caller's own password.
func (c *userPassword) own(ctx context.Context, s Streams, h *remote) error {
	old, err := readHidden(ctx, s, "Your password: ")
	if err != nil {
		return err
	}
	password, err := newPassword(ctx, s, "New password: ")
	if err != nil {
		return err
	}
	in := map[string]string{"current_password": old, "password": password}
	if err := h.do(ctx, "PUT", "/v1/user", in, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Out, "Changed. Your tokens stay valid; fieldhook token revoke --all ends them.")
	return err
}

type userRemove struct {
	User string `arg:"" help:"The user name, or the id."`
	Yes  bool   `short:"y" help:"Do not ask."`
	client
}

// Help is the long text of fieldhook user remove --help.
func (userRemove) Help() string {
	return `The account is deleted, and its tokens end:

  fieldhook user remove ann@example.org`
}

// Run deletes the account.
func (c *userRemove) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	if !c.Yes {
		yes, err := confirm(s, "Delete the account of "+printable(c.User)+"?")
		if err != nil {
			return err
		}
		if !yes {
			return errors.New("nothing was changed")
		}
	}
	if err := h.do(ctx, "DELETE", "/v1/admin/users/"+url.PathEscape(c.User), nil, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "Deleted %s.\n", printable(c.User))
	return err
}
