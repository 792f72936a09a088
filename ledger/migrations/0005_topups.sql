-- Money that a payment provider collects for a key. The facts are what the provider said; `booked` is what the journal
-- has of them.
CREATE TABLE topup (
    id              TEXT PRIMARY KEY,
    credential_id   TEXT NOT NULL REFERENCES credential (id),
    idempotency_key TEXT NOT NULL,
    cents           INTEGER NOT NULL CHECK (cents > 0),
    session         TEXT,
    url             TEXT,
    payment         TEXT,
    paid            INTEGER NOT NULL DEFAULT 0 CHECK (paid >= 0),
    returned        INTEGER NOT NULL DEFAULT 0 CHECK (returned >= 0),
    expired_at      INTEGER,
    booked          INTEGER NOT NULL DEFAULT 0 CHECK (booked >= 0 AND booked <= paid),
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    UNIQUE (credential_id, idempotency_key),
    CHECK ((payment IS NULL) = (paid = 0)),
    CHECK ((session IS NULL) = (url IS NULL))
) STRICT;

CREATE TABLE dispute (
    topup_id TEXT NOT NULL REFERENCES topup (id),
    id       TEXT NOT NULL,
    cents    INTEGER NOT NULL CHECK (cents > 0),
    state    TEXT NOT NULL CHECK (state IN ('open', 'won', 'lost')),
    PRIMARY KEY (topup_id, id)
) STRICT;

-- Events that were booked, each once.
CREATE TABLE inbox (
    source     TEXT NOT NULL,
    event_id   TEXT NOT NULL,
    topup_id   TEXT NOT NULL REFERENCES topup (id),
    created_at INTEGER NOT NULL,
    PRIMARY KEY (source, event_id)
) STRICT;
