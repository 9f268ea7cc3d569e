-- +goose Up
-- devices is how many devices are in the product, so that no list has to count.
ALTER TABLE product ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE product ADD COLUMN devices BIGINT NOT NULL DEFAULT 0;

-- name_key is the name in lower case. heard, handshake, ip and online are
-- written by presence, the rest by the API.
ALTER TABLE device ADD COLUMN name_key TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN product BIGINT NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN platform INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN serial TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN iccid TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN imei TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN firmware INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN desired INTEGER NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN denied BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE device ADD COLUMN quarantined BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE device ADD COLUMN development BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE device ADD COLUMN heard BIGINT NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN handshake BIGINT NOT NULL DEFAULT 0;
ALTER TABLE device ADD COLUMN ip TEXT NOT NULL DEFAULT '';
ALTER TABLE device ADD COLUMN online BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE device SET name_key = lower(name);

DROP INDEX device_owner;
CREATE INDEX device_owner ON device (owner, created, id);
CREATE INDEX device_owner_name ON device (owner, name);
CREATE INDEX device_by_id ON device (product, id);
CREATE INDEX device_by_name ON device (product, name_key, id, serial);
CREATE INDEX device_by_firmware ON device (product, firmware, id);
CREATE INDEX device_by_heard ON device (product, heard, id);
CREATE INDEX device_quarantined ON device (product, id) WHERE quarantined;
CREATE INDEX device_serial ON device (serial) WHERE serial <> '';
CREATE INDEX device_iccid ON device (iccid) WHERE iccid <> '';
CREATE INDEX device_imei ON device (imei) WHERE imei <> '';

CREATE TABLE product_group (
    product     BIGINT  NOT NULL,
    name        TEXT COLLATE "C" NOT NULL,
    description TEXT    NOT NULL,
    color       TEXT    NOT NULL,
    created     BIGINT  NOT NULL,
    PRIMARY KEY (product, name)
);

CREATE TABLE device_group (
    product BIGINT  NOT NULL,
    name    TEXT COLLATE "C" NOT NULL,
    device  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (product, name, device)
);
CREATE INDEX device_group_device ON device_group (device);

CREATE TABLE claim_code (
    hash    BYTEA   PRIMARY KEY,
    "user"  TEXT    NOT NULL,
    product BIGINT  NOT NULL,
    expires BIGINT  NOT NULL
);
CREATE INDEX claim_code_user ON claim_code ("user");

CREATE TABLE certificate (
    fingerprint TEXT    PRIMARY KEY,
    device      TEXT    NOT NULL,
    created     BIGINT  NOT NULL
);
CREATE INDEX certificate_device ON certificate (device);
