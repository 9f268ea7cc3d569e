// Package memory is a storage engine that forgets everything at its end. It is
// there for the tests of rooms and behaves as the durable engines do; package
// storetest checks that.
//
// A Store may be used by any number of goroutines. It keeps copies: what a
// caller passed in or got out may be changed freely afterwards.
package memory

import (
	"sync"

	"github.com/fieldhook/fieldhook/internal/eventlog"
	"github.com/fieldhook/fieldhook/internal/fleet"
	"github.com/fieldhook/fieldhook/internal/identity"
	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/ledger"
	"github.com/fieldhook/fieldhook/internal/replay"
	"github.com/fieldhook/fieldhook/internal/secret"
	"github.com/fieldhook/fieldhook/internal/store"
	"github.com/fieldhook/fieldhook/internal/team"
	"github.com/fieldhook/fieldhook/internal/usage"
)

// Store keeps everything in maps and slices behind one mutex.
type Store struct {
	mu sync.RWMutex

	rows    []eventlog.Row      // ascending by seq
	pending []eventlog.Delivery // ascending by id, without tags
	high    int64               // highest number that replays were given

	attempts map[attemptKey][]byte // records
	tallies  map[tallyKey]int64
	calls    map[callKey]eventlog.Call
	dead     map[eventlog.DeadKey]eventlog.DeadLetter

	replays map[int64]replay.Job

	usage      map[usage.Key]usage.Count
	usageMarks map[int]usage.Mark // by shard

	version      int64
	integrations map[string]integration.Record

	users   map[string]identity.User // by id
	tokens  map[[32]byte]identity.Token
	clients map[string]identity.Client // by id
	devices map[string]fleet.Device
	secrets map[secretKey]secret.Record

	organizations map[string]team.Organization // by id
	members       map[memberKey]team.Member
	invitations   map[[32]byte]team.Invitation
	products      map[int64]fleet.Product
	nextProduct   int64

	ledgers   map[ledgerKey]ledger.Definition
	instances map[ledger.Key][]ledger.Instance // versions, newest first
	groups    map[groupKey]fleet.Group

	codes        map[[32]byte]fleet.Code
	certificates map[string]fleet.Certificate // by fingerprint
}

var (
	_ eventlog.Engine   = (*Store)(nil)
	_ integration.Store = (*Store)(nil)
	_ identity.Users    = (*Store)(nil)
	_ identity.Tokens   = (*Store)(nil)
	_ identity.Clients  = (*Store)(nil)
	_ fleet.Store       = (*Store)(nil)
)

// New makes an empty store.
func New() *Store {
	return &Store{
		attempts:     map[attemptKey][]byte{},
		tallies:      map[tallyKey]int64{},
		calls:        map[callKey]eventlog.Call{},
		dead:         map[eventlog.DeadKey]eventlog.DeadLetter{},
		replays:      map[int64]replay.Job{},
		usage:        map[usage.Key]usage.Count{},
		usageMarks:   map[int]usage.Mark{},
		version:      store.FirstVersion,
		integrations: map[string]integration.Record{},
		users:        map[string]identity.User{},
		tokens:       map[[32]byte]identity.Token{},
		clients:      map[string]identity.Client{},
		devices:      map[string]fleet.Device{},
		secrets:      map[secretKey]secret.Record{},

		organizations: map[string]team.Organization{},
		members:       map[memberKey]team.Member{},
		invitations:   map[[32]byte]team.Invitation{},
		products:      map[int64]fleet.Product{},
		nextProduct:   firstProduct,

		ledgers:   map[ledgerKey]ledger.Definition{},
		instances: map[ledger.Key][]ledger.Instance{},
		groups:    map[groupKey]fleet.Group{},

		codes:        map[[32]byte]fleet.Code{},
		certificates: map[string]fleet.Certificate{},
	}
}

// Close does nothing; it is there because the other engines have it.
func (s *Store) Close() error { return nil }
