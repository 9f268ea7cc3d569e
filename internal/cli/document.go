package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fieldhook/fieldhook/internal/integration"
	"github.com/fieldhook/fieldhook/internal/jsontext"
)

// source says where a document stands, for messages.
type source struct {
	file   string
	number int // of the document in the file, from 1
	line   int
}

// String names file, line and document.
func (s source) String() string {
	return fmt.Sprintf("%s:%d (document %d)", s.file, s.line, s.number)
}

// The kinds of documents.
const (
	kindIntegration = "integration"
	kindLedger      = "ledger"
	kindSecret      = "secret"
)

// kinds names them in messages.
const kinds = "integration, ledger or secret"

// document is one declared object.
type document struct {
	source
	Kind     string          `json:"kind"`
	Name     string          `json:"name"`
	Product  idOrSlug        `json:"product"`
	Org      idOrSlug        `json:"org"`
	Settings json.RawMessage `json:"settings"` // of an integration or a ledger
	Env      string          `json:"env"`      // of a secret: the variable that holds its value

	warnings []string // about what is allowed but probably not meant
}

func (d *document) place() place { return place{Product: string(d.Product), Org: string(d.Org)} }

// idOrSlug is a text, or a number without quotes.
type idOrSlug string

// UnmarshalJSON implements json.Unmarshaler.
func (i *idOrSlug) UnmarshalJSON(raw []byte) error {
	var number json.Number
	if json.Unmarshal(raw, &number) == nil && !bytes.HasPrefix(raw, []byte(`"`)) {
		*i = idOrSlug(number)
		return nil
	}
	return json.Unmarshal(raw, (*string)(i))
}

// String names the object in messages.
func (d *document) String() string {
	return fmt.Sprintf("%s %s (%s)", d.Kind, d.Name, d.place())
}

// readFolder reads the documents of files and folders; - is standard input. Of
// a folder it reads *.yaml, *.yml and *.json, also in folders below, in
// alphabetical order. All that is wrong is told at once.
func readFolder(s Streams, paths []string) (all []*document, err error) {
	var wrong []error
	for _, path := range paths {
		files, err := filesUnder(path)
		if err != nil {
			wrong = append(wrong, err)
		}
		for _, file := range files {
			docs, errs := readFile(s, file)
			all, wrong = append(all, docs...), append(wrong, errs...)
		}
	}
	return all, errors.Join(append(wrong, twins(all)...)...)
}

func filesUnder(path string) (files []string, err error) {
	if path == "-" {
		return []string{path}, nil
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.IsDir():
		return []string{path}, nil
	}
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := strings.HasPrefix(d.Name(), ".") && p != path
		if d.IsDir() && hidden {
			return filepath.SkipDir
		}
		if !d.IsDir() && !hidden && slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(p)) {
			files = append(files, p)
		}
		return nil
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s holds no .yaml, .yml or .json files", path)
	}
	return files, err
}

func readFile(s Streams, path string) (docs []*document, wrong []error) {
	text, err := readText(s, path)
	if err != nil {
		return nil, []error{err}
	}
	values, err := readDocuments(text)
	if err != nil {
		return nil, []error{fmt.Errorf("%s: %w", path, err)}
	}
	for i, v := range values {
		d := &document{source: source{path, i + 1, v.line}}
		if err := d.read(v.json); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", d.source, err))
			continue
		}
		docs = append(docs, d)
	}
	return docs, wrong
}

// read fills the document and checks it. Errors name the member.
func (d *document) read(raw []byte) error {
	j := json.NewDecoder(bytes.NewReader(raw))
	j.DisallowUnknownFields()
	if err := j.Decode(d); err != nil {
		return plainly(err)
	}
	if d.Product != "" && d.Org != "" {
		return errors.New("product, org: an object lives in one of them, not in both")
	}
	switch d.Kind {
	case kindIntegration:
		return d.readIntegration()
	case kindLedger:
		return d.checkLedger()
	case kindSecret:
		return d.checkSecret()
	case "":
		return errors.New("kind: it is missing; use " + kinds)
	}
	return fmt.Errorf("kind: %q is unknown; use %s", d.Kind, kinds)
}

// plainly says in the words of documents what encoding/json says in Go's.
func plainly(err error) error {
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field == "":
		return errors.New("a document is an object with a kind: " + kinds)
	case errors.As(err, &kind):
		return fmt.Errorf("%s: it must be text", kind.Field)
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

// readIntegration checks the settings and gives them the spelling of a hub.
func (d *document) readIntegration() error {
	if d.Env != "" {
		return errors.New("env: only a secret has it")
	}
	settings, _, err := settingsOf(d.Settings)
	if err != nil {
		return errors.New("settings: it must be an object with event, url and so on")
	}
	if d.Name != "" {
		settings = objectJSON(append(withoutField(settings, "name"), field{"name", jsontext.AppendString(nil, d.Name)}))
	}
	in, err := checkSettings(settings, d.place().kind())
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	if in.name == "" {
		return errors.New("name: it is missing; by its name an integration is found again")
	}
	d.Name, d.Settings, d.warnings = in.name, in.settings, in.warnings
	return nil
}

func withoutField(object json.RawMessage, name string) []field {
	all, _ := fieldsOf(object) // settingsOf made it
	return slices.DeleteFunc(all, func(f field) bool { return f.name == name })
}

// checkSecret checks a secret; its value is in no file.
func (d *document) checkSecret() error {
	switch {
	case d.Settings != nil:
		return errors.New("settings: a secret has none; env names the variable with its value")
	case !integration.ValidSecretName(d.Name):
		return fmt.Errorf("name: a secret's name has 1 to %d capital letters, digits and underscores, and begins with no digit", integration.MaxSecretName)
	case d.Env == "":
		return errors.New("env: it is missing; it names the environment variable that holds the value")
	}
	return nil
}

// twins finds objects that are declared twice.
func twins(all []*document) (wrong []error) {
	first := map[string]*document{}
	for _, d := range all {
		key := d.String()
		if other, ok := first[key]; ok {
			wrong = append(wrong, fmt.Errorf("%s: %s is declared in %s already", d.source, d, other.source))
			continue
		}
		first[key] = d
	}
	return wrong
}
