package records

import (
	"context"

	"github.com/fieldhook/fieldhook/internal/scope"
	"github.com/fieldhook/fieldhook/internal/team"
)

// Organization implements team.Organizations.
func (s *Store) Organization(ctx context.Context, idOrSlug string) (team.Organization, error) {
	scan := func(r Rows) (o team.Organization, err error) {
		err = r.Scan(&o.ID, &o.Slug, &o.Name, &o.Created)
		return o, err
	}
	return one(ctx, s, "organization", scan, "SELECT id, slug, name, created FROM organization WHERE id = $1 OR slug = $1", idOrSlug)
}

// SaveOrganization implements team.Organizations.
func (s *Store) SaveOrganization(ctx context.Context, o team.Organization) error {
	const upsert = "INSERT INTO organization (id, slug, name, created) VALUES ($1, $2, $3, $4)" +
		" ON CONFLICT (id) DO UPDATE SET slug = excluded.slug, name = excluded.name"
	return s.db.Change(ctx, "save organization", func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, upsert, o.ID, o.Slug, o.Name, o.Created)
		return s.written(err, "organization", "slug")
	})
}

// DeleteOrganization implements team.Organizations.
func (s *Store) DeleteOrganization(ctx context.Context, id string) error {
	return s.db.Change(ctx, "delete organization", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM organization WHERE id = $1", id)
		if err := s.affected(n, err, "organization"); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "DELETE FROM member WHERE scope_kind = $1 AND scope_id = $2", int64(scope.Organization), id)
		return err
	})
}

// RoleOf implements team.Members.
func (s *Store) RoleOf(ctx context.Context, sc scope.Scope, user string) (team.Role, error) {
	scan := func(r Rows) (role int64, err error) {
		err = r.Scan(&role)
		return role, err
	}
	roles, err := collect(ctx, s, "role", scan, `SELECT role FROM member WHERE scope_kind = $1 AND scope_id = $2 AND "user" = $3`,
		int64(sc.Kind), sc.ID, user)
	if err != nil || len(roles) == 0 {
		return team.None, err
	}
	return team.Role(roles[0]), nil
}

const memberColumns = `SELECT scope_kind, scope_id, "user", role, created FROM member `

// MembersOf implements team.Members.
func (s *Store) MembersOf(ctx context.Context, sc scope.Scope) ([]team.Member, error) {
	return collect(ctx, s, "members", scanMember, memberColumns+`WHERE scope_kind = $1 AND scope_id = $2 ORDER BY created, "user"`,
		int64(sc.Kind), sc.ID)
}

// MembershipsOf implements team.Members.
func (s *Store) MembershipsOf(ctx context.Context, user string) ([]team.Member, error) {
	return collect(ctx, s, "memberships", scanMember, memberColumns+`WHERE "user" = $1 ORDER BY created, scope_kind, scope_id`, user)
}

func scanMember(r Rows) (m team.Member, err error) {
	var kind, role int64
	err = r.Scan(&kind, &m.Scope.ID, &m.User, &role, &m.Created)
	m.Scope.Kind, m.Role = scope.Kind(kind), team.Role(role)
	return m, err
}

// SaveMember implements team.Changes.
func (s *Store) SaveMember(ctx context.Context, m team.Member) error {
	const upsert = `INSERT INTO member (scope_kind, scope_id, "user", role, created) VALUES ($1, $2, $3, $4, $5)` +
		` ON CONFLICT (scope_kind, scope_id, "user") DO UPDATE SET role = excluded.role`
	return s.db.Change(ctx, "save member", func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, upsert, int64(m.Scope.Kind), m.Scope.ID, m.User, int64(m.Role), m.Created)
		return s.written(err, "member", "user")
	})
}

// DeleteMember implements team.Changes.
func (s *Store) DeleteMember(ctx context.Context, sc scope.Scope, user string) error {
	return s.db.Change(ctx, "delete member", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM member WHERE scope_kind = $1 AND scope_id = $2 AND "user" = $3`, int64(sc.Kind), sc.ID, user)
		return s.affected(n, err, "member")
	})
}

// CountProducts implements team.Holdings.
func (s *Store) CountProducts(ctx context.Context, owner scope.Scope) (int, error) {
	return s.count(ctx, "number of products", "SELECT count(*) FROM product WHERE owner_kind = $1 AND owner_id = $2", int64(owner.Kind), owner.ID)
}

const invitationColumns = "SELECT hash, scope_kind, scope_id, username, role, created, expires FROM invitation "

// SaveInvitation implements team.Invitations.
func (s *Store) SaveInvitation(ctx context.Context, i team.Invitation) error {
	const insert = "INSERT INTO invitation (hash, scope_kind, scope_id, username, role, created, expires) VALUES ($1, $2, $3, $4, $5, $6, $7)"
	return s.db.Change(ctx, "save invitation", func(ctx context.Context, tx Tx) error {
		_, err := tx.Exec(ctx, insert, i.Hash[:], int64(i.Scope.Kind), i.Scope.ID, i.Username, int64(i.Role), i.Created, i.Expires)
		return s.written(err, "invitation", "username")
	})
}

// InvitationsOf implements team.Invitations.
func (s *Store) InvitationsOf(ctx context.Context, sc scope.Scope) ([]team.Invitation, error) {
	return collect(ctx, s, "invitations", scanInvitation, invitationColumns+"WHERE scope_kind = $1 AND scope_id = $2 ORDER BY created, hash",
		int64(sc.Kind), sc.ID)
}

// TakeInvitation implements team.Invitations. Of two at once, one deletes it.
func (s *Store) TakeInvitation(ctx context.Context, hash [32]byte) (team.Invitation, error) {
	i, err := one(ctx, s, "invitation", scanInvitation, invitationColumns+"WHERE hash = $1", hash[:])
	if err != nil {
		return i, err
	}
	return i, s.db.Change(ctx, "take invitation", func(ctx context.Context, tx Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM invitation WHERE hash = $1", hash[:])
		return s.affected(n, err, "invitation")
	})
}

func scanInvitation(r Rows) (i team.Invitation, err error) {
	var hash []byte
	var kind, role int64
	err = r.Scan(&hash, &kind, &i.Scope.ID, &i.Username, &role, &i.Created, &i.Expires)
	copy(i.Hash[:], hash)
	i.Scope.Kind, i.Role = scope.Kind(kind), team.Role(role)
	return i, err
}
