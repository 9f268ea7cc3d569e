// Package secret keeps named secrets for the templates of integrations.
//
// A Vault seals values with AES-256-GCM before they reach the store. Where a
// value belongs (owner and name) is part of what is authenticated, so that a
// sealed value cannot be moved. Values go in and are used; no method gives them
// to people. Names follow the webhook engine reference, section 4.
package secret

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Bounds of secrets.
const (
	KeySize   = 32   // bytes of the key that seals
	MaxValue  = 8192 // bytes of a value
	MaxSecret = 200  // secrets of an owner
)

// Record is a secret as the store keeps it.
type Record struct {
	Scope    scope.Scope
	Name     string
	Sealed   []byte
	Created  int64 // Unix milliseconds
	Updated  int64 // Unix milliseconds
	LastUsed int64 // Unix milliseconds; 0 = never
}

// Store keeps sealed secrets.
type Store interface {
	// Secrets gives those of an owner by name.
	Secrets(ctx context.Context, s scope.Scope) ([]Record, error)
	// PutSecret inserts a secret or replaces the one of its owner and name.
	PutSecret(ctx context.Context, r Record) error
	// DeleteSecret deletes a secret. Errors: fault NotFound.
	DeleteSecret(ctx context.Context, s scope.Scope, name string) error
}

// Vault gives secrets to whoever renders requests. It is safe for concurrent
// use.
type Vault struct {
	store Store
	aead  cipher.AEAD
	now   func() time.Time

	change sync.Mutex // one change at a time, store and memory together

	mu     sync.RWMutex
	owners map[scope.Scope]map[string]*entry
}

// entry is a secret in memory.
type entry struct {
	record Record
	value  string
	broken bool // it was sealed with another key
	used   bool // since the last Flush
}

// Info is what people may know of a secret; times in Unix milliseconds.
type Info struct {
	Name                       string
	Created, Updated, LastUsed int64
}

// New makes a vault. Errors: the key does not have KeySize bytes.
func New(store Store, key []byte, now func() time.Time) (*Vault, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("the key of the secrets has %d bytes, want %d", len(key), KeySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Vault{store: store, aead: aead, now: now, owners: map[scope.Scope]map[string]*entry{}}, nil
}

// NewKey makes a key at random.
func NewKey() []byte {
	key := make([]byte, KeySize)
	rand.Read(key)
	return key
}

var errKey = errors.New("it must be 64 hexadecimal digits, or 32 bytes in base64")

// ParseKey reads a key as FormatKey writes it, or in base64. Errors hold nothing
// of it.
func ParseKey(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	key, err := hex.DecodeString(text)
	if err != nil {
		key, err = base64.StdEncoding.DecodeString(text)
	}
	if err != nil || len(key) != KeySize {
		return nil, errKey
	}
	return key, nil
}

// FormatKey writes a key in hexadecimal.
func FormatKey(key []byte) string { return hex.EncodeToString(key) }

const sealedV1 = 1

// seal gives version, nonce and the encrypted value.
func (v *Vault) seal(s scope.Scope, name, value string) []byte {
	nonce := make([]byte, v.aead.NonceSize())
	rand.Read(nonce)
	return v.aead.Seal(append([]byte{sealedV1}, nonce...), nonce, []byte(value), place(s, name))
}

func (v *Vault) open(r *Record) (string, bool) {
	n := 1 + v.aead.NonceSize()
	if len(r.Sealed) < n || r.Sealed[0] != sealedV1 {
		return "", false
	}
	value, err := v.aead.Open(nil, r.Sealed[1:n], r.Sealed[n:], place(r.Scope, r.Name))
	return string(value), err == nil
}

// place says where a value belongs. Names hold no NUL, so places are distinct.
func place(s scope.Scope, name string) []byte {
	return []byte(fmt.Sprintf("%d\x00%s\x00%s", s.Kind, s.ID, name))
}

// Put sets a secret. Errors: faults that name the field.
func (v *Vault) Put(ctx context.Context, s scope.Scope, name, value string) error {
	if value == "" || len(value) > MaxValue {
		return fault.Field("value", "A secret has 1 to %d bytes.", MaxValue)
	}
	v.change.Lock()
	defer v.change.Unlock()
	known, err := v.owner(ctx, s)
	if err != nil {
		return err
	}
	now := v.now().UnixMilli()
	e := &entry{value: value, record: Record{Scope: s, Name: name, Sealed: v.seal(s, name, value), Created: now, Updated: now}}
	v.mu.RLock()
	old, count := known[name], len(known)
	if old != nil {
		e.record.Created, e.record.LastUsed = old.record.Created, old.record.LastUsed
	}
	v.mu.RUnlock()
	if old == nil && count >= MaxSecret {
		return fault.New(fault.Conflict, "There are %d secrets already, which is the limit.", MaxSecret)
	}
	if err := v.store.PutSecret(ctx, e.record); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	known[name] = e
	return nil
}

// Delete deletes a secret. Errors: fault NotFound.
func (v *Vault) Delete(ctx context.Context, s scope.Scope, name string) error {
	v.change.Lock()
	defer v.change.Unlock()
	known, err := v.owner(ctx, s)
	if err != nil {
		return err
	}
	if err := v.store.DeleteSecret(ctx, s, name); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(known, name)
	return nil
}

// List tells of an owner's secrets, in no order.
func (v *Vault) List(ctx context.Context, s scope.Scope) ([]Info, error) {
	known, err := v.owner(ctx, s)
	if err != nil {
		return nil, err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	infos := make([]Info, 0, len(known))
	for _, e := range known {
		infos = append(infos, Info{e.record.Name, e.record.Created, e.record.Updated, e.record.LastUsed})
	}
	return infos, nil
}

// Resolve appends the values of names to into, in their order. Errors name the
// secret that is missing or cannot be opened.
func (v *Vault) Resolve(s scope.Scope, names []string, into []string) ([]string, error) {
	known, err := v.owner(context.Background(), s)
	if err != nil {
		return into, errors.New("the secrets cannot be read")
	}
	now := v.now().UnixMilli()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, name := range names {
		e := known[name]
		switch {
		case e == nil:
			return into, fmt.Errorf("secret %s is not defined", name)
		case e.broken:
			return into, fmt.Errorf("secret %s was sealed with another key: set it again", name)
		}
		e.record.LastUsed, e.used = now, true
		into = append(into, e.value)
	}
	return into, nil
}

// Flush stores when secrets were last used.
func (v *Vault) Flush(ctx context.Context) error {
	v.change.Lock()
	defer v.change.Unlock()
	for _, r := range v.used() {
		if err := v.store.PutSecret(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (v *Vault) used() (records []Record) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, known := range v.owners {
		for _, e := range known {
			if e.used {
				e.used = false
				records = append(records, e.record)
			}
		}
	}
	return records
}

// owner gives the secrets of an owner, reading them the first time.
func (v *Vault) owner(ctx context.Context, s scope.Scope) (map[string]*entry, error) {
	v.mu.RLock()
	known := v.owners[s]
	v.mu.RUnlock()
	if known != nil {
		return known, nil
	}
	records, err := v.store.Secrets(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("read secrets: %w", err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if known = v.owners[s]; known != nil { // another was faster
		return known, nil
	}
	known = make(map[string]*entry, len(records))
	for _, r := range records {
		value, ok := v.open(&r)
		known[r.Name] = &entry{record: r, value: value, broken: !ok}
	}
	v.owners[s] = known
	return known, nil
}
