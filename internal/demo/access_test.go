package demo

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestOpenAccess(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "new", "demo")
	first, made, err := OpenAccess(folder, "admin")
	if err != nil || !made {
		t.Fatalf("first start: made %t, error %v", made, err)
	}
	if len(first.Token) < 16 || len(first.Password) < 16 || first.Token == first.Password || first.User != "admin" {
		t.Errorf("poor access: %+v", first)
	}
	again, made, err := OpenAccess(folder, "admin")
	if err != nil || made || again != first {
		t.Errorf("second start: %+v, made %t, error %v, want %+v", again, made, err, first)
	}
	other, _, err := OpenAccess(t.TempDir(), "admin")
	if err != nil || other.Token == first.Token || other.Password == first.Password {
		t.Errorf("another folder: %+v, %v", other, err)
	}
}

func TestNewCode(t *testing.T) {
	code := NewCode()
	if len(code) != 43 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" || NewCode() == code {
		t.Errorf("poor code %q", code)
	}
}

func TestAccessIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes")
	}
	folder := filepath.Join(t.TempDir(), "demo")
	path := filepath.Join(folder, accessFile)
	for _, start := range []string{"first", "after somebody opened it"} {
		if _, _, err := OpenAccess(folder, "admin"); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s: mode %o, want 600", start, got)
		}
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v, %v", left, err)
	}
}

func TestDamagedAccess(t *testing.T) {
	tests := []string{
		"", "{", "[]", `{"user":"admin"}`,
		`{"user":"eve","password":"PPPPPPPPPPPPPPPP","token":"TTTTTTTTTTTTTTTTTTTT"}`,
		`{"user":"admin","password":"PPPPPPPPPPPPPPPP","token":"short"}`,
	}
	for _, text := range tests {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, accessFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, _, err := OpenAccess(folder, "admin")
		if err == nil || !strings.Contains(err.Error(), accessFile+" is damaged") || strings.Contains(err.Error(), "TTTT") {
			t.Errorf("%s: error %v", text, err)
		}
	}
}
