//! What a provider's answer to an order proves.

use crate::upstream::{SendError, Whole};
use ledger::CURRENCY;
use serde_json::Value;
use uaps_model::{Amount, Money, Query};

/// The longest provider id of a sale that is kept.
const MAX_TRANSACTION_ID: usize = 255;

/// What is known after an order was sent. Anything that is not proof is [`Outcome::Unknown`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The provider sold it and said for how much.
    Bought {
        /// What it charged.
        charged: Money,
        /// Its own id of the sale.
        transaction_id: Option<String>,
    },
    /// The provider refused. Nothing was bought.
    Refused,
    /// The provider never saw the order.
    NeverSent,
    /// It may or may not have been bought.
    Unknown(String),
}

/// Judges the answer to an order.
pub(super) fn judge(sent: &Result<Whole, SendError>, charged: &Amount, transaction_id: &Query) -> Outcome {
    let whole = match sent {
        Ok(whole) => whole,
        Err(SendError::NeverConnected(_)) => return Outcome::NeverSent,
        Err(error) => return Outcome::Unknown(format!("the order was sent, and then: {error}")),
    };
    let status = whole.status.as_u16();
    match status {
        200..=299 => bought(whole, charged, transaction_id),
        // These may come from something in front of the provider, after the order went through.
        408 | 409 | 425 | 429 => Outcome::Unknown(format!("the provider answered {status}, which proves nothing")),
        400..=499 => Outcome::Refused,
        _ => Outcome::Unknown(format!("the provider answered {status}, which proves nothing")),
    }
}

/// Reads what a sale cost out of a provider's word that it was made.
pub(super) fn bought(whole: &Whole, charged: &Amount, transaction_id: &Query) -> Outcome {
    let status = whole.status.as_u16();
    let Ok(answer) = serde_json::from_slice::<Value>(&whole.body) else {
        return Outcome::Unknown(format!("the provider answered {status} with something that is not JSON"));
    };
    let charged = match charged.read(&answer) {
        Ok(charged) if charged.currency == CURRENCY => charged,
        Ok(charged) => {
            let reason =
                format!("the provider answered {status} and charged in {}, not in {CURRENCY}", charged.currency);
            return Outcome::Unknown(reason);
        }
        Err(error) => return Outcome::Unknown(format!("the provider answered {status}, but {error}")),
    };
    let transaction_id = match transaction_id.find(&answer) {
        Some(Value::String(id)) => Some(id.clone()),
        Some(Value::Number(id)) => Some(id.to_string()),
        _ => None,
    };
    Outcome::Bought { charged, transaction_id: transaction_id.filter(|id| id.len() <= MAX_TRANSACTION_ID) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, StatusCode};
    use std::time::Duration;
    use uaps_model::{AmountUnit, Currency, CurrencySource, Segment};

    fn query(name: &str) -> Query {
        Query { text: format!("$.{name}"), segments: vec![Segment::Name(name.into())] }
    }

    #[track_caller]
    fn check(sent: Result<(u16, &str), SendError>, expected: &str) {
        let charged =
            Amount { path: query("total"), unit: AmountUnit::Minor, currency: CurrencySource::Fixed(Currency::USD) };
        let sent = sent.map(|(status, body)| Whole {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: body.to_owned().into(),
        });
        let found = match judge(&sent, &charged, &query("id")) {
            Outcome::Bought { charged, transaction_id } => {
                format!("bought {charged} {}", transaction_id.unwrap_or_default())
            }
            Outcome::Refused => "refused".into(),
            Outcome::NeverSent => "never sent".into(),
            Outcome::Unknown(_) => "unknown".into(),
        };
        assert_eq!(found, expected, "{sent:?}");
    }

    #[test]
    fn only_proof_moves_money() {
        check(Ok((201, r#"{"total": 1999, "id": "o-1"}"#)), "bought 19.99 USD o-1");
        check(Ok((200, r#"{"total": 1999, "id": 7}"#)), "bought 19.99 USD 7");
        check(Ok((200, r#"{"total": 1999}"#)), "bought 19.99 USD ");
        check(Err(SendError::NeverConnected("refused".into())), "never sent");
        for status in [400, 401, 402, 403, 404, 405, 410, 413, 422, 451] {
            check(Ok((status, "{}")), "refused");
        }
        for status in [301, 302, 304, 307, 408, 409, 425, 429, 500, 502, 503, 504, 599] {
            check(Ok((status, r#"{"total": 1999}"#)), "unknown");
        }
        for body in
            ["", "<html>", "{}", r#"{"total": null}"#, r#"{"total": -1}"#, r#"{"total": 19.99}"#, r#"{"total": "x"}"#]
        {
            check(Ok((200, body)), "unknown");
        }
        check(Err(SendError::Timeout(Duration::from_secs(1))), "unknown");
        check(Err(SendError::Broken("reset".into())), "unknown");
        check(Err(SendError::TooLarge(1)), "unknown");
    }
}
