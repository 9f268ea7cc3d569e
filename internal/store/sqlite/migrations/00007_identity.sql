-- +goose Up
-- name is now what a username is unique by: of a customer, its product's number
-- comes before the e-mail address.
ALTER TABLE account ADD COLUMN kind      INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN home_kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN home_id   TEXT    NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN actions   TEXT    NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN info      TEXT    NOT NULL DEFAULT '';
CREATE INDEX account_home ON account (kind, home_kind, home_id, name);

ALTER TABLE token ADD COLUMN kind   INTEGER NOT NULL DEFAULT 0;
ALTER TABLE token ADD COLUMN family TEXT    NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN spent  INTEGER NOT NULL DEFAULT 0;

CREATE TABLE client (
    id           TEXT    PRIMARY KEY,
    name         TEXT    NOT NULL,
    type         TEXT    NOT NULL,
    scope_kind   INTEGER NOT NULL,
    scope_id     TEXT    NOT NULL,
    secret       BLOB    NOT NULL,
    redirect_uri TEXT    NOT NULL,
    rights       TEXT    NOT NULL,
    created      INTEGER NOT NULL
);
CREATE INDEX client_scope ON client (scope_kind, scope_id);

CREATE TABLE invitation (
    hash       BLOB    PRIMARY KEY,
    scope_kind INTEGER NOT NULL,
    scope_id   TEXT    NOT NULL,
    username   TEXT    NOT NULL,
    role       INTEGER NOT NULL,
    created    INTEGER NOT NULL,
    expires    INTEGER NOT NULL
);
CREATE INDEX invitation_scope ON invitation (scope_kind, scope_id);
