-- +goose Up
-- The log. No other index: a second one halves the append rate.
CREATE TABLE event (
    seq    BIGINT PRIMARY KEY,
    record BYTEA  NOT NULL
);

-- One row from the accept of a delivery to its finish, so most of the table is
-- dead rows: vacuum by their number. origin is BYTEA because TEXT refuses NUL
-- and invalid UTF-8, and one odd host name must not fail a whole batch.
CREATE TABLE delivery (
    id          BIGINT   PRIMARY KEY,
    event_seq   BIGINT   NOT NULL,
    integration TEXT     NOT NULL,
    origin      BYTEA    NOT NULL,
    attempt     BIGINT   NOT NULL,
    due         BIGINT   NOT NULL,
    wait        BIGINT   NOT NULL,
    mark        SMALLINT NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- COLLATE "C" sorts ids as every other engine does, whatever the database's
-- locale is.
CREATE TABLE integration (
    id         TEXT COLLATE "C" PRIMARY KEY,
    scope_kind SMALLINT NOT NULL,
    scope_id   TEXT     NOT NULL,
    created    BIGINT   NOT NULL,
    updated    BIGINT   NOT NULL,
    config     BYTEA    NOT NULL
);

CREATE TABLE config_version (
    one     SMALLINT PRIMARY KEY CHECK (one = 1),
    version BIGINT   NOT NULL
);
INSERT INTO config_version (one, version) VALUES (1, 1);

-- name is the username in lower case.
CREATE TABLE account (
    id            TEXT    PRIMARY KEY,
    name          TEXT    NOT NULL UNIQUE,
    username      TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    admin         BOOLEAN NOT NULL,
    created       BIGINT  NOT NULL
);

CREATE TABLE token (
    hash    BYTEA  PRIMARY KEY,
    "user"  TEXT   NOT NULL,
    device  TEXT   NOT NULL,
    client  TEXT   NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    last4   TEXT   NOT NULL
);
CREATE INDEX token_user ON token ("user");
CREATE INDEX token_device ON token (device) WHERE device <> '';

CREATE TABLE device (
    id      TEXT COLLATE "C" PRIMARY KEY,
    name    TEXT   NOT NULL,
    owner   TEXT   NOT NULL,
    created BIGINT NOT NULL
);
CREATE INDEX device_owner ON device (owner);
