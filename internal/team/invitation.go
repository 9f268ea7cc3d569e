package team

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"time"

	"github.com/fieldhook/fieldhook/internal/fault"
	"github.com/fieldhook/fieldhook/internal/scope"
)

// Bounds of invitations.
const (
	invitationLife = 7 * 24 * time.Hour
	maxInvitations = 500 // open ones of a scope
)

// Invitation lets somebody without an account make one and, with a scope, take
// a place there. It is shown as a code once and stored by that code's hash.
type Invitation struct {
	Hash     [32]byte    // SHA-256 of the code
	Scope    scope.Scope // zero: an account, and no place anywhere
	Username string      // who is invited; "" = whoever has the code
	Role     Role        // in Scope
	Created  int64       // Unix milliseconds
	Expires  int64       // Unix milliseconds
}

// Invitations stores invitations.
type Invitations interface {
	SaveInvitation(ctx context.Context, i Invitation) error
	InvitationsOf(ctx context.Context, sc scope.Scope) ([]Invitation, error) // by creation, then hash
	// TakeInvitation deletes the one with that hash and gives it; an unknown
	// one is a fault NotFound.
	TakeInvitation(ctx context.Context, hash [32]byte) (Invitation, error)
}

// Invite makes an invitation and gives its code, which is shown once. An older
// one of the same name to the same scope ends. Errors: a fault Conflict when
// there are too many.
func (s *Service) Invite(ctx context.Context, sc scope.Scope, username string, role Role) (code string, i Invitation, err error) {
	open, err := s.OpenInvitations(ctx, sc)
	if err != nil {
		return "", i, err
	}
	for _, old := range open {
		if username != "" && strings.EqualFold(old.Username, username) {
			if _, err := s.Invitations.TakeInvitation(ctx, old.Hash); err != nil && !fault.Is(err, fault.NotFound) {
				return "", i, err
			}
		}
	}
	if len(open) >= maxInvitations {
		return "", i, fault.New(fault.Conflict, "There are %d open invitations already.", maxInvitations)
	}
	code = rand.Text()
	now := s.Now()
	i = Invitation{
		Hash: sha256.Sum256([]byte(code)), Scope: sc, Username: username, Role: role,
		Created: now.UnixMilli(), Expires: now.Add(invitationLife).UnixMilli(),
	}
	return code, i, s.Invitations.SaveInvitation(ctx, i)
}

// OpenInvitations gives the invitations to a scope that can still be used, by
// creation, and clears the others away.
func (s *Service) OpenInvitations(ctx context.Context, sc scope.Scope) ([]Invitation, error) {
	all, err := s.Invitations.InvitationsOf(ctx, sc)
	if err != nil {
		return nil, err
	}
	now, open := s.Now().UnixMilli(), all[:0]
	for _, i := range all {
		if i.Expires > now {
			open = append(open, i)
			continue
		}
		if _, err := s.Invitations.TakeInvitation(ctx, i.Hash); err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	return open, nil
}

// Take uses an invitation up, for a user who is about to sign up under a name.
// Errors: a fault Invalid naming "code" for one that is unknown, too old, or
// for another name.
func (s *Service) Take(ctx context.Context, code, username string) (Invitation, error) {
	i, err := s.Invitations.TakeInvitation(ctx, sha256.Sum256([]byte(code)))
	if fault.Is(err, fault.NotFound) || err == nil && i.Expires <= s.Now().UnixMilli() {
		return Invitation{}, badCode()
	}
	if err != nil {
		return Invitation{}, err
	}
	if i.Username != "" && !strings.EqualFold(i.Username, username) {
		if err := s.PutBack(ctx, i); err != nil {
			return Invitation{}, err
		}
		return Invitation{}, badCode()
	}
	return i, nil
}

func badCode() error {
	return fault.Field("code", "It is no invitation for this username, or it is too old.")
}

// PutBack makes an invitation valid again that was taken in vain.
func (s *Service) PutBack(ctx context.Context, i Invitation) error {
	return s.Invitations.SaveInvitation(ctx, i)
}

// Join gives a new user the place that an invitation promised.
func (s *Service) Join(ctx context.Context, i Invitation, user string) error {
	if i.Scope == (scope.Scope{}) {
		return nil
	}
	return s.Changes.SaveMember(ctx, Member{Scope: i.Scope, User: user, Role: i.Role, Created: s.Now().UnixMilli()})
}
