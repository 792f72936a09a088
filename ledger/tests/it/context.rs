//! A ledger with one customer, and short words for what tests say again and again.

use ledger::{
    Answer, Begun, Capture, CredentialId, Fingerprint, Ledger, NewKey, NewPurchase, Purchase, PurchaseId, Settings,
};
use uaps_model::{AccessLevel, Money};

pub struct Shop {
    pub ledger: Ledger,
    pub who: CredentialId,
}

impl Shop {
    /// One customer who has this much.
    pub async fn with(cents: i64) -> Shop {
        Shop::on(fresh().await, cents).await
    }

    pub async fn on(ledger: Ledger, cents: i64) -> Shop {
        let who = customer(&ledger, cents).await;
        Shop { ledger, who }
    }

    pub fn order(&self, key: &str, cents: i64) -> NewPurchase {
        NewPurchase {
            credential: self.who.clone(),
            service: "rideshare".into(),
            tool: "book_ride".into(),
            idempotency_key: key.into(),
            fingerprint: Fingerprint::of(format!("{key} {cents}")),
            quote: None,
            amount: Money::usd(cents),
            request: None,
            order: None,
        }
    }

    /// Begins a purchase that must start.
    pub async fn start(&self, key: &str, cents: i64) -> Purchase {
        match self.ledger.begin_purchase(self.order(key, cents)).await.unwrap() {
            Begun::Started(purchase) => purchase,
            other => panic!("not started: {other:?}"),
        }
    }

    pub async fn capture(&self, id: &PurchaseId, cents: i64) -> Purchase {
        self.ledger.capture(id, charged(cents)).await.unwrap()
    }

    /// `posted 1000, held 0, available 1000`, and what is owed if anything is.
    pub async fn balance(&self) -> String {
        let b = self.ledger.balance(&self.who).await.unwrap();
        let owed = if b.receivable_cents == 0 { String::new() } else { format!(", owes {}", b.receivable_cents) };
        format!("posted {}, held {}, available {}{owed}", b.posted_cents, b.held_cents, b.available_cents)
    }

    pub async fn assert_audit_clean(&self) {
        let report = self.ledger.audit().await.unwrap();
        assert!(report.is_clean(), "{report}");
    }
}

pub async fn customer(ledger: &Ledger, cents: i64) -> CredentialId {
    let new = NewKey { credit_cents: cents, ..NewKey::new("ada@example.com", AccessLevel::Authenticated) };
    ledger.create_key(new).await.unwrap().credential.id
}

pub fn answer(text: &str) -> Answer {
    Answer { status: 200, content_type: Some("application/json".into()), body: text.into() }
}

pub fn charged(cents: i64) -> Capture {
    Capture { charged: Money::usd(cents), transaction_id: Some("ride-1".into()), answer: answer("{}") }
}

/// A ledger of its own, with whatever is quickest to be had of the database under test.
pub async fn fresh() -> Ledger {
    fresh_with(Settings::default()).await
}

pub async fn fresh_with(settings: Settings) -> Ledger {
    Ledger::open_with(&crate::store::fleeting().await, settings).await.unwrap()
}
