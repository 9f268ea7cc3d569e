-- +goose Up
CREATE TABLE organization (
    id      TEXT   PRIMARY KEY,
    slug    TEXT   NOT NULL UNIQUE,
    name    TEXT   NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE member (
    scope_kind SMALLINT NOT NULL,
    scope_id   TEXT NOT NULL,
    "user"     TEXT COLLATE "C" NOT NULL,
    role       SMALLINT NOT NULL,
    created    BIGINT NOT NULL,
    PRIMARY KEY (scope_kind, scope_id, "user")
);
CREATE INDEX member_user ON member ("user");

CREATE TABLE product (
    id          BIGINT PRIMARY KEY,
    slug        TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    platform    INTEGER NOT NULL,
    owner_kind  SMALLINT NOT NULL,
    owner_id    TEXT NOT NULL,
    created     BIGINT NOT NULL,
    updated     BIGINT NOT NULL
);
CREATE INDEX product_owner ON product (owner_kind, owner_id);

-- One row: the next product's number, so that a deleted one's is not used again.
CREATE TABLE product_number (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    next BIGINT NOT NULL
);
INSERT INTO product_number (one, next) VALUES (1, 10001);

-- Tokens that have expired are found without looking at all others.
CREATE INDEX token_expires ON token (expires) WHERE expires > 0;
