package cli

import (
	"context"
	"fmt"
)

// publishCmd publishes one event.
type publishCmd struct {
	Name string  `arg:"" help:"The event's name."`
	Data *string `arg:"" optional:"" help:"The event's data; - is standard input."`
	TTL  int     `placeholder:"SECONDS" help:"How long it counts, in seconds. The hub's default: 60."`
	place
	client
}

// Help is the long text of fieldhook publish --help.
func (publishCmd) Help() string {
	return `The command succeeds when the event is on disk:

  fieldhook publish temp 21.5
  fieldhook publish report - --product greenhouse < report.json`
}

// Run publishes the event.
func (c *publishCmd) Run(ctx context.Context, s Streams) error {
	in := map[string]any{"name": c.Name}
	if c.Data != nil {
		in["data"] = *c.Data
		if *c.Data == "-" {
			text, err := readText(s, "-")
			if err != nil {
				return err
			}
			in["data"] = string(text)
		}
	}
	if c.TTL > 0 {
		in["ttl"] = c.TTL
	}
	h, err := c.hub()
	if err != nil {
		return err
	}
	route := c.path("/events")
	if c.place == (place{}) {
		route = "/v1/devices/events"
	}
	if err := h.do(ctx, "POST", route, in, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "Published %s.\n", c.Name)
	return err
}
