-- +goose Up
CREATE TABLE ledger (
    scope_kind  SMALLINT NOT NULL,
    scope_id    TEXT NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    description TEXT NOT NULL,
    kind        TEXT NOT NULL,
    direction   TEXT NOT NULL,
    created     BIGINT NOT NULL,
    updated     BIGINT NOT NULL,
    archived    BIGINT NOT NULL,
    PRIMARY KEY (scope_kind, scope_id, name)
);

CREATE TABLE ledger_instance (
    scope_kind SMALLINT NOT NULL,
    scope_id   TEXT NOT NULL,
    ledger     TEXT NOT NULL,
    value      TEXT COLLATE "C" NOT NULL,
    version    BIGINT NOT NULL,
    data       BYTEA NOT NULL,
    created    BIGINT NOT NULL,
    updated    BIGINT NOT NULL,
    PRIMARY KEY (scope_kind, scope_id, ledger, value)
);

CREATE TABLE ledger_version (
    scope_kind SMALLINT NOT NULL,
    scope_id   TEXT NOT NULL,
    ledger     TEXT NOT NULL,
    value      TEXT NOT NULL,
    version    BIGINT NOT NULL,
    data       BYTEA NOT NULL,
    created    BIGINT NOT NULL,
    updated    BIGINT NOT NULL,
    replaced   BIGINT NOT NULL,
    PRIMARY KEY (scope_kind, scope_id, ledger, value, version)
);
