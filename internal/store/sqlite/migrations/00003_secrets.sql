-- +goose Up
CREATE TABLE secret (
    scope_kind INTEGER NOT NULL,
    scope_id   TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    sealed     BLOB    NOT NULL,
    created    INTEGER NOT NULL,
    updated    INTEGER NOT NULL,
    last_used  INTEGER NOT NULL,
    PRIMARY KEY (scope_kind, scope_id, name)
) WITHOUT ROWID;
