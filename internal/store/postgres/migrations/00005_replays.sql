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
