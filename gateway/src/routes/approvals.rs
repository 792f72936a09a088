//! Questions whether a purchase may be sent: seen by whoever asked and by the keys above, answered by a key above the one
//! whose limit asks, or by the operator. The person at the client answers with the purchase itself, see `confirmation`.

use super::account::{PRIVATE, holder};
use super::admin::Operator;
use super::input::{self, Parameters, Params};
use super::proxy;
use crate::Gateway;
use crate::caller::From;
use crate::error::{Rejection, ledger_problem};
use crate::pipeline::Reply;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use ledger::{Approval, ApprovalId, ApprovalState, Approver, Credential, Purchase};
use serde::Deserialize;
use serde_json::{Value, json};
use uaps_model::{AccessLevel, Problem, ProblemKind};

/// Questions of a page.
const PAGE: u32 = 200;

/// Which of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Those after this one.
    after: Option<String>,
}

/// An answer to a question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answered {
    decision: Word,
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Approve,
    Deny,
}

/// `GET /v1/approvals?after=`: those that wait, of the key's own purchases and of the keys below it; oldest first. `next` is
/// the next page's `after`.
pub async fn list(
    State(gateway): State<Gateway>,
    From(caller): From,
    Parameters(page): Parameters<Page>,
) -> Result<impl IntoResponse, Rejection> {
    let credential = holder(&gateway, &caller).await?;
    let after = after(&gateway, page).await?;
    let waiting = gateway.ledger().approvals_below(&credential.id, after.as_ref(), PAGE).await?;
    Ok((PRIVATE, Json(listed(&gateway, waiting).await?)))
}

/// `GET /v1/approvals/{id}`. While it waits, with the arguments of what is to be bought.
pub async fn show(
    State(gateway): State<Gateway>,
    From(caller): From,
    Params(id): Params<String>,
) -> Result<impl IntoResponse, Rejection> {
    let credential = holder(&gateway, &caller).await?;
    let (approval, purchase, _) = seen(&gateway, &credential, &id).await?;
    Ok((PRIVATE, Json(shown(&gateway, &approval, &purchase).await?)))
}

/// `POST /v1/approvals/{id} {decision, reason?}`: `approve` answers what the purchase came to, as the purchase itself would;
/// `deny` answers the question.
pub async fn answer(
    State(gateway): State<Gateway>,
    From(caller): From,
    Params(id): Params<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Rejection> {
    let credential = holder(&gateway, &caller).await?;
    let (approval, _, standing) = seen(&gateway, &credential, &id).await?;
    let why = match standing {
        Standing::Above if credential.level >= AccessLevel::Authenticated => None,
        Standing::Above => Some("this key may not buy, so it can't say that others may"),
        Standing::Asker => Some("the key that asks can't approve; a key of `may_answer` can, or the operator"),
        Standing::Between => Some("only a key above the one whose limit asks can answer, or the operator"),
    };
    if let Some(why) = why {
        let forbidden = Problem::new(ProblemKind::Forbidden, why).with("approval_id", approval.id.as_str());
        return Err(forbidden.into());
    }
    decide(&gateway, approval, Approver::Key(credential.id), &headers, body).await
}

/// `GET /admin/approvals?after=`: all that wait, likewise.
pub async fn admin_list(
    _: Operator,
    State(gateway): State<Gateway>,
    Parameters(page): Parameters<Page>,
) -> Result<impl IntoResponse, Rejection> {
    let after = after(&gateway, page).await?;
    let waiting = gateway.ledger().approvals(after.as_ref(), PAGE).await?;
    Ok((PRIVATE, Json(listed(&gateway, waiting).await?)))
}

/// `GET /admin/approvals/{id}`.
pub async fn admin_show(
    _: Operator,
    State(gateway): State<Gateway>,
    Params(id): Params<String>,
) -> Result<impl IntoResponse, Rejection> {
    let (approval, purchase) = found(&gateway, &id).await?;
    Ok((PRIVATE, Json(shown(&gateway, &approval, &purchase).await?)))
}

/// `POST /admin/approvals/{id} {decision, reason?}`, as the holder of a key above would.
pub async fn admin_answer(
    _: Operator,
    State(gateway): State<Gateway>,
    Params(id): Params<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Rejection> {
    let (approval, _) = found(&gateway, &id).await?;
    decide(&gateway, approval, Approver::Operator, &headers, body).await
}

async fn decide(
    gateway: &Gateway,
    approval: Approval,
    by: Approver,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Rejection> {
    let Answered { decision, reason } = input::json(headers, body, gateway.config().max_body_bytes).await?;
    // What is kept of it is told to whoever asked.
    let reason: Option<String> = reason.map(|reason| reason.trim().chars().take(500).collect());
    match decision {
        Word::Approve => match gateway.pipeline().approve(approval, by).await? {
            Reply::Purchase(reply) => Ok((PRIVATE, proxy::purchased(&reply)).into_response()),
            Reply::Answered { .. } => Err(Problem::new(ProblemKind::Internal, "the order was no purchase").into()),
        },
        Word::Deny => {
            let why = reason.as_deref().filter(|reason| !reason.is_empty());
            let (purchase, approval) = gateway.pipeline().deny(&approval, by, why).await?;
            Ok((PRIVATE, Json(shown(gateway, &approval, &purchase).await?)).into_response())
        }
    }
}

/// How a key stands to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Above the one whose limit asks, or, where the asker's client would do, above the asker: it may answer.
    Above,
    /// The limit that asks is its own, or of a key above it.
    Between,
    /// It is its purchase.
    Asker,
}

/// A question that this key may see; any other does not exist.
async fn seen(gateway: &Gateway, key: &Credential, id: &str) -> Result<(Approval, Purchase, Standing), Problem> {
    let (approval, purchase) = found(gateway, id).await?;
    let line = gateway.ledger().lineage(&purchase.credential).await.map_err(ledger_problem)?;
    let place = line.iter().position(|above| above.id == key.id).ok_or_else(nothing)?;
    let may = approval.may_answer(&line, purchase.held.cents).iter().any(|above| above.id == key.id);
    let standing = match place {
        _ if may => Standing::Above,
        0 => Standing::Asker,
        _ => Standing::Between,
    };
    Ok((approval, purchase, standing))
}

async fn found(gateway: &Gateway, id: &str) -> Result<(Approval, Purchase), Problem> {
    let id: ApprovalId = id.parse().map_err(|_| nothing())?;
    let approval = gateway.ledger().approval(&id).await.map_err(ledger_problem)?.ok_or_else(nothing)?;
    let purchase = gateway.ledger().purchase(&approval.purchase).await.map_err(ledger_problem)?.ok_or_else(nothing)?;
    Ok((approval, purchase))
}

fn nothing() -> Problem {
    Problem::new(ProblemKind::NotFound, "there is no such approval")
}

/// Where a page begins. One that was answered meanwhile still has its place.
async fn after(gateway: &Gateway, page: Page) -> Result<Option<ApprovalId>, Problem> {
    let wrong = || Problem::new(ProblemKind::MalformedRequest, "`after` is no approval's id; take `next` of a page");
    let Some(after) = page.after else { return Ok(None) };
    let id: ApprovalId = after.parse().map_err(|_| wrong())?;
    let known = gateway.ledger().approval(&id).await.map_err(ledger_problem)?;
    known.map(|known| Some(known.id)).ok_or_else(wrong)
}

async fn listed(gateway: &Gateway, approvals: Vec<Approval>) -> Result<Value, Problem> {
    let mut shown = Vec::new();
    let full = usize::try_from(PAGE).is_ok_and(|page| approvals.len() >= page);
    let next = approvals.last().filter(|_| full).map(|last| last.id.clone());
    for approval in approvals {
        // One that is gone since has been answered.
        let purchase = gateway.ledger().purchase(&approval.purchase).await.map_err(ledger_problem)?;
        let Some(purchase) = purchase else { continue };
        shown.push(gateway.pipeline().question(&approval, &purchase).await?);
    }
    Ok(json!({"approvals": shown, "next": next}))
}

async fn shown(gateway: &Gateway, approval: &Approval, purchase: &Purchase) -> Result<Value, Problem> {
    let mut shown = serde_json::to_value(gateway.pipeline().question(approval, purchase).await?).unwrap_or_default();
    if approval.state == ApprovalState::Waiting
        && let Some((_, Some(order))) = gateway.ledger().order(&purchase.id).await.map_err(ledger_problem)?
    {
        shown["arguments"] = serde_json::from_str(&order).unwrap_or_default();
    }
    Ok(shown)
}

#[cfg(test)]
mod tests;
