//! Which annotations tell how a price is read, and from whose answer.

use super::{Lookup, Parsed, Role, lookup, role};
use crate::extension::{AMOUNT_PATH, AMOUNT_UNIT, CURRENCY, CURRENCY_PATH};
use crate::rules;
use uaps_model::Amount;
use uaps_spec::{Diagnostic, Document, Node, OperationRef};

/// A price to read: the annotations that say how, and the operation whose answer holds it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pricing<'d> {
    /// The operation in whose answer the price stands.
    pub answer: OperationRef<'d>,
    /// `x-amount-path`.
    pub path: &'d Node,
    /// `x-amount-unit`.
    pub unit: Option<&'d Node>,
    /// `x-currency`.
    pub currency: Option<&'d Node>,
    /// `x-currency-path`.
    pub currency_path: Option<&'d Node>,
}

impl<'d> Pricing<'d> {
    /// An operation's own annotations on its own answer.
    pub(crate) fn own(operation: OperationRef<'d>) -> Option<Self> {
        Some(Pricing {
            answer: operation,
            path: operation.node.get(AMOUNT_PATH)?,
            unit: operation.node.get(AMOUNT_UNIT),
            currency: operation.node.get(CURRENCY),
            currency_path: operation.node.get(CURRENCY_PATH),
        })
    }

    /// What a purchase charges.
    pub(crate) fn charged(purchase: OperationRef<'d>) -> Option<Self> {
        Pricing::own(purchase)
    }

    /// What a quote tells for a purchase. A quote with a path of its own is read by its own annotations alone: the
    /// purchase's may count dollars where the quote counts cents. Without one it is read by the purchase's, save for
    /// unit and currency where it names them.
    pub(crate) fn quoted(purchase: OperationRef<'d>, quote: OperationRef<'d>) -> Option<Self> {
        if let Some(own) = Pricing::own(quote) {
            return Some(own);
        }
        let said = Pricing::own(purchase)?;
        let (currency, currency_path) = match (quote.node.get(CURRENCY), quote.node.get(CURRENCY_PATH)) {
            (None, None) => (said.currency, said.currency_path),
            own => own,
        };
        Some(Pricing {
            answer: quote,
            unit: quote.node.get(AMOUNT_UNIT).or(said.unit),
            currency,
            currency_path,
            ..said
        })
    }

    /// What a look-up tells of a sale: at a place of its own if it names one, and counted as the purchase's, save for unit
    /// and currency where it names them.
    pub(crate) fn looked_up(
        purchase: OperationRef<'d>,
        written: &Lookup<'d>,
        lookup: OperationRef<'d>,
    ) -> Option<Self> {
        let (currency, currency_path) = match (written.currency, written.currency_path) {
            (None, None) => (purchase.node.get(CURRENCY), purchase.node.get(CURRENCY_PATH)),
            own => own,
        };
        Some(Pricing {
            answer: lookup,
            path: written.amount.or_else(|| purchase.node.get(AMOUNT_PATH))?,
            unit: written.amount_unit.or_else(|| purchase.node.get(AMOUNT_UNIT)),
            currency,
            currency_path,
        })
    }

    /// All of it parsed.
    pub(crate) fn amount(&self, document: &Document) -> Parsed<Amount> {
        let path = rules::amount_path::parse(document, self).map(|(query, _)| query);
        let unit = rules::amount_unit::parse(document, self);
        let currency = rules::currency::parse(document, self);
        match (path, unit, currency) {
            (Ok(path), Ok(unit), Ok(currency)) => Ok(Amount { path, unit, currency }),
            (path, unit, currency) => {
                Err([path.err(), unit.err(), currency.err()].into_iter().flatten().flatten().collect())
            }
        }
    }
}

/// Every price that `operations` tell.
pub(crate) fn pricings<'d>(document: &'d Document, operations: &[OperationRef<'d>]) -> Vec<Pricing<'d>> {
    let of = |operation: &OperationRef<'d>| match role(operation) {
        None => vec![],
        Some(Role::Quote) => vec![Pricing::own(*operation)],
        Some(Role::Purchase) => {
            let quote = rules::purchase_precheck::parse(document, operation).ok();
            let lookup = lookup(document, operation)
                .and_then(|(written, found)| Pricing::looked_up(*operation, &written, found));
            vec![Pricing::charged(*operation), quote.and_then(|quote| Pricing::quoted(*operation, quote)), lookup]
        }
    };
    operations.iter().flat_map(of).flatten().collect()
}

/// Findings that differ only in the operation: quote and purchase mostly answer the same schema, and it is wrong once.
pub(crate) fn once(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::new();
    for finding in findings {
        let same = |other: &Diagnostic| {
            let spans = |d: &Diagnostic| d.related.iter().map(|label| label.span).collect::<Vec<_>>();
            other.primary.span == finding.primary.span && !finding.related.is_empty() && spans(other) == spans(&finding)
        };
        if !kept.iter().any(same) {
            kept.push(finding);
        }
    }
    kept
}
