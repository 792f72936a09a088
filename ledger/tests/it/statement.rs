//! A credential's statement.

use crate::context::{Shop, customer};
use ledger::{LedgerError, Transaction};

fn line(t: &Transaction) -> String {
    let kind = serde_json::to_value(t.kind).unwrap();
    let place = t.service.as_deref().map(|s| format!(" at {s}/{}", t.tool.as_deref().unwrap())).unwrap_or_default();
    format!("{} {:+} -> {}{place}", kind.as_str().unwrap(), t.amount_cents, t.balance_after_cents)
}

async fn history() -> Shop {
    let shop = Shop::with(1000).await;
    customer(&shop.ledger, 77).await;
    let fee = shop.ledger.hold_fee(&shop.who, 5, "weather", "forecast").await.unwrap();
    shop.ledger.settle_fee(fee).await.unwrap();
    let purchase = shop.start("one", 500).await;
    shop.capture(&purchase.id, 1200).await;
    shop.ledger.add_credit(&shop.who, 300, "payment-1").await.unwrap();
    shop
}

#[tokio::test]
async fn every_change_of_the_balance_is_a_line() {
    let shop = history().await;
    let lines = shop.ledger.transactions(&shop.who, 100, None).await.unwrap();
    let text: Vec<String> = lines.iter().map(line).collect();
    insta::assert_snapshot!(text.join("\n"), @r"
    purchase -205 -> 95
    credit +300 -> 300
    purchase -995 -> 0 at rideshare/book_ride
    usage -5 -> 995 at weather/forecast
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
    let whole = shop.ledger.transactions(&shop.who, 100, None).await.unwrap();
    let mut joined = shop.ledger.transactions(&shop.who, 2, None).await.unwrap();
    loop {
        let last = joined.last().unwrap().id.clone();
        let page = shop.ledger.transactions(&shop.who, 2, Some(&last)).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 2);
        joined.extend(page);
    }
    assert_eq!(joined, whole);

    let other = customer(&shop.ledger, 5).await;
    let foreign = shop.ledger.transactions(&other, 5, Some(&whole[0].id)).await;
    assert!(matches!(foreign, Err(LedgerError::UnknownTransaction(_))));
    assert_eq!(shop.ledger.transactions(&shop.who, 0, None).await.unwrap(), []);
}
