//! Looking up what became of an order.

use crate::{Amount, Operation, Param, Query, ToolName};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `x-purchase-lookup`: an operation that answers what became of an order, by the reference that the order carried.
///
/// It buys nothing, so it may be asked as often as one likes. The reference is the purchase's id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookup {
    /// The tool that looks an order up. A `GET`.
    pub tool: ToolName,
    /// The name of its parameter that takes the reference.
    pub parameter: String,
    /// How the reference reaches the provider with the order.
    pub reference: Reference,
    /// The status in the answer.
    pub status: Query,
    /// The statuses of an order that was sold: text, whole numbers or truth values. Never empty.
    pub sold: Vec<Value>,
    /// The statuses of an order that was not made and never will be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_sold: Vec<Value>,
    /// Whether 404 says that there is no such order and never will be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub missing_is_not_sold: bool,
    /// Seconds from the order's beginning after which a denial counts: until then the order may still be under way.
    pub settles_after_seconds: u32,
    /// How the price is read from the answer.
    pub charged: Amount,
    /// The provider's own id of the sale, in the answer.
    pub transaction_id: Query,
}

/// Where an order carries our reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// In the header of `x-idempotency-header`.
    IdempotencyHeader,
    /// In a parameter of the purchase, by name.
    Parameter(String),
    /// In a member of the order's body. The query has names only, at least one.
    Body(Query),
}

/// What the status in an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It was sold.
    Sold,
    /// It was not made and never will be.
    NotSold,
    /// Neither is sure yet.
    Open,
}

impl Lookup {
    /// What a status says. One that nobody listed leaves it open.
    pub fn standing(&self, status: &Value) -> Standing {
        match (self.sold.contains(status), self.not_sold.contains(status)) {
            (true, false) => Standing::Sold,
            (false, true) => Standing::NotSold,
            _ => Standing::Open,
        }
    }

    /// The look-up's parameter that takes the reference, among those of `operation`.
    pub fn takes<'o>(&self, operation: &'o Operation) -> Option<&'o Param> {
        operation.params.iter().find(|param| param.name == self.parameter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AmountUnit, Currency, CurrencySource};
    use serde_json::json;

    #[test]
    fn only_what_is_listed_is_sure() {
        let query = |name: &str| Query { text: format!("$.{name}"), segments: vec![crate::Segment::Name(name.into())] };
        let lookup = Lookup {
            tool: ToolName::new("get_order").unwrap(),
            parameter: "reference".into(),
            reference: Reference::IdempotencyHeader,
            status: query("status"),
            sold: vec![json!("paid"), json!(1), json!("both")],
            not_sold: vec![json!("declined"), json!(false), json!("both")],
            missing_is_not_sold: false,
            settles_after_seconds: 600,
            charged: Amount {
                path: query("total"),
                unit: AmountUnit::Minor,
                currency: CurrencySource::Fixed(Currency::USD),
            },
            transaction_id: query("id"),
        };
        let check = |status: Value, expected| assert_eq!(lookup.standing(&status), expected, "{status}");
        check(json!("paid"), Standing::Sold);
        check(json!(1), Standing::Sold);
        check(json!("declined"), Standing::NotSold);
        check(json!(false), Standing::NotSold);
        for open in [json!("Paid"), json!("1"), json!(1.0), json!(null), json!(true), json!(["paid"]), json!("both")] {
            check(open, Standing::Open);
        }
    }
}
