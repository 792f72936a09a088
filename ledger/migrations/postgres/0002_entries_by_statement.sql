-- The rules of entries, asked once for a statement and not for each row: a batch writes hundreds of entries. An entry joins no
-- sealed journal, and one of an account that stores its balance follows from the entry before it.
DROP TRIGGER entry_is_sound ON entry;
DROP FUNCTION entry_is_sound();

CREATE FUNCTION entries_are_sound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM written JOIN journal ON journal.id = written.journal_id) THEN
        RAISE EXCEPTION 'the journal is append-only';
    END IF;
    IF EXISTS (
        SELECT 1 FROM written
        JOIN account ON account.id = written.account_id
        LEFT JOIN entry AS previous
            ON previous.account_id = written.account_id AND previous.account_version = written.account_version - 1
        WHERE (account.posted IS NULL) <> (written.balance_after IS NULL)
           OR written.account_version < 1
           OR (written.account_version > 1) <> (previous.account_id IS NOT NULL)
           OR written.balance_after <> coalesce(previous.balance_after, 0) + written.amount
    ) THEN
        RAISE EXCEPTION 'the entry does not follow from the one before it';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entries_are_sound AFTER INSERT ON entry REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION entries_are_sound();
