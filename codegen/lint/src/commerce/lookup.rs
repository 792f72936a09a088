//! How a document says that an order is looked up.

use super::{Parsed, Pricing};
use crate::rules;
use uaps_spec::{Document, Node, OperationRef};

/// `x-purchase-lookup` as it is written: every field that must be there is, and no other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lookup<'d> {
    /// All of it.
    pub node: &'d Node,
    /// `operation`.
    pub operation: &'d Node,
    /// `parameter`.
    pub parameter: &'d Node,
    /// `reference`.
    pub reference: Option<&'d Node>,
    /// `status`.
    pub status: &'d Node,
    /// `sold`.
    pub sold: &'d Node,
    /// `not_sold`.
    pub not_sold: Option<&'d Node>,
    /// `missing: not_sold`.
    pub missing_is_not_sold: bool,
    /// `settles_after_seconds`.
    pub settles_after_seconds: u32,
    /// `amount`.
    pub amount: Option<&'d Node>,
    /// `amount_unit`.
    pub amount_unit: Option<&'d Node>,
    /// `currency`.
    pub currency: Option<&'d Node>,
    /// `currency_path`.
    pub currency_path: Option<&'d Node>,
    /// `transaction_id`.
    pub transaction_id: Option<&'d Node>,
    /// `fee_cents`.
    pub fee_cents: Option<&'d Node>,
}

/// The look-up of a purchase and its operation, where both are in order.
pub(crate) fn lookup<'d>(
    document: &'d Document,
    purchase: &OperationRef<'d>,
) -> Option<(Lookup<'d>, OperationRef<'d>)> {
    let written = rules::purchase_lookup::parse(purchase).ok()??;
    let operation = rules::lookup_operation::parse(document, &written).ok()?;
    Some((written, operation))
}

/// All of it parsed; `None` where the purchase has none.
pub(super) fn parse(document: &Document, purchase: &OperationRef<'_>) -> Parsed<Option<Box<uaps_model::Lookup>>> {
    let Some(written) = rules::purchase_lookup::parse(purchase)? else { return Ok(None) };
    let operation = rules::lookup_operation::parse(document, &written)?;
    let tool = rules::lookup_operation::tool(&written, &operation);
    let carried = rules::lookup_reference::parse(document, purchase, &written, &operation);
    let statuses = rules::lookup_status::parse(document, &written, &operation);
    // A purchase without a price is incomplete, which its own rule says.
    let charged = match Pricing::looked_up(*purchase, &written, operation) {
        Some(pricing) => pricing.amount(document),
        None => Err(Vec::new()),
    };
    let id = rules::transaction_id_path::parse_looked_up(document, purchase, written.transaction_id, &operation);
    match (tool, carried, statuses, charged, id) {
        (Ok(tool), Ok((parameter, reference)), Ok(statuses), Ok(charged), Ok(transaction_id)) => {
            Ok(Some(Box::new(uaps_model::Lookup {
                tool,
                parameter,
                reference,
                status: statuses.path,
                sold: statuses.sold,
                not_sold: statuses.not_sold,
                missing_is_not_sold: written.missing_is_not_sold,
                settles_after_seconds: written.settles_after_seconds,
                charged,
                transaction_id,
            })))
        }
        (tool, carried, statuses, charged, id) => {
            let findings = [tool.err(), carried.err(), statuses.err(), charged.err(), id.err()];
            Err(findings.into_iter().flatten().flatten().collect())
        }
    }
}
