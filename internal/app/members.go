package app

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// memberships ends the streams that people opened by the right of a member when
// they are none any more.
type memberships struct {
	team.Changes
	left func(user string)
}

// DeleteMember implements team.Changes.
func (m memberships) DeleteMember(ctx context.Context, sc scope.Scope, user string) error {
	if err := m.Changes.DeleteMember(ctx, sc, user); err != nil {
		return err
	}
	m.left(user)
	return nil
}
