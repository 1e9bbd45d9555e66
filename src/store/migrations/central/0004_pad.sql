-- One-time codes with which members of staff set their PIN at the floor, only as slow hashes. One at
-- a time for each person.
CREATE TABLE pin_codes (
    site text NOT NULL REFERENCES sites (id),
    staff text NOT NULL,
    id text NOT NULL,
    hash text NOT NULL,
    issued_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (site, staff)
);

-- What agents wrote about a visit in their own words, encrypted with the customer's key; of a visit
-- without a customer, with the key of records.
CREATE TABLE visit_notes (
    visit text NOT NULL REFERENCES visits (id),
    hash text NOT NULL,
    customer text REFERENCES customers (id) ON DELETE CASCADE,
    site text NOT NULL,
    body bytea NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (visit, hash)
);
CREATE INDEX visit_notes_by_customer ON visit_notes (customer);
