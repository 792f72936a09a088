//! Sending an order again, to a provider that recognises it.

use super::carry::carry;
use super::kept::Kept;
use super::operations;
use super::order::{header, named};
use super::reconcile::Told;
use crate::pipeline::outcome::{self, Outcome};
use crate::pipeline::{MAX_ANSWER_BYTES, Pipeline};
use crate::upstream::Channel;
use ledger::Purchase;
use std::time::Duration;
use uaps_model::Commerce;

/// Why nobody but a person can find out what became of an order.
#[derive(Debug)]
pub(super) struct Never(pub(super) String);

impl Never {
    pub(super) fn new(reason: impl Into<String>) -> Never {
        Never(reason.into())
    }
}

impl Pipeline {
    /// Sends the order as it was sent first.
    pub(super) async fn send_again(&self, purchase: &Purchase, kept: &Kept) -> Result<Told, Never> {
        let gone = || Never::new("the operation is no longer in the catalogue");
        let (service, op) = operations(self.catalog(), &purchase.service, &purchase.tool).ok_or_else(gone)?;
        let Some(Commerce::Purchase { charged, transaction_id, idempotency_header, lookup, .. }) = &op.commerce else {
            return Err(gone());
        };
        let header = header(op, idempotency_header.as_deref()).ok_or_else(|| {
            Never::new("the provider no longer recognises a repeated order; sending it could buy it twice")
        })?;
        let request = carry(op, lookup.as_deref(), &kept.arguments, &purchase.id)
            .and_then(|arguments| self.request(service, op, &arguments));
        let mut request = match request {
            Ok(request) => request,
            // A credential that is missing now may be set again.
            Err(problem) if problem.retryable => return Ok(Told::NotYet(problem.detail, Duration::ZERO)),
            Err(problem) => return Err(Never(problem.detail)),
        };
        if !kept.is_same(&request) {
            return Err(Never::new(
                "the order would go to another place, or in other words, than at first; sending it could buy it twice",
            ));
        }
        let (name, value) = named(header, &purchase.id).map_err(|problem| Never(problem.detail))?;
        request.headers.insert(name, value);
        let sent = self.upstream().send_whole(request, Channel::Fresh, MAX_ANSWER_BYTES).await;
        let outcome = self.shown(service, outcome::judge(&sent, charged, transaction_id));
        let reason = match outcome {
            Outcome::Bought { charged, transaction_id } => {
                let sent = sent.map(|whole| self.withhold(service, whole));
                return Ok(Told::Sold { charged, transaction_id, sent });
            }
            Outcome::Unknown(reason) => reason,
            Outcome::NeverSent => "the provider can't be reached".to_owned(),
            Outcome::Refused => {
                let status = sent.map(|whole| whole.status.as_u16()).unwrap_or_default();
                format!("the provider answered {status} when asked again, which proves nothing of the first order")
            }
        };
        Ok(Told::NotYet(reason, Duration::ZERO))
    }
}
