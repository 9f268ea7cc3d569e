package integration

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/scope"
)

// Record is an integration as it is stored.
type Record struct {
	ID      string
	Scope   scope.Scope
	Org     string // organization that owns a product's scope, "" = none; read, but not stored here
	Created int64  // Unix milliseconds
	Updated int64  // Unix milliseconds
	Config  []byte // the definition's JSON object, stored byte for byte
}

// Store keeps records. Every change raises the configuration version by one in
// the same transaction and returns the new version. An unknown id is a fault
// NotFound.
type Store interface {
	Integrations(ctx context.Context) (all []Record, version int64, err error) // by creation, then id
	InsertIntegration(ctx context.Context, r Record) (version int64, err error)
	UpdateIntegration(ctx context.Context, r Record) (version int64, err error)
	DeleteIntegration(ctx context.Context, id string) (version int64, err error)
	// BranchIntegration inserts fresh and, in the same change, replaces the
	// record it was made from or, unless that is kept, deletes it.
	BranchIntegration(ctx context.Context, fresh, from Record, kept bool) (version int64, err error)
}
