package app

import (
	"context"
	"strings"

	"github.com/fieldhook/fieldhook/internal/deliver"
	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/history"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/presence"
	"github.com/fieldhook/fieldhook/internal/replay"
	"github.com/fieldhook/fieldhook/internal/retention"
	"github.com/fieldhook/fieldhook/internal/secret"
	"github.com/fieldhook/fieldhook/internal/store/postgres"
	"github.com/fieldhook/fieldhook/internal/store/sqlite"
	"github.com/fieldhook/fieldhook/internal/team"
	"github.com/fieldhook/fieldhook/internal/usage"
)

// Store is everything the rooms keep, in one place so that it changes together.
type Store interface {
	eventlog.Engine
	integration.Store
	identity.Users
	identity.Tokens
	identity.Clients
	fleet.Store
	presence.Store
	team.Organizations
	team.Members
	team.Changes
	team.Invitations
	team.Holdings
	deliver.Rings
	history.Store
	history.Import
	secret.Store
	HasSecrets(ctx context.Context) (bool, error) // of any owner
	retention.Store
	replay.Jobs
	ledger.Definitions
	ledger.Instances
	ledger.Changes
	usage.Store
	Close() error
}

// openStore opens the store that the settings name. A new engine is a folder
// under internal/store and a line here.
func openStore(ctx context.Context, s *Settings) (Store, error) {
	if path, ok := strings.CutPrefix(s.Store, "sqlite:"); ok {
		return opened(sqlite.Open(ctx, sqlite.Options{Path: strings.TrimPrefix(path, "//"), CacheKiB: s.StoreCache << 10}))
	}
	return opened(postgres.Open(ctx, s.Store))
}

// opened keeps a nil engine from becoming a Store that is not nil.
func opened[S Store](engine S, err error) (Store, error) {
	if err != nil {
		return nil, err
	}
	return engine, nil
}
