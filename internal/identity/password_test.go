package identity

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

func TestHashRoundTrip(t *testing.T) {
	s := New(Options{})
	stored, err := s.hashPassword(t.Context(), "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("got %q, want an argon2id hash of 19 MiB and two passes", stored)
	}
	for password, want := range map[string]bool{"correct horse": true, "correct horsf": false, "": false} {
		got, err := s.checkPassword(t.Context(), stored, password)
		if got != want || err != nil {
			t.Errorf("password %q: got %v, %v, want %v", password, got, err, want)
		}
	}
	again, _ := s.hashPassword(t.Context(), "correct horse")
	if again == stored {
		t.Error("two hashes of one password are equal: the salt is not random")
	}
}

// The hash is a vector of the reference implementation's own tests
// (phc-winner-argon2, src/test.c).
func TestHashOfTheReferenceImplementation(t *testing.T) {
	const stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	got, err := New(Options{}).checkPassword(t.Context(), stored, "password")
	if !got || err != nil {
		t.Errorf("got %v, %v, want true", got, err)
	}
}

func TestNobodyMatches(t *testing.T) {
	got, err := New(Options{}).checkPassword(t.Context(), "", "anything")
	if got || err != nil {
		t.Errorf("got %v, %v, want false", got, err)
	}
}

func TestParsePHCRefuses(t *testing.T) {
	for _, bad := range []string{
		"", "password", "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ",
		"$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=65536,t=0,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=65536,t=2,p=1,x=2$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=65536,t=2,p=1$!!!$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
		"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFh",
	} {
		if _, err := parsePHC(bad); !errors.Is(err, errHash) {
			t.Errorf("parsePHC(%q) = %v, want errHash", bad, err)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")
	f.Add(nobody.String())
	f.Add("$argon2id$v=19$m=-1,t=2,p=999$$")
	f.Fuzz(func(t *testing.T, s string) {
		if h, err := parsePHC(s); err == nil && h.String() != s {
			t.Errorf("parsePHC(%q) is written as %q", s, h.String())
		}
	})
}

func TestHashesAtOnceAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{Hashes: 2})
		release := make(chan struct{})
		var running atomic.Int32
		for range 5 {
			go func() {
				_ = s.hashing(t.Context(), func() { running.Add(1); <-release })
			}()
		}
		synctest.Wait()
		if got := running.Load(); got != 2 {
			t.Errorf("got %d hashes at once, want 2", got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := s.hashing(ctx, func() { t.Error("hashed without a free slot") })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
		close(release)
		synctest.Wait()
	})
}
