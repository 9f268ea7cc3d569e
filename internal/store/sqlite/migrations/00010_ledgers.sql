-- +goose Up
CREATE TABLE ledger (
    scope_kind  INTEGER NOT NULL,
    scope_id    TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    kind        TEXT NOT NULL,
    direction   TEXT NOT NULL,
    created     INTEGER NOT NULL,
    updated     INTEGER NOT NULL,
    archived    INTEGER NOT NULL,
    PRIMARY KEY (scope_kind, scope_id, name)
);

CREATE TABLE ledger_instance (
    scope_kind INTEGER NOT NULL,
    scope_id   TEXT NOT NULL,
    ledger     TEXT NOT NULL,
    value      TEXT NOT NULL,
    version    INTEGER NOT NULL,
    data       BLOB NOT NULL,
    created    INTEGER NOT NULL,
    updated    INTEGER NOT NULL,
    PRIMARY KEY (scope_kind, scope_id, ledger, value)
);

CREATE TABLE ledger_version (
    scope_kind INTEGER NOT NULL,
    scope_id   TEXT NOT NULL,
    ledger     TEXT NOT NULL,
    value      TEXT NOT NULL,
    version    INTEGER NOT NULL,
    data       BLOB NOT NULL,
    created    INTEGER NOT NULL,
    updated    INTEGER NOT NULL,
    replaced   INTEGER NOT NULL,
    PRIMARY KEY (scope_kind, scope_id, ledger, value, version)
);
