// Package archtest holds the rules of the house as tests: who may import whom,
// where a library may be used, and what every package, file and function owes
// to its readers.
//
// A rule that stands in the way is changed here, with its reason, in the same
// change that needs it; CONTRIBUTING.md explains the tables. The package has no
// code of its own and nothing imports it.
package archtest
