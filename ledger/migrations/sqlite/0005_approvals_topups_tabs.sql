-- Purchases that wait for a person, keys below keys, money from a provider of payments, and fees that share a hold.
--
-- Tables whose constraints change are made anew. Foreign keys are off while migrations run and checked afterwards.
DROP VIEW billing_transactions;
DROP VIEW unified_credentials;
DROP TRIGGER entry_is_sound;

-- A key below another spends its money, within the limits of both.
ALTER TABLE credential ADD COLUMN parent_id TEXT REFERENCES credential (id);
CREATE INDEX credential_by_parent ON credential (parent_id) WHERE parent_id IS NOT NULL;

-- `payment_clearing` is what a provider of payments has taken in and not yet paid out.
CREATE TABLE account_new (
    id            INTEGER PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('customer', 'receivable', 'credit_source', 'payment_clearing', 'revenue',
                                                'provider_payable')),
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
INSERT INTO account_new SELECT id, kind, credential_id, currency, posted, pending, version FROM account;
DROP TABLE account;
ALTER TABLE account_new RENAME TO account;
CREATE UNIQUE INDEX account_of_the_system ON account (kind, currency) WHERE credential_id IS NULL;
INSERT INTO account (kind, currency) VALUES ('payment_clearing', 'USD');

-- `held` is reserved in the customer's `pending` while the state is `held`, `sent` or `unknown`. In `held` it waits for a
-- person's word and nothing was sent yet. `request` is what it takes to send the order, or to send it again.
CREATE TABLE purchase_new (
    id                  TEXT PRIMARY KEY,
    credential_id       TEXT NOT NULL REFERENCES credential (id),
    service             TEXT NOT NULL,
    tool                TEXT NOT NULL,
    idempotency_key     TEXT NOT NULL,
    fingerprint         BLOB NOT NULL CHECK (length(fingerprint) = 32),
    quote_id            TEXT REFERENCES quote (id),
    state               TEXT NOT NULL CHECK (state IN ('held', 'sent', 'unknown', 'captured', 'released')),
    currency            TEXT NOT NULL,
    held                INTEGER NOT NULL CHECK (held >= 0),
    charged             INTEGER CHECK (charged >= 0),
    receivable          INTEGER NOT NULL DEFAULT 0 CHECK (receivable >= 0),
    refunded            INTEGER NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= coalesce(charged, 0)),
    transaction_id      TEXT,
    reason              TEXT,
    request             TEXT CHECK (request IS NULL OR state IN ('held', 'sent', 'unknown')),
    attempts            INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at     INTEGER,
    lease_owner         TEXT,
    lease_until         INTEGER,
    needs_operator_at   INTEGER CHECK (needs_operator_at > 0),
    answer_status       INTEGER,
    answer_content_type TEXT,
    answer_body         BLOB,
    created_at          INTEGER NOT NULL,
    updated_at          INTEGER NOT NULL,
    UNIQUE (credential_id, idempotency_key),
    CHECK ((state = 'captured') = (charged IS NOT NULL)),
    CHECK (receivable = 0 OR receivable <= charged - held),
    CHECK (state <> 'held' OR request IS NOT NULL),
    CHECK ((answer_status IS NULL) = (answer_body IS NULL))
) STRICT;
INSERT INTO purchase_new
SELECT id, credential_id, service, tool, idempotency_key, fingerprint, quote_id, state, currency, held, charged, receivable,
       refunded, transaction_id, reason, request, attempts, next_attempt_at, lease_owner, lease_until, needs_operator_at,
       answer_status, answer_content_type, answer_body, created_at, updated_at
FROM purchase;
DROP TRIGGER purchase_no_delete;
DROP TABLE purchase;
ALTER TABLE purchase_new RENAME TO purchase;
CREATE INDEX purchase_by_state ON purchase (state, created_at);
CREATE INDEX purchase_open ON purchase (credential_id) WHERE state IN ('held', 'sent', 'unknown');
CREATE INDEX purchase_to_reconcile ON purchase (next_attempt_at) WHERE state = 'unknown' AND request IS NOT NULL;
CREATE INDEX purchase_by_credential ON purchase (credential_id, created_at);
CREATE TRIGGER purchase_no_delete BEFORE DELETE ON purchase
BEGIN
    SELECT RAISE(ABORT, 'a purchase is never deleted');
END;

-- The question whether a held purchase may be sent. `demanded_by` is the uppermost key whose limits ask for it; only a key
-- above that one, or the operator, may answer.
CREATE TABLE approval (
    id          TEXT PRIMARY KEY,
    purchase_id TEXT NOT NULL UNIQUE REFERENCES purchase (id),
    demanded_by TEXT NOT NULL REFERENCES credential (id),
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'approved', 'denied', 'expired')),
    decided_by  TEXT,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    decided_at  INTEGER,
    CHECK ((state = 'waiting') = (decided_at IS NULL))
) STRICT;
CREATE INDEX approval_waiting ON approval (expires_at) WHERE state = 'waiting';

-- Fees share a hold: many calls of one service are drawn from it in memory and settled as one entry. `amount` is what was
-- held, `used` what was taken of it.
CREATE TABLE fee_hold_new (
    id            TEXT PRIMARY KEY,
    credential_id TEXT NOT NULL REFERENCES credential (id),
    service       TEXT NOT NULL,
    tool          TEXT,
    state         TEXT NOT NULL CHECK (state IN ('open', 'settled', 'released')),
    currency      TEXT NOT NULL,
    amount        INTEGER NOT NULL CHECK (amount >= 0),
    used          INTEGER NOT NULL DEFAULT 0 CHECK (used >= 0 AND used <= amount),
    calls         INTEGER NOT NULL DEFAULT 0 CHECK (calls >= 0),
    created_at    INTEGER NOT NULL,
    resolved_at   INTEGER,
    CHECK ((state = 'open') = (resolved_at IS NULL)),
    CHECK (state = 'settled' OR used = 0)
) STRICT;
INSERT INTO fee_hold_new
SELECT id, credential_id, service, tool, state, currency, amount,
       CASE state WHEN 'settled' THEN amount ELSE 0 END, state = 'settled', created_at, resolved_at
FROM fee_hold;
DROP TABLE fee_hold;
ALTER TABLE fee_hold_new RENAME TO fee_hold;
CREATE INDEX fee_hold_open ON fee_hold (created_at) WHERE state = 'open';

-- Money that a customer pays in. `paid`, `returned` and the disputes are what the provider of payments said so far;
-- `booked` is what of it is in the journal.
CREATE TABLE topup (
    id              TEXT PRIMARY KEY,
    credential_id   TEXT NOT NULL REFERENCES credential (id),
    idempotency_key TEXT NOT NULL,
    currency        TEXT NOT NULL,
    amount          INTEGER NOT NULL CHECK (amount > 0),
    session         TEXT UNIQUE,
    url             TEXT,
    payment         TEXT UNIQUE,
    paid            INTEGER NOT NULL DEFAULT 0 CHECK (paid >= 0),
    returned        INTEGER NOT NULL DEFAULT 0 CHECK (returned >= 0),
    booked          INTEGER NOT NULL DEFAULT 0 CHECK (booked >= 0 AND booked <= paid),
    bookings        INTEGER NOT NULL DEFAULT 0 CHECK (bookings >= 0),
    expired_at      INTEGER,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    UNIQUE (credential_id, idempotency_key),
    CHECK ((session IS NULL) = (url IS NULL)),
    CHECK ((payment IS NULL) = (paid = 0))
) STRICT;
CREATE INDEX topup_by_time ON topup (created_at);

CREATE TABLE dispute (
    id         TEXT PRIMARY KEY,
    topup_id   TEXT NOT NULL REFERENCES topup (id),
    state      TEXT NOT NULL CHECK (state IN ('open', 'won', 'lost')),
    amount     INTEGER NOT NULL CHECK (amount >= 0),
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX dispute_by_topup ON dispute (topup_id);

-- What others have told us, so that it counts once.
CREATE TABLE inbox (
    source      TEXT NOT NULL,
    event_id    TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (source, event_id)
) STRICT, WITHOUT ROWID;

-- An entry joins no sealed journal. And a lost update can't be written down: an entry of an account that stores its balance
-- follows from the entry before it, and the account then says what its last entry says.
CREATE TRIGGER entry_is_sound BEFORE INSERT ON entry
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only')
    WHERE EXISTS (SELECT 1 FROM journal WHERE id = NEW.journal_id);
    SELECT RAISE(ABORT, 'the entry does not follow from the one before it')
    FROM account
    WHERE id = NEW.account_id AND ((posted IS NULL) IS NOT (NEW.balance_after IS NULL)
       OR posted IS NOT NULL AND (NEW.account_version IS NOT 1 + coalesce(
              (SELECT account_version FROM entry WHERE account_id = NEW.account_id ORDER BY account_version DESC LIMIT 1), 0)
       OR NEW.balance_after IS NOT NEW.amount + coalesce(
              (SELECT balance_after FROM entry WHERE account_id = NEW.account_id ORDER BY account_version DESC LIMIT 1), 0)));
END;

CREATE TRIGGER account_is_its_entries BEFORE UPDATE OF posted, version ON account
WHEN NEW.posted IS NOT OLD.posted OR NEW.version IS NOT OLD.version
BEGIN
    SELECT RAISE(ABORT, 'the balance of an account is that of its last entry')
    WHERE NOT EXISTS (SELECT 1 FROM entry WHERE account_id = NEW.id AND account_version = NEW.version
                      AND balance_after = NEW.posted)
       OR EXISTS (SELECT 1 FROM entry WHERE account_id = NEW.id AND account_version > NEW.version);
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

-- `credential_id` is whose money it is, `key_id` the key that moved it: another one where that key is below the owner's.
-- A repayment settles what earlier purchases cost beyond the balance, so people see it as a purchase.
CREATE VIEW billing_transactions AS
SELECT
    journal.id,
    account.credential_id,
    journal.credential_id AS key_id,
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
