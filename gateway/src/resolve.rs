//! Ending a purchase of unknown outcome by what a person found out.

use crate::error::ledger_problem;
use ledger::{Answer, Capture, Ledger, Purchase, PurchaseState};
use serde_json::json;
use uaps_model::{Money, Problem, ProblemKind};

/// What the operator has found out.
#[derive(Debug)]
pub struct Evidence {
    /// What the provider charged, in cents; absent where nothing was bought.
    pub captured: Option<i64>,
    /// The provider's own id of the sale.
    pub transaction: Option<String>,
    /// How the operator knows.
    pub reason: String,
}

/// Books it. From here on no gateway asks the provider about the purchase.
pub async fn resolve(ledger: &Ledger, purchase: &Purchase, evidence: Evidence) -> Result<Purchase, Problem> {
    let Evidence { captured, transaction, reason } = evidence;
    let id = &purchase.id;
    if reason.trim().is_empty() {
        return Err(Problem::new(ProblemKind::MalformedRequest, "the reason is empty; say how you know"));
    }
    let wrong = |kind, detail: String| Problem::new(kind, detail).with("state", purchase.state.as_str());
    match purchase.state {
        state if state.is_unknown() => {}
        PurchaseState::Sent => {
            let detail = format!(
                "{id} is on its way; the gateway that sent it settles it, and if that gateway has died, starting it again does"
            );
            return Err(wrong(ProblemKind::PurchaseInProgress, detail));
        }
        PurchaseState::Held => {
            let detail = format!("{id} waits for an approval, and nothing was sent; deny that to give the money back");
            return Err(wrong(ProblemKind::WrongState, detail));
        }
        state => return Err(wrong(ProblemKind::WrongState, format!("{id} is {state} already"))),
    }
    if !ledger.take_for_operator(id).await.map_err(ledger_problem)? {
        let detail = format!("a gateway is asking the provider about {id} just now; try again in a minute");
        return Err(wrong(ProblemKind::PurchaseInProgress, detail));
    }
    let resolved = match captured {
        Some(cents) => {
            let charged = Money::usd(cents);
            let body = json!({
                "purchase": id,
                "state": "captured",
                "charged_cents": cents,
                "transaction_id": transaction,
                "detail": format!("The provider sold it; the operator found out: {reason}"),
            });
            let answer = Answer {
                status: 200,
                content_type: Some("application/json".to_owned()),
                body: serde_json::to_vec(&body).unwrap_or_default(),
            };
            ledger.capture(id, Capture { charged, transaction_id: transaction, answer }).await
        }
        None => {
            let detail = format!("nothing was bought or charged; the operator found out: {reason}");
            let problem = Problem::new(ProblemKind::UpstreamRejected, detail).with("purchase_id", id.as_str());
            let answer = Answer {
                status: problem.status,
                content_type: Some("application/problem+json".to_owned()),
                body: serde_json::to_vec(&problem).unwrap_or_default(),
            };
            ledger.release(id, &reason, answer).await
        }
    };
    resolved.map_err(ledger_problem)
}
