-- +goose Up
CREATE TABLE secret (
    scope_kind SMALLINT NOT NULL,
    scope_id   TEXT     NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    sealed     BYTEA    NOT NULL,
    created    BIGINT   NOT NULL,
    updated    BIGINT   NOT NULL,
    last_used  BIGINT   NOT NULL,
    PRIMARY KEY (scope_kind, scope_id, name)
);
