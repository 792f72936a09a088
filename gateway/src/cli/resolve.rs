//! `resolve`.

use super::print;
use super::purchases::known;
use anyhow::{bail, ensure};
use ledger::{Answer, Capture, Ledger, PurchaseState};
use serde_json::json;
use uaps_model::{Money, Problem, ProblemKind};

/// What the operator has found out.
pub(super) struct Evidence {
    /// What the provider charged, in cents; absent where nothing was bought.
    pub captured: Option<i64>,
    pub transaction: Option<String>,
    pub reason: String,
}

pub(super) async fn run(ledger: &Ledger, id: &str, evidence: Evidence) -> anyhow::Result<()> {
    let Evidence { captured, transaction, reason } = evidence;
    ensure!(!reason.trim().is_empty(), "--reason is empty; say how you know");
    let purchase = known(ledger, id).await?;
    match purchase.state {
        state if state.is_unknown() => {}
        PurchaseState::Sent => bail!(
            "{id} is on its way; the gateway that sent it settles it, and if that gateway has died, starting it again does"
        ),
        state => bail!("{id} is {state} already; `penumbra-gateway purchases` shows it"),
    }
    // From here on no gateway sends it again.
    ensure!(
        ledger.take_for_operator(&purchase.id).await?,
        "a gateway is asking the provider about {id} just now; try again in a minute"
    );
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
                body: serde_json::to_vec(&body)?,
            };
            ledger.capture(&purchase.id, Capture { charged, transaction_id: transaction, answer }).await?
        }
        None => {
            let detail = format!("nothing was bought or charged; the operator found out: {reason}");
            let problem = Problem::new(ProblemKind::UpstreamRejected, detail).with("purchase_id", id);
            let answer = Answer {
                status: problem.status,
                content_type: Some("application/problem+json".to_owned()),
                body: serde_json::to_vec(&problem)?,
            };
            ledger.release(&purchase.id, &reason, answer).await?
        }
    };
    let balance = ledger.balance(&resolved.credential).await?;
    let available = Money { cents: balance.available_cents, currency: balance.currency };
    print(&format!("{id} is {}; {} has {available} available", resolved.state, resolved.credential))
}
