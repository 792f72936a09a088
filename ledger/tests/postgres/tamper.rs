//! The database itself refuses to rewrite history, whoever asks; on SQLite `it/tamper.rs` asks the same. And the rules reach a
//! database that is older than they are.

use crate::context::Shop;
use crate::store::{lasting, outsider};
use ledger::Ledger;

/// Runs one statement from outside the ledger, and tells what the database says.
async fn check(url: &str, sql: &'static str, expected: &str) {
    let said = match sqlx::raw_sql(sql).execute(&mut outsider(url).await).await {
        Ok(done) => format!("{} rows changed", done.rows_affected()),
        Err(error) => error.as_database_error().map_or_else(|| error.to_string(), |e| e.message().to_owned()),
    };
    assert_eq!(said, expected, "{sql}");
}

/// What every ledger refuses.
async fn check_all(url: &str) {
    let (sealed, follows) = ("the journal is append-only", "the entry does not follow from the one before it");
    for (sql, expected) in [
        ("UPDATE entry SET amount = amount + 1", sealed),
        ("DELETE FROM entry", sealed),
        ("UPDATE journal SET description = ''", sealed),
        ("DELETE FROM journal", sealed),
        ("TRUNCATE entry, journal CASCADE", sealed),
        ("DELETE FROM purchase", "a purchase is never deleted"),
        (
            "INSERT INTO entry SELECT journal_id, seq + 10, id, 5, 'USD', posted + 5, version + 1
             FROM entry, account WHERE kind = 'receivable' LIMIT 1",
            sealed,
        ),
        // Not the sum; not the next version, from behind and from ahead; none where there is one, and one where there is none.
        (
            "INSERT INTO entry SELECT 'txn_x', 1, id, 5, 'USD', posted, version + 1 FROM account WHERE kind = 'customer'",
            follows,
        ),
        (
            "INSERT INTO entry SELECT 'txn_x', 1, id, 5, 'USD', posted + 5, version + 2 FROM account WHERE kind = 'customer'",
            follows,
        ),
        ("INSERT INTO entry SELECT 'txn_x', 1, id, 5, 'USD', 5, 0 FROM account WHERE kind = 'customer'", follows),
        ("INSERT INTO entry SELECT 'txn_x', 1, id, 5, 'USD', NULL, NULL FROM account WHERE kind = 'customer'", follows),
        ("INSERT INTO entry SELECT 'txn_x', 1, id, 5, 'USD', 5, 1 FROM account WHERE kind = 'revenue'", follows),
        // Two in one statement, of which the second is wrong.
        (
            "INSERT INTO entry SELECT 'txn_' || n, 1, id, 5, 'USD', posted + 5 * n, version + n
             FROM account, (VALUES (1), (3)) AS two (n) WHERE kind = 'customer'",
            follows,
        ),
        (
            "UPDATE account SET posted = posted + 1 WHERE kind = 'customer'",
            "the balance of an account is that of its last entry",
        ),
        (
            "BEGIN;
             INSERT INTO entry (journal_id, seq, account_id, amount, currency)
             SELECT 'txn_x', 1, id, 5, 'USD' FROM account WHERE kind = 'revenue';
             INSERT INTO journal (id, kind, credential_id, source_ref, description, created_at, position, hash)
             SELECT 'txn_x', 'credit', id, 'x', '', 0, 99, decode(repeat('00', 32), 'hex') FROM credential;
             COMMIT",
            "the entries of a journal must sum to zero",
        ),
    ] {
        check(url, sql, expected).await;
    }
}

async fn bought(url: &str) -> Shop {
    let shop = Shop::on(Ledger::open(url).await.unwrap(), 1000).await;
    let purchase = shop.start("one", 500).await;
    shop.capture(&purchase.id, 400).await;
    shop
}

#[tokio::test]
async fn history_is_not_rewritten() {
    let ((), url) = lasting().await;
    let shop = bought(&url).await;
    check_all(&url).await;
    assert_eq!(shop.balance().await, "posted 600, held 0, available 600");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn an_older_schema_with_data_in_it_is_brought_up_to_date() {
    let ((), url) = lasting().await;
    let first: Vec<_> = sqlx::migrate!("migrations/postgres").iter().take(1).cloned().collect();
    let mut old = outsider(&url).await;
    sqlx::migrate::Migrator::with_migrations(first).run(&mut old).await.unwrap();
    // A credit of 1000, as that schema has it.
    let chain = hash_of_the_credit();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!(
        "BEGIN;
         INSERT INTO credential (id, email, level, secret_hash, created_at)
         VALUES ('key_00000000000000000000000000000001', 'ada@example.com', 'authenticated', decode(repeat('00', 32), 'hex'), 1);
         INSERT INTO account (id, kind, credential_id, currency, posted, pending, version) VALUES
             (10, 'customer', 'key_00000000000000000000000000000001', 'USD', 0, 0, 0),
             (11, 'receivable', 'key_00000000000000000000000000000001', 'USD', 0, 0, 0);
         ALTER SEQUENCE account_id_seq RESTART WITH 12;
         INSERT INTO entry VALUES ('txn_00000000000000000000000000000001', 1, 10, 1000, 'USD', 1000, 1),
             ('txn_00000000000000000000000000000001', 2, 1, -1000, 'USD', NULL, NULL);
         INSERT INTO journal VALUES ('txn_00000000000000000000000000000001', 'credit',
             'key_00000000000000000000000000000001', NULL, NULL, 'invoice', 'Credit invoice', 2, 1, decode('{chain}', 'hex'));
         UPDATE account SET posted = 1000, version = 1 WHERE id = 10;
         INSERT INTO purchase (id, credential_id, service, tool, idempotency_key, fingerprint, state, currency, held,
             request, created_at, updated_at)
         VALUES ('pur_00000000000000000000000000000001', 'key_00000000000000000000000000000001', 'rideshare', 'book_ride',
             'old', decode(repeat('00', 32), 'hex'), 'held', 'USD', 0, '{{}}', 3, 3);
         INSERT INTO approval (id, purchase_id, demanded_by, state, created_at, expires_at)
         VALUES ('apr_00000000000000000000000000000001', 'pur_00000000000000000000000000000001',
             'key_00000000000000000000000000000001', 'waiting', 3, 9000000000000);
         COMMIT"
    )))
    .execute(&mut old)
    .await
    .unwrap();
    sqlx::Connection::close(old).await.unwrap();

    let ledger = Ledger::open(&url).await.unwrap();
    let [who] = ledger.keys().await.unwrap().try_into().unwrap();
    let [waiting] = ledger.approvals(None, 10).await.unwrap().try_into().unwrap();
    assert!(!waiting.confirmable, "a question from before confirmations were known");
    let shop = Shop { ledger, who: who.id };
    let purchase = shop.start("one", 500).await;
    shop.capture(&purchase.id, 400).await;
    check_all(&url).await;
    assert_eq!(shop.balance().await, "posted 600, held 0, available 600");
    shop.assert_audit_clean().await;
}

/// The hash of that credit, by the rule that old hashes are made of for ever.
fn hash_of_the_credit() -> String {
    use sha2::{Digest, Sha256};
    let text = concat!(
        r#"["txn_00000000000000000000000000000001","credit","key_00000000000000000000000000000001",null,null,"invoice","#,
        r#""Credit invoice",2,[[1,10,1000,"USD",1000,1],[2,1,-1000,"USD",null,null]]]"#
    );
    Sha256::new().chain_update([0; 32]).chain_update(text).finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
