//! Asking a provider what became of an order, by the reference that the order carried. Asking buys nothing.

use super::kept::{Kept, LookedUp, reference};
use crate::executor::OutboundRequest;
use crate::pipeline::outcome::{Outcome, bought};
use crate::pipeline::{MAX_ANSWER_BYTES, Pipeline};
use crate::upstream::{Channel, SendError, Whole};
use ledger::{Purchase, PurchaseId};
use serde_json::{Map, Value};
use uaps_model::{Lookup, Problem, ProblemKind, Service, Standing};

/// What a look-up found.
#[derive(Debug)]
pub(super) enum Found {
    /// The order was sold.
    Sold(Outcome, Whole),
    /// The provider denies it: it was not made and never will be, says the document of such an answer.
    Denied(String),
    /// The provider knows the order, and its outcome is not to be read yet.
    Open(String),
    /// The answer says nothing of the order.
    Nothing(String),
}

impl Pipeline {
    /// The request that looks an order up.
    pub(super) fn look_up_request(
        &self,
        service: &Service,
        lookup: &Lookup,
        id: &PurchaseId,
    ) -> Result<OutboundRequest, Problem> {
        let gone = || Problem::new(ProblemKind::Internal, format!("`{}` looks no order up any more", lookup.tool));
        let op = service.operation(lookup.tool.as_str()).ok_or_else(gone)?;
        let param = lookup.takes(op).ok_or_else(gone)?;
        let arguments = Map::from_iter([(param.key.clone(), reference(id))]);
        self.request(service, op, &Value::Object(arguments))
    }

    /// Looks an order up. `None` where no look-up can speak of it: the order carried no reference, or the question would
    /// go to another place or by another reference than when it was sent.
    pub(super) async fn look_up(
        &self,
        service: &Service,
        looked_up: Option<LookedUp<'_>>,
        kept: &Kept,
        purchase: &Purchase,
    ) -> Option<Found> {
        let looked_up = looked_up.filter(|_| kept.can_be_looked_up())?;
        let request = match self.look_up_request(service, looked_up.lookup, &purchase.id) {
            Ok(request) => request,
            // What is missing now may be there again.
            Err(problem) => return Some(Found::Nothing(problem.detail)),
        };
        if !kept.is_answered_by(&looked_up, &request) {
            return None;
        }
        let sent = self.upstream().send_whole(request, Channel::Fresh, MAX_ANSWER_BYTES).await;
        Some(match judge(sent, looked_up.lookup) {
            Found::Sold(outcome, whole) => Found::Sold(self.shown(service, outcome), self.withhold(service, whole)),
            Found::Open(reason) => Found::Open(self.withhold_text(service, reason)),
            Found::Nothing(reason) => Found::Nothing(self.withhold_text(service, reason)),
            denied @ Found::Denied(_) => denied,
        })
    }
}

/// Judges the answer to a look-up. A price that can't be read is none, and never zero.
fn judge(sent: Result<Whole, SendError>, lookup: &Lookup) -> Found {
    let whole = match sent {
        Ok(whole) => whole,
        Err(error) => return Found::Nothing(format!("looking the order up failed: {error}")),
    };
    let status = whole.status.as_u16();
    match status {
        200..=299 => {}
        404 if lookup.missing_is_not_sold => {
            return Found::Denied("the provider answers 404 when the order is looked up".to_owned());
        }
        _ => return Found::Nothing(format!("looking the order up was answered {status}, which proves nothing")),
    }
    let Ok(answer) = serde_json::from_slice::<Value>(&whole.body) else {
        return Found::Nothing(format!("looking the order up was answered {status} with something that is not JSON"));
    };
    let Some(standing) = lookup.status.find(&answer) else {
        return Found::Nothing(format!("looking the order up was answered {status} without `{}`", lookup.status.text));
    };
    match lookup.standing(standing) {
        Standing::Sold => match bought(&whole, &lookup.charged, &lookup.transaction_id) {
            Outcome::Unknown(reason) => Found::Open(format!("the order was sold; looking it up, {reason}")),
            outcome => Found::Sold(outcome, whole),
        },
        Standing::NotSold => Found::Denied(format!("the provider says of the order: {standing}")),
        Standing::Open => Found::Open("the provider knows the order, and not yet what becomes of it".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::LOOKUP;
    use http::{HeaderMap, StatusCode};
    use std::time::Duration;

    #[track_caller]
    fn check(missing_is_not_sold: bool, sent: Result<(u16, &str), SendError>, expected: &str) {
        let lookup = Lookup { missing_is_not_sold, ..serde_json::from_str(LOOKUP).unwrap() };
        let text = format!("{sent:?}");
        let sent = sent.map(|(status, body)| Whole {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: body.to_owned().into(),
        });
        let found = match judge(sent, &lookup) {
            Found::Sold(Outcome::Bought { charged, transaction_id }, _) => {
                format!("sold {charged} {}", transaction_id.unwrap_or_default())
            }
            Found::Sold(..) => "sold for nothing".to_owned(),
            Found::Denied(_) => "denied".to_owned(),
            Found::Open(_) => "open".to_owned(),
            Found::Nothing(_) => "nothing".to_owned(),
        };
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn only_what_the_document_lists_is_proof() {
        check(true, Ok((200, r#"{"status": "paid", "charged_cents": 1500, "order": "o-9"}"#)), "sold 15.00 USD o-9");
        check(true, Ok((200, r#"{"status": "paid", "charged_cents": 0}"#)), "sold 0.00 USD ");
        check(true, Ok((200, r#"{"status": "declined"}"#)), "denied");
        check(true, Ok((404, "")), "denied");
        check(false, Ok((404, "{}")), "nothing");
        for status in ["pending", "Paid", "declined "] {
            check(true, Ok((200, &format!(r#"{{"status": "{status}", "charged_cents": 1500}}"#))), "open");
        }
        // Sold, and for how much nobody can read.
        for price in ["", r#", "charged_cents": null"#, r#", "charged_cents": -1"#, r#", "charged_cents": 1.5"#] {
            check(true, Ok((200, &format!(r#"{{"status": "paid"{price}}}"#))), "open");
        }
        for body in ["", "<html>", "[]", "{}", r#"{"state": "declined"}"#] {
            check(true, Ok((200, body)), "nothing");
        }
        for status in [301, 400, 401, 403, 405, 408, 409, 410, 422, 429, 500, 502, 503] {
            check(true, Ok((status, r#"{"status": "declined"}"#)), "nothing");
        }
        check(true, Err(SendError::NeverConnected("refused".into())), "nothing");
        check(true, Err(SendError::Timeout(Duration::from_secs(1))), "nothing");
        check(true, Err(SendError::TooLarge(1)), "nothing");
    }
}
