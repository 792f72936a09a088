//! What only several writers can show.

use crate::context::Shop;
use crate::store::{lasting, outsider};
use ledger::{Ledger, LedgerError, Limits, PurchaseState};
use sqlx::{AssertSqlSafe, PgConnection};
use std::time::Duration;

#[tokio::test]
async fn what_another_gateway_says_of_a_key_holds_for_whoever_waited_for_its_money() {
    let ((), url) = lasting().await;
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1000).await;
    let mut other = outsider(&url).await;
    sqlx::raw_sql("BEGIN; SELECT 1 FROM account ORDER BY id FOR NO KEY UPDATE").execute(&mut other).await.unwrap();
    let (ledger, who) = (shop.ledger.clone(), shop.who.clone());
    let limits = Limits { purchase_cents: Some(500), ..Limits::default() };
    let limiting = tokio::spawn(async move { ledger.set_limits(&who, limits).await });
    let (ledger, order) = (shop.ledger.clone(), shop.order("one", 400));
    let buying = tokio::spawn(async move { ledger.begin_purchase(order).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    sqlx::raw_sql("UPDATE credential SET revoked_at = 1; COMMIT").execute(&mut other).await.unwrap();

    limiting.await.unwrap().unwrap();
    assert!(matches!(buying.await.unwrap(), Err(LedgerError::Revoked(_))));
    let key = shop.ledger.key(&shop.who).await.unwrap().unwrap();
    assert!(key.revoked_at.is_some() && key.limits.purchase_cents == Some(500), "{key:?}");
    assert_eq!(shop.balance().await, "posted 1000, held 0, available 1000");
}

/// Cuts connections of other sessions that hold the lock by which a process is known to be alive; says how many.
async fn cut(other: &mut PgConnection, which: &str) -> usize {
    let cut = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
         WHERE locktype = 'advisory' AND pid <> pg_backend_pid() AND {which}
           AND objid = (hashtext(current_schema() || ' penumbra process')::bigint & 4294967295)::oid"
    );
    sqlx::query(AssertSqlSafe(cut)).fetch_all(other).await.unwrap().len()
}

#[tokio::test]
async fn a_gateway_whose_connections_were_cut_is_still_alive() {
    let ((), url) = lasting().await;
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1000).await;
    let sent = shop.start("one", 400).await;
    let mut other = outsider(&url).await;
    // The one that is there for nothing but the lock.
    assert_eq!(cut(&mut other, "query LIKE 'SELECT pg_advisory_unlock(%'").await, 1);
    drop(Ledger::open(&url).await.unwrap());
    assert_eq!(shop.ledger.purchase(&sent.id).await.unwrap().unwrap().state, PurchaseState::Sent);
    // All of them; whoever writes again is alive again.
    assert!(cut(&mut other, "TRUE").await >= 1);
    while shop.ledger.add_credit(&shop.who, 1, "a cent").await.is_err() {}
    drop(Ledger::open(&url).await.unwrap());
    assert_eq!(shop.ledger.purchase(&sent.id).await.unwrap().unwrap().state, PurchaseState::Sent);
    shop.capture(&sent.id, 400).await;
    assert_eq!(shop.balance().await, "posted 601, held 0, available 601");
}

#[tokio::test]
async fn an_audit_may_wait_within_its_moment() {
    let ((), url) = lasting().await;
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1000).await;
    let purchase = shop.start("one", 500).await;
    shop.capture(&purchase.id, 400).await;
    // A server that ends whatever waits for a millisecond in a transaction.
    let impatient = format!("{url}%20-cidle_in_transaction_session_timeout%3D1");
    let ledger = Ledger::open_existing(&impatient).await.unwrap();
    for _ in 0..5 {
        let report = ledger.audit().await.unwrap();
        assert!(report.is_clean(), "{report}");
    }
}
