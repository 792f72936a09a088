-- Each journal has a place in one chain and a hash over itself, its entries and the hash before it. Whoever changes what
-- was written, or takes something out, would have to write everything after it anew.
ALTER TABLE journal ADD COLUMN position INTEGER CHECK (position > 0);
ALTER TABLE journal ADD COLUMN hash BLOB CHECK (hash IS NULL OR length(hash) = 32);

CREATE UNIQUE INDEX journal_chain ON journal (position);

-- A journal gets its place and hash once, in the transaction that writes it, and nothing else of it ever changes.
DROP TRIGGER journal_no_update;

CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
WHEN OLD.hash IS NOT NULL
    OR NEW.id IS NOT OLD.id OR NEW.kind IS NOT OLD.kind OR NEW.credential_id IS NOT OLD.credential_id
    OR NEW.purchase_id IS NOT OLD.purchase_id OR NEW.fee_hold_id IS NOT OLD.fee_hold_id
    OR NEW.source_ref IS NOT OLD.source_ref OR NEW.description IS NOT OLD.description
    OR NEW.created_at IS NOT OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
