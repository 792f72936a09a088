//! What a document says about money, parsed once for the rules and for the compiler.
//!
//! A rule on money parses what it checks: its `parse` gives the value or the findings. [`commerce`] puts those values
//! together, so that the compiler can use nothing that a rule would refuse.

mod answer;
mod arguments;
mod currencies;
mod decimal;
mod follow;
mod lead;
mod lookup;
mod pricing;
mod query;
mod shape;

pub(crate) use answer::answers;
pub(crate) use arguments::arguments;
pub(crate) use currencies::is_currency;
pub(crate) use decimal::is_decimal;
pub(crate) use follow::{Leaf, Miss, follow, leaves, place_for};
pub(crate) use lead::{lead, query};
pub(crate) use lookup::{Lookup, lookup};
pub(crate) use pricing::{Pricing, once, pricings};
pub(crate) use query::parse_query;

use crate::extension::{ENDPOINT, PRECHECKOUT};
use crate::rules;
use uaps_model::{Commerce, IdError, ToolName};
use uaps_spec::{Diagnostic, Document, OperationRef};

/// A value, or what keeps it from being one. No findings in an error: another rule says it.
pub(crate) type Parsed<T> = Result<T, Vec<Diagnostic>>;

/// The part an operation plays in a purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Tells a price.
    Quote,
    /// Spends money.
    Purchase,
}

/// The role that an operation's marks give it. A purchase that is marked as a quote too is a purchase.
pub(crate) fn role(operation: &OperationRef<'_>) -> Option<Role> {
    if operation.node.is_true(ENDPOINT) {
        Some(Role::Purchase)
    } else {
        operation.node.is_true(PRECHECKOUT).then_some(Role::Quote)
    }
}

/// The tool name of an operation: its `operationId`, which the rules want to be legal as one.
pub(crate) fn tool_name(operation: &OperationRef<'_>) -> Result<ToolName, IdError> {
    ToolName::new(operation.node.str_at("operationId").unwrap_or_default())
}

/// The part an operation plays in a purchase; `None` for an operation that is neither quote nor purchase.
///
/// # Errors
///
/// Every finding that keeps the annotations from being used; at least one. A document in which `lint` finds no error
/// has none.
pub fn commerce(document: &Document, operation: &OperationRef<'_>) -> Result<Option<Commerce>, Vec<Diagnostic>> {
    let mut findings = Findings(rules::purchase_flag::findings(operation));
    let commerce = match role(operation) {
        None => None,
        Some(Role::Quote) => quote(document, operation, &mut findings),
        Some(Role::Purchase) => purchase(document, operation, &mut findings),
    };
    match (commerce, role(operation)) {
        (Some(commerce), _) if findings.0.is_empty() => Ok(Some(commerce)),
        (None, None) if findings.0.is_empty() => Ok(None),
        _ => Err(crate::sorted(findings.0)),
    }
}

fn quote(document: &Document, operation: &OperationRef<'_>, findings: &mut Findings) -> Option<Commerce> {
    let amount = match Pricing::own(*operation) {
        None => None,
        Some(pricing) => Some(findings.keep(pricing.amount(document))?),
    };
    Some(Commerce::Quote { amount })
}

fn purchase(document: &Document, operation: &OperationRef<'_>, findings: &mut Findings) -> Option<Commerce> {
    findings.0.extend(rules::purchase_incomplete::findings(operation));
    findings.0.extend(rules::purchase_and_quote::findings(operation));
    findings.0.extend(rules::purchase_method::findings(operation));
    let quote = findings.keep(rules::purchase_precheck::parse(document, operation));
    let charged = Pricing::charged(*operation).and_then(|pricing| findings.keep(pricing.amount(document)));
    let quoted = quote
        .and_then(|quote| Pricing::quoted(*operation, quote))
        .and_then(|pricing| findings.keep(pricing.amount(document)));
    let transaction_id = findings.keep(rules::transaction_id_path::parse(document, operation));
    let idempotency_header = findings.keep(rules::idempotency_header::parse(operation));
    let lookup = findings.keep(lookup::parse(document, operation));
    let quote = quote.and_then(|quote| {
        findings.0.extend(rules::quote_arguments::findings(document, operation, &quote));
        findings.0.extend(rules::currency_disagreement::findings(document, operation, &quote));
        findings.keep(rules::purchase_precheck::quote_tool(operation, &quote))
    });
    Some(Commerce::Purchase {
        quote: quote?,
        quoted: quoted?,
        charged: charged?,
        transaction_id: transaction_id?,
        idempotency_header: idempotency_header?,
        lookup: lookup?,
    })
}

struct Findings(Vec<Diagnostic>);

impl Findings {
    fn keep<T>(&mut self, parsed: Parsed<T>) -> Option<T> {
        parsed.map_err(|found| self.0.extend(found)).ok()
    }
}
