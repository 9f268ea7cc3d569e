package event

import (
	"crypto/rand"
	"encoding/hex"
)

// NewID makes a random id of the form that IsID accepts.
func NewID() string {
	var b [12]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
