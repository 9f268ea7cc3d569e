package archtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestImportsOfOurs(t *testing.T) {
	report(t, badImports(tree(t), edges))
}

// badImports finds imports that the table does not allow, and lines of the
// table that nothing needs.
func badImports(all []*source, edges []edge) (bad []string) {
	used := map[edge]bool{}
	for _, s := range all {
		for _, p := range s.imports {
			to, ours := strings.CutPrefix(p, module)
			if !ours || to == s.dir || allowed(s, to, edges, used) {
				continue
			}
			bad = append(bad, fmt.Sprintf("%s: %s may not import %s; see layers_test.go", s.path, s.dir, to))
		}
	}
	for _, e := range edges {
		if !used[e] && !slices.ContainsFunc(all, func(s *source) bool { return e.to == anything && s.dir == e.from }) {
			bad = append(bad, fmt.Sprintf("layers_test.go: nothing needs the line that lets %s import %s", e.from, e.to))
		}
	}
	return bad
}

// allowed notes the lines that a file other than a test needs.
func allowed(s *source, to string, edges []edge, used map[edge]bool) bool {
	ok := slices.Contains(ground, to) && !slices.Contains(ground, s.dir)
	for _, e := range edges {
		if e.from == s.dir && (e.to == to || e.to == anything) {
			used[e] = used[e] || !s.test
			ok = true
		}
	}
	return ok || s.test && allowedInTests(s, to)
}

// allowedInTests opens the doors that only tests may use: an external test
// package may import test support and any room, and the tests of the top
// whatever they need.
func allowedInTests(s *source, to string) bool {
	switch {
	case s.dir == "internal/app" || s.dir == "internal/cli" || s.dir == "cmd/fieldhook":
		return true
	case !s.external:
		return false
	}
	return slices.Contains(testSupport, to) || !adapter(to)
}

// adapter says whether a package is a door or a cellar, or lies above them.
func adapter(dir string) bool {
	for _, a := range []string{"internal/api", "internal/outbound", "internal/requestbin", "internal/console", "internal/store", "internal/app", "internal/cli", "cmd"} {
		if dir == a || strings.HasPrefix(dir, a+"/") {
			return true
		}
	}
	return false
}

func TestImportsFromOutside(t *testing.T) {
	report(t, strayImports(tree(t), reserved))
}

// strayImports finds imports of reserved packages elsewhere, and libraries that
// nobody has listed.
func strayImports(all []*source, reserved []reserve) (bad []string) {
	for _, s := range all {
		if s.test {
			continue
		}
		for _, p := range s.imports {
			r := reservation(p, reserved)
			switch {
			case strings.HasPrefix(p, module):
			case r == nil && strings.Contains(strings.SplitN(p, "/", 2)[0], "."):
				bad = append(bad, fmt.Sprintf("%s: the library %s is not in the table of layers_test.go", s.path, p))
			case r != nil && !slices.Contains(r.by, s.dir) && !slices.Contains(testSupport, s.dir):
				bad = append(bad, fmt.Sprintf("%s: %s may not import %s: %s", s.path, s.dir, p, r.why))
			}
		}
	}
	return bad
}

// reservation finds the line for an import, or nil.
func reservation(p string, reserved []reserve) *reserve {
	for i, r := range reserved {
		if p == r.path || strings.HasSuffix(r.path, "/") && strings.HasPrefix(p, r.path) {
			return &reserved[i]
		}
	}
	return nil
}

func TestTablesGiveReasons(t *testing.T) {
	for _, e := range edges {
		if e.why == "" {
			t.Errorf("the line that lets %s import %s has no reason", e.from, e.to)
		}
	}
	for _, r := range reserved {
		if r.why == "" {
			t.Errorf("the line for %s has no reason", r.path)
		}
	}
}
