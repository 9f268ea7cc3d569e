-- +goose Up
CREATE TABLE replay (
    id          INTEGER PRIMARY KEY,
    integration TEXT NOT NULL,
    kind        TEXT NOT NULL,
    rate        INTEGER NOT NULL,
    state       TEXT NOT NULL,
    begins      INTEGER NOT NULL,
    done        INTEGER NOT NULL,
    ends        INTEGER NOT NULL,
    accepted    INTEGER NOT NULL,
    missing     INTEGER NOT NULL,
    started     INTEGER NOT NULL,
    ended       INTEGER NOT NULL
);

-- One row: the highest number of a replay's delivery, which leaves no event with
-- a higher one behind when it ends.
CREATE TABLE log_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    n   INTEGER NOT NULL
);
INSERT INTO log_head (one, n) VALUES (1, 0);
