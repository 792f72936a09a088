//! A credential's statement.

use crate::context::{Shop, customer};
use jiff::Timestamp;
use ledger::{LedgerError, Transaction, TransactionKind, Wanted};

fn line(t: &Transaction) -> String {
    let kind = serde_json::to_value(t.kind).unwrap();
    let place: Vec<&str> = t.service.iter().chain(&t.tool).map(String::as_str).collect();
    let at = if place.is_empty() { "" } else { " at " };
    format!("{} {:+} -> {}{at}{}", kind.as_str().unwrap(), t.amount_cents, t.balance_after_cents, place.join("/"))
}

async fn history() -> Shop {
    let shop = Shop::with(1000).await;
    customer(&shop.ledger, 77).await;
    let fee = shop.ledger.hold_fee(&shop.who, 5, "weather").await.unwrap();
    fee.settle();
    shop.ledger.settle_fees(&shop.who).await.unwrap();
    let purchase = shop.start("one", 500).await;
    shop.capture(&purchase.id, 1200).await;
    shop.ledger.add_credit(&shop.who, 300, "payment-1").await.unwrap();
    shop
}

#[tokio::test]
async fn every_change_of_the_balance_is_a_line() {
    let shop = history().await;
    let lines = shop.ledger.transactions(&shop.who, &Wanted::default(), 100, None).await.unwrap();
    let text: Vec<String> = lines.iter().map(line).collect();
    insta::assert_snapshot!(text.join("\n"), @r"
    purchase -205 -> 95
    credit +300 -> 300
    purchase -995 -> 0 at rideshare/book_ride
    usage -5 -> 995 at weather
    credit +1000 -> 1000
    ");
    let bought = shop.ledger.find_purchase(&shop.who, "one").await.unwrap().unwrap();
    assert_eq!(lines[2].purchase_id.as_ref(), Some(&bought.id));
    assert_eq!(lines[0].description, "Paid what earlier purchases cost beyond the balance");
    shop.assert_audit_clean().await;
}

#[tokio::test]
async fn pages_join_without_gap_or_overlap() {
    let shop = history().await;
    let whole = shop.ledger.transactions(&shop.who, &Wanted::default(), 100, None).await.unwrap();
    let mut joined = shop.ledger.transactions(&shop.who, &Wanted::default(), 2, None).await.unwrap();
    loop {
        let last = joined.last().unwrap().id.clone();
        let page = shop.ledger.transactions(&shop.who, &Wanted::default(), 2, Some(&last)).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 2);
        joined.extend(page);
    }
    assert_eq!(joined, whole);

    let other = customer(&shop.ledger, 5).await;
    let foreign = shop.ledger.transactions(&other, &Wanted::default(), 5, Some(&whole[0].id)).await;
    assert!(matches!(foreign, Err(LedgerError::UnknownTransaction(_))));
    assert_eq!(shop.ledger.transactions(&shop.who, &Wanted::default(), 0, None).await.unwrap(), []);
}

#[tokio::test]
async fn only_what_is_wanted() {
    let shop = history().await;
    let count = async |wanted: Wanted| shop.ledger.transactions(&shop.who, &wanted, 100, None).await.unwrap().len();
    let all = || Wanted::default();
    assert_eq!(count(Wanted { kind: Some(TransactionKind::Purchase), ..all() }).await, 2);
    assert_eq!(count(Wanted { service: Some("weather".into()), ..all() }).await, 1);
    assert_eq!(count(Wanted { service: Some("weather' OR 1".into()), ..all() }).await, 0);
    let (now, hour) = (Timestamp::now(), std::time::Duration::from_secs(3600));
    assert_eq!(count(Wanted { from: Some(now + hour), ..all() }).await, 0);
    assert_eq!(count(Wanted { from: Some(now - hour), until: Some(now + hour), ..all() }).await, 5);
    assert_eq!(count(Wanted { until: Some(now - hour), ..all() }).await, 0);
}

#[tokio::test]
async fn a_summary_adds_up() {
    let shop = history().await;
    let bought = shop.ledger.find_purchase(&shop.who, "one").await.unwrap().unwrap();
    shop.ledger.refund(&bought.id, 40, "case").await.unwrap();
    let (now, hour) = (Timestamp::now(), std::time::Duration::from_secs(3600));
    let whole = shop.ledger.summary(&shop.who, now - hour, now + hour).await.unwrap();
    assert_eq!((whole.opening_cents, whole.closing_cents, whole.lines), (0, 135, 6));
    assert_eq!((whole.credits_cents, whole.refunds_cents), (1300, 40));
    assert_eq!((whole.usage_cents, whole.purchases_cents), (5, 1200));
    let later = shop.ledger.summary(&shop.who, now + hour, now + hour * 2).await.unwrap();
    assert_eq!((later.opening_cents, later.closing_cents, later.lines), (135, 135, 0));
}
