// Package identity knows who may call the hub: users, the API users, OAuth
// clients and customers of products, and the tokens that all of them present.
//
// Tokens are random, handed out once and stored by their SHA-256 hash; passwords
// are stored as argon2id in PHC string form. Authenticate sits on the way of
// every request: it answers from a bounded cache of valid tokens, which revoking
// empties at once on this hub (Options.Trust bounds the delay on others).
//
// A Service is safe for concurrent use. Storage is left to the interfaces of
// this file, and what a caller may do with a thing to team and the room of that
// thing.
package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/fieldhook/fieldhook/internal/scope"
)

// Kind tells which sort of user an account is. The numbers are stored; never
// renumber them.
type Kind uint8

// The kinds of users.
const (
	Person       Kind = 0 // logs in with a password
	Programmatic Kind = 1 // an API user: has one token, and no password
	Customer     Kind = 2 // a customer of a product, who logs in through its clients
)

// User is an account.
type User struct {
	ID           string // 24 hex
	Username     string // see Key; a customer's is an e-mail address
	PasswordHash string // argon2id, PHC string form; "" = none, nothing matches
	Admin        bool   // of the whole hub
	Created      int64  // Unix milliseconds
	Info         string // what clients keep as account_info, a JSON object; "" = nothing

	Kind    Kind
	Home    scope.Scope // what an API user or customer is confined to; zero for a person
	Actions []string    // what an API user may do there
}

// Key is what a username is unique by: without regard to case, and of a
// customer within its product.
func (u *User) Key() string {
	name := strings.ToLower(u.Username)
	if u.Kind == Customer {
		return u.Home.ID + "/" + name // other names hold no slash
	}
	return name
}

// TokenKind tells what a token is good for. The numbers are stored; never
// renumber them.
type TokenKind uint8

// The kinds of tokens.
const (
	Access  TokenKind = 0 // authenticates requests
	Refresh TokenKind = 1 // is exchanged for a new access token, once
	Session TokenKind = 2 // of a browser: authenticates requests as a cookie
	Machine TokenKind = 3 // as Access, for an OAuth client itself: User is the client's id
)

// Token is a token as it is stored: by its hash only.
type Token struct {
	Hash    [32]byte // SHA-256 of the token
	Kind    TokenKind
	User    string // id of the user, or of the client for a Machine token; "" for a device's token that its product made
	Device  string // device id if it acts for one device only, else ""
	Client  string // OAuth client that asked for it
	Created int64  // Unix milliseconds
	Expires int64  // Unix milliseconds; 0 = never
	Last4   string // the token's last four characters, for lists
	Family  string // joins the tokens that came of one login; "" = alone
	Spent   bool   // a refresh token that was exchanged
}

// ID names the token without giving it away: the first 16 hexadecimal digits
// of its hash, as in scope.Principal.Token.
func (t *Token) ID() string { return hex.EncodeToString(t.Hash[:8]) }

// expired says whether the token is no longer valid at now, in Unix milliseconds.
func (t *Token) expired(now int64) bool { return t.Expires != 0 && t.Expires <= now }

// Users stores users. A user that is not there is a fault NotFound; a second
// one with the same key a fault Conflict.
type Users interface {
	UserByName(ctx context.Context, key string) (User, error) // see User.Key; case does not matter
	UserByID(ctx context.Context, id string) (User, error)
	UsersOf(ctx context.Context, kind Kind, home scope.Scope, offset, limit int) ([]User, error) // by key
	CountUsers(ctx context.Context, kind Kind, home scope.Scope) (int, error)
	SaveUser(ctx context.Context, u User) error      // inserts, or replaces the one with the same ID
	DeleteUser(ctx context.Context, id string) error // and its tokens and places in teams
}

// Tokens stores tokens. An unknown hash is a fault NotFound.
type Tokens interface {
	TokenByHash(ctx context.Context, hash [32]byte) (Token, error)
	TokensOf(ctx context.Context, user string) ([]Token, error)         // by creation
	TokensOfDevice(ctx context.Context, device string) ([]Token, error) // by creation
	InsertToken(ctx context.Context, t Token) error                     // and deletes all that had expired by its creation
	SpendToken(ctx context.Context, hash [32]byte) error                // a spent one is a fault NotFound, too
	ExtendToken(ctx context.Context, hash [32]byte, expires int64) error
	DeleteTokens(ctx context.Context, hashes [][32]byte) error // unknown ones are passed over
}

// Devices tells what a device's token stands for; the fleet does it.
type Devices interface {
	// Bear completes a principal that has the Device and User of a token: with the
	// device's owner, product, organization and firmware. Errors: a fault NotFound
	// if the token no longer stands for the device, a fault Forbidden if the device
	// may do nothing.
	Bear(ctx context.Context, p *scope.Principal) error
}

// hashToken is the key under which a token is stored. The copy lives on the
// stack, where converting the string would allocate.
func hashToken(token string) [32]byte {
	var buf [maxToken]byte
	return sha256.Sum256(buf[:copy(buf[:], token)])
}
