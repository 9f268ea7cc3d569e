-- +goose Up
-- What a delivery that waits for another attempt has behind it.
ALTER TABLE delivery
    ADD COLUMN skips BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN since BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN job   BIGINT NOT NULL DEFAULT 0;

CREATE TABLE attempt (
    event_seq BIGINT NOT NULL,
    delivery  BIGINT NOT NULL,
    n         BIGINT NOT NULL,
    record    BYTEA  NOT NULL,
    PRIMARY KEY (event_seq, delivery, n)
);

-- Few rows that change all the time: free room in each page keeps the changes
-- there.
CREATE TABLE tally (
    integration TEXT COLLATE "C" NOT NULL,
    day         BIGINT   NOT NULL,
    what        SMALLINT NOT NULL,
    n           BIGINT   NOT NULL,
    PRIMARY KEY (integration, day, what)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Rings of recorded calls.
CREATE TABLE call (
    integration TEXT COLLATE "C" NOT NULL,
    ring        SMALLINT NOT NULL,
    slot        BIGINT   NOT NULL,
    n           BIGINT   NOT NULL,
    at          BIGINT   NOT NULL,
    head        BYTEA    NOT NULL,
    event       BYTEA    NOT NULL,
    request     BYTEA    NOT NULL,
    response    BYTEA    NOT NULL,
    PRIMARY KEY (integration, ring, slot)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

CREATE TABLE dead (
    integration TEXT COLLATE "C" NOT NULL,
    id          BIGINT NOT NULL,
    event_seq   BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    attempts    BIGINT NOT NULL,
    origin      BYTEA  NOT NULL,
    text        BYTEA  NOT NULL,
    PRIMARY KEY (integration, id)
);
CREATE INDEX dead_event ON dead (event_seq);
