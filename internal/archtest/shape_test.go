package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Bounds of what one reader takes in at once.
const (
	maxFileLines     = 500
	maxFunctionLines = 60
)

// long lists the files and functions (path:Name) that may be longer, with the
// reason. It is empty, and best kept so.
var long = map[string]string{}

// drawers are names of packages that say nothing about what is inside.
var drawers = []string{"util", "utils", "common", "models", "model", "types", "helpers", "helper", "misc", "shared", "base", "lib"}

func TestPackages(t *testing.T) {
	report(t, badPackages(tree(t)))
}

// badPackages finds packages without exactly one package comment of their own,
// and names that say nothing.
func badPackages(all []*source) (bad []string) {
	comments := map[string]int{}
	for _, s := range all {
		if _, ok := comments[s.dir]; !ok {
			comments[s.dir] = 0
		}
		if !s.test && opens(s.file) {
			comments[s.dir]++
		}
		if slices.Contains(drawers, s.file.Name.Name) || slices.Contains(drawers, path.Base(s.dir)) {
			bad = append(bad, s.path+": the package's name does not tell what is inside")
		}
	}
	for dir, n := range comments {
		if n != 1 {
			bad = append(bad, fmt.Sprintf("%s has %d package comments; it needs one that begins with %q", dir, n, "Package …"))
		}
	}
	slices.Sort(bad)
	return bad
}

// opens says whether a file holds a package comment in its usual form.
func opens(f *ast.File) bool {
	if f.Doc == nil {
		return false
	}
	text := f.Doc.Text()
	if f.Name.Name == "main" {
		return strings.HasPrefix(text, "Command ")
	}
	return strings.HasPrefix(text, "Package "+f.Name.Name+" ")
}

func TestLengths(t *testing.T) {
	report(t, tooLong(tree(t), long))
}

// tooLong finds files and functions beyond the bounds, tests apart.
func tooLong(all []*source, exceptions map[string]string) (bad []string) {
	for _, s := range all {
		if s.test {
			continue
		}
		if s.lines > maxFileLines && exceptions[s.path] == "" {
			bad = append(bad, fmt.Sprintf("%s has %d lines, more than %d", s.path, s.lines, maxFileLines))
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			n := s.fset.Position(f.End()).Line - s.fset.Position(f.Pos()).Line + 1
			if n > maxFunctionLines && exceptions[s.path+":"+f.Name.Name] == "" {
				bad = append(bad, fmt.Sprintf("%s: %s has %d lines, more than %d", s.pos(f), f.Name.Name, n, maxFunctionLines))
			}
		}
	}
	return bad
}

func TestDocComments(t *testing.T) {
	report(t, undocumented(tree(t)))
}

// undocumented finds exported names without a comment, tests apart. A comment
// above a group counts for its members.
func undocumented(all []*source) (bad []string) {
	for _, s := range all {
		if s.test {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
					bad = append(bad, s.pos(d)+": "+d.Name.Name+" has no comment")
				}
			case *ast.GenDecl:
				bad = append(bad, undocumentedNames(s, d)...)
			}
		}
	}
	return bad
}

// exportedReceiver says whether a function can be seen from outside.
func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return true
	}
	x := f.Recv.List[0].Type
	for {
		switch y := x.(type) {
		case *ast.StarExpr:
			x = y.X
		case *ast.IndexExpr:
			x = y.X
		case *ast.Ident:
			return y.IsExported()
		default:
			return true
		}
	}
}

func undocumentedNames(s *source, d *ast.GenDecl) (bad []string) {
	if d.Tok == token.IMPORT || d.Doc != nil {
		return nil
	}
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Name.IsExported() && spec.Doc == nil {
				bad = append(bad, s.pos(spec)+": "+spec.Name.Name+" has no comment")
			}
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				if name.IsExported() && spec.Doc == nil && spec.Comment == nil {
					bad = append(bad, s.pos(spec)+": "+name.Name+" has no comment")
				}
			}
		}
	}
	return bad
}

func TestInterfaces(t *testing.T) {
	report(t, bigInterfaces(tree(t), wide))
}

// maxMethods is how many methods an interface may declare itself.
const maxMethods = 3

// wide lists the interfaces that may have more, with the reason.
var wide = map[string]string{
	"internal/eventlog/records.go:Engine":    "a seam for storage engines only: one transaction and the reads that recovery needs",
	"internal/store/records/records.go:DB":   "a seam for SQL engines only: read, change, configure, and what a refusal means",
	"internal/store/records/records.go:Rows": "the driver's own, as both drivers have it",
	"internal/integration/store.go:Store":    "a seam for storage engines only: one record kind with its version",
	"internal/identity/identity.go:Users":    "a seam for storage engines only: one record kind",
	"internal/identity/client.go:Clients":    "a seam for storage engines only: one record kind",
	"internal/identity/identity.go:Tokens":   "a seam for storage engines only: one record kind",
	"internal/fleet/fleet.go:Devices":        "a seam for storage engines only: one record kind",
	"internal/fleet/product.go:Products":     "a seam for storage engines only: one record kind",
	"internal/fleet/groups.go:Groups":        "a seam for storage engines only: one record kind",
}

// bigInterfaces finds interfaces with many methods, tests apart. Embedded ones
// count for nothing: putting small ones together is the idea.
func bigInterfaces(all []*source, exceptions map[string]string) (bad []string) {
	for _, s := range all {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			i, ok := spec.Type.(*ast.InterfaceType)
			if ok && methods(i) > maxMethods && exceptions[s.path+":"+spec.Name.Name] == "" {
				bad = append(bad, fmt.Sprintf("%s: interface %s has %d methods, more than %d", s.pos(spec), spec.Name.Name, methods(i), maxMethods))
			}
			return true
		})
	}
	return bad
}

func methods(i *ast.InterfaceType) (n int) {
	for _, m := range i.Methods.List {
		n += len(m.Names)
	}
	return n
}

func TestComments(t *testing.T) {
	report(t, leftovers(tree(t)))
}

// leftover finds work that was put off, and files that nobody else has.
var leftover = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b|(^|[\s"(])/(home|root|Users|mnt|srv|tmp)/`)

// leftovers finds comments that belong into an issue, or on another machine.
func leftovers(all []*source) (bad []string) {
	for _, s := range all {
		for _, group := range s.file.Comments {
			if m := leftover.FindString(group.Text()); m != "" && s.dir != "internal/archtest" {
				bad = append(bad, fmt.Sprintf("%s: the comment holds %q", s.pos(group), strings.TrimSpace(m)))
			}
		}
	}
	return bad
}
