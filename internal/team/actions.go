package team

import (
	"slices"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// actions are all actions that routes ask for: the verbs of each thing. API
// users can be given those that are not personal; managing people and what
// logs in stays with people.
var actions = []struct {
	thing, verbs string
	personal     bool
}{
	{"clients", "list get create update delete", true},
	{"customers", "list create update delete", false},
	{"demo", "use", true},
	{"devices", "list get create update delete authorize claim unclaim call ping", false},
	{"events", "get publish watch", false},
	{"firmware", "list", false},
	{"groups", "list get create update delete", false},
	{"hosts", "list", false},
	{"integrations", "list get create update delete test replay", false},
	{"ledgers", "list get create update delete", false},
	{"organizations", "get", false},
	{"organizations", "create update delete", true},
	{"products", "list get create update", false},
	{"products", "delete", true},
	{"secrets", "list get update delete", false},
	{"team", "list", false},
	{"team", "create update delete", true},
	{"tokens", "list delete", true},
	{"usage", "get", false},
	{"user", "update delete", true},
}

// Known says whether the table of actions has an action.
func Known(a Action) bool { return find(a) != nil }

// find gives whether an action is personal; nil if there is no such action.
func find(a Action) *bool {
	for i, row := range actions {
		if row.thing == a.thing() && slices.Contains(strings.Fields(row.verbs), a.verb()) {
			return &actions[i].personal
		}
	}
	return nil
}

// personal says whether an action is for people alone.
func personal(a Action) bool {
	p := find(a)
	return p != nil && *p
}

// CheckActions refuses actions that somebody with a role cannot give to an API
// user: a fault Invalid naming "scopes", a fault Forbidden for what is above the
// role.
func CheckActions(names []string, own Role) error {
	if len(names) == 0 {
		return fault.Field("scopes", "It is missing: a list of actions such as devices:list.")
	}
	for i, name := range names {
		personal := find(Action(name))
		switch {
		case personal == nil:
			return fault.Field("scopes", "There is no action %.64q.", name)
		case *personal:
			return fault.Field("scopes", "%s cannot be given to an API user.", name)
		case slices.Contains(names[:i], name):
			return fault.Field("scopes", "%s is given twice.", name)
		case Action(name).least() > own:
			return fault.New(fault.Forbidden, "Permission denied: %s takes the role %s, yours is %s.", name, Action(name).least(), own)
		}
	}
	return nil
}
