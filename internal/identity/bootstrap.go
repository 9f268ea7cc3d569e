package identity

import (
	"context"
	"errors"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
)

// Admin is the name of the user that Bootstrap makes.
const Admin = "admin"

// Clients that tokens made by Bootstrap carry in place of an OAuth client.
const (
	clientSetting   = "setting:admin-token"
	clientGenerated = "first-start"
)

// Created holds what Bootstrap made up, to be shown to the operator once. A
// part that was given or existed before is "".
type Created struct{ Password, Token string }

// Bootstrap makes sure that the user Admin exists. At the first start password
// and token are made up unless given. A given password becomes the admin's at
// every start; a given token is made valid, replacing the one that was given
// before. Leaving a setting out later changes nothing.
//
// Errors: a fault Invalid naming --admin-password or --admin-token.
func (s *Service) Bootstrap(ctx context.Context, password, token string) (Created, error) {
	if err := checkSettings(password, token); err != nil {
		return Created{}, err
	}
	u, err := s.users.UserByName(ctx, Admin)
	if fault.Is(err, fault.NotFound) {
		return s.firstStart(ctx, password, token)
	}
	if err != nil {
		return Created{}, err
	}
	return Created{}, errors.Join(s.setPassword(ctx, u, password), s.setToken(ctx, u.ID, token))
}

func checkSettings(password, token string) error {
	if len(password) > 1024 {
		return fault.Field("--admin-password", "It has at most 1024 bytes.")
	}
	if !plainToken(token) {
		return fault.Field("--admin-token", "It has at most %d printable ASCII characters and no spaces.", maxToken)
	}
	return nil
}

// Guessable tells, in full sentences, which of the operator's own secrets are
// so short that they can be guessed. It is their choice: scripted set-ups on a
// machine of one's own use such. "" is not judged.
func Guessable(password, token string) (warnings []string) {
	if password != "" && len(password) < 8 {
		warnings = append(warnings, "--admin-password has less than 8 bytes: it can be guessed.")
	}
	if token != "" && len(token) < 16 {
		warnings = append(warnings, "--admin-token has less than 16 characters: it can be guessed.")
	}
	return warnings
}

func plainToken(token string) bool {
	for i := range len(token) {
		if token[i] <= ' ' || token[i] > '~' {
			return false
		}
	}
	return len(token) <= maxToken
}

func (s *Service) firstStart(ctx context.Context, password, token string) (made Created, err error) {
	u := User{ID: event.NewID(), Username: Admin, Admin: true, Created: s.now().UnixMilli()}
	if password == "" {
		made.Password = NewPassword()
		password = made.Password
	}
	if u.PasswordHash, err = s.hashPassword(ctx, password); err != nil {
		return Created{}, err
	}
	if err = s.users.SaveUser(ctx, u); err != nil {
		return Created{}, err
	}
	if token != "" {
		return made, s.setToken(ctx, u.ID, token)
	}
	made.Token, err = s.issue(ctx, Token{User: u.ID, Client: clientGenerated}, 0)
	return made, err
}

// setPassword makes a given password the user's, writing only if it differs.
func (s *Service) setPassword(ctx context.Context, u User, password string) error {
	if password == "" {
		return nil
	}
	same, err := s.checkPassword(ctx, u.PasswordHash, password)
	if same || err != nil && !errors.Is(err, errHash) {
		return err
	}
	if u.PasswordHash, err = s.hashPassword(ctx, password); err != nil {
		return err
	}
	return s.users.SaveUser(ctx, u)
}

// setToken makes a given token valid and ends the one given before.
func (s *Service) setToken(ctx context.Context, user, token string) error {
	if token == "" {
		return nil
	}
	hash := hashToken(token)
	err := s.endWhere(ctx, user, func(t *Token) bool {
		return t.Client == clientSetting && t.Hash != hash
	})
	if err != nil {
		return err
	}
	t, err := s.tokens.TokenByHash(ctx, hash)
	if err == nil && t.User == user && t.Client == clientSetting {
		return nil
	}
	if err == nil { // it was issued in another way: the setting takes it over
		err = s.end(ctx, []Token{t})
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return s.insert(ctx, Token{User: user, Client: clientSetting, Created: s.now().UnixMilli()}, token)
}
