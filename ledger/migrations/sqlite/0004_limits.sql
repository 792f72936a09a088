-- What a key may spend, as JSON; nothing where it is not limited.
ALTER TABLE credential ADD COLUMN limits TEXT CHECK (limits IS NULL OR json_valid(limits));

CREATE INDEX purchase_by_credential ON purchase (credential_id, created_at);
