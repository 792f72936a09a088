//! What only several writers can show.

use crate::context::Shop;
use crate::store::{lasting, outsider};
use ledger::{Ledger, LedgerError, Limits};
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
