-- +goose Up
-- What a delivery that waits for another attempt has behind it.
ALTER TABLE delivery ADD COLUMN skips INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN job   INTEGER NOT NULL DEFAULT 0;

-- One row per attempt, beside those of the same event.
CREATE TABLE attempt (
    event_seq INTEGER NOT NULL,
    delivery  INTEGER NOT NULL,
    n         INTEGER NOT NULL,
    record    BLOB    NOT NULL,
    PRIMARY KEY (event_seq, delivery, n)
) WITHOUT ROWID;

CREATE TABLE tally (
    integration TEXT    NOT NULL,
    day         INTEGER NOT NULL,
    what        INTEGER NOT NULL,
    n           INTEGER NOT NULL,
    PRIMARY KEY (integration, day, what)
) WITHOUT ROWID;

-- Rings of recorded calls. The large columns are last, so that a list of heads
-- reads none of them.
CREATE TABLE call (
    integration TEXT    NOT NULL,
    ring        INTEGER NOT NULL,
    slot        INTEGER NOT NULL,
    n           INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    head        BLOB    NOT NULL,
    event       BLOB    NOT NULL,
    request     BLOB    NOT NULL,
    response    BLOB    NOT NULL,
    PRIMARY KEY (integration, ring, slot)
);

CREATE TABLE dead (
    integration TEXT    NOT NULL,
    id          INTEGER NOT NULL,
    event_seq   INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    origin      BLOB    NOT NULL,
    text        BLOB    NOT NULL,
    PRIMARY KEY (integration, id)
) WITHOUT ROWID;
CREATE INDEX dead_event ON dead (event_seq);
