package identity

import (
	"context"
	"crypto/rand"
	"strings"
	"unicode/utf8"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// maxAPIUsers bounds the API users of one product or organization.
const maxAPIUsers = 100

// apiUserClient stands in the lists of tokens for the client of an API user's.
const apiUserClient = "api-user"

// CreateAPIUser makes an API user of a product or organization, who may do the
// actions there and nothing else (cloud API reference, section 9), with its one
// token, which never expires. Whether the actions exist is team's to say.
// Errors: a fault Invalid naming "friendly_name"; a fault Conflict for one too
// many.
func (s *Service) CreateAPIUser(ctx context.Context, home scope.Scope, name string, actions []string) (User, string, error) {
	if name == "" || len(name) > maxClientName || !utf8.ValidString(name) {
		return User{}, "", fault.Field("friendly_name", "It has 1 to %d bytes of valid UTF-8.", maxClientName)
	}
	n, err := s.users.CountUsers(ctx, Programmatic, home)
	if err != nil {
		return User{}, "", err
	}
	if n >= maxAPIUsers {
		return User{}, "", fault.New(fault.Conflict, "There are %d API users already.", maxAPIUsers)
	}
	u := User{
		ID: event.NewID(), Kind: Programmatic, Home: home, Actions: actions, Created: s.now().UnixMilli(),
		Username: scope.Slug(name, "api-user") + "+" + strings.ToLower(rand.Text()[:10]) + s.apiDomain,
	}
	if err := s.users.SaveUser(ctx, u); err != nil {
		return User{}, "", err
	}
	token, err := s.issue(ctx, Token{User: u.ID, Client: apiUserClient}, 0)
	return u, token, err
}

// APIUsers gives the API users of a product or organization by name.
func (s *Service) APIUsers(ctx context.Context, home scope.Scope) ([]User, error) {
	return s.users.UsersOf(ctx, Programmatic, home, 0, maxAPIUsers)
}

// apiUser finds an API user of a product or organization. One of another place
// is answered like one that does not exist.
func (s *Service) apiUser(ctx context.Context, home scope.Scope, username string) (User, error) {
	u, err := s.users.UserByName(ctx, username)
	if fault.Is(err, fault.NotFound) || err == nil && (u.Kind != Programmatic || u.Home != home) {
		return User{}, fault.New(fault.NotFound, "There is no such API user.")
	}
	return u, err
}

// IsAPIUser says whether a username is one that only API users have.
func (s *Service) IsAPIUser(username string) bool {
	return strings.HasSuffix(strings.ToLower(username), s.apiDomain)
}

// EditAPIUser replaces an API user's actions and its token. Errors: a fault
// NotFound.
func (s *Service) EditAPIUser(ctx context.Context, home scope.Scope, username string, actions []string) (User, string, error) {
	s.accounts.Lock()
	defer s.accounts.Unlock()
	u, err := s.apiUser(ctx, home, username)
	if err != nil {
		return User{}, "", err
	}
	u.Actions = actions
	if err := s.users.SaveUser(ctx, u); err != nil {
		return User{}, "", err
	}
	if err := s.revokeAll(ctx, u.ID); err != nil {
		return User{}, "", err
	}
	token, err := s.issue(ctx, Token{User: u.ID, Client: apiUserClient}, 0)
	return u, token, err
}

// DeleteAPIUser deletes an API user with its token. Errors: a fault NotFound.
func (s *Service) DeleteAPIUser(ctx context.Context, home scope.Scope, username string) error {
	u, err := s.apiUser(ctx, home, username)
	if err != nil {
		return err
	}
	return s.remove(ctx, u.ID)
}

// Vacate deletes who and what is confined to a product or organization that is
// no more: API users, customers, clients.
func (s *Service) Vacate(ctx context.Context, home scope.Scope) error {
	for _, kind := range []Kind{Programmatic, Customer} {
		for {
			users, err := s.users.UsersOf(ctx, kind, home, 0, pageOfUsers)
			if err != nil {
				return err
			}
			if len(users) == 0 {
				break
			}
			for i := range users {
				if kind == Customer {
					if err := s.leaving(ctx, users[i]); err != nil {
						return err
					}
				}
				if err := s.remove(ctx, users[i].ID); err != nil {
					return err
				}
			}
		}
	}
	clients, err := s.clients.ClientsOf(ctx, home)
	if err != nil {
		return err
	}
	for i := range clients {
		if err := s.DeleteClient(ctx, home, clients[i].ID); err != nil {
			return err
		}
	}
	return nil
}
