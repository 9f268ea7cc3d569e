package demo

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"slices"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// Products keeps products; fleet.Service does.
type Products interface {
	Products(ctx context.Context, owners []scope.Scope, ids []int64, limit, offset int) ([]fleet.Product, error)
	CreateProduct(ctx context.Context, owner scope.Scope, c fleet.ProductChange) (fleet.Product, error)
	CreateGroup(ctx context.Context, g fleet.Group) (fleet.Group, error)
}

// Members keeps the devices of products; fleet.Service does.
type Members interface {
	Import(ctx context.Context, p *fleet.Product, user string, lines []string) (fleet.Imported, error)
	UpdateMember(ctx context.Context, product int64, id string, c fleet.Change) (fleet.Device, error)
}

// Organizations keeps organizations; team.Service does.
type Organizations interface {
	OrganizationsOf(ctx context.Context, p *scope.Principal) ([]team.Organization, error)
	CreateOrganization(ctx context.Context, user, name string) (team.Organization, error)
}

// Secrets keeps secrets; secret.Vault does.
type Secrets interface {
	Put(ctx context.Context, s scope.Scope, name, value string) error
}

// Ledgers keeps ledgers; ledger.Service does.
type Ledgers interface {
	Create(ctx context.Context, d ledger.Definition) (ledger.Definition, error)
	Set(ctx context.Context, owner scope.Scope, name, value, data string, mode ledger.Mode) (ledger.Instance, error)
}

// Counts takes over counts of days before today; app.Hub does.
type Counts interface {
	ImportCounts(ctx context.Context, counts []eventlog.Tally) error
}

// Seed makes the example around the sandbox's fleet. All fields are required.
type Seed struct {
	Devices       Devices
	Products      Products
	Members       Members
	Organizations Organizations
	Secrets       Secrets
	Ledgers       Ledgers
	Integrations  Integrations
	Counts        Counts

	Owner  *scope.Principal // the demo's user
	Garden *Fleet
	State  State
}

// Plant makes whatever of the example is not there: an interrupted one may be
// begun again, and nothing is made twice. Errors: those of the rooms.
func (s *Seed) Plant(ctx context.Context) error {
	org, err := s.organization(ctx)
	if err != nil {
		return fmt.Errorf("make the organization: %w", err)
	}
	owner := scope.OfOrganization(org.ID)
	products := map[string]int64{}
	for _, name := range []string{Greenhouse, Orchard} {
		p, err := s.product(ctx, owner, name)
		if err != nil {
			return fmt.Errorf("make the product %s: %w", name, err)
		}
		products[name] = p.ID
		if err := s.members(ctx, &p); err != nil {
			return fmt.Errorf("fill the product %s: %w", name, err)
		}
	}
	if err := s.ledger(ctx, owner); err != nil {
		return fmt.Errorf("make the ledger: %w", err)
	}
	if err := s.Secrets.Put(ctx, scope.Of(s.Owner.User), signingSecret, rand.Text()); err != nil {
		return fmt.Errorf("make the secret: %w", err)
	}
	return s.integrations(ctx, owner, products)
}

func (s *Seed) organization(ctx context.Context) (team.Organization, error) {
	all, err := s.Organizations.OrganizationsOf(ctx, s.Owner)
	if err != nil {
		return team.Organization{}, err
	}
	for _, o := range all {
		if o.Name == Organization {
			return o, nil
		}
	}
	return s.Organizations.CreateOrganization(ctx, s.Owner.User, Organization)
}

// descriptions of the products.
var descriptions = map[string]string{
	Greenhouse: "Air and valves of the beds under glass (simulated)",
	Orchard:    "Frost watch between the trees (simulated)",
}

func (s *Seed) product(ctx context.Context, owner scope.Scope, name string) (fleet.Product, error) {
	all, err := s.Products.Products(ctx, []scope.Scope{owner}, nil, 100, 0)
	if err != nil {
		return fleet.Product{}, err
	}
	for _, p := range all {
		if p.Name == name {
			return p, nil
		}
	}
	about := descriptions[name]
	return s.Products.CreateProduct(ctx, owner, fleet.ProductChange{Name: &name, Description: &about})
}

// members brings the product's devices in. The claimed ones are registered
// before, because an import leaves its devices unclaimed.
func (s *Seed) members(ctx context.Context, p *fleet.Product) error {
	var ids, groups []string
	for _, d := range s.Garden.devices {
		if d.Member.Product != p.Name {
			continue
		}
		ids = append(ids, d.ID)
		groups = append(groups, d.Member.Groups...)
		if d.Member.Claimed {
			if _, err := s.Devices.Register(ctx, s.Owner.User, d.ID, d.Name); err != nil {
				return err
			}
		}
	}
	slices.Sort(groups)
	for _, name := range slices.Compact(groups) {
		if _, err := s.Products.CreateGroup(ctx, fleet.Group{Product: p.ID, Name: name}); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	if _, err := s.Members.Import(ctx, p, s.Owner.User, ids); err != nil {
		return err
	}
	for _, d := range s.Garden.devices {
		if d.Member.Product != p.Name {
			continue
		}
		change := fleet.Change{Name: &d.Name, Serial: &d.Member.Serial, Groups: &d.Member.Groups, Firmware: &d.Member.Firmware}
		if _, err := s.Members.UpdateMember(ctx, p.ID, d.ID, change); err != nil {
			return err
		}
	}
	return nil
}

// ledger tells for each device of the greenhouse where it stands.
func (s *Seed) ledger(ctx context.Context, owner scope.Scope) error {
	_, err := s.Ledgers.Create(ctx, ledger.Definition{Owner: owner, Name: bedLedger, Kind: ledger.OfDevice, Description: "Where a device stands, and what grows there"})
	if err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	for _, d := range s.Garden.devices {
		if d.Member.Bed == "" {
			continue
		}
		data, err := json.Marshal(map[string]string{"bed": d.Member.Bed, "crop": d.Member.Crop})
		if err == nil {
			_, err = s.Ledgers.Set(ctx, owner, bedLedger, d.ID, string(data), ledger.Replace)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// integrations makes the examples of all scopes with their past.
func (s *Seed) integrations(ctx context.Context, owner scope.Scope, products map[string]int64) error {
	sandbox, both := scope.Of(s.Owner.User), []int64{products[Greenhouse], products[Orchard]}
	for _, e := range inSandbox() {
		if err := s.example(ctx, sandbox, e, nil); err != nil {
			return err
		}
	}
	if in := named(s.Integrations.List(sandbox), integrationName); in != nil {
		if err := s.past(ctx, in, binPast, nil); err != nil {
			return err
		}
	}
	if err := s.example(ctx, owner, inOrganization(both), both); err != nil {
		return err
	}
	if err := s.example(ctx, scope.OfProduct(products[Greenhouse]), inGreenhouse(), nil); err != nil {
		return err
	}
	return s.example(ctx, scope.OfProduct(products[Orchard]), inOrchard(), nil)
}

// named finds an integration.
func named(all []*integration.Integration, name string) *integration.Integration {
	for _, in := range all {
		if in.Definition.Name == name {
			return in
		}
	}
	return nil
}

func (s *Seed) example(ctx context.Context, sc scope.Scope, e example, products []int64) error {
	in := named(s.Integrations.List(sc), e.name())
	if in == nil {
		raw, err := json.Marshal(e.settings)
		if err != nil {
			return err
		}
		if in, _, err = s.Integrations.Create(ctx, sc, raw); err != nil {
			return fmt.Errorf("create the integration %q: %w", e.name(), err)
		}
	}
	return s.past(ctx, in, e.past, products)
}

// past makes up the counts of an integration. One that was there before the
// folder's example began has a past of its own.
func (s *Seed) past(ctx context.Context, in *integration.Integration, p profile, products []int64) error {
	first := s.State.firstDay()
	if in.Created < first.UnixMilli() {
		return nil
	}
	r := mathrand.New(mathrand.NewPCG(uint64(first.Unix()), uint64(in.Created)))
	if err := s.Counts.ImportCounts(ctx, sampleOf(in.ID, p, products, first, r)); err != nil {
		return fmt.Errorf("make up the past of %q: %w", in.Definition.Name, err)
	}
	return nil
}
