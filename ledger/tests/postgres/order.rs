//! The server may put texts in another order than Rust does.

use crate::context::Shop;
use crate::store::{disarm, lasting, outsider};
use ledger::Ledger;

#[tokio::test]
async fn an_audit_finds_every_entry_whatever_the_order_of_texts() {
    let ((), url) = lasting().await;
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1000).await;
    let mut db = outsider(&url).await;
    disarm(&mut db).await;
    // Here `a` is between `B` and `d`; as bytes it is not.
    sqlx::raw_sql(
        "DROP VIEW billing_transactions;
         ALTER TABLE entry ALTER journal_id TYPE TEXT COLLATE \"en-US-x-icu\";
         ALTER TABLE journal ALTER id TYPE TEXT COLLATE \"en-US-x-icu\";
         INSERT INTO entry SELECT id, seq, seq, 15 - 10 * seq, 'USD', NULL, NULL
         FROM unnest(ARRAY['B', 'a', 'C', 'd']) AS id, generate_series(1, 2) AS seq;
         INSERT INTO journal SELECT new.id, kind, credential_id, NULL, NULL, new.id, '', 0, ascii(new.id), hash
         FROM unnest(ARRAY['B', 'a', 'C', 'd']) AS new (id), journal WHERE kind = 'credit'",
    )
    .execute(&mut db)
    .await
    .unwrap();
    let report = shop.ledger.audit().await.unwrap();
    let books = report.checks.iter().find(|check| check.name.starts_with("I2 ")).unwrap();
    assert_eq!((books.checked, books.violations), (2 + 8, 0), "{report}");
}
