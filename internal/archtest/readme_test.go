package archtest

import (
	"go/ast"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The README says where everything lives and what can be set. Both lists are
// compared with the code, because such lists age in silence.

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestReadmeShowsEveryRoom(t *testing.T) {
	text := readme(t)
	rooms, err := os.ReadDir(filepath.Join(root, "internal"))
	if err != nil {
		t.Fatal(err)
	}
	for _, room := range rooms {
		if room.IsDir() && !regexp.MustCompile(`(?m)^  (.*  )?`+room.Name()+`/`).MatchString(text) {
			t.Errorf("the README's tree does not show internal/%s", room.Name())
		}
	}
}

func TestReadmeListsEverySetting(t *testing.T) {
	s, err := read(filepath.Join(root, "internal/app/settings.go"))
	if err != nil {
		t.Fatal(err)
	}
	text, seen := readme(t), 0
	ast.Inspect(s.file, func(n ast.Node) bool {
		field, ok := n.(*ast.Field)
		if !ok || field.Tag == nil {
			return true
		}
		seen++
		checkSetting(t, text, field.Tag.Value)
		return true
	})
	if rows := strings.Count(text, "| `--"); rows != seen+1 { // and --config
		t.Errorf("the README lists %d settings, the code has %d and --config", rows, seen)
	}
}

// checkSetting compares a setting's tag with its row: flag, environment and
// default.
func checkSetting(t *testing.T, text, literal string) {
	t.Helper()
	raw, err := strconv.Unquote(literal)
	if err != nil {
		t.Fatal(err)
	}
	tag := reflect.StructTag(raw)
	env := tag.Get("env")
	flag := "--" + strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(env, "FIELDHOOK_")), "_", "-")
	row := "| `" + flag + "` | `" + env + "` | "
	if v := tag.Get("default"); v != "" {
		row += "`" + v + "` | "
	}
	if !strings.Contains(text, row) {
		t.Errorf("the README has no row %q", row)
	}
}
