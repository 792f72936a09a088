-- Amounts are whole minor units of the account's currency, times are milliseconds since 1970 UTC.

-- A unified key. The key itself is not here, only its SHA-256.
CREATE TABLE credential (
    id          TEXT PRIMARY KEY,
    email       TEXT NOT NULL,
    level       TEXT NOT NULL CHECK (level IN ('identified', 'authenticated')),
    secret_hash BLOB NOT NULL UNIQUE CHECK (length(secret_hash) = 32),
    created_at  INTEGER NOT NULL,
    revoked_at  INTEGER
) STRICT;

-- A credential owns two accounts, and they store their balance: `customer` is the money it has, `receivable` (never above
-- zero) what it owes. The other accounts are the system's own; their balance is the sum of their entries, so that no
-- row is touched by everybody.
CREATE TABLE account (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('customer', 'receivable', 'credit_source', 'revenue', 'provider_payable')),
    credential_id TEXT REFERENCES credential (id),
    currency      TEXT NOT NULL CHECK (length(currency) = 3),
    posted        INTEGER,
    pending       INTEGER,
    version       INTEGER,
    UNIQUE (id, currency),
    UNIQUE (credential_id, kind, currency),
    CHECK ((kind IN ('customer', 'receivable')) = (credential_id IS NOT NULL)),
    CHECK ((credential_id IS NULL) = (posted IS NULL)),
    CHECK ((credential_id IS NULL) = (pending IS NULL)),
    CHECK ((credential_id IS NULL) = (version IS NULL)),
    CHECK (pending >= 0),
    CHECK (version >= 0),
    CHECK (kind <> 'customer' OR posted - pending >= 0),
    CHECK (kind <> 'receivable' OR (posted <= 0 AND pending = 0))
) STRICT;

CREATE UNIQUE INDEX account_of_the_system ON account (kind, currency) WHERE credential_id IS NULL;

INSERT INTO account (kind, currency) VALUES ('credit_source', 'USD'), ('revenue', 'USD'), ('provider_payable', 'USD');

-- A price a provider named, and for which request.
CREATE TABLE quote (
    id            TEXT PRIMARY KEY,
    credential_id TEXT NOT NULL REFERENCES credential (id),
    service       TEXT NOT NULL,
    tool          TEXT NOT NULL,
    fingerprint   BLOB NOT NULL CHECK (length(fingerprint) = 32),
    currency      TEXT NOT NULL,
    amount        INTEGER NOT NULL CHECK (amount >= 0),
    created_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX quote_by_request ON quote (credential_id, fingerprint, expires_at);

-- `held` is reserved in the customer's `pending` while the state is `sent` or `unknown`. `receivable` is the part of
-- `charged` that the customer could not pay.
CREATE TABLE purchase (
    id                  TEXT PRIMARY KEY,
    credential_id       TEXT NOT NULL REFERENCES credential (id),
    service             TEXT NOT NULL,
    tool                TEXT NOT NULL,
    idempotency_key     TEXT NOT NULL,
    fingerprint         BLOB NOT NULL CHECK (length(fingerprint) = 32),
    quote_id            TEXT REFERENCES quote (id),
    state               TEXT NOT NULL CHECK (state IN ('sent', 'unknown', 'captured', 'released')),
    currency            TEXT NOT NULL,
    held                INTEGER NOT NULL CHECK (held >= 0),
    charged             INTEGER CHECK (charged >= 0),
    receivable          INTEGER NOT NULL DEFAULT 0 CHECK (receivable >= 0),
    transaction_id      TEXT,
    reason              TEXT,
    answer_status       INTEGER,
    answer_content_type TEXT,
    answer_body         BLOB,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    UNIQUE (credential_id, idempotency_key),
    CHECK ((state = 'captured') = (charged IS NOT NULL)),
    CHECK (receivable = 0 OR receivable <= charged - held),
    CHECK ((answer_status IS NULL) = (answer_body IS NULL))
) STRICT;

CREATE INDEX purchase_by_state ON purchase (state, created_at);
CREATE INDEX purchase_open ON purchase (credential_id) WHERE state IN ('sent', 'unknown');

CREATE TRIGGER purchase_no_delete BEFORE DELETE ON purchase
BEGIN
    SELECT RAISE(ABORT, 'a purchase is never deleted');
END;

-- A fixed fee, reserved in the customer's `pending` while open.
CREATE TABLE fee_hold (
    id            TEXT PRIMARY KEY,
    credential_id TEXT NOT NULL REFERENCES credential (id),
    service       TEXT NOT NULL,
    tool          TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('open', 'settled', 'released')),
    currency      TEXT NOT NULL,
    amount        INTEGER NOT NULL CHECK (amount >= 0),
    created_at    INTEGER NOT NULL,
    resolved_at   INTEGER,
    CHECK ((state = 'open') = (resolved_at IS NULL))
) STRICT;

CREATE INDEX fee_hold_open ON fee_hold (credential_id) WHERE state = 'open';

-- One business event. Its entries are written first and the journal row seals them: it is refused unless they sum to
-- zero, and once it is there no entry can join. Neither is ever changed or deleted; a mistake is corrected by another
-- journal.
CREATE TABLE journal (
    id            TEXT PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('credit', 'usage', 'purchase', 'refund', 'repayment')),
    credential_id TEXT NOT NULL REFERENCES credential (id),
    purchase_id   TEXT REFERENCES purchase (id),
    fee_hold_id   TEXT REFERENCES fee_hold (id),
    source_ref    TEXT UNIQUE,
    description   TEXT NOT NULL,
    created_at    INTEGER NOT NULL,
    CHECK (kind <> 'credit' OR source_ref IS NOT NULL),
    CHECK ((kind IN ('purchase', 'refund')) = (purchase_id IS NOT NULL)),
    CHECK ((kind = 'usage') = (fee_hold_id IS NOT NULL))
) STRICT;

CREATE UNIQUE INDEX journal_captures_once ON journal (purchase_id) WHERE kind = 'purchase';
CREATE UNIQUE INDEX journal_settles_once ON journal (fee_hold_id) WHERE kind = 'usage';

-- `balance_after` and `account_version` count up on accounts that store their balance and are absent on the system's.
CREATE TABLE entry (
    journal_id      TEXT NOT NULL REFERENCES journal (id) DEFERRABLE INITIALLY DEFERRED,
    seq             INTEGER NOT NULL,
    account_id      INTEGER NOT NULL,
    amount          INTEGER NOT NULL CHECK (amount <> 0),
    currency        TEXT NOT NULL,
    balance_after   INTEGER,
    account_version INTEGER,
    PRIMARY KEY (journal_id, seq),
    UNIQUE (journal_id, account_id),
    UNIQUE (account_id, account_version),
    FOREIGN KEY (account_id, currency) REFERENCES account (id, currency),
    CHECK ((balance_after IS NULL) = (account_version IS NULL))
) STRICT;

CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

-- An entry joins no sealed journal. And a lost update can't be written down: an entry must agree with the balance and
-- version that its account has now.
CREATE TRIGGER entry_is_sound BEFORE INSERT ON entry
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only')
    WHERE EXISTS (SELECT 1 FROM journal WHERE id = NEW.journal_id);
    SELECT RAISE(ABORT, 'the entry does not agree with its account')
    FROM account
    WHERE id = NEW.account_id AND (posted IS NOT NEW.balance_after OR version IS NOT NEW.account_version);
END;

CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

-- `INSERT OR REPLACE` deletes without asking the triggers above.
CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.id)
    OR EXISTS (SELECT 1 FROM journal WHERE source_ref = NEW.source_ref)
    OR EXISTS (SELECT 1 FROM journal WHERE kind = 'purchase' AND NEW.kind = 'purchase' AND purchase_id = NEW.purchase_id)
    OR EXISTS (SELECT 1 FROM journal WHERE kind = 'usage' AND NEW.kind = 'usage' AND fee_hold_id = NEW.fee_hold_id)
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;

CREATE TRIGGER journal_balances BEFORE INSERT ON journal
WHEN EXISTS (SELECT 1 FROM entry WHERE journal_id = NEW.id GROUP BY currency HAVING sum(amount) <> 0)
BEGIN
    SELECT RAISE(ABORT, 'the entries of a journal must sum to zero');
END;

-- For people.
CREATE VIEW unified_credentials AS
SELECT
    credential.id,
    credential.email,
    credential.level,
    customer.posted AS balance_cents,
    customer.pending AS held_cents,
    customer.posted - customer.pending AS available_cents,
    -receivable.posted AS receivable_cents,
    customer.currency,
    credential.created_at,
    credential.revoked_at
FROM credential
JOIN account AS customer ON customer.credential_id = credential.id AND customer.kind = 'customer'
JOIN account AS receivable
    ON receivable.credential_id = credential.id AND receivable.kind = 'receivable'
    AND receivable.currency = customer.currency;

-- A repayment settles what earlier purchases cost beyond the balance, so people see it as a purchase.
CREATE VIEW billing_transactions AS
SELECT
    journal.id,
    account.credential_id,
    CASE journal.kind WHEN 'repayment' THEN 'purchase' ELSE journal.kind END AS type,
    entry.amount AS amount_cents,
    entry.balance_after AS balance_after_cents,
    entry.currency,
    coalesce(purchase.service, fee_hold.service) AS service,
    coalesce(purchase.tool, fee_hold.tool) AS tool,
    journal.purchase_id,
    journal.description,
    journal.created_at,
    entry.account_version AS sequence
FROM entry
JOIN account ON account.id = entry.account_id AND account.kind = 'customer'
JOIN journal ON journal.id = entry.journal_id
LEFT JOIN purchase ON purchase.id = journal.purchase_id
LEFT JOIN fee_hold ON fee_hold.id = journal.fee_hold_id;
