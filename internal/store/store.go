// Package store holds the few words that all storage engines share.
//
// Each engine is a package below this one with one type, Store, that
// implements what the rooms ask for: eventlog.Engine, integration.Store,
// identity.Users, identity.Tokens and fleet.Devices. Package storetest is the
// suite that says whether an engine is done; docs/formats/store.md describes
// what the engines keep.
package store

import "github.com/fieldhook/fieldhook/internal/fault"

// FirstVersion is the configuration version of a new store. It is not 0,
// because a batch with version 0 asks for no comparison.
const FirstVersion = 1

// Missing is the fault NotFound for a thing such as "device".
func Missing(thing string) error {
	return fault.New(fault.NotFound, "There is no such %s.", thing)
}

// Taken is the fault Conflict for a thing whose key, such as "id" or
// "username", belongs to another one already.
func Taken(thing, key string) error {
	f := fault.New(fault.Conflict, "There is a %s with this %s already.", thing, key)
	f.Field = key
	return f
}
