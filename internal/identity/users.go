package identity

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Bounds of an account, in bytes.
const (
	minPassword = 8
	maxPassword = 1024
	maxUsername = 128
	maxInfo     = 8 << 10
)

// Account is a person's account to be made.
type Account struct {
	Username string
	Password string
	Info     string // account_info, a JSON object; "" = nothing
	Admin    bool
}

// SignUp is CreateUser within the limits of the address that asks, because each
// account costs the hash of a password.
func (s *Service) SignUp(ctx context.Context, a Account, address string) (u User, err error) {
	err = s.request(address, func() error {
		u, err = s.CreateUser(ctx, a)
		return err
	})
	return u, err
}

// CreateUser makes a person's account. Errors: a fault Invalid naming
// "username", "password" or "account_info"; a fault Conflict for a username
// that is taken.
func (s *Service) CreateUser(ctx context.Context, a Account) (User, error) {
	u := User{ID: event.NewID(), Username: a.Username, Info: a.Info, Admin: a.Admin, Created: s.now().UnixMilli()}
	if err := s.CheckUsername(a.Username); err != nil {
		return User{}, err
	}
	if err := checkInfo(a.Info); err != nil {
		return User{}, err
	}
	if err := s.checkFree(ctx, &u); err != nil {
		return User{}, err // before the costly hash
	}
	return u, s.saveWithPassword(ctx, &u, a.Password)
}

// checkFree refuses a user whose key is another one's.
func (s *Service) checkFree(ctx context.Context, u *User) error {
	other, err := s.users.UserByName(ctx, u.Key())
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	case other.ID == u.ID:
		return nil
	}
	f := fault.New(fault.Conflict, "There is a user with this username already.")
	f.Field = "username"
	return f
}

// saveWithPassword stores u with a new password. Errors: a fault Invalid naming
// "password".
func (s *Service) saveWithPassword(ctx context.Context, u *User, password string) (err error) {
	if err := checkNewPassword(password); err != nil {
		return err
	}
	if u.PasswordHash, err = s.hashPassword(ctx, password); err != nil {
		return err
	}
	return s.users.SaveUser(ctx, *u)
}

func checkNewPassword(password string) error {
	if len(password) < minPassword || len(password) > maxPassword {
		return fault.Field("password", "It has %d to %d bytes.", minPassword, maxPassword)
	}
	return nil
}

// CheckUsername refuses names that a path or a key could not hold, and those
// that look like an API user's, with a fault Invalid naming "username".
func (s *Service) CheckUsername(name string) error {
	switch {
	case name == "" || len(name) > maxUsername:
		return fault.Field("username", "It has 1 to %d bytes.", maxUsername)
	case strings.ContainsFunc(name, odd):
		return fault.Field("username", "It holds no spaces, slashes or control characters, and is valid UTF-8.")
	case event.IsID(strings.ToLower(name)):
		return fault.Field("username", "It must not look like an id.")
	case strings.EqualFold(name, Admin):
		return fault.Field("username", "The name %s is the administrator's.", Admin)
	case s.IsAPIUser(name):
		return fault.Field("username", "Names that end in %s are those of API users.", s.apiDomain)
	}
	return nil
}

// odd says whether a rune has no place in a name: paths and keys are made of
// them.
func odd(r rune) bool {
	return r == '/' || r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r)
}

func checkInfo(info string) error {
	if info == "" {
		return nil
	}
	if len(info) > maxInfo || info[0] != '{' || !json.Valid([]byte(info)) {
		return fault.Field("account_info", "It must be a JSON object of at most %d bytes.", maxInfo)
	}
	return nil
}

// User gives a user by its id. Errors: a fault NotFound.
func (s *Service) User(ctx context.Context, id string) (User, error) {
	return s.users.UserByID(ctx, id)
}

// FindPerson gives a person by id or username. Errors: a fault NotFound, also
// for an API user or a customer.
func (s *Service) FindPerson(ctx context.Context, idOrName string) (User, error) {
	find := s.users.UserByName
	if event.IsID(idOrName) {
		find = s.users.UserByID
	}
	u, err := find(ctx, idOrName)
	if err == nil && u.Kind != Person {
		return User{}, fault.New(fault.NotFound, "There is no such user.")
	}
	return u, err
}

// People gives a page of the persons by username, and how many there are in all.
func (s *Service) People(ctx context.Context, offset, limit int) ([]User, int, error) {
	return s.usersOf(ctx, Person, scope.Scope{}, offset, limit)
}

func (s *Service) usersOf(ctx context.Context, kind Kind, home scope.Scope, offset, limit int) ([]User, int, error) {
	n, err := s.users.CountUsers(ctx, kind, home)
	if err != nil {
		return nil, 0, err
	}
	all, err := s.users.UsersOf(ctx, kind, home, offset, limit)
	return all, n, err
}

// Edit is a change of one's own account; a nil member stays as it is.
type Edit struct {
	Username, Password, Info *string

	Current    string // the password as it is; needed for a new one or a new username
	Invalidate bool   // end every token of the user
	Address    string // that asks
}

// EditUser changes an account. Errors: a fault Invalid that names the field,
// "current_password" if that is wrong; a fault Conflict; a fault Limited.
func (s *Service) EditUser(ctx context.Context, id string, e Edit) (User, error) {
	u, err := s.users.UserByID(ctx, id)
	if err != nil {
		return User{}, err
	}
	if e.Username != nil || e.Password != nil {
		if err := s.prove(ctx, &u, e.Current, e.Address, "current_password"); err != nil {
			return User{}, err
		}
	}
	hash := ""
	if e.Password != nil { // the costly part, before accounts is held
		if err := checkNewPassword(*e.Password); err != nil {
			return User{}, err
		}
		if hash, err = s.hashPassword(ctx, *e.Password); err != nil {
			return User{}, err
		}
	}
	s.accounts.Lock()
	defer s.accounts.Unlock()
	proved := u.PasswordHash
	if u, err = s.users.UserByID(ctx, id); err != nil {
		return User{}, err // deleted meanwhile
	}
	if (e.Username != nil || e.Password != nil) && u.PasswordHash != proved {
		return User{}, fault.Field("current_password", "It is not the password of this account.")
	}
	if hash != "" {
		u.PasswordHash = hash
	}
	if err := s.edit(ctx, &u, &e); err != nil {
		return User{}, err
	}
	if e.Invalidate {
		return u, s.revokeAll(ctx, id)
	}
	return u, s.forget(ctx, id)
}

func (s *Service) edit(ctx context.Context, u *User, e *Edit) error {
	if e.Info != nil {
		if err := checkInfo(*e.Info); err != nil {
			return err
		}
		u.Info = *e.Info
	}
	if e.Username != nil {
		if u.Kind == Customer {
			return fault.Field("username", "A customer's name cannot be changed.")
		}
		if strings.EqualFold(u.Username, Admin) { // the next start would make another one
			return fault.Field("username", "The administrator's name cannot be changed.")
		}
		if err := s.CheckUsername(*e.Username); err != nil {
			return err
		}
		u.Username = *e.Username
		if err := s.checkFree(ctx, u); err != nil {
			return err
		}
	}
	return s.users.SaveUser(ctx, *u)
}

// prove checks a user's password within the limits of an address. A wrong one
// is a fault Invalid that names field.
func (s *Service) prove(ctx context.Context, u *User, password, address, field string) error {
	err := s.attempt(address, func() error { return s.compare(ctx, u, password) })
	if errors.Is(err, ErrCredentials) {
		return fault.Field(field, "It is not the password of this account.")
	}
	return err
}

// NewPassword makes a password up.
func NewPassword() string { return rand.Text() }

// ResetPassword gives a user another password and ends the user's tokens:
// whoever knew the old one is out. Errors: a fault Invalid naming "password".
func (s *Service) ResetPassword(ctx context.Context, u User, password string) error {
	if err := checkNewPassword(password); err != nil {
		return err
	}
	hash, err := s.hashPassword(ctx, password)
	if err != nil {
		return err
	}
	s.accounts.Lock()
	defer s.accounts.Unlock()
	if u, err = s.users.UserByID(ctx, u.ID); err != nil {
		return err // deleted meanwhile
	}
	u.PasswordHash = hash
	if err := s.users.SaveUser(ctx, u); err != nil {
		return err
	}
	return s.revokeAll(ctx, u.ID)
}

// AskForReset gives the person who asks for a new password, within the limits
// of the address. Errors: a fault NotFound; a fault Limited.
func (s *Service) AskForReset(ctx context.Context, username, address string) (u User, err error) {
	err = s.request(address, func() error {
		u, err = s.users.UserByName(ctx, username)
		if err == nil && u.Kind != Person {
			err = fault.New(fault.NotFound, "There is no such user.")
		}
		return err
	})
	return u, err
}

// Leave deletes the account of a user who proves to be it. Errors: a fault
// Invalid naming "password"; as DeleteUser.
func (s *Service) Leave(ctx context.Context, id, password, address string) error {
	u, err := s.users.UserByID(ctx, id)
	if err != nil {
		return err
	}
	if err := s.prove(ctx, &u, password, address, "password"); err != nil {
		return err
	}
	return s.DeleteUser(ctx, u)
}

// DeleteUser deletes an account with its tokens. What it owns elsewhere goes
// first (Options.Leaving), which may refuse with a fault. The hub's last
// administrator stays: a fault Conflict.
func (s *Service) DeleteUser(ctx context.Context, u User) error {
	if u.Admin {
		if err := s.checkOtherAdmin(ctx, u.ID); err != nil {
			return err
		}
	}
	if err := s.leaving(ctx, u); err != nil {
		return err
	}
	return s.remove(ctx, u.ID)
}

// remove deletes a user with its tokens. The whole cache is forgotten: a token
// that was issued meanwhile may be in it.
func (s *Service) remove(ctx context.Context, id string) error {
	s.accounts.Lock()
	defer s.accounts.Unlock()
	tokens, err := s.tokens.TokensOf(ctx, id)
	if err != nil {
		return err
	}
	if err := s.users.DeleteUser(ctx, id); err != nil {
		return err
	}
	s.cache.clear()
	for i := range tokens {
		s.revoked(tokens[i].ID())
	}
	return nil
}

// pageOfUsers is how many accounts are read at once.
const pageOfUsers = 1000

// checkOtherAdmin says whether the hub keeps an administrator without this one.
func (s *Service) checkOtherAdmin(ctx context.Context, id string) error {
	for offset := 0; ; offset += pageOfUsers {
		page, err := s.users.UsersOf(ctx, Person, scope.Scope{}, offset, pageOfUsers)
		if err != nil {
			return err
		}
		for i := range page {
			if page[i].Admin && page[i].ID != id {
				return nil
			}
		}
		if len(page) < pageOfUsers {
			return fault.New(fault.Conflict, "The hub's last administrator cannot be deleted.")
		}
	}
}
