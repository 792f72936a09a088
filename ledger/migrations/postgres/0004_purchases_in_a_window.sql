-- What a key has spent in a window of time is looked up by the key and the time. Purchases that came to nothing don't count, and
-- an index without them can't be taken by mistake where a purchase is looked up by its key and its name: a plan that was made
-- while the table was small did that, and read all purchases of the key each time.
DROP INDEX purchase_by_credential;
CREATE INDEX purchase_in_window ON purchase (credential_id, created_at) WHERE state <> 'released';
