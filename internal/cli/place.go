package cli

import (
	"net/url"

	"github.com/fieldhook/fieldhook/internal/scope"
)

// place is where integrations, events and secrets live: the caller's sandbox
// unless a product or an organization is named.
type place struct {
	Product string `xor:"place" placeholder:"PRODUCT" help:"In this product, by id or slug, instead of your sandbox."`
	Org     string `xor:"place" placeholder:"ORG" help:"In this organization, by id or slug, instead of your sandbox."`
}

// path gives a route of the place; rest begins with a slash.
func (p place) path(rest string) string {
	switch {
	case p.Product != "":
		return "/v1/products/" + url.PathEscape(p.Product) + rest
	case p.Org != "":
		return "/v1/orgs/" + url.PathEscape(p.Org) + rest
	}
	return "/v1" + rest
}

// kind is the kind of scope.
func (p place) kind() scope.Kind {
	switch {
	case p.Product != "":
		return scope.Product
	case p.Org != "":
		return scope.Organization
	}
	return scope.Sandbox
}

// String names the place in messages.
func (p place) String() string {
	switch {
	case p.Product != "":
		return "product " + p.Product
	case p.Org != "":
		return "organization " + p.Org
	}
	return "sandbox"
}
