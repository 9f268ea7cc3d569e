package identity

import (
	"context"
	"errors"
	"strings"

	"github.com/fieldhook/fieldhook/internal/event"
	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// AuthenticateClient gives the principal that a product's registered client is.
// Wrong credentials are a fault Unauthenticated, also those of a user's client,
// which has no customers; an address that tries too often gets a fault Limited.
func (s *Service) AuthenticateClient(ctx context.Context, c Caller) (*scope.Principal, error) {
	var known Client
	err := s.limited(c.Address, func() (o outcome, err error) {
		known, err = s.registered(ctx, c)
		if err == nil && !known.ofProduct() {
			err = ErrClient
		}
		return secretOutcome(err), err
	})
	if errors.Is(err, ErrClient) {
		return nil, fault.New(fault.Unauthenticated, "Client credentials are invalid")
	}
	if err != nil {
		return nil, err
	}
	return machine(&known, &Token{}), nil
}

// CreateCustomer makes a customer of a product and logs it in; client is the
// name that its token carries. Without a password it is a shadow customer, for
// whom the product's own server acts. Errors: a fault Invalid naming "email" or
// "password"; a fault Conflict for an address that is taken in the product; a
// fault Limited for an address that makes many:
// an app's secret is in every copy of it.
func (s *Service) CreateCustomer(ctx context.Context, product scope.Scope, email, password, client, address string) (got Issued, err error) {
	err = s.request(address, func() error {
		got, err = s.createCustomer(ctx, product, email, password, client)
		return err
	})
	return got, err
}

func (s *Service) createCustomer(ctx context.Context, product scope.Scope, email, password, client string) (Issued, error) {
	u := User{ID: event.NewID(), Username: email, Kind: Customer, Home: product, Created: s.now().UnixMilli()}
	if err := checkEmail(email); err != nil {
		return Issued{}, err
	}
	err := s.checkFree(ctx, &u)
	if fault.Is(err, fault.Conflict) {
		f := fault.New(fault.Conflict, "The product has a customer with this e-mail address already.")
		f.Field = "email"
		return Issued{}, f
	}
	if err != nil {
		return Issued{}, err
	}
	if password == "" {
		err = s.users.SaveUser(ctx, u)
	} else {
		err = s.saveWithPassword(ctx, &u, password)
	}
	if err != nil {
		return Issued{}, err
	}
	return s.issueTwo(ctx, Token{User: u.ID, Client: client}, defaultLifetime)
}

func checkEmail(email string) error {
	name, host, ok := strings.Cut(email, "@")
	if !ok || name == "" || host == "" || len(email) > maxUsername || strings.ContainsFunc(email, odd) {
		return fault.Field("email", "It must be an e-mail address of at most %d bytes.", maxUsername)
	}
	return nil
}

// Customers gives a page of a product's customers by address, and how many
// there are in all.
func (s *Service) Customers(ctx context.Context, product scope.Scope, offset, limit int) ([]User, int, error) {
	return s.usersOf(ctx, Customer, product, offset, limit)
}

// customer finds a product's customer. Errors: a fault NotFound.
func (s *Service) customer(ctx context.Context, product scope.Scope, email string) (User, error) {
	u, err := s.accountOf(ctx, &Client{Owner: product}, email)
	if err == nil && u.ID == "" {
		return User{}, fault.New(fault.NotFound, "The product has no such customer.")
	}
	return u, err
}

// SetCustomerPassword gives a customer another password and ends its tokens.
// Errors: a fault NotFound; a fault Invalid naming "password".
func (s *Service) SetCustomerPassword(ctx context.Context, product scope.Scope, email, password string) (User, error) {
	u, err := s.customer(ctx, product, email)
	if err != nil {
		return User{}, err
	}
	if err := s.ResetPassword(ctx, u, password); err != nil {
		return User{}, err
	}
	return s.users.UserByID(ctx, u.ID)
}

// DeleteCustomer deletes a customer and what is its own elsewhere
// (Options.Leaving). Errors: a fault NotFound.
func (s *Service) DeleteCustomer(ctx context.Context, product scope.Scope, email string) error {
	u, err := s.customer(ctx, product, email)
	if err != nil {
		return err
	}
	return s.DeleteUser(ctx, u)
}
