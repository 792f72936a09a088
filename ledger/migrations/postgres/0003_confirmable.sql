-- Whether the person at the asking key's client may answer as well, and any key above that one.
ALTER TABLE approval ADD COLUMN confirmable BIGINT NOT NULL DEFAULT 0 CHECK (confirmable IN (0, 1));
