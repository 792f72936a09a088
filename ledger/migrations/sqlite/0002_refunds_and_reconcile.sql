-- What came back of a purchase, and what is needed to find out what became of one.

-- The part of `charged` that was given back.
ALTER TABLE purchase ADD COLUMN refunded INTEGER NOT NULL DEFAULT 0
    CHECK (refunded >= 0 AND refunded <= coalesce(charged, 0));

-- The order's arguments, as JSON: only while the outcome is open, and only where the provider honours a repeated order.
ALTER TABLE purchase ADD COLUMN request TEXT
    CHECK (request IS NULL OR state IN ('sent', 'unknown'));

-- How often it was asked again, when next, and by whom just now.
ALTER TABLE purchase ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0);
ALTER TABLE purchase ADD COLUMN next_attempt_at INTEGER;
ALTER TABLE purchase ADD COLUMN lease_owner TEXT;
ALTER TABLE purchase ADD COLUMN lease_until INTEGER;

-- When the machine gave up and a person has to look.
ALTER TABLE purchase ADD COLUMN needs_operator_at INTEGER
    CHECK (needs_operator_at > 0);

CREATE INDEX purchase_to_reconcile ON purchase (next_attempt_at) WHERE state = 'unknown' AND request IS NOT NULL;

-- A refund names where it comes from, so that the same one counts once.
CREATE TRIGGER refund_has_a_source BEFORE INSERT ON journal
WHEN NEW.kind = 'refund' AND NEW.source_ref IS NULL
BEGIN
    SELECT RAISE(ABORT, 'a refund names its source');
END;
