//! How a price is read out of a provider's answer.

use crate::{Currency, Money, MoneyError, Query};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What one unit of the number at the amount's path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AmountUnit {
    /// Cents: `1999` is 19.99.
    Minor,
    /// Dollars: `19.99` is 19.99.
    Major,
}

/// Where the currency comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CurrencySource {
    /// `x-currency`.
    Fixed(Currency),
    /// `x-currency-path`.
    Path(Query),
}

/// `x-amount-path` with its unit and currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Leads to a number, or to decimal text.
    pub path: Query,
    /// What the number counts.
    pub unit: AmountUnit,
    /// What it is a number of.
    pub currency: CurrencySource,
}

/// Why no price could be read. The provider is at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AmountError {
    /// Nothing at the path.
    Missing {
        /// The query that found nothing.
        path: String,
    },
    /// Something else than a number of the unit.
    Unreadable {
        /// The query that found it.
        path: String,
        /// What is wrong with it.
        reason: MoneyError,
    },
    /// The currency's path leads to no ISO 4217 code.
    NoCurrency {
        /// The query that found none.
        path: String,
    },
}

impl std::fmt::Display for AmountError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            AmountError::Missing { path } => write!(f, "the provider's answer has no amount at `{path}`"),
            AmountError::Unreadable { path, reason } => {
                write!(f, "the amount at `{path}` in the provider's answer {reason}")
            }
            AmountError::NoCurrency { path } => write!(f, "the provider's answer has no currency code at `{path}`"),
        }
    }
}

impl std::error::Error for AmountError {}

impl Amount {
    /// Reads the price from a provider's answer, exactly, or says why it can't be read. Never zero by default.
    pub fn read(&self, answer: &Value) -> Result<Money, AmountError> {
        let currency = match &self.currency {
            CurrencySource::Fixed(currency) => *currency,
            CurrencySource::Path(path) => path
                .find(answer)
                .and_then(Value::as_str)
                .and_then(Currency::new)
                .ok_or_else(|| AmountError::NoCurrency { path: path.text.clone() })?,
        };
        let text = match self.path.find(answer) {
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::String(text)) => text.clone(),
            None | Some(Value::Null) => return Err(AmountError::Missing { path: self.path.text.clone() }),
            Some(_) => {
                return Err(AmountError::Unreadable { path: self.path.text.clone(), reason: MoneyError::NotANumber });
            }
        };
        let places = match self.unit {
            AmountUnit::Minor => 0,
            AmountUnit::Major => currency.exponent(),
        };
        Money::parse(&text, currency, places)
            .map_err(|reason| AmountError::Unreadable { path: self.path.text.clone(), reason })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Segment;
    use serde_json::json;

    fn total(unit: AmountUnit) -> Amount {
        Amount {
            path: Query { text: "$.total".into(), segments: vec![Segment::Name("total".into())] },
            unit,
            currency: CurrencySource::Fixed(Currency::USD),
        }
    }

    #[test]
    fn a_price_is_read_exactly_or_not_at_all() {
        let cents = |unit, value| total(unit).read(&value).map(|m| m.cents).map_err(|e| e.to_string());
        assert_eq!(cents(AmountUnit::Minor, json!({"total": 1999})), Ok(1999));
        assert_eq!(cents(AmountUnit::Major, json!({"total": 19.99})), Ok(1999));
        assert_eq!(cents(AmountUnit::Major, json!({"total": "19.99"})), Ok(1999));
        for bad in [
            json!({}),
            json!({"total": null}),
            json!({"total": true}),
            json!({"total": -1}),
            json!({"total": 0.5}),
            json!([]),
        ] {
            assert!(cents(AmountUnit::Minor, bad.clone()).is_err(), "{bad}");
        }
    }
}
