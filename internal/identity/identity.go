// Package identity knows the users of the hub and the tokens they present.
//
// Tokens are random, handed out once and stored by their SHA-256 hash; passwords
// are stored as argon2id in PHC string form. Authenticate sits on the way of
// every request: it answers from a bounded cache of valid tokens, which revoking
// empties at once on this hub (Options.Trust bounds the delay on others).
//
// A Service is safe for concurrent use. Storage is left to the Users and Tokens
// it is given, and what a caller may do with a thing to the room of that thing.
package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
)

// User is a person with an account.
type User struct {
	ID           string // 24 hex
	Username     string // unique, compared without regard to case
	PasswordHash string // argon2id, PHC string form
	Admin        bool
	Created      int64 // Unix milliseconds
}

// Token is a bearer token as it is stored: by its hash only.
type Token struct {
	Hash    [32]byte // SHA-256 of the token
	User    string   // user id
	Device  string   // device id if it acts for one device only, else ""
	Client  string   // OAuth client that asked for it
	Created int64    // Unix milliseconds
	Expires int64    // Unix milliseconds; 0 = never
	Last4   string   // the token's last four characters, for lists
}

// ID names the token without giving it away: the first 16 hexadecimal digits
// of its hash, as in scope.Principal.Token.
func (t *Token) ID() string { return hex.EncodeToString(t.Hash[:8]) }

// expired says whether the token is no longer valid at now, in Unix milliseconds.
func (t *Token) expired(now int64) bool { return t.Expires != 0 && t.Expires <= now }

// Users stores users. A user that is not there is a fault NotFound; a second
// one of the same name a fault Conflict.
type Users interface {
	UserByName(ctx context.Context, username string) (User, error)
	UserByID(ctx context.Context, id string) (User, error)
	SaveUser(ctx context.Context, u User) error // inserts, or replaces the one with the same ID
}

// Tokens stores tokens. An unknown hash is a fault NotFound.
type Tokens interface {
	TokenByHash(ctx context.Context, hash [32]byte) (Token, error)
	TokensOf(ctx context.Context, user string) ([]Token, error) // by creation
	InsertToken(ctx context.Context, t Token) error             // and deletes all that had expired by its creation
	DeleteTokens(ctx context.Context, hashes [][32]byte) error  // unknown ones are passed over
}

// hashToken is the key under which a token is stored. The copy lives on the
// stack, where converting the string would allocate.
func hashToken(token string) [32]byte {
	var buf [maxToken]byte
	return sha256.Sum256(buf[:copy(buf[:], token)])
}
