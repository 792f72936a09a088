//! The database itself refuses to rewrite history, whoever asks.

use crate::context::Shop;
use crate::store::{lasting, outsider};
use ledger::{Ledger, Wanted};

/// Runs one statement from outside the ledger and tells what the database says.
async fn try_sql(sql: &'static str) -> String {
    let (_dir, url) = lasting().await;
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1000).await;
    let purchase = shop.start("one", 500).await;
    shop.capture(&purchase.id, 400).await;
    let before = shop.ledger.transactions(&shop.who, &Wanted::default(), 100, None).await.unwrap();
    let outcome = sqlx::raw_sql(sql).execute(&mut outsider(&url).await).await;
    assert_eq!(shop.ledger.transactions(&shop.who, &Wanted::default(), 100, None).await.unwrap(), before, "{sql}");
    shop.assert_audit_clean().await;
    match outcome {
        Ok(done) => format!("{} rows changed", done.rows_affected()),
        Err(error) => error.as_database_error().map_or_else(|| error.to_string(), |e| e.message().to_owned()),
    }
}

#[track_caller]
fn check(sql: &'static str, expected: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    assert_eq!(runtime.block_on(try_sql(sql)), expected, "{sql}");
}

#[test]
fn the_journal_is_append_only() {
    let refused = "the journal is append-only";
    check("UPDATE entry SET amount = amount + 1", refused);
    check("UPDATE entry SET balance_after = 0 WHERE seq = 1", refused);
    check("DELETE FROM entry", refused);
    check("UPDATE journal SET description = ''", refused);
    check("UPDATE journal SET hash = zeroblob(32)", refused);
    check("UPDATE journal SET position = position + 100", refused);
    check("DELETE FROM journal", refused);
    check("INSERT OR REPLACE INTO journal SELECT * FROM journal", refused);
    check(
        "INSERT OR REPLACE INTO journal (id, kind, credential_id, purchase_id, fee_hold_id, source_ref, description, created_at)
         SELECT 'txn_x', kind, credential_id, purchase_id, fee_hold_id, source_ref, description, 0
         FROM journal WHERE kind = 'purchase'",
        refused,
    );
    check(
        "INSERT OR REPLACE INTO entry SELECT journal_id, seq, account_id, amount + 1, currency, balance_after, account_version FROM entry",
        refused,
    );
    check(
        "INSERT INTO entry SELECT journal_id, seq + 10, account_id, amount, currency, balance_after, account_version FROM entry WHERE account_version IS NULL",
        refused,
    );
    check("DELETE FROM purchase", "a purchase is never deleted");
}

#[test]
fn a_journal_must_balance_and_agree_with_its_accounts() {
    check(
        "BEGIN;
         INSERT INTO entry (journal_id, seq, account_id, amount, currency) VALUES ('txn_x', 1, 1, 5, 'USD');
         INSERT INTO journal (id, kind, credential_id, source_ref, description, created_at)
         SELECT 'txn_x', 'credit', id, 'x', '', 0 FROM credential;
         COMMIT",
        "the entries of a journal must sum to zero",
    );
    check(
        "INSERT INTO entry SELECT 'txn_x', 1, id, 5, 'USD', posted, version + 1 FROM account WHERE kind = 'customer'",
        "the entry does not follow from the one before it",
    );
    check(
        "INSERT INTO entry SELECT 'txn_x', 1, id, 5, 'USD', NULL, NULL FROM account WHERE kind = 'customer'",
        "the entry does not follow from the one before it",
    );
    check(
        "INSERT INTO entry (journal_id, seq, account_id, amount, currency) VALUES ('txn_x', 1, 1, 5, 'EUR')",
        "FOREIGN KEY constraint failed",
    );
    check(
        "INSERT INTO entry (journal_id, seq, account_id, amount, currency) VALUES ('txn_x', 1, 1, 5, 'USD')",
        "FOREIGN KEY constraint failed",
    );
}

#[test]
fn a_balance_never_goes_below_zero() {
    let refused = "CHECK constraint failed: kind <> 'customer' OR posted - pending >= 0";
    check("UPDATE account SET pending = posted + 1 WHERE kind = 'customer'", refused);
    let unwritten = "the balance of an account is that of its last entry";
    check("UPDATE account SET posted = -1 WHERE kind = 'customer'", unwritten);
    check("UPDATE account SET posted = posted + 1 WHERE kind = 'customer'", unwritten);
    check("UPDATE account SET version = version + 1 WHERE kind = 'customer'", unwritten);
    check("UPDATE account SET pending = -1 WHERE kind = 'customer'", "CHECK constraint failed: pending >= 0");
    check(
        "UPDATE account SET pending = 9223372036854775807 + posted WHERE kind = 'customer'",
        "cannot store REAL value in INTEGER column account.pending",
    );
}

#[test]
fn a_key_names_one_purchase() {
    check(
        "INSERT INTO purchase (id, credential_id, service, tool, idempotency_key, fingerprint, state, currency, held,
                               created_at, updated_at)
         SELECT 'pur_x', credential_id, service, tool, idempotency_key, fingerprint, 'sent', currency, held, created_at,
             updated_at FROM purchase",
        "UNIQUE constraint failed: purchase.credential_id, purchase.idempotency_key",
    );
}
