-- One floor's own database. The events are the truth; the rest is what must be at hand beside them.

CREATE TABLE IF NOT EXISTS meta (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Append-only, chained by hash; also the outbox.
CREATE TABLE IF NOT EXISTS events (
    seq   INTEGER PRIMARY KEY,
    id    TEXT NOT NULL,
    prev  TEXT NOT NULL,
    at    TEXT NOT NULL,
    actor TEXT NOT NULL,
    v     INTEGER NOT NULL,
    body  TEXT NOT NULL
);

-- The state after the event `seq`: saves replaying from the first event. One row.
CREATE TABLE IF NOT EXISTS snapshots (
    seq   INTEGER PRIMARY KEY,
    state TEXT NOT NULL
);

-- The turn book (轮排簿).
CREATE TABLE IF NOT EXISTS turn_lines (
    day  TEXT NOT NULL,
    seq  INTEGER NOT NULL,
    line TEXT NOT NULL,
    PRIMARY KEY (day, seq)
) WITHOUT ROWID;

-- Answers already given, by device and idempotency key.
CREATE TABLE IF NOT EXISTS check_ins (
    device     TEXT NOT NULL,
    key        TEXT NOT NULL,
    mac        BLOB NOT NULL,
    visit      TEXT NOT NULL,
    day        TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    answer     TEXT NOT NULL,
    PRIMARY KEY (device, key)
) WITHOUT ROWID;

-- Sealed profiles and notes on their way to the centre; deleted once it has them.
CREATE TABLE IF NOT EXISTS profiles (
    seq  INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    blob BLOB NOT NULL
);

-- How to address today's guests, encrypted under the day's key.
CREATE TABLE IF NOT EXISTS address_forms (
    visit  TEXT PRIMARY KEY,
    day    TEXT NOT NULL,
    sealed BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS print_jobs (
    visit   TEXT PRIMARY KEY,
    job     TEXT NOT NULL,
    day     TEXT NOT NULL,
    state   TEXT NOT NULL,
    problem TEXT
) WITHOUT ROWID;

-- Tickets printed once more by staff.
CREATE TABLE IF NOT EXISTS reprints (
    job     TEXT PRIMARY KEY,
    visit   TEXT NOT NULL,
    day     TEXT NOT NULL,
    state   TEXT NOT NULL,
    problem TEXT
) WITHOUT ROWID;

-- What the centre says of each device, as it came.
CREATE TABLE IF NOT EXISTS device_grants (
    device TEXT PRIMARY KEY,
    body   TEXT NOT NULL
) WITHOUT ROWID;

-- The sheet of each day that is over (轮排表), signed when it ended.
CREATE TABLE IF NOT EXISTS turn_sheets (
    day        TEXT PRIMARY KEY,
    sheet      TEXT NOT NULL,
    signature  TEXT NOT NULL,
    public_key TEXT NOT NULL
) WITHOUT ROWID;

-- The sheet of a day signed after the showroom closed and the last guest had gone; each later one
-- supersedes those before it, and that of the day's end all of them.
CREATE TABLE IF NOT EXISTS closing_sheets (
    day        TEXT NOT NULL,
    through    INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    sheet      TEXT NOT NULL,
    signature  TEXT NOT NULL,
    public_key TEXT NOT NULL,
    PRIMARY KEY (day, through)
) WITHOUT ROWID;

-- Staff's PINs as peppered hashes, the one-time code that is open, and wrong guesses.
CREATE TABLE IF NOT EXISTS pins (
    staff        TEXT PRIMARY KEY,
    pin          TEXT,
    code         TEXT,
    last_code    TEXT NOT NULL,
    guesses      INTEGER NOT NULL,
    locked_until INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS sessions (
    hash    TEXT PRIMARY KEY,
    staff   TEXT NOT NULL,
    pad     INTEGER NOT NULL,
    expires INTEGER NOT NULL
) WITHOUT ROWID;

-- Taps of the pads already answered, by person and idempotency key.
CREATE TABLE IF NOT EXISTS taps (
    staff   TEXT NOT NULL,
    key     TEXT NOT NULL,
    mac     BLOB NOT NULL,
    day     TEXT NOT NULL,
    refusal TEXT,
    PRIMARY KEY (staff, key)
) WITHOUT ROWID;

-- Visits that are over and shown no more, as they were after the event `seq`. Rows are only added, so
-- that a replay from any snapshot finds each as it was; those of other days go with the next snapshot.
CREATE TABLE IF NOT EXISTS put_away (
    visit      TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    day        TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    device     TEXT NOT NULL,
    key        TEXT NOT NULL,
    rested     TEXT NOT NULL,
    offer      TEXT,
    PRIMARY KEY (visit, seq)
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS put_away_by_token ON put_away (token_hash);
