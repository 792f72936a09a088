//! Prices and the purchases they are for.

use crate::context::{Shop, customer};
use ledger::{Fingerprint, LedgerError, NewPurchase, NewQuote};
use std::time::Duration;
use uaps_model::Money;

fn quote(shop: &Shop, request: &str, cents: i64, seconds: u64) -> NewQuote {
    NewQuote {
        credential: shop.who.clone(),
        service: "rideshare".into(),
        tool: "estimate_ride".into(),
        fingerprint: Fingerprint::of(request),
        amount: Money::usd(cents),
        expires_in: Duration::from_secs(seconds),
    }
}

#[tokio::test]
async fn the_newest_price_that_holds_is_found() {
    let shop = Shop::with(1000).await;
    let find = async |request: &str| {
        let found = shop.ledger.find_quote(&shop.who, &Fingerprint::of(request)).await.unwrap();
        found.map(|quote| quote.amount.cents)
    };
    for (request, cents, seconds) in [("a", 100, 900), ("a", 120, 900), ("a", 90, 0), ("b", 7, 0), ("c", 1, u64::MAX)] {
        shop.ledger.record_quote(quote(&shop, request, cents, seconds)).await.unwrap();
    }
    assert_eq!(find("a").await, Some(120));
    assert_eq!(find("b").await, None, "it has run out");
    assert_eq!(find("c").await, Some(1));
    assert_eq!(find("d").await, None);
    let other = customer(&shop.ledger, 0).await;
    assert_eq!(shop.ledger.find_quote(&other, &Fingerprint::of("a")).await.unwrap(), None, "it is somebody else's");
}

#[tokio::test]
async fn a_quote_serves_its_own_purchase_only() {
    let shop = Shop::with(1000).await;
    let id = shop.ledger.record_quote(quote(&shop, "a", 100, 900)).await.unwrap();
    let other = Shop { who: customer(&shop.ledger, 1000).await, ledger: shop.ledger.clone() };
    for (whose, cents, service) in [(&shop, 99, "rideshare"), (&shop, 100, "food-delivery"), (&other, 100, "rideshare")]
    {
        let order = NewPurchase { quote: Some(id.clone()), service: service.into(), ..whose.order("one", cents) };
        let refused = shop.ledger.begin_purchase(order).await;
        assert!(matches!(refused, Err(LedgerError::QuoteMismatch(_))), "{cents} {service}");
    }
    let order = NewPurchase { quote: Some(id.clone()), ..shop.order("one", 100) };
    shop.ledger.begin_purchase(order).await.unwrap();
    let purchase = shop.ledger.find_purchase(&shop.who, "one").await.unwrap().unwrap();
    assert_eq!(purchase.quote, Some(id));
    assert_eq!(shop.balance().await, "posted 1000, held 100, available 900");
    assert_eq!(other.balance().await, "posted 1000, held 0, available 1000");
}
