package secret_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/secret"
	"github.com/fieldhook/fieldhook/internal/store/memory"
)

var ann, bob = scope.Of("ann"), scope.Of("bob")

func vault(t *testing.T, s secret.Store, key []byte) *secret.Vault {
	t.Helper()
	v, err := secret.New(s, key, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVaultKeepsValuesSealed(t *testing.T) {
	s, key := memory.New(), secret.NewKey()
	v := vault(t, s, key)
	const value = "hunter2-hunter2"
	if err := v.Put(t.Context(), ann, "KEY", value); err != nil {
		t.Fatal(err)
	}
	records, _ := s.Secrets(t.Context(), ann)
	if len(records) != 1 || bytes.Contains(records[0].Sealed, []byte(value)) {
		t.Fatalf("the store has %+v", records)
	}
	got, err := vault(t, s, key).Resolve(ann, []string{"KEY"}, nil) // after a restart
	if err != nil || len(got) != 1 || got[0] != value {
		t.Errorf("got %q, error %v; want the value", got, err)
	}
	if _, err := v.Resolve(bob, []string{"KEY"}, nil); err == nil || !strings.Contains(err.Error(), "KEY is not defined") {
		t.Errorf("of somebody else: %v", err)
	}
}

func TestVaultNoticesAnotherKey(t *testing.T) {
	s := memory.New()
	v := vault(t, s, secret.NewKey())
	_ = v.Put(t.Context(), ann, "KEY", "hunter2")
	other := vault(t, s, secret.NewKey())
	_, err := other.Resolve(ann, []string{"KEY"}, nil)
	if err == nil || !strings.Contains(err.Error(), "KEY") || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v, want an error that names the secret", err)
	}
	if err := other.Put(t.Context(), ann, "KEY", "again"); err != nil {
		t.Error(err)
	}
	if got, err := other.Resolve(ann, []string{"KEY"}, nil); err != nil || got[0] != "again" {
		t.Errorf("set again: %q %v", got, err)
	}
}

// TestSealedValuesCannotBeMoved puts a sealed value under another owner and name.
func TestSealedValuesCannotBeMoved(t *testing.T) {
	s, key := memory.New(), secret.NewKey()
	_ = vault(t, s, key).Put(t.Context(), ann, "KEY", "hunter2")
	records, _ := s.Secrets(t.Context(), ann)
	for _, to := range []secret.Record{{Scope: bob, Name: "KEY"}, {Scope: ann, Name: "OTHER"}} {
		to.Sealed = records[0].Sealed
		_ = s.PutSecret(t.Context(), to)
		if got, err := vault(t, s, key).Resolve(to.Scope, []string{to.Name}, nil); err == nil {
			t.Errorf("%v %s gives %q", to.Scope, to.Name, got)
		}
	}
}

func TestChangesAreInForceAtOnce(t *testing.T) {
	v := vault(t, memory.New(), secret.NewKey())
	ctx := t.Context()
	_ = v.Put(ctx, ann, "KEY", "one")
	_, _ = v.Resolve(ann, []string{"KEY"}, nil)
	_ = v.Put(ctx, ann, "KEY", "two")
	if got, err := v.Resolve(ann, []string{"KEY"}, nil); err != nil || got[0] != "two" {
		t.Errorf("after a change: %q %v", got, err)
	}
	_ = v.Delete(ctx, ann, "KEY")
	if got, err := v.Resolve(ann, []string{"KEY"}, nil); err == nil {
		t.Errorf("after the deletion: %q", got)
	}
	if err := v.Delete(ctx, ann, "KEY"); !fault.Is(err, fault.NotFound) {
		t.Errorf("delete again: %v", err)
	}
}

func TestLastUseIsStored(t *testing.T) {
	s, key := memory.New(), secret.NewKey()
	v := vault(t, s, key)
	_ = v.Put(t.Context(), ann, "KEY", "value")
	_, _ = v.Resolve(ann, []string{"KEY"}, nil)
	if err := v.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
	infos, err := vault(t, s, key).List(t.Context(), ann)
	if err != nil || len(infos) != 1 || infos[0].LastUsed == 0 {
		t.Errorf("after a restart: %+v, error %v; want a time of the last use", infos, err)
	}
}

func TestPutIsBounded(t *testing.T) {
	v := vault(t, memory.New(), secret.NewKey())
	for _, value := range []string{"", strings.Repeat("x", secret.MaxValue+1)} {
		if err := v.Put(t.Context(), ann, "KEY", value); !fault.Is(err, fault.Invalid) {
			t.Errorf("%d bytes: %v", len(value), err)
		}
	}
	for i := range secret.MaxSecret {
		if err := v.Put(t.Context(), ann, strings.Repeat("K", i%60+1)+strings.Repeat("_", i/60), "v"); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Put(t.Context(), ann, "ONE_MORE", "v"); !fault.Is(err, fault.Conflict) {
		t.Errorf("one too many: %v", err)
	}
}

func TestKeys(t *testing.T) {
	key := secret.NewKey()
	for _, text := range []string{secret.FormatKey(key), secret.FormatKey(key) + "\n", base64.StdEncoding.EncodeToString(key)} {
		got, err := secret.ParseKey(text)
		if err != nil || !bytes.Equal(got, key) {
			t.Errorf("key not read: %v", err)
		}
	}
	for _, text := range []string{"", "abc", secret.FormatKey(key)[2:]} {
		if _, err := secret.ParseKey(text); err == nil || text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add("before hunter2 after", "hunter2")
	f.Add(`{"a":"p\"w<d>"}`, `p"w<d>`)
	f.Fuzz(func(t *testing.T, text, value string) {
		if len(value) < 4 || strings.Contains(secret.Masked, value) {
			return
		}
		b := text + value + url.QueryEscape(value) + base64.StdEncoding.EncodeToString([]byte(value))
		got := string(secret.Mask([]byte(b), []string{value}))
		for _, part := range strings.Split(got, secret.Masked) {
			if strings.Contains(part, value) {
				t.Errorf("%q is left of %q", got, b)
			}
		}
	})
}

func TestMaskKnowsTheWaysToWriteAValue(t *testing.T) {
	for _, c := range []struct{ value, text string }{
		{"p@ss word", "p@ss word"}, {"p@ss word", "p%40ss%20word"}, {"p@ss word", "p%40ss+word"}, {"a b+cd", "a%20b%2Bcd"},
		{`a&b"cd`, `a&b\"cd`}, {`a&b"cd`, `a\u0026b\"cd`}, {"ab/cd/ef", `ab\/cd\/ef`}, {`ab"c<ef`, "ab&quot;c&lt;ef"}, {`ab"cd`, "ab&#34;cd"},
		{"pässwörd", `p\u00e4ssw\u00f6rd`}, {"key-😀", `key-\ud83d\ude00`}, {"hunter2", "aHVudGVyMg=="}, {"hunter2", "68756e74657232"},
	} {
		if got := string(secret.Mask([]byte("<"+c.text+">"), []string{c.value})); got != "<[[SENSITIVE]]>" {
			t.Errorf("%q as %q: %q", c.value, c.text, got)
		}
	}
}
