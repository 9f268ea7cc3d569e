package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
)

// deviceCmds are the commands about devices.
type deviceCmds struct {
	Add    deviceAdd    `cmd:"" help:"Register a device and print its token."`
	List   deviceList   `cmd:"" help:"List your devices, or those of a product."`
	Remove deviceRemove `cmd:"" help:"Remove a device."`
}

// fleetOf says whose devices.
type fleetOf struct {
	Product string `placeholder:"PRODUCT" help:"In this product, by id or slug, instead of your sandbox."`
}

func (f fleetOf) route(rest string) string { return place{Product: f.Product}.path("/devices" + rest) }

type deviceAdd struct {
	ID   string `arg:"" optional:"" help:"The device's id, 24 hexadecimal digits. Default: a new one."`
	Name string `placeholder:"NAME" help:"A name for the device."`
	fleetOf
	client
}

// Help is the long text of fieldhook device add --help.
func (deviceAdd) Help() string {
	return `The device's token is shown once. With it the device can publish, open event streams and read its own record, and nothing else:

  fieldhook device add --name kitchen
  curl -H "Authorization: Bearer DEVICE_TOKEN" -d name=temp -d data=21.5 http://127.0.0.1:8080/v1/devices/events

A device is added to a product by its id; many are with fieldhook product import:

  fieldhook device add 0123456789abcdef01234567 --product greenhouse`
}

// Validate says which arguments do not go together.
func (c *deviceAdd) Validate() error {
	switch {
	case c.Product != "" && c.ID == "":
		return errors.New("name the device to add to the product by its id")
	case c.Product != "" && c.Name != "":
		return errors.New("--name: it is for devices of your own")
	}
	return nil
}

// Run registers the device and asks for its token.
func (c *deviceAdd) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	if c.Product != "" {
		return c.addToProduct(ctx, s, h)
	}
	in := map[string]any{"register": true}
	if c.ID != "" {
		in["id"] = c.ID
	}
	if c.Name != "" {
		in["name"] = c.Name
	}
	var device struct{ ID string }
	if err := h.do(ctx, "POST", "/v1/devices", in, &device); err != nil {
		return err
	}
	var issued struct{ Token string }
	if err := h.do(ctx, "POST", "/v1/devices/"+url.PathEscape(device.ID)+"/tokens", nil, &issued); err != nil {
		return fmt.Errorf("device %s is registered, but has no token yet: %w", device.ID, err)
	}
	_, err = fmt.Fprintf(s.Out, "device  %s\ntoken   %s\n", device.ID, issued.Token)
	return err
}

func (c *deviceAdd) addToProduct(ctx context.Context, s Streams, h *remote) error {
	var p part
	if err := h.do(ctx, "POST", c.route(""), map[string]string{"id": c.ID}, &p); err != nil {
		return err
	}
	var what string
	switch {
	case len(p.Updated) > 0:
		what = "is added"
	case len(p.Existing) > 0:
		what = "was there already"
	default:
		return fmt.Errorf("the hub does not accept %s; it is no device id, or the device is somebody else's or in another product", printable(c.ID))
	}
	_, err := fmt.Fprintf(s.Out, "%s %s.\n", printable(c.ID), what)
	return err
}

type deviceList struct {
	fleetOf
	Name string `placeholder:"TEXT" help:"Only devices of a product whose names hold this."`
	Max  int    `default:"1000" placeholder:"N" help:"How many devices of a product at the most. Default: ${default}."`
	listing
	client
}

// Help is the long text of fieldhook device list --help.
func (deviceList) Help() string {
	return `Lists the devices of your sandbox, or page by page those of a product:

  fieldhook device list
  fieldhook device list --product greenhouse --name north --max 50`
}

// Validate says which flag has an impossible value.
func (c *deviceList) Validate() error {
	switch {
	case c.Max < 1:
		return fmt.Errorf("--max: %d is not a number of devices", c.Max)
	case c.Name != "" && c.Product == "":
		return errors.New("--name: it is for devices of a product")
	}
	return nil
}

// deviceRecord is what commands show of a device.
type deviceRecord struct {
	ID, Name string
	Online   bool
	Heard    string `json:"last_heard"`
}

// Run prints one line per device.
func (c *deviceList) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	devices, err := c.devices(ctx, h)
	if err != nil {
		return err
	}
	if c.JSON {
		return printList(s.Out, devices)
	}
	if len(devices) == 0 && c.Product == "" {
		_, err = fmt.Fprintln(s.Out, "You have no devices yet. Register one: fieldhook device add --name NAME")
		return err
	}
	rows := make([][]string, len(devices))
	for i, d := range devices {
		online := "-"
		if d.value.Online {
			online = "online"
		}
		rows[i] = []string{d.value.ID, dash(d.value.Name), online, dash(d.value.Heard)}
	}
	return table(s.Out, []string{"ID", "NAME", "STATE", "LAST HEARD"}, rows)
}

func (c *deviceList) devices(ctx context.Context, h *remote) (all []reading[deviceRecord], err error) {
	if c.Product == "" {
		return all, h.do(ctx, "GET", c.route(""), nil, &all)
	}
	query := url.Values{}
	if c.Name != "" {
		query.Set("deviceName", c.Name)
	}
	return pages[deviceRecord](ctx, h, c.route(""), query, "devices", c.Max)
}

type deviceRemove struct {
	Device string `arg:"" help:"The device's id; its name will do for one of your own."`
	fleetOf
	client
}

// Help is the long text of fieldhook device remove --help.
func (deviceRemove) Help() string {
	return `The device leaves your sandbox, or the product:

  fieldhook device remove kitchen
  fieldhook device remove 0123456789abcdef01234567 --product greenhouse`
}

// Run removes the device.
func (c *deviceRemove) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	if err := h.do(ctx, "DELETE", c.route("/"+url.PathEscape(c.Device)), nil, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.Out, "Removed %s.\n", printable(c.Device))
	return err
}
