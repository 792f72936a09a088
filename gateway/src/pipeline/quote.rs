//! Prices: read from a quote's answer, remembered, and found again by the purchase they are for.

use super::fee::charged;
use super::{Call, Pipeline, canonical, send_problem};
use crate::error::ledger_problem;
use crate::schema;
use crate::upstream::Whole;
use ledger::{CURRENCY, Credential, Fingerprint, NewQuote, QuoteId};
use serde_json::{Map, Value};
use std::time::Duration;
use uaps_model::{Amount, Commerce, Money, Operation, Problem, ProblemKind, Service};

/// How long a price holds.
const EXPIRES_IN: Duration = Duration::from_secs(15 * 60);

/// How much of a provider's refusal is passed on.
const MAX_QUOTED_BODY: usize = 4096;

/// A price that a purchase may be made at.
pub(super) struct Priced {
    pub amount: Money,
    pub quote: Option<QuoteId>,
    /// The fee of asking for it.
    pub fee: Option<Money>,
}

/// How the price of a quote is read: as the purchases that rely on it read it, if they agree, else as the quote says.
pub(super) fn price<'s>(service: &'s Service, op: &'s Operation) -> Option<&'s Amount> {
    let Some(Commerce::Quote { amount }) = &op.commerce else { return None };
    let mut readings = service.operations.iter().filter_map(|other| match &other.commerce {
        Some(Commerce::Purchase { quote, quoted, .. }) if *quote == op.tool => Some(quoted),
        _ => None,
    });
    match readings.next() {
        Some(first) => readings.all(|other| other == first).then_some(first),
        None => amount.as_ref(),
    }
}

/// A purchase's arguments as its quote takes them: parameters of the same key, and the body without the members that the
/// purchase's body declares and the quote's does not. What neither declares goes along, because a provider that reads it
/// in the order reads it in the quote. All of the body goes where the quote's declares nothing. A parameter that the
/// quote requires and the purchase has in its body is taken from there.
pub(super) fn project(service: &Service, quote: &Operation, purchase: &Operation, arguments: &Value) -> Value {
    let mut projected = Map::new();
    let body = arguments.get("body");
    for param in &quote.params {
        let in_body = || body.and_then(|b| b.get(&param.key)).filter(|_| param.required);
        let value = arguments.get(&param.key).or_else(in_body);
        projected.extend(value.map(|value| (param.key.clone(), value.clone())));
    }
    if let (Some(media), Some(body)) = (quote.body.as_ref().and_then(|b| b.preferred()), body) {
        let declared = schema::property_names(&media.schema, &service.schemas);
        let own = purchase.body.as_ref().and_then(|b| b.preferred());
        let own = own.map(|media| schema::property_names(&media.schema, &service.schemas)).unwrap_or_default();
        let kept = match body.as_object().filter(|_| !declared.is_empty()) {
            Some(members) => {
                let keeps = |key: &str| declared.binary_search(&key).is_ok() || own.binary_search(&key).is_err();
                let kept = members.iter().filter(|(key, _)| keeps(key));
                Value::Object(kept.map(|(key, value)| (key.clone(), value.clone())).collect())
            }
            None => body.clone(),
        };
        projected.insert("body".into(), kept);
    }
    Value::Object(projected)
}

/// What a price is found again by: the arguments that the quote was sent with, all of them.
pub(super) fn fingerprint(service: &Service, quote: &Operation, sent: &Value) -> Fingerprint {
    canonical::fingerprint(service.id.as_str(), quote.tool.as_str(), sent)
}

impl Pipeline {
    /// Keeps the price that a caller was quoted. A price that can't be read is no error here: the answer is the
    /// provider's, and a purchase would ask again.
    pub(super) async fn remember_price(
        &self,
        call: &Call<'_>,
        credential: &Credential,
        price: &Amount,
        arguments: &Value,
        whole: &Whole,
    ) {
        let (service, op) = (call.service, call.op);
        let read = serde_json::from_slice(&whole.body).ok().map(|answer: Value| price.read(&answer));
        let Some(Ok(amount)) = read.filter(|read| read.as_ref().is_ok_and(|m| m.currency == CURRENCY)) else {
            tracing::info!(service = %service.id, tool = %op.tool, "a quote's price could not be read");
            return;
        };
        let fingerprint = fingerprint(service, op, arguments);
        if let Err(error) = self.record(credential, service, op, fingerprint, amount).await {
            tracing::warn!(service = %service.id, tool = %op.tool, %error, "a quote was not recorded");
        }
    }

    /// The price of a purchase: the one that the caller was quoted, if it still holds, else a new one.
    pub(super) async fn priced(
        &self,
        service: &Service,
        (purchase, quote): (&Operation, &Operation),
        quoted: &Amount,
        credential: &Credential,
        arguments: &Value,
    ) -> Result<Priced, Problem> {
        let projected = project(service, quote, purchase, arguments);
        let fingerprint = fingerprint(service, quote, &projected);
        if price(service, quote) == Some(quoted) {
            let known = self.ledger().find_quote(&credential.id, &fingerprint).await.map_err(ledger_problem)?;
            if let Some(known) = known {
                return Ok(Priced { amount: known.amount, quote: Some(known.id), fee: None });
            }
        }
        let request = self.request(service, quote, &projected)?;
        let (whole, fee) = self.send_whole_for_fee(service, quote, credential, request).await?;
        let amount = whole
            .map_err(|error| send_problem(service, &error))
            .and_then(|whole| read(service, quote, quoted, &self.withhold(service, whole)))
            .map_err(|problem| charged(problem, fee))?;
        let id = self.record(credential, service, quote, fingerprint, amount).await;
        let id = id.map_err(|error| charged(ledger_problem(error), fee))?;
        Ok(Priced { amount, quote: Some(id), fee })
    }

    async fn record(
        &self,
        credential: &Credential,
        service: &Service,
        op: &Operation,
        fingerprint: Fingerprint,
        amount: Money,
    ) -> Result<QuoteId, ledger::LedgerError> {
        let quote = NewQuote {
            credential: credential.id.clone(),
            service: service.id.to_string(),
            tool: op.tool.to_string(),
            fingerprint,
            amount,
            expires_in: EXPIRES_IN,
        };
        self.ledger().record_quote(quote).await
    }
}

/// The price in a quote's answer, or whose fault it is that there is none.
fn read(service: &Service, quote: &Operation, price: &Amount, whole: &Whole) -> Result<Money, Problem> {
    let id = &service.id;
    let unusable = |reason: String| {
        Problem::new(
            ProblemKind::UpstreamInvalid,
            format!("the quote of `{id}` ({}) can't be used: {reason}; nothing was bought", quote.tool),
        )
    };
    if !whole.status.is_success() {
        return Err(rejected(
            whole,
            format!(
                "`{id}` refused the quote ({}) with status {}; nothing was bought",
                quote.tool,
                whole.status.as_u16()
            ),
        ));
    }
    let answer: Value = serde_json::from_slice(&whole.body).map_err(|_| unusable("it is not JSON".into()))?;
    let money = price.read(&answer).map_err(|error| unusable(error.to_string()))?;
    if money.currency != CURRENCY {
        return Err(unusable(format!("it is in {}, and accounts are kept in {CURRENCY}", money.currency)));
    }
    Ok(money)
}

/// The problem of a provider that refused; it says what the provider said.
pub(super) fn rejected(whole: &Whole, detail: String) -> Problem {
    let shown = whole.body.get(..whole.body.len().min(MAX_QUOTED_BODY)).unwrap_or_default();
    let body: Value = serde_json::from_slice(&whole.body)
        .ok()
        .filter(|_| whole.body.len() <= MAX_QUOTED_BODY)
        .unwrap_or_else(|| String::from_utf8_lossy(shown).into_owned().into());
    let problem = Problem::new(ProblemKind::UpstreamRejected, detail);
    let mut problem = problem.with("upstream_status", whole.status.as_u16()).with("upstream_body", body);
    // A failure may pass; a refusal will not.
    problem.retryable = whole.status.is_server_error();
    problem
}
