package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// usualProfile is the profile that is used when none is named.
const usualProfile = "default"

// profile is what fieldhook login stores: a hub, and a token to it.
type profile struct {
	Server string `json:"server"`
	User   string `json:"user,omitempty"`
	Token  string `json:"token"`
}

// profiles are the stored logins by name.
type profiles map[string]profile

// profilesFile names the file of the logins, such as
// ~/.config/fieldhook/profiles.json on Linux.
func profilesFile() (string, error) {
	folder, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the folder for settings: %w", err)
	}
	return filepath.Join(folder, "fieldhook", "profiles.json"), nil
}

// readProfiles reads the stored logins. Where there is no folder for settings
// there are none; flags and environment are enough.
func readProfiles() (profiles, error) {
	path, err := profilesFile()
	if err != nil {
		return profiles{}, nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return profiles{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the stored logins: %w", err)
	}
	all := profiles{}
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, fmt.Errorf("%s is damaged; mend it, or remove it and log in again", path)
	}
	return all, nil
}

// write stores the logins so that only their owner can read them, the whole
// file or nothing.
func (p profiles) write() error {
	path, err := profilesFile()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("store the login: %w", err)
	}
	if err := replaceFile(path, append(text, '\n')); err != nil {
		return fmt.Errorf("store the login: %w", err)
	}
	return nil
}

// replaceFile writes beside the file and then takes its place: os.CreateTemp
// makes files that only their owner can read.
func replaceFile(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".profiles-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // gone if all went well
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
