package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// completed gives the words that the program offers.
func completed(t *testing.T, words ...string) (all []string) {
	t.Helper()
	var out bytes.Buffer
	if code := Main(t.Context(), append([]string{ask}, words...), Streams{Out: &out, Err: &out}); code != 0 {
		t.Fatalf("exit code %d\n%s", code, &out)
	}
	for line := range strings.Lines(out.String()) {
		word, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		all = append(all, word)
	}
	return all
}

func TestCompletion(t *testing.T) {
	tests := []struct {
		name  string
		words []string
		want  []string
	}{
		{"beginning of a command", []string{"int"}, []string{"integration"}},
		{"command below", []string{"integration", "e"}, []string{"edit", "enable"}},
		{"flag", []string{"integration", "list", "--pro"}, []string{"--product", "--profile"}},
		{"flag behind arguments", []string{"integration", "test", "abc", "--dat"}, []string{"--data"}},
		{"value of a flag", []string{"integration", "logs", "--type", ""}, []string{"success", "error"}},
		{"value of a free flag", []string{"integration", "logs", "--device", ""}, nil},
		{"behind a switch", []string{"apply", "--dry-run", "--pr"}, []string{"--prune", "--profile"}},
		{"argument", []string{"completion", ""}, []string{"bash", "zsh", "fish"}},
		{"no more arguments", []string{"completion", "bash", ""}, nil},
		{"a file", []string{"apply", ""}, nil},
		{"nothing of the kind", []string{"integration", "fly", ""}, []string{"list", "get", "gallery", "create", "edit", "delete", "test", "enable", "disable", "copy", "move", "logs"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, completed(t, tt.words...)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if all := completed(t); len(all) < 10 {
		t.Errorf("an empty line offers only %q", all)
	}
}

// TestCompletionScripts reads each script with its shell, and completes a line
// with bash's.
func TestCompletionScripts(t *testing.T) {
	for shell, script := range scripts {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("%s is not installed", shell)
			}
			file := filepath.Join(t.TempDir(), "script")
			if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(path, "-n", file).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if shell != "bash" {
				return
			}
			// The program is played by a function with the answer of the real one.
			var answer bytes.Buffer
			Main(t.Context(), []string{ask, "integration", "e"}, Streams{Out: &answer, Err: &answer})
			const line = `fieldhook() { [ "$1 $2 $3" = "` + ask + ` integration e" ] && printf '%s' "$ANSWER"; }
source "$SCRIPT"; COMP_WORDS=(fieldhook integration e); COMP_CWORD=2; _fieldhook; echo "${COMPREPLY[@]}"`
			cmd := exec.Command(path, "-c", line)
			cmd.Env = append(os.Environ(), "SCRIPT="+file, "ANSWER="+answer.String())
			out, err := cmd.CombinedOutput()
			if err != nil || string(out) != "edit enable\n" {
				t.Errorf("%v, got %q, want edit and enable", err, out)
			}
		})
	}
}
