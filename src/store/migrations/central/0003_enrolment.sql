-- A device is created with a one-time code, and has a token only once it was enrolled at its floor.
CREATE TABLE enrolled_devices (
    site text NOT NULL REFERENCES sites (id),
    id text NOT NULL,
    role text NOT NULL,
    -- A kiosk's own tickets begin with it; never given twice in a showroom.
    number bigint,
    -- The code's name; what proofs are made with is gone once it was used.
    enrolment text,
    enrolment_key text,
    code_expires_at bigint NOT NULL,
    created_at bigint NOT NULL,
    token_hash text UNIQUE,
    enrolled_at bigint,
    revoked_at bigint,
    PRIMARY KEY (site, id)
);
INSERT INTO enrolled_devices (site, id, role, code_expires_at, created_at, token_hash, enrolled_at,
        revoked_at)
    SELECT site, id, role, enrolled_at, enrolled_at, token_hash, enrolled_at, revoked_at FROM devices;
DROP TABLE devices;
ALTER TABLE enrolled_devices RENAME TO devices;

-- A kiosk that did not hear the floor promised its guest a number, and a page, of its own.
ALTER TABLE visits ADD COLUMN other_token_hash text;
CREATE INDEX visits_by_other_token ON visits (other_token_hash);
