// Package integration holds the definitions of integrations: it reads and
// checks a configuration, compiles its templates, and keeps the compiled
// definitions of the hub in a Registry.
//
// A Definition is immutable and safe for concurrent use. It knows everything
// that can be worked out when the configuration is saved: the parts of a
// literal URL, the layout of the body, which default fields are left out. The
// render package turns it into a request; matching, sending and storing are
// left to other rooms.
//
// Behaviour follows the webhook engine reference, sections 1, 3, 8, 9, 11 and 12,
// and the cloud API reference, sections 6.1 to 6.3.
package integration

import (
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Integration is a saved definition.
type Integration struct {
	ID         string      // 24 lower-case hex digits
	Scope      scope.Scope // its owner
	Org        string      // organization that owns the product of Scope; "" = none
	Created    int64       // Unix milliseconds
	Updated    int64       // Unix milliseconds
	Definition *Definition
}
