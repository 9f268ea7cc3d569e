package fleet

import (
	"context"
	"encoding/json"
	"strconv"
	"unicode"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Bounds of a product, in bytes.
const (
	maxProductName = 128
	maxDescription = 2000
	maxSettings    = 16 << 10
	maxPlatform    = 65_535
)

// Product is a kind of device with its fleet.
type Product struct {
	ID          int64  // from 10,000 up
	Slug        string // unique, made from the name
	Name        string
	Description string
	Platform    int         // kind of hardware; cloud API reference, section 7.1
	Owner       scope.Scope // the sandbox of a user, or an organization
	Settings    string      // a JSON object
	Devices     int64       // how many there are; the store counts
	Created     int64       // Unix milliseconds
	Updated     int64       // Unix milliseconds
}

// Products stores products. An unknown one is a fault NotFound, a second one
// with the same slug a fault Conflict.
type Products interface {
	ProductByID(ctx context.Context, id int64) (Product, error)
	ProductBySlug(ctx context.Context, slug string) (Product, error)
	// ProductsOf gives a page of the products that one of the owners has or that
	// have one of the numbers, by number.
	ProductsOf(ctx context.Context, owners []scope.Scope, ids []int64, limit, offset int) ([]Product, error)
	// InsertProduct gives the product its number, the next one that was never used.
	InsertProduct(ctx context.Context, p Product) (Product, error)
	UpdateProduct(ctx context.Context, p Product) error // name, description, platform, settings and Updated
	// DeleteProduct deletes a product with its groups, members and claim codes. One
	// that has devices is a fault Conflict.
	DeleteProduct(ctx context.Context, id int64) error
}

// ProductChange is what people may say about a product; nil = as it was.
type ProductChange struct {
	Name, Description *string
	Platform          *int
	Settings          []byte // a JSON object
}

// Product finds a product by its number or slug. Errors: a fault NotFound.
// Whether the caller may know of it is for team to say.
func (s *Service) Product(ctx context.Context, idOrSlug string) (Product, error) {
	if n, err := strconv.ParseInt(idOrSlug, 10, 64); err == nil {
		return s.store.ProductByID(ctx, n)
	}
	return s.store.ProductBySlug(ctx, idOrSlug)
}

// ProductOwner tells who owns a product. Errors: a fault NotFound.
func (s *Service) ProductOwner(ctx context.Context, product int64) (scope.Scope, error) {
	p, err := s.store.ProductByID(ctx, product)
	return p.Owner, err
}

// Products gives a page of the products that one of the owners has or that have
// one of the numbers, by number.
func (s *Service) Products(ctx context.Context, owners []scope.Scope, ids []int64, limit, offset int) ([]Product, error) {
	return s.store.ProductsOf(ctx, owners, ids, limit, offset)
}

// CreateProduct makes a product of the owner, which is a sandbox or an
// organization. Errors: a fault Invalid that names the field.
func (s *Service) CreateProduct(ctx context.Context, owner scope.Scope, c ProductChange) (Product, error) {
	now := s.now().UnixMilli()
	p := Product{Owner: owner, Settings: "{}", Created: now, Updated: now}
	if c.Name == nil {
		return Product{}, fault.Field("name", "It is missing.")
	}
	if err := c.apply(&p); err != nil {
		return Product{}, err
	}
	for n := 1; ; n++ {
		p.Slug = slug(p.Name, n)
		made, err := s.store.InsertProduct(ctx, p)
		if !fault.Is(err, fault.Conflict) || n == maxTwins {
			return made, err
		}
	}
}

// UpdateProduct changes a product. Its number and slug stay. Errors: a fault
// Invalid that names the field, a fault NotFound.
func (s *Service) UpdateProduct(ctx context.Context, p Product, c ProductChange) (Product, error) {
	if err := c.apply(&p); err != nil {
		return Product{}, err
	}
	p.Updated = s.now().UnixMilli()
	return p, s.store.UpdateProduct(ctx, p)
}

// DeleteProduct deletes a product. One that has devices is refused with a fault
// Conflict unless forced: then claimed devices stay with their owners, and the
// others are deleted. It may be repeated after an interruption.
func (s *Service) DeleteProduct(ctx context.Context, id int64, force bool) error {
	for force {
		n, err := s.empty(ctx, id)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
	}
	return s.store.DeleteProduct(ctx, id)
}

// empty takes some devices out of a product, and tells how many there were.
func (s *Service) empty(ctx context.Context, id int64) (int, error) {
	s.changing.Lock()
	defer s.changing.Unlock()
	page, err := s.store.ProductDevices(ctx, Query{Product: id, Sort: ByID, Limit: importChunk})
	if err != nil || len(page) == 0 {
		return 0, err
	}
	return len(page), s.leave(ctx, page)
}

// apply checks a change and makes it.
func (c *ProductChange) apply(p *Product) error {
	if c.Name != nil {
		if err := checkText("name", *c.Name, maxProductName); err != nil {
			return err
		}
		if *c.Name == "" {
			return fault.Field("name", "It is empty.")
		}
		p.Name = *c.Name
	}
	if c.Description != nil {
		if len(*c.Description) > maxDescription || !utf8.ValidString(*c.Description) {
			return fault.Field("description", "It has at most %d bytes of UTF-8.", maxDescription)
		}
		p.Description = *c.Description
	}
	if c.Platform != nil {
		if *c.Platform < 0 || *c.Platform > maxPlatform {
			return fault.Field("platform_id", "It must be a number from 0 to %d.", maxPlatform)
		}
		p.Platform = *c.Platform
	}
	if c.Settings != nil {
		if len(c.Settings) > maxSettings || c.Settings[0] != '{' || !json.Valid(c.Settings) {
			return fault.Field("settings", "It must be a JSON object of at most %d bytes.", maxSettings)
		}
		p.Settings = string(c.Settings)
	}
	return nil
}

// checkText refuses texts that are too long or would break a line.
func checkText(field, text string, most int) error {
	if len(text) > most {
		return fault.Field(field, "It has at most %d bytes.", most)
	}
	if !utf8.ValidString(text) {
		return fault.Field(field, "It must be valid UTF-8.")
	}
	for _, r := range text {
		if unicode.IsControl(r) {
			return fault.Field(field, "It must not hold control characters.")
		}
	}
	return nil
}
