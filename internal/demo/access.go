package demo

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// accessFile is the file in the demo's folder that keeps an Access.
const accessFile = "access.json"

// Access is what opens the demo's hub. It stays the same as long as the folder
// is kept, so that scripts and browsers of an earlier run still work.
type Access struct {
	User     string `json:"user"`
	Password string `json:"password"`
	Token    string `json:"token"`
}

// NewCode makes up the code of a sign-in link: 256 bits in 43 characters that a
// URL may hold. Unlike an Access it is kept nowhere.
func NewCode() string {
	var random [32]byte
	rand.Read(random[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(random[:])
}

// OpenAccess reads the Access kept in folder. In a new folder it makes one up
// for user, in a file that only its owner may read; made tells so. Errors: those
// of the file system, or the file is not one that OpenAccess wrote.
func OpenAccess(folder, user string) (a Access, made bool, err error) {
	path := filepath.Join(folder, accessFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		a = Access{User: user, Password: rand.Text(), Token: rand.Text()}
		return a, true, writeFile(path, a)
	}
	if err != nil {
		return Access{}, false, err
	}
	if json.Unmarshal(raw, &a) != nil || a.User != user || len(a.Password) < 8 || len(a.Token) < 16 {
		return Access{}, false, fmt.Errorf("%s is damaged; remove it and a new password and token are made", path)
	}
	return a, false, os.Chmod(path, 0o600)
}

// writeFile writes v as JSON, for its owner's eyes only. It writes beside path
// and renames, so that no half file is ever read.
func writeFile(path string, v any) error {
	raw, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(append(raw, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
