package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// root is the repository, seen from this package's folder.
const root = "../.."

// source is one Go file.
type source struct {
	path     string // below the repository, with slashes
	dir      string // the package's path below the module
	test     bool   // its name ends in _test.go
	external bool   // it belongs to a package x_test
	lines    int
	imports  []string
	file     *ast.File
	fset     *token.FileSet
}

// pos is where a node stands, for messages.
func (s *source) pos(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.path, s.fset.Position(n.Pos()).Line)
}

// parse reads one file's text.
func parse(name, text string) (*source, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	s := &source{
		path: name, dir: path.Dir(name), test: strings.HasSuffix(name, "_test.go"),
		external: strings.HasSuffix(f.Name.Name, "_test"), lines: strings.Count(text, "\n"), file: f, fset: fset,
	}
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		s.imports = append(s.imports, p)
	}
	return s, nil
}

// tree reads every Go file of the repository.
func tree(t *testing.T) []*source {
	t.Helper()
	var all []*source
	for _, top := range []string{"cmd", "internal"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				return skip(d.Name())
			}
			if !strings.HasSuffix(p, ".go") {
				return nil
			}
			s, err := read(p)
			all = append(all, s)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(all) < 20 {
		t.Fatalf("found only %d Go files: is the root right?", len(all))
	}
	return all
}

func skip(dir string) error {
	if dir == "testdata" || dir == "node_modules" {
		return fs.SkipDir
	}
	return nil
}

func read(p string) (*source, error) {
	text, err := os.ReadFile(p)
	if err != nil {
		return nil, err
	}
	name, err := filepath.Rel(root, p)
	if err != nil {
		return nil, err
	}
	return parse(filepath.ToSlash(name), string(text))
}

// report fails the test with every complaint.
func report(t *testing.T, complaints []string) {
	t.Helper()
	for _, c := range complaints {
		t.Error(c)
	}
}
