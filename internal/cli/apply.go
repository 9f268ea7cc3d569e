package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// applyCmd makes a hub agree with files.
type applyCmd struct {
	Paths      []string `arg:"" name:"path" help:"Files, or folders with .yaml, .yml and .json files; - is standard input."`
	DryRun     bool     `help:"Change nothing; print what would change, as a unified diff."`
	ExitCode   bool     `help:"With --dry-run: exit with 3 if something would change."`
	Prune      bool     `help:"Also delete the integrations that the files do not name, in the places that they do name."`
	Yes        bool     `short:"y" help:"Do not ask before deleting."`
	SetSecrets bool     `help:"Also write secrets that exist: their values cannot be compared."`
	client
}

// Help is the long text of fieldhook apply --help.
func (applyCmd) Help() string {
	return `A file holds one or many documents:

  kind: integration
  name: temp-to-lab            # it is found again by this name
  product: greenhouse          # or org: ORG; without either, your sandbox
  settings:
    event: temp
    url: https://lab.example.org/log
    headers: { X-Key: "{{{LAB_KEY}}}" }
    secrets: [LAB_KEY]
  ---
  kind: secret
  name: LAB_KEY
  product: greenhouse
  env: LAB_KEY                 # the environment variable that holds its value
  ---
  kind: ledger                 # in your sandbox or in an organization
  name: lab-serials
  settings: { scope: Device, direction: Downstream, description: Serial numbers }

What does not exist is made, what differs is changed, and what is as the files say is left alone, so that the command can be repeated:

  fieldhook apply --dry-run hooks/
  fieldhook apply hooks/

All files are checked before anything is sent. Exit codes: 0 done, 1 the hub refused something, 2 a file is wrong, 3 a dry run with --exit-code found differences.`
}

// Validate says which flags do not go together.
func (c *applyCmd) Validate() error {
	if c.ExitCode && !c.DryRun {
		return errors.New("--exit-code: it is for --dry-run")
	}
	return nil
}

// Run reads, compares and changes.
func (c *applyCmd) Run(ctx context.Context, s Streams) error {
	docs, err := readFolder(s, c.Paths)
	if err != nil {
		return usage(err)
	}
	if err := c.checkVariables(docs); err != nil {
		return usage(err)
	}
	h, err := c.hub()
	if err != nil {
		return err
	}
	p := &planner{remote: h, setSecrets: c.SetSecrets, prune: c.Prune, places: map[place]*inventory{}}
	plan, err := p.plan(ctx, docs)
	if err != nil {
		return err
	}
	tellWarnings(s, docs)
	if c.DryRun {
		return c.preview(s, plan)
	}
	if err := c.allowed(s, plan); err != nil {
		return err
	}
	return plan.carryOut(ctx, s)
}

// tellWarnings tells what is allowed but probably not meant.
func tellWarnings(s Streams, docs []*document) {
	for _, d := range docs {
		for _, text := range d.warnings {
			fmt.Fprintf(s.Err, "warning: %s: %s\n", d.source, printable(text))
		}
	}
}

// checkVariables says which variables of secrets are missing.
func (c *applyCmd) checkVariables(docs []*document) error {
	if c.DryRun {
		return nil
	}
	var wrong []error
	for _, d := range docs {
		if d.Kind == kindSecret && os.Getenv(d.Env) == "" {
			wrong = append(wrong, fmt.Errorf("%s: env: the environment variable %s is not set", d.source, d.Env))
		}
	}
	return errors.Join(wrong...)
}

// preview prints the plan's differences.
func (c *applyCmd) preview(s Streams, plan changes) error {
	for _, ch := range plan {
		if _, err := fmt.Fprintf(s.Out, "%-9s  %s\n%s", ch.verb, ch.what, printableLines(ch.diff)); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(s.Out, plan.count("would be ")); err != nil {
		return err
	}
	if c.ExitCode && plan.differ() {
		return &exit{code: exitDifferent}
	}
	return nil
}

// allowed asks before something is deleted.
func (c *applyCmd) allowed(s Streams, plan changes) error {
	var victims []string
	for _, ch := range plan {
		if ch.verb == verbDelete {
			victims = append(victims, "  "+printable(ch.what))
		}
	}
	if len(victims) == 0 || c.Yes {
		return nil
	}
	fmt.Fprintf(s.Err, "These are in no file:\n%s\n", strings.Join(victims, "\n"))
	yes, err := confirm(s, "Delete them?")
	if err == nil && !yes {
		err = errors.New("nothing was changed")
	}
	return err
}
