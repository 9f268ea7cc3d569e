-- +goose Up
CREATE TABLE replay (
    id          BIGINT PRIMARY KEY,
    integration TEXT NOT NULL,
    kind        TEXT NOT NULL,
    rate        BIGINT NOT NULL,
    state       TEXT NOT NULL,
    begins      BIGINT NOT NULL,
    done        BIGINT NOT NULL,
    ends        BIGINT NOT NULL,
    accepted    BIGINT NOT NULL,
    missing     BIGINT NOT NULL,
    started     BIGINT NOT NULL,
    ended       BIGINT NOT NULL
);

-- One row: the highest number of a replay's delivery, which leaves no event with
-- a higher one behind when it ends.
CREATE TABLE log_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    n   BIGINT NOT NULL
);
INSERT INTO log_head (one, n) VALUES (1, 0);
