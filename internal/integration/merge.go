package integration

import (
	"slices"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// Merge changes a configuration by a patch, both JSON objects in any accepted
// spelling: a member of the patch replaces the setting, null removes it, and
// json, form or body removes the other two. The result still has to be
// parsed. Errors are faults: a malformed patch, or a changed integration_type.
func Merge(config, patch []byte) ([]byte, error) {
	old, err := readConfig(config)
	if err != nil {
		return nil, err
	}
	changes, err := readConfig(patch)
	if err != nil {
		return nil, err
	}
	if changes, err = withoutType(old, changes); err != nil {
		return nil, err
	}
	replaced := replacedBy(changes)
	kept := slices.DeleteFunc(old, func(m member) bool { return replaced[settingOf(m.key)] })
	changes = slices.DeleteFunc(changes, func(m member) bool { return string(m.raw) == "null" })
	return appendObject(nil, append(kept, changes...)), nil
}

// settingOf is canonical for settings and the key itself for others.
func settingOf(key string) string {
	if name := canonical(key); name != "" {
		return name
	}
	return key
}

// replacedBy gives the settings whose old values end with the changes.
func replacedBy(changes []member) map[string]bool {
	replaced := map[string]bool{}
	for _, m := range changes {
		name := settingOf(m.key)
		replaced[name] = true
		if slices.Contains(formats[:], name) && !m.absent(name) {
			for _, other := range formats {
				replaced[other] = true
			}
		}
	}
	return replaced
}

// absent says whether a value removes a setting: null, and for form a blank
// text, which HTML forms send.
func (m member) absent(setting string) bool {
	text, ok := m.text()
	return string(m.raw) == "null" || setting == "form" && ok && strings.TrimSpace(text) == ""
}

// withoutType takes integration_type out of the changes; it must be the one
// that the configuration has.
func withoutType(old, changes []member) ([]member, error) {
	wanted := typeOf(changes)
	if wanted != "" && !strings.EqualFold(wanted, orWebhook(typeOf(old))) {
		return nil, fault.Field("integration_type", "the type of an integration cannot change.")
	}
	return slices.DeleteFunc(changes, func(m member) bool { return m.key == "integration_type" }), nil
}

func typeOf(all []member) string {
	for _, m := range all {
		if m.key == "integration_type" && string(m.raw) != "null" {
			if text, ok := m.text(); ok {
				return text
			}
			return string(m.raw)
		}
	}
	return ""
}

func orWebhook(kind string) string {
	if kind == "" {
		return Webhook
	}
	return kind
}
