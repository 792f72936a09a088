//! What has to be true of the books once everything is over, whoever died meanwhile.

use ledger::{Ledger, PurchaseState};
use sandbox::Sandbox;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// Waits until every purchase has come to its end.
///
/// # Panics
///
/// If that takes longer than `within`.
pub async fn settled(ledger: &Ledger, within: Duration) {
    let end = Instant::now() + within;
    loop {
        let mut open = Vec::new();
        for state in [PurchaseState::Sent, PurchaseState::Unknown, PurchaseState::NeedsOperator] {
            open.extend(ledger.purchases(Some(state), 1000).await.expect("the ledger answers"));
        }
        if open.is_empty() {
            return;
        }
        let some: Vec<_> = open.iter().take(3).collect();
        assert!(Instant::now() < end, "{} purchases are not settled, such as {some:#?}", open.len());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Asserts that nothing is lost and nothing is doubled, and says how many purchases were captured.
///
/// Each purchase that a client was told of is captured, each captured one is a sale of its own at the provider and the
/// other way round, and what it cost is what is gone from the `credit` that all keys had in the beginning, in cents.
pub async fn nothing_is_lost(
    ledger: &Ledger,
    sandbox: &Sandbox,
    service: &str,
    credit: i64,
    acknowledged: &BTreeSet<String>,
) -> usize {
    let report = ledger.audit().await.expect("the ledger answers");
    assert!(report.is_clean(), "{report}");
    let bought = ledger.purchases(Some(PurchaseState::Captured), u32::MAX).await.expect("the ledger answers");
    let ids: BTreeSet<&str> = bought.iter().map(|purchase| purchase.id.as_str()).collect();
    for id in acknowledged {
        assert!(ids.contains(id.as_str()), "{id} was acknowledged and is lost");
    }
    let names: BTreeSet<_> = bought.iter().map(|p| (p.credential.as_str(), p.idempotency_key.as_str())).collect();
    assert_eq!(names.len(), bought.len(), "a purchase was captured twice");
    assert_eq!(sandbox.orders(service), bought.len(), "what the provider sold is not what was captured");
    let sales: BTreeSet<&str> = bought.iter().filter_map(|purchase| purchase.transaction_id.as_deref()).collect();
    assert_eq!(sales.len(), bought.len(), "a sale was captured twice");
    let charged: i64 = bought.iter().filter_map(|purchase| purchase.charged).map(|charged| charged.cents).sum();
    let mut left = 0;
    for key in ledger.keys().await.expect("the ledger answers").iter().filter(|key| key.parent.is_none()) {
        let balance = ledger.balance(&key.id).await.expect("the ledger answers");
        assert_eq!(balance.held_cents, 0);
        left += balance.posted_cents;
    }
    assert_eq!(left + charged, credit, "money is gone, or has come from nowhere");
    bought.len()
}
