//! What a statement reads does not grow with the database, whatever was known of the tables when it was planned.

use crate::context::Shop;
use crate::store::{lasting, outsider};
use ledger::Ledger;
use sqlx::Row;
use std::collections::BTreeMap;
use std::time::Duration;

/// Rows that all statements have read of each table. A connection tells what it read when it ends, so that this waits until
/// at least so many rows of `purchase` were.
async fn read(url: &str, purchases: i64) -> BTreeMap<String, i64> {
    let mut connection = outsider(url).await;
    let read = "SELECT relname::text, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables
                WHERE schemaname = current_schema()";
    for _ in 0..300 {
        let rows = sqlx::query(read).fetch_all(&mut connection).await.unwrap();
        let rows: BTreeMap<String, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
        if rows["purchase"] >= purchases {
            return rows;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the server never told what was read");
}

#[tokio::test]
async fn a_purchase_reads_as_much_after_hundreds_as_at_first() {
    const MANY: i64 = 300;
    let ((), url) = lasting().await;
    // The tables are empty when the first purchase is made, and nothing tells the planner when they no longer are.
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1_000_000).await;
    for n in 0..MANY {
        let begun = shop.start(&n.to_string(), 100).await;
        shop.capture(&begun.id, 100).await;
    }
    shop.ledger.close().await;
    // A capture reads its purchase at least once.
    let much: Vec<_> = read(&url, MANY).await.into_iter().filter(|(_, rows)| *rows > 40 * MANY).collect();
    assert!(much.is_empty(), "rows read in {MANY} purchases: {much:?}");
}
