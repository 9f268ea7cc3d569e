-- +goose Up
-- Counts of unclaimed devices, products and organizations: they have no owner.
CREATE TABLE usage_count (
    owner           TEXT NOT NULL,
    day             BIGINT NOT NULL,
    device          TEXT COLLATE "C" NOT NULL,
    product         BIGINT NOT NULL,
    org             TEXT NOT NULL,
    events          BIGINT NOT NULL,
    published       BIGINT NOT NULL,
    received        BIGINT NOT NULL,
    refused         BIGINT NOT NULL,
    refused_streams BIGINT NOT NULL,
    PRIMARY KEY (owner, day, device, product, org)
);
INSERT INTO usage_count (owner, day, device, product, org, events, published, received, refused, refused_streams)
    SELECT owner, day, device, product, '', events, published, received, refused, refused_streams FROM usage_day;
DROP TABLE usage_day;
ALTER TABLE usage_count RENAME TO usage_day;
CREATE INDEX usage_product ON usage_day (product, day) WHERE product <> 0;
CREATE INDEX usage_org ON usage_day (org, day) WHERE org <> '';
