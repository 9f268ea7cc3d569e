package cli

import (
	"context"
	"fmt"
)

// productCmds are the commands about products.
type productCmds struct {
	List   productList   `cmd:"" help:"List products."`
	Create productCreate `cmd:"" help:"Make a product."`
	Import productImport `cmd:"" help:"Add devices to a product by file."`
}

// owner says whose products: the caller's, or an organization's.
type owner struct {
	Org string `placeholder:"ORG" help:"Those of this organization, by id or slug, instead of your own."`
}

// products is the route of the owner's products (cloud API reference, section
// 8).
func (o owner) products(mine string) string {
	if o.Org == "" {
		return mine
	}
	return place{Org: o.Org}.path("/products")
}

type productList struct {
	owner
	listing
	client
}

// Help is the long text of fieldhook product list --help.
func (productList) Help() string {
	return `Where a command takes --product, it takes an id or a slug of this list:

  fieldhook product list
  fieldhook product list --org acme`
}

// productRecord is what commands show of a product.
type productRecord struct {
	ID       int64
	Slug     string
	Name     string
	Platform int   `json:"platform_id"`
	Devices  int64 `json:"device_count"`
}

// Run prints one line per product.
func (c *productList) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	var answer struct{ Products reading[[]productRecord] }
	if err := h.do(ctx, "GET", c.products("/v1/products"), nil, &answer); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.Out, answer.Products.raw)
	}
	rows := make([][]string, len(answer.Products.value))
	for i, p := range answer.Products.value {
		rows[i] = []string{fmt.Sprint(p.ID), p.Slug, p.Name, fmt.Sprint(p.Platform), fmt.Sprint(p.Devices)}
	}
	return table(s.Out, []string{"ID", "SLUG", "NAME", "PLATFORM", "DEVICES"}, rows)
}

type productCreate struct {
	Name        string `arg:"" help:"The product's name."`
	Platform    int    `placeholder:"ID" help:"The number of its devices' platform, such as 13 or 32."`
	Description string `placeholder:"TEXT" help:"A description."`
	owner
	listing
	client
}

// Help is the long text of fieldhook product create --help.
func (productCreate) Help() string {
	return `A product is a fleet of devices of one kind, with integrations of its own:

  fieldhook product create Greenhouse --platform 32 --description "Sensors under glass"`
}

// Run makes the product.
func (c *productCreate) Run(ctx context.Context, s Streams) error {
	h, err := c.hub()
	if err != nil {
		return err
	}
	in := map[string]any{"name": c.Name}
	if c.Platform != 0 {
		in["platform_id"] = c.Platform
	}
	if c.Description != "" {
		in["description"] = c.Description
	}
	var answer struct{ Product reading[productRecord] }
	if err := h.do(ctx, "POST", c.products("/v1/user/products"), map[string]any{"product": in}, &answer); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s.Out, answer.Product.raw)
	}
	_, err = fmt.Fprintf(s.Out, "Created product %d, slug %s.\n", answer.Product.value.ID, printable(answer.Product.value.Slug))
	return err
}
