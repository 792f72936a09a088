//! What a statement reads does not grow with the database, whatever was known of the tables when it was planned.

use crate::context::Shop;
use crate::store::{lasting, outsider};
use ledger::{Ledger, Limits};
use sqlx::Row;

/// Rows that all statements so far have read of each table, once those who read them are gone.
async fn read(url: &str) -> Vec<(String, i64)> {
    let mut connection = outsider(url).await;
    let read =
        "SELECT relname::text, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) AS read FROM pg_stat_user_tables
                WHERE schemaname = current_schema() ORDER BY relname";
    let rows = sqlx::query(read).fetch_all(&mut connection).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test]
async fn a_purchase_reads_as_much_after_hundreds_as_at_first() {
    const MANY: i64 = 300;
    let ((), url) = lasting().await;
    // The tables are empty when the first purchase is made, and nothing tells the planner when they no longer are.
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1_000_000).await;
    let limits = Limits { purchase_cents: Some(1000), ..Limits::default() };
    shop.ledger.set_limits(&shop.who, limits).await.unwrap();
    for n in 0..MANY {
        let begun = shop.start(&n.to_string(), 100).await;
        shop.capture(&begun.id, 100).await;
    }
    shop.ledger.close().await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    let much: Vec<_> = read(&url).await.into_iter().filter(|(_, rows)| *rows > 40 * MANY).collect();
    assert!(much.is_empty(), "rows read in {MANY} purchases: {much:?}");
}
