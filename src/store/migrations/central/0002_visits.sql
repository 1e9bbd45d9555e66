-- A person. The name and phone are encrypted with the row's own key, which is wrapped by the master
-- key: without the row nothing of the person can be read again.
CREATE TABLE customers (
    id text PRIMARY KEY,
    site text NOT NULL REFERENCES sites (id),
    data_key bytea NOT NULL,
    name bytea NOT NULL,
    phone bytea,
    phone_index text,
    tail_index text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    UNIQUE (site, phone_index)
);
CREATE INDEX customers_by_tail ON customers (site, tail_index);

-- Keyed tokens of a name's characters and pairs of characters.
CREATE TABLE customer_names (
    token text NOT NULL,
    customer text NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    site text NOT NULL,
    PRIMARY KEY (token, customer)
);
CREATE INDEX customer_names_by_customer ON customer_names (customer);

CREATE TABLE visits (
    id text PRIMARY KEY,
    site text NOT NULL REFERENCES sites (id),
    floor text NOT NULL REFERENCES floors (id),
    device text NOT NULL,
    day text NOT NULL,
    ticket text NOT NULL,
    line text NOT NULL,
    state text NOT NULL,
    since bigint NOT NULL,
    -- Order among the waiting of the floor.
    place_in_queue double precision NOT NULL,
    language text NOT NULL,
    first_visit bigint NOT NULL,
    purpose text NOT NULL,
    party_size bigint NOT NULL,
    drink text,
    asked_for text,
    agent text,
    place text,
    checked_in_at bigint NOT NULL,
    called_at bigint,
    started_at bigint,
    ended_at bigint,
    consent_receipt text NOT NULL,
    token_hash text NOT NULL,
    customer text REFERENCES customers (id) ON DELETE SET NULL
);
CREATE INDEX visits_by_day ON visits (site, day);
CREATE INDEX visits_by_state ON visits (floor, state);
CREATE INDEX visits_by_token ON visits (token_hash);
CREATE INDEX visits_by_customer ON visits (customer);

-- What a guest said of themselves at one visit, encrypted with the customer's key.
CREATE TABLE profiles (
    visit text PRIMARY KEY REFERENCES visits (id),
    customer text NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    site text NOT NULL,
    body bytea NOT NULL,
    at bigint NOT NULL
);

-- One answer to one purpose, in full.
CREATE TABLE consents (
    visit text NOT NULL REFERENCES visits (id),
    purpose text NOT NULL,
    given bigint NOT NULL,
    notice_version text NOT NULL,
    notice_hash text NOT NULL,
    language text NOT NULL,
    at bigint NOT NULL,
    site text NOT NULL,
    floor text NOT NULL,
    device text NOT NULL,
    receipt text NOT NULL,
    PRIMARY KEY (visit, purpose)
);

-- The floors' logs as they came. A body may hold words typed by staff, so it is encrypted.
CREATE TABLE events (
    floor text NOT NULL REFERENCES floors (id),
    epoch text NOT NULL,
    seq bigint NOT NULL,
    site text NOT NULL,
    id text NOT NULL,
    prev text NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL,
    v bigint NOT NULL,
    kind text NOT NULL,
    visit text,
    body bytea NOT NULL,
    received_at bigint NOT NULL,
    PRIMARY KEY (floor, epoch, seq)
);
CREATE INDEX events_by_visit ON events (visit);

-- Events whose effect failed; a sealed profile that came with one is kept as it came.
CREATE TABLE quarantine (
    floor text NOT NULL,
    epoch text NOT NULL,
    seq bigint NOT NULL,
    code text NOT NULL,
    site text NOT NULL,
    at bigint NOT NULL,
    sealed bytea,
    PRIMARY KEY (floor, epoch, seq, code)
);

-- Who looked at what, without the words they looked for.
CREATE TABLE audit (
    number bigint PRIMARY KEY,
    at bigint NOT NULL,
    account text NOT NULL,
    site text,
    kind text NOT NULL,
    subject text,
    found bigint
);
