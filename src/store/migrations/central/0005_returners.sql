-- Whose customer somebody is (归属): one row for each service or decision that settled it. The one
-- with the latest contact counts; those before it stay as the history.
CREATE TABLE owners (
    customer text NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    -- The visit that was served, or the id of a person's decision.
    source text NOT NULL,
    site text NOT NULL,
    agent text NOT NULL,
    -- The effective contact; protection counts from it.
    contact_at bigint NOT NULL,
    -- The guest did not know with whom: until then a colleague may claim them.
    claim_until bigint,
    PRIMARY KEY (customer, source)
);

CREATE TABLE appointments (
    site text NOT NULL REFERENCES sites (id),
    id text NOT NULL,
    agent text NOT NULL,
    at bigint NOT NULL,
    -- `office`, or the floor at whose desk it was made.
    made_by text NOT NULL,
    PRIMARY KEY (site, id)
);

-- Brokers' clients registered before arrival (渠道报备); nothing here tells who the client is.
CREATE TABLE registrations (
    site text NOT NULL REFERENCES sites (id),
    id text NOT NULL,
    broker text NOT NULL,
    agent text NOT NULL,
    registered_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (site, id)
);

-- Overdue follow-ups of each agent.
CREATE TABLE overdue (
    site text NOT NULL REFERENCES sites (id),
    agent text NOT NULL,
    follow_ups bigint NOT NULL,
    PRIMARY KEY (site, agent)
);

-- News for one floor that replace nothing and are void when their day is over.
CREATE TABLE feed_notices (
    floor text NOT NULL REFERENCES floors (id),
    cursor bigint NOT NULL,
    site text NOT NULL,
    day text NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (floor, cursor)
);
