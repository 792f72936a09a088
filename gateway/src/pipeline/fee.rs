//! Fixed fees: reserved before the call, taken if the provider answered it, given back otherwise.

use super::{Call, Pipeline, send_problem};
use crate::error::ledger_problem;
use crate::executor::OutboundRequest;
use crate::upstream::{Channel, SendError, Whole};
use http::StatusCode;
use ledger::{Credential, FeeHold};
use uaps_model::{Money, Operation, Problem, ProblemKind, Service};

/// The member of a problem that tells what its call was charged.
pub(crate) const FEE_MEMBER: &str = "fee_cents";

/// An answer, and what it cost.
pub(super) struct Paid {
    pub response: reqwest::Response,
    pub fee: Option<Money>,
}

impl Pipeline {
    /// Sends a request that may cost a fee.
    ///
    /// A call with a fee runs in a task of its own: hanging up early neither makes it free nor leaves money reserved.
    pub(super) async fn send_for_fee(
        &self,
        call: &Call<'_>,
        credential: Option<&Credential>,
        request: OutboundRequest,
    ) -> Result<Paid, Problem> {
        let Some(hold) = self.hold_fee(call.service, call.op, credential).await? else {
            let sent = self.send(request, Channel::Shared).await;
            return Ok(Paid { response: sent.map_err(|error| send_problem(call.service, &error))?, fee: None });
        };
        let pipeline = self.clone();
        let task = self.tasks().spawn(async move {
            let sent = pipeline.send(request, Channel::Shared).await;
            let fee = resolve(hold, sent.as_ref().ok().map(reqwest::Response::status));
            (sent, fee)
        });
        let (sent, fee) = task.await.map_err(|_| interrupted())?;
        Ok(Paid { response: sent.map_err(|error| send_problem(call.service, &error))?, fee })
    }

    /// As [`Pipeline::send_for_fee`], reading the whole answer. Beside it, the fee that was taken. For quotes that the gateway asks for by itself, inside a
    /// task already.
    pub(super) async fn send_whole_for_fee(
        &self,
        service: &Service,
        op: &Operation,
        credential: &Credential,
        request: OutboundRequest,
    ) -> Result<(Result<Whole, SendError>, Option<Money>), Problem> {
        let hold = self.hold_fee(service, op, Some(credential)).await?;
        let whole = self.upstream().send_whole(request, Channel::Shared, super::MAX_ANSWER_BYTES).await;
        let fee = hold.and_then(|hold| resolve(hold, whole.as_ref().ok().map(|w| w.status)));
        Ok((whole, fee))
    }

    /// Reserves an operation's fee. `None` where it has none.
    pub(super) async fn hold_fee(
        &self,
        service: &Service,
        op: &Operation,
        credential: Option<&Credential>,
    ) -> Result<Option<FeeHold>, Problem> {
        if op.fee_cents <= 0 {
            return Ok(None);
        }
        // Admission has asked for a key already; without one there is nobody to charge.
        let Some(credential) = credential else {
            return Err(Problem::new(ProblemKind::Unauthorized, format!("`{}` costs a fee and needs a key", op.tool)));
        };
        let hold = self.ledger().hold_fee(&credential.id, op.fee_cents, service.id.as_str()).await;
        hold.map(Some).map_err(ledger_problem)
    }
}

/// Takes the fee for an answer below 500, gives it back otherwise. Says what was taken.
pub(super) fn resolve(hold: FeeHold, status: Option<StatusCode>) -> Option<Money> {
    status.filter(|status| status.as_u16() < 500).map(|_| hold.settle())
}

/// A problem of a call for which a fee was taken all the same.
pub(super) fn charged(problem: Problem, fee: Option<Money>) -> Problem {
    match fee {
        Some(fee) => problem.with(FEE_MEMBER, fee.cents),
        None => problem,
    }
}

/// What a problem's call was charged.
pub(super) fn charged_cents(problem: &Problem) -> i64 {
    problem.extra.get(FEE_MEMBER).and_then(serde_json::Value::as_i64).unwrap_or_default()
}

/// The sum of two fees.
pub(super) fn sum(first: Option<Money>, second: Option<Money>) -> Option<Money> {
    match (first, second) {
        (Some(first), Some(second)) => {
            Some(Money { cents: first.cents.saturating_add(second.cents), currency: first.currency })
        }
        (first, second) => first.or(second),
    }
}

pub(super) fn interrupted() -> Problem {
    Problem::new(ProblemKind::Internal, "the call was interrupted; ask again")
}
