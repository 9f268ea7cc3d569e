package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"
)

// fileVariable names the configuration file, as --config does.
const fileVariable = "FIELDHOOK_CONFIG"

// addFile makes the parser read the configuration file that --config or
// FIELDHOOK_CONFIG names. Flags and environment win over the file.
func addFile(parser *kong.Kong, args []string) error {
	path := fileOf(args)
	if path == "" || args[0] != "serve" { // no other command has settings
		return nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--config: there is no file %s", path)
	}
	if err != nil {
		return fmt.Errorf("--config: %w", err)
	}
	values := file{}
	if err := yaml.Unmarshal(raw, &values); err != nil {
		return fmt.Errorf("--config: %s: %w", path, err)
	}
	if err := checkKeys(parser, path, values); err != nil {
		return err
	}
	return kong.Resolvers(values).Apply(parser)
}

func fileOf(args []string) string {
	if len(args) == 0 {
		return ""
	}
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--config="); ok {
			return v
		}
		if a == "--config" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return os.Getenv(fileVariable)
}

// checkKeys refuses settings that do not exist.
func checkKeys(parser *kong.Kong, path string, values file) error {
	known := flags(parser)
	var unknown []string
	for key := range values {
		if !slices.ContainsFunc(known, func(f *kong.Flag) bool { return f.Name == key }) {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	sort.Strings(unknown)
	return fmt.Errorf("--config: %s: unknown setting %s; the names are those of the flags", path, strings.Join(unknown, ", "))
}

// flags gives the settings of the hub.
func flags(parser *kong.Kong) (all []*kong.Flag) {
	for _, node := range parser.Model.Children {
		if node.Name == "serve" {
			all = append(all, node.Flags...)
		}
	}
	return all
}

// file is a parsed configuration file. Its values keep their spelling: a
// password of digits is no number.
type file map[string]yaml.Node

// Validate implements kong.Resolver; checkKeys has done it.
func (file) Validate(*kong.Application) error { return nil }

// Resolve implements kong.Resolver. Lists become the comma-separated text that
// flags take; a setting left empty is not set.
func (f file) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	v, ok := f[flag.Name]
	if !ok || v.Tag == "!!null" || slices.ContainsFunc(flag.Envs, isSet) {
		return nil, nil
	}
	if v.Kind == yaml.ScalarNode {
		return v.Value, nil
	}
	var texts []string
	if err := v.Decode(&texts); err != nil {
		return nil, fmt.Errorf("--%s: it must be a value or a list of values", flag.Name)
	}
	return strings.Join(texts, ","), nil
}

func isSet(variable string) bool {
	_, ok := os.LookupEnv(variable)
	return ok
}

// checkEnvironment refuses variables that look like settings and are none, for
// a misspelt one would be ignored in silence.
func checkEnvironment(parser *kong.Kong, environ []string) error {
	known := []string{fileVariable, "FIELDHOOK_SERVER", "FIELDHOOK_TOKEN", "FIELDHOOK_PROFILE"}
	for _, f := range flags(parser) {
		known = append(known, f.Envs...)
	}
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "FIELDHOOK_") && !slices.Contains(known, name) {
			return fmt.Errorf("%s: there is no such setting; fieldhook serve --help lists them", name)
		}
	}
	return nil
}
