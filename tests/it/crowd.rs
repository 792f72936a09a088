//! A thousand orders at once, with SQLite.
//!
//! 3 rounds; `PENUMBRA_ROUNDS` makes it more: `PENUMBRA_ROUNDS=100 cargo test --package tests --test it crowd -- --nocapture`.

use std::sync::Arc;
use tests::TestContext;
use tests::crowd::{Crowd, ORDERS, account, key_with, one_balance, one_order, rounds};
use uaps_model::Catalog;

const SERVICE: &str = "food-delivery";
const TOOL: &str = "place_order";

/// The services that are compiled in, with rate limits that nobody reaches.
fn unlimited() -> Arc<Catalog> {
    let catalog = generated::catalog();
    let texts = catalog.services().map(|service| {
        let mut service = service.clone();
        (service.rate_limits.default_per_minute, service.rate_limits.burst) = (1_000_000, 1_000_000);
        serde_json::to_string(&service).unwrap()
    });
    Arc::new(Catalog::from_json(texts.collect::<Vec<_>>()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_balance_buys_exactly_what_it_pays_for() {
    let context = TestContext::with(unlimited(), |_| {}).await;
    let crowd = Arc::new(Crowd::new(&context.catalog, SERVICE, TOOL, &[&context.url]));
    let price = crowd.price(&context.ledger).await;
    for round in 0..rounds(3) {
        let account = account(&context.ledger, price).await;
        let took = one_balance(&crowd, &context.ledger, &context.sandbox, price, &account).await;
        println!("round {round}: {ORDERS} orders in {:.1} s", took.as_secs_f64());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_sent_a_hundred_times_is_one_order() {
    let context = TestContext::with(unlimited(), |_| {}).await;
    let crowd = Arc::new(Crowd::new(&context.catalog, SERVICE, TOOL, &[&context.url]));
    let (key, _) = key_with(&context.ledger, 1_000_000).await;
    for round in 0..rounds(3) {
        one_order(&crowd, &context.sandbox, &key, &format!("round-{round}")).await;
    }
    context.audit().await;
}
