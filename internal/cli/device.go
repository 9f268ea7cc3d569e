package cli

import (
	"context"
	"fmt"
	"text/tabwriter"
)

// deviceCmds are the commands about devices.
type deviceCmds struct {
	Add  deviceAdd  `cmd:"" help:"Register a device and print its token."`
	List deviceList `cmd:"" help:"List your devices."`
}

type deviceAdd struct {
	ID   string `arg:"" optional:"" help:"The device's id, 24 hexadecimal digits. Default: a new one."`
	Name string `placeholder:"NAME" help:"A name for the device."`
	client
}

// Help is the long text of fieldhook device add --help.
func (deviceAdd) Help() string {
	return `The device's token is shown once. With it the device can publish, open event streams and read its own record, and nothing else:

  curl -H "Authorization: Bearer DEVICE_TOKEN" -d name=temp -d data=21.5 http://127.0.0.1:8080/v1/devices/events`
}

// Run registers the device and asks for its token.
func (c *deviceAdd) Run(ctx context.Context, s Streams) error {
	in := map[string]any{"register": true}
	if c.ID != "" {
		in["id"] = c.ID
	}
	if c.Name != "" {
		in["name"] = c.Name
	}
	var device struct{ ID string }
	if err := c.do(ctx, "POST", "/v1/devices", in, &device); err != nil {
		return err
	}
	var issued struct{ Token string }
	if err := c.do(ctx, "POST", "/v1/devices/"+device.ID+"/tokens", nil, &issued); err != nil {
		return fmt.Errorf("device %s is registered, but has no token yet: %w", device.ID, err)
	}
	_, err := fmt.Fprintf(s.Out, "device  %s\ntoken   %s\n", device.ID, issued.Token)
	return err
}

type deviceList struct{ client }

// Run prints one line per device.
func (c *deviceList) Run(ctx context.Context, s Streams) error {
	var devices []struct{ ID, Name string }
	if err := c.do(ctx, "GET", "/v1/devices", nil, &devices); err != nil {
		return err
	}
	if len(devices) == 0 {
		fmt.Fprintln(s.Out, "You have no devices yet. Register one: fieldhook device add --name NAME")
		return nil
	}
	t := tabwriter.NewWriter(s.Out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "ID\tNAME")
	for _, d := range devices {
		fmt.Fprintf(t, "%s\t%s\n", d.ID, d.Name)
	}
	return t.Flush()
}
