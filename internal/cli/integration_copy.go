package cli

import (
	"context"
	"errors"
	"fmt"
)

// target says where a copy of an integration goes.
type target struct {
	ToProduct string   `xor:"target" placeholder:"PRODUCT" help:"Into this product, by id or slug."`
	ToOrg     string   `xor:"target" placeholder:"ORG" help:"Into this organization, by id or slug."`
	ToSandbox bool     `xor:"target" help:"Into your sandbox."`
	Products  []string `placeholder:"ID" help:"With --to-org: the products of the organization that it is for, by number."`
}

// Validate says what is missing.
func (t *target) Validate() error {
	switch {
	case t.ToProduct == "" && t.ToOrg == "" && !t.ToSandbox:
		return errors.New("say where to: --to-product, --to-org or --to-sandbox")
	case len(t.Products) > 0 && t.ToOrg == "":
		return errors.New("--products: it is for --to-org")
	}
	return nil
}

// to is the target in a request.
func (t *target) to() map[string]any {
	switch {
	case t.ToProduct != "":
		return map[string]any{"product": t.ToProduct}
	case t.ToSandbox:
		return map[string]any{"sandbox": true}
	case len(t.Products) > 0:
		return map[string]any{"org": t.ToOrg, "product_ids": t.Products}
	}
	return map[string]any{"org": t.ToOrg}
}

type integrationCopy struct {
	one
	target
	DisableOriginal bool `help:"Disable the original, so that events go through one of the two."`
}

// Help is the long text of fieldhook integration copy --help.
func (integrationCopy) Help() string {
	return `Makes an integration with the same settings in another place. Events that reach both places go through both:

  fieldhook integration copy temp-to-lab --to-product greenhouse --disable-original`
}

// Run copies the integration.
func (c *integrationCopy) Run(ctx context.Context, s Streams) error {
	return c.bring(ctx, s, "/copy", map[string]any{"to": c.to(), "disable_original": c.DisableOriginal})
}

type integrationMove struct {
	one
	target
}

// Help is the long text of fieldhook integration move --help.
func (integrationMove) Help() string {
	return `Makes the integration in another place and deletes it here. It gets a new id and a new history:

  fieldhook integration move temp-to-lab --to-product greenhouse`
}

// Run moves the integration.
func (c *integrationMove) Run(ctx context.Context, s Streams) error {
	return c.bring(ctx, s, "/move", map[string]any{"to": c.to()})
}

// bring makes the integration elsewhere and prints its id there.
func (o *one) bring(ctx context.Context, s Streams, how string, body any) error {
	h, in, err := o.find(ctx)
	if err != nil {
		return err
	}
	var made struct {
		ID       string
		Warnings []string
	}
	if err := h.do(ctx, "POST", o.route(in.value.ID, how), body, &made); err != nil {
		return err
	}
	warn(s, made.Warnings)
	_, err = fmt.Fprintf(s.Out, "Created %s.\n", made.ID)
	return err
}
