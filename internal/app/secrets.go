package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/secret"
)

// flushEvery is how often it is stored when secrets were last used.
const flushEvery = 10 * time.Second

// openVault opens the secrets with the key that the settings give or name.
func (h *Hub) openVault(ctx context.Context, o *Options) (err error) {
	key := secret.NewKey() // a store in memory forgets what it sealed
	if o.Store == nil {
		if key, err = h.secretKey(ctx); err != nil {
			return err
		}
	}
	h.Secrets, err = secret.New(h.store, key, o.Now)
	return err
}

func (h *Hub) secretKey(ctx context.Context) ([]byte, error) {
	if h.settings.SecretKey != "" {
		key, err := secret.ParseKey(h.settings.SecretKey)
		if err != nil {
			return nil, fmt.Errorf("--secret-key: %w", err)
		}
		return key, nil
	}
	path := h.settings.secretKeyFile()
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return h.firstKey(ctx, path)
	case err != nil:
		return nil, fmt.Errorf("--secret-key-file: %w", err)
	}
	key, err := secret.ParseKey(string(raw))
	if err != nil {
		return nil, fmt.Errorf("--secret-key-file: %s: %w", path, err)
	}
	return key, nil
}

// secretKeyFile is the file that is named, or one beside the store.
func (s *Settings) secretKeyFile() string {
	if s.SecretKeyFile != "" {
		return s.SecretKeyFile
	}
	folder := "fieldhook-data"
	if path, ok := strings.CutPrefix(s.Store, "sqlite:"); ok {
		folder = filepath.Dir(strings.TrimPrefix(path, "//"))
	}
	return filepath.Join(folder, "secret.key")
}

// firstKey makes a key, unless the store holds secrets that another key sealed:
// a mistyped path must not make them useless in silence.
func (h *Hub) firstKey(ctx context.Context, path string) ([]byte, error) {
	sealed, err := h.store.HasSecrets(ctx)
	if err != nil {
		return nil, err
	}
	if sealed {
		return nil, fmt.Errorf("--secret-key-file: there is no %s, but the store holds secrets that a key sealed. "+
			"Put the key back; if it is lost, give a new one with --secret-key (64 hexadecimal digits) and set the secrets again", path)
	}
	return h.makeKey(path)
}

// makeKey writes a new key, once: a file that appeared meanwhile is not touched.
func (h *Hub) makeKey(path string) ([]byte, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("--secret-key-file: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("--secret-key-file: %w", err)
	}
	key := secret.NewKey()
	_, err = f.WriteString(secret.FormatKey(key) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("--secret-key-file: %w", err)
	}
	h.logger.Warn("made the key that seals secrets; back it up apart from the store: without it the secrets are lost", "file", path)
	return key, nil
}

// flushSecrets stores from time to time when secrets were last used.
func (h *Hub) flushSecrets(ctx context.Context) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := h.Secrets.Flush(ctx); err != nil && ctx.Err() == nil {
			h.logger.Error("store when secrets were last used", "error", err)
		}
	}
}
