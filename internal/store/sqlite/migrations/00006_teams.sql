-- +goose Up
CREATE TABLE organization (
    id      TEXT   PRIMARY KEY,
    slug    TEXT   NOT NULL UNIQUE,
    name    TEXT   NOT NULL,
    created INTEGER NOT NULL
);

CREATE TABLE member (
    scope_kind INTEGER NOT NULL,
    scope_id   TEXT NOT NULL,
    "user"     TEXT NOT NULL,
    role       INTEGER NOT NULL,
    created    INTEGER NOT NULL,
    PRIMARY KEY (scope_kind, scope_id, "user")
);
CREATE INDEX member_user ON member ("user");

CREATE TABLE product (
    id          INTEGER PRIMARY KEY,
    slug        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    platform    INTEGER NOT NULL,
    owner_kind  INTEGER NOT NULL,
    owner_id    TEXT NOT NULL,
    created     INTEGER NOT NULL,
    updated     INTEGER NOT NULL
);
CREATE INDEX product_owner ON product (owner_kind, owner_id);

-- One row: the next product's number, so that a deleted one's is not used again.
CREATE TABLE product_number (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    next INTEGER NOT NULL
);
INSERT INTO product_number (one, next) VALUES (1, 10001);

-- Tokens that have expired are found without looking at all others.
CREATE INDEX token_expires ON token (expires) WHERE expires > 0;
