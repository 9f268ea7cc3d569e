-- +goose Up
-- name is now what a username is unique by: of a customer, its product's number
-- comes before the e-mail address.
ALTER TABLE account ADD COLUMN kind      SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN home_kind SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN home_id   TEXT     NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN actions   TEXT     NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN info      TEXT     NOT NULL DEFAULT '';
ALTER TABLE account ALTER COLUMN name TYPE TEXT COLLATE "C";
CREATE INDEX account_home ON account (kind, home_kind, home_id, name);

ALTER TABLE token ADD COLUMN kind   SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE token ADD COLUMN family TEXT     NOT NULL DEFAULT '';
ALTER TABLE token ADD COLUMN spent  BOOLEAN  NOT NULL DEFAULT FALSE;

CREATE TABLE client (
    id           TEXT COLLATE "C" PRIMARY KEY,
    name         TEXT     NOT NULL,
    type         TEXT     NOT NULL,
    scope_kind   SMALLINT NOT NULL,
    scope_id     TEXT     NOT NULL,
    secret       BYTEA    NOT NULL,
    redirect_uri TEXT     NOT NULL,
    rights       TEXT     NOT NULL,
    created      BIGINT   NOT NULL
);
CREATE INDEX client_scope ON client (scope_kind, scope_id);

CREATE TABLE invitation (
    hash       BYTEA    PRIMARY KEY,
    scope_kind SMALLINT NOT NULL,
    scope_id   TEXT     NOT NULL,
    username   TEXT     NOT NULL,
    role       SMALLINT NOT NULL,
    created    BIGINT   NOT NULL,
    expires    BIGINT   NOT NULL
);
CREATE INDEX invitation_scope ON invitation (scope_kind, scope_id);
