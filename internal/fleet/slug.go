package fleet

import (
	"strconv"

	"github.com/fieldhook/fieldhook/internal/scope"
)

const maxTwins = 1000 // products whose names give the same slug

// slug makes the n-th slug of a name: its short form and a version. It is never
// a number only, so that a path tells numbers and slugs apart.
func slug(name string, n int) string {
	return scope.Slug(name, "product") + "-v" + strconv.Itoa(n)
}
