//! What is in the database file, and what must not be.

use crate::context::Shop;
use crate::store::{lasting, outsider};
use ledger::{Ledger, NewKey, NewPurchase};
use sqlx::Row;
use uaps_model::AccessLevel;

#[tokio::test]
async fn the_database_never_sees_the_secret() {
    let (dir, url) = lasting().await;
    let ledger = Ledger::open(&url).await.unwrap();
    let new = NewKey { credit_cents: 5, ..NewKey::new("ada@example.com", AccessLevel::Authenticated) };
    let created = ledger.create_key(new).await.unwrap();
    let secret = created.secret.reveal().to_owned();
    assert!(!format!("{created:?}").contains(&secret));
    ledger.close().await;
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let needle = secret.strip_prefix("unified-").unwrap().as_bytes();
        assert!(!bytes.windows(needle.len()).any(|window| window == needle));
    }
    let row = sqlx::query("SELECT * FROM unified_credentials").fetch_one(&mut outsider(&url).await).await.unwrap();
    assert_eq!(row.get::<&str, _>("email"), "ada@example.com");
    assert_eq!(row.get::<i64, _>("balance_cents"), 5);
}

#[tokio::test]
async fn what_is_erased_is_not_in_the_file() {
    let (dir, url) = lasting().await;
    let shop = Shop::on(Ledger::open(&url).await.unwrap(), 1000).await;
    let secret = "4111-1111-1111-1111";
    let order = NewPurchase { request: Some(format!("{{\"card\":\"{secret}\"}}")), ..shop.order("one", 100) };
    shop.ledger.begin_purchase(order).await.unwrap();
    let purchase = shop.ledger.find_purchase(&shop.who, "one").await.unwrap().unwrap();
    shop.capture(&purchase.id, 100).await;
    shop.ledger.close().await;
    let file = std::fs::read(dir.path().join("ledger.db")).unwrap();
    assert!(!file.windows(secret.len()).any(|window| window == secret.as_bytes()));
}
