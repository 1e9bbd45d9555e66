-- Times are milliseconds since the epoch, UTC; flags are 0 or 1; documents are JSON.

CREATE TABLE counters (
    name text PRIMARY KEY,
    value bigint NOT NULL
);

-- The one-time administrator link: only the hash of its code.
CREATE TABLE setup_codes (
    hash text PRIMARY KEY,
    created_at bigint NOT NULL
);

CREATE TABLE accounts (
    id text PRIMARY KEY,
    user_name text NOT NULL UNIQUE,
    password text NOT NULL,
    role text NOT NULL,
    created_at bigint NOT NULL,
    disabled_at bigint
);

CREATE TABLE sessions (
    hash text PRIMARY KEY,
    account text NOT NULL REFERENCES accounts (id),
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);

CREATE TABLE sites (
    id text PRIMARY KEY,
    settings text NOT NULL,
    staff text NOT NULL,
    rules text NOT NULL,
    updated_at bigint NOT NULL
);

-- Every version of the notice ever shown stays: consents point to it.
CREATE TABLE notices (
    site text NOT NULL REFERENCES sites (id),
    version text NOT NULL,
    hash text NOT NULL,
    body text NOT NULL,
    published_at bigint NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (site, version)
);

CREATE TABLE floors (
    id text PRIMARY KEY,
    site text NOT NULL REFERENCES sites (id),
    token_hash text NOT NULL UNIQUE,
    created_at bigint NOT NULL,
    epoch text,
    last_seq bigint NOT NULL,
    last_hash text NOT NULL,
    heard_at bigint,
    trouble text
);

CREATE TABLE devices (
    site text NOT NULL REFERENCES sites (id),
    id text NOT NULL,
    role text NOT NULL,
    token_hash text NOT NULL UNIQUE,
    enrolled_at bigint NOT NULL,
    revoked_at bigint,
    PRIMARY KEY (site, id)
);

-- The latest document of each kind for each floor; the cursor counts on for ever.
CREATE TABLE feed (
    floor text NOT NULL REFERENCES floors (id),
    kind text NOT NULL,
    site text NOT NULL,
    cursor bigint NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (floor, kind)
);
CREATE INDEX feed_by_cursor ON feed (floor, cursor);
