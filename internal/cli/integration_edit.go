package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

type integrationEdit struct{ one }

// Help is the long text of fieldhook integration edit --help.
func (integrationEdit) Help() string {
	return `Opens the settings as JSON in the editor that the variable VISUAL or EDITOR names, and saves them when it ends. What is taken out there is gone. If the settings are wrong, nothing is saved, and the message names the file with your text.

  EDITOR=nano fieldhook integration edit temp-to-lab
  EDITOR="code --wait" fieldhook integration edit temp-to-lab --product greenhouse`
}

// Run edits the settings.
func (c *integrationEdit) Run(ctx context.Context, s Streams) error {
	h, in, err := c.find(ctx)
	if err != nil {
		return err
	}
	old, _, err := settingsOf(in.raw)
	if err != nil {
		return err
	}
	path, err := scratch(in.value.ID, old)
	if err != nil {
		return err
	}
	if err := edit(ctx, s, path); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	changed, err := c.save(ctx, h, in.value.ID, old, path)
	if err != nil {
		return fmt.Errorf("nothing was saved: %w\nyour text is in %s", err, path)
	}
	text := in.value.ID + " is as it was."
	if changed {
		text = "Changed " + in.value.ID + "."
	}
	_, err = fmt.Fprintln(s.Out, text)
	return errors.Join(err, os.Remove(path))
}

// save sends what was edited, unless it is what it was.
func (c *integrationEdit) save(ctx context.Context, h *remote, id string, old json.RawMessage, path string) (changed bool, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	wanted, _, err := settingsOf(text)
	if err != nil {
		return false, err
	}
	if _, err := checkSettings(wanted, c.kind()); err != nil {
		return false, err
	}
	if was, is := mustNormal(old), mustNormal(wanted); bytes.Equal(was, is) {
		return false, nil
	}
	patch, err := patchTo(old, wanted)
	if err != nil {
		return false, err
	}
	return true, h.do(ctx, "PUT", c.path("/integrations/"+url.PathEscape(id)), patch, nil)
}

// mustNormal is normalJSON of JSON that was read before.
func mustNormal(raw json.RawMessage) []byte {
	text, err := normalJSON(raw)
	if err != nil {
		return raw
	}
	return text
}

// scratch writes settings to a file that only its owner can read.
func scratch(id string, settings json.RawMessage) (string, error) {
	f, err := os.CreateTemp("", "fieldhook-"+id+"-*.json")
	if err != nil {
		return "", err
	}
	err = printJSON(f, settings)
	return f.Name(), errors.Join(err, f.Close())
}

// edit opens a file in the person's editor and waits for its end.
func edit(ctx context.Context, s Streams, path string) error {
	usual := "vi"
	if runtime.GOOS == "windows" {
		usual = "notepad"
	}
	words := strings.Fields(cmp.Or(os.Getenv("VISUAL"), os.Getenv("EDITOR"), usual))
	if len(words) == 0 {
		words = []string{usual}
	}
	cmd := exec.CommandContext(ctx, words[0], append(words[1:], path)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = s.In, s.Out, s.Err
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("the editor %s: %w", words[0], err)
	}
	return nil
}
