package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// importCmd takes integrations over from another account.
type importCmd struct {
	File   string `arg:"" help:"JSON or YAML; - is standard input."`
	DryRun bool   `help:"Make nothing; tell what would be made."`
	place
	client
}

// Help is the long text of fieldhook import --help.
func (importCmd) Help() string {
	return `The file holds what a device cloud's API answers to GET /v1/webhooks or /v1/integrations (an array, or an object with it), or one webhook as particle-cli takes it:

  curl -H "Authorization: Bearer OLD_TOKEN" https://api.example.com/v1/integrations > old.json
  fieldhook import old.json --dry-run
  fieldhook import old.json --product greenhouse

Ids, times and counts of the old cloud are dropped, and so are settings that this hub does not know; both are told. An integration that is there already with the same settings is skipped, so that the command can be repeated.`
}

// Run makes what is not there yet. One that is refused does not keep it from
// the rest.
func (c *importCmd) Run(ctx context.Context, s Streams) error {
	found, err := c.read(s)
	if err != nil {
		return usage(err)
	}
	h, err := c.hub()
	if err != nil {
		return err
	}
	there, err := c.existing(ctx, h)
	if err != nil {
		return err
	}
	var made, skipped int
	var wrong []error
	for i, raw := range found {
		what, created, err := c.one(ctx, s, h, raw, there)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			wrong = append(wrong, fmt.Errorf("%s: integration %d%s: %w", c.File, i+1, what, err))
		case created:
			made++
		default:
			skipped++
		}
	}
	verb := "created"
	if c.DryRun {
		verb = "would be created"
	}
	fmt.Fprintf(s.Out, "%d %s, %d there already, %d refused\n", made, verb, skipped, len(wrong))
	return errors.Join(wrong...)
}

// read finds the integrations in the file.
func (c *importCmd) read(s Streams) ([]json.RawMessage, error) {
	text, err := readText(s, c.File)
	if err != nil {
		return nil, err
	}
	values, err := readDocuments(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.File, err)
	}
	var all []json.RawMessage
	for _, v := range values {
		some, err := exported(v.json)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.File, err)
		}
		all = append(all, some...)
	}
	return all, nil
}

// exported finds the integrations in one value: an array, an array in an
// object, one in a wrapper, or one.
func exported(raw json.RawMessage) (all []json.RawMessage, err error) {
	if json.Unmarshal(raw, &all) == nil {
		return all, nil
	}
	members, err := fieldsOf(raw)
	if err != nil {
		return nil, errors.New("it holds neither an integration nor an array of them")
	}
	for _, name := range []string{"integrations", "webhooks"} {
		if inner := valueOf(members, name); inner != nil {
			return all, json.Unmarshal(inner, &all)
		}
	}
	for _, name := range []string{"integration", "webhook"} {
		if inner := valueOf(members, name); inner != nil {
			return []json.RawMessage{inner}, nil
		}
	}
	return []json.RawMessage{raw}, nil
}

// existing gives the settings of what is there, in one spelling.
func (c *importCmd) existing(ctx context.Context, h *remote) (there [][]byte, err error) {
	all, err := h.integrations(ctx, c.place)
	if err != nil {
		return nil, err
	}
	for _, in := range all {
		settings, err := storedSettings(in.raw, c.place)
		if err != nil {
			return nil, err
		}
		there = append(there, settings)
	}
	return there, nil
}

// one makes one integration unless it is there. what names it for messages.
func (c *importCmd) one(ctx context.Context, s Streams, h *remote, raw json.RawMessage, there [][]byte) (what string, created bool, err error) {
	settings, dropped, err := settingsOf(raw)
	if err != nil {
		return "", false, err
	}
	var named struct{ Name, Event string }
	_ = json.Unmarshal(settings, &named) // of another shape: checkSettings tells
	if what = named.Name; what == "" {
		what = named.Event
	}
	what = printable(what)
	in, err := checkSettings(settings, c.kind())
	if err != nil {
		return " (" + what + ")", false, err
	}
	for _, t := range there {
		if bytes.Equal(t, in.settings) {
			_, err = fmt.Fprintf(s.Out, "skip    %s\n", what)
			return what, false, err
		}
	}
	if !c.DryRun {
		// The settings as they were found, so that the hub's warnings name all
		// that it leaves out.
		var made struct{ Warnings []string }
		if err := h.do(ctx, "POST", c.path("/integrations"), settings, &made); err != nil {
			return " (" + what + ")", false, err
		}
		in.warnings = made.Warnings
	}
	fmt.Fprintf(s.Out, "create  %s\n", what)
	if len(dropped) > 0 {
		fmt.Fprintf(s.Out, "        dropped: %s\n", printable(strings.Join(dropped, ", ")))
	}
	warn(s, in.warnings)
	return what, true, nil
}
