package archtest

import (
	"strings"
	"testing"
)

// Every check must be able to fail: each case is a file that breaks one rule,
// and how the complaint must read.
func TestChecksComplain(t *testing.T) {
	table := []edge{{"internal/match", "internal/template", "needed"}}
	libraries := []reserve{{"net/http", []string{"internal/api"}, "doors only"}}
	imports := func(all []*source) []string { return badImports(all, table) }
	outside := func(all []*source) []string { return strayImports(all, libraries) }
	length := func(all []*source) []string { return tooLong(all, nil) }
	methods := func(all []*source) []string { return bigInterfaces(all, nil) }

	const uses = "package match\nimport _ \"" + module + "internal/template\"\n"
	tests := []struct {
		name, path, text string
		check            func([]*source) []string
		want             string // part of the one complaint; "" = none
	}{
		{"allowed import", "internal/match/a.go", uses, imports, ""},
		{"ground", "internal/match/a.go", uses + "import _ \"" + module + "internal/event\"\n", imports, ""},
		{"import not in the table", "internal/match/a.go", uses + "import _ \"" + module + "internal/deliver\"\n", imports, "match may not import internal/deliver"},
		{"ground imports ground", "internal/event/a.go", "package event\nimport _ \"" + module + "internal/fault\"\n" + "\n", onlyImports(table), "event may not import internal/fault"},
		{"unused line", "internal/match/a.go", "package match\n", imports, "nothing needs the line"},
		{"line used by a test only", "internal/match/a_test.go", uses, imports, "nothing needs the line"},
		{"room in an external test", "internal/fleet/a_test.go", "package fleet_test\nimport _ \"" + module + "internal/match\"\n", onlyImports(table), ""},
		{"store in an external test", "internal/fleet/a_test.go", "package fleet_test\nimport _ \"" + module + "internal/store/memory\"\n", onlyImports(table), ""},
		{"store in an internal test", "internal/fleet/a_test.go", "package fleet\nimport _ \"" + module + "internal/store/memory\"\n", onlyImports(table), "fleet may not import internal/store/memory"},
		{"adapter in an external test", "internal/fleet/a_test.go", "package fleet_test\nimport _ \"" + module + "internal/outbound\"\n", onlyImports(table), "fleet may not import internal/outbound"},

		{"reserved for another", "internal/match/a.go", "package match\nimport _ \"net/http\"\n", outside, "may not import net/http: doors only"},
		{"reserved for this one", "internal/api/a.go", "package api\nimport _ \"net/http\"\n", outside, ""},
		{"unknown library", "internal/api/a.go", "package api\nimport _ \"example.org/x\"\n", outside, "library example.org/x is not in the table"},
		{"standard library", "internal/match/a.go", "package match\nimport _ \"strings\"\n", outside, ""},

		{"package comment", "internal/match/a.go", "// Package match finds.\npackage match\n", badPackages, ""},
		{"no package comment", "internal/match/a.go", "package match\n", badPackages, "internal/match has 0 package comments"},
		{"package comment of another form", "internal/match/a.go", "// It matches.\npackage match\n", badPackages, "internal/match has 0 package comments"},
		{"drawer", "internal/util/a.go", "// Package util is a drawer.\npackage util\n", badPackages, "does not tell what is inside"},

		{"long file", "internal/match/a.go", "package match\n" + strings.Repeat("\n", maxFileLines), length, "has 501 lines"},
		{"full file", "internal/match/a.go", "package match\n" + strings.Repeat("\n", maxFileLines-1), length, ""},
		{"long test", "internal/match/a_test.go", "package match\n" + strings.Repeat("\n", maxFileLines), length, ""},
		{"long function", "internal/match/a.go", "package match\nfunc f() {\n" + strings.Repeat("\n", maxFunctionLines-1) + "}\n", length, "f has 61 lines"},
		{"full function", "internal/match/a.go", "package match\nfunc f() {\n" + strings.Repeat("\n", maxFunctionLines-2) + "}\n", length, ""},

		{"function without comment", "internal/match/a.go", "package match\nfunc F() {}\n", undocumented, "a.go:2: F has no comment"},
		{"method without comment", "internal/match/a.go", "package match\nfunc (*T) F() {}\n", undocumented, "F has no comment"},
		{"hidden method", "internal/match/a.go", "package match\nfunc (t) F() {}\n", undocumented, ""},
		{"type without comment", "internal/match/a.go", "package match\ntype T int\n", undocumented, "T has no comment"},
		{"constant without comment", "internal/match/a.go", "package match\nconst A = 1\n", undocumented, "A has no comment"},
		{"group with comment", "internal/match/a.go", "package match\n// Bounds.\nconst (\n\tA = 1\n)\n", undocumented, ""},
		{"hidden names", "internal/match/a.go", "package match\nconst a = 1\ntype t int\nfunc f() {}\n", undocumented, ""},

		{"big interface", "internal/match/a.go", "package match\ntype i interface { a(); b(); c(); d() }\n", methods, "interface i has 4 methods"},
		{"small interfaces put together", "internal/match/a.go", "package match\ntype i interface { a(); b(); c(); j }\n", methods, ""},

		{"work put off", "internal/match/a.go", "package match\n// TODO: the rest\n", leftovers, `holds "TODO"`},
		{"path of a machine", "internal/match/a.go", "package match\n// See /home/me/notes.\n", leftovers, `holds "/home/"`},
		{"ordinary comment", "internal/match/a.go", "package match\n// A route such as /v1/root/list.\n", leftovers, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := parse(tt.path, tt.text)
			if err != nil {
				t.Fatal(err)
			}
			got := tt.check([]*source{s})
			if tt.want == "" && len(got) > 0 {
				t.Errorf("got %q, want no complaint", got)
			}
			if tt.want != "" && (len(got) != 1 || !strings.Contains(got[0], tt.want)) {
				t.Errorf("got %q, want one complaint with %q", got, tt.want)
			}
		})
	}
}

// onlyImports checks imports without looking for unused lines.
func onlyImports(table []edge) func([]*source) []string {
	return func(all []*source) []string {
		var bad []string
		for _, c := range badImports(all, table) {
			if !strings.Contains(c, "nothing needs") {
				bad = append(bad, c)
			}
		}
		return bad
	}
}
