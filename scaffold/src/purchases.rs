//! Quotes by the caller's pattern, and the purchases they may belong to.

use crate::guess::{self, AmountGuess};
use crate::overlay::Action;
use crate::yaml::Yaml;
use crate::{Question, ScaffoldError, target};
use uaps_model::Method;
use uaps_spec::{Document, OperationRef};

/// A purchase that a quote may belong to. Money is involved, so a person confirms it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suggestion {
    quote: Side,
    quote_path: String,
    purchase: Option<Side>,
    transaction_id: Option<String>,
    others: Vec<String>,
}

/// One of the two operations.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Side {
    /// `POST /rides`.
    route: String,
    target: String,
    amount: Option<AmountGuess>,
}

/// Marks the quotes and suggests a purchase for each.
pub(crate) fn find(document: &Document, pattern: &str) -> Result<(Vec<Action>, Vec<Suggestion>), ScaffoldError> {
    let quotes = quotes(document, pattern);
    if quotes.is_empty() {
        let paths =
            document.operations().filter(|op| op.node.get("requestBody").is_some()).map(|op| op.path.to_owned());
        let mut paths: Vec<_> = paths.collect();
        paths.dedup();
        paths.truncate(12);
        return Err(ScaffoldError::NoQuote { pattern: pattern.to_owned(), paths });
    }
    let mut actions = Vec::new();
    let mut suggestions = Vec::new();
    for quote in &quotes {
        let Some(side) = side(document, quote) else { continue };
        actions.push(Action::update(
            side.target.clone(),
            "A quote: it tells a price and commits to nothing".to_owned(),
            Yaml::map([("x-purchase-precheckout", Yaml::Bool(true))]),
        ));
        let mut candidates: Vec<_> = document
            .operations()
            .filter(|op| !quotes.iter().any(|q| q.path == op.path && q.method == op.method))
            .map(|op| (score(document, quote, &op), op))
            .filter(|(score, _)| *score >= 5)
            .collect();
        candidates.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        let best = candidates.first().map(|(_, op)| *op);
        suggestions.push(Suggestion {
            quote: side,
            quote_path: quote.path.to_owned(),
            transaction_id: best.and_then(|op| guess::transaction_id(document, &op)),
            purchase: best.and_then(|op| self::side(document, &op)),
            others: candidates.iter().skip(1).take(3).map(|(_, op)| route(op)).collect(),
        });
    }
    Ok((actions, suggestions))
}

fn route(op: &OperationRef<'_>) -> String {
    format!("{} {}", op.method, op.path)
}

fn side(document: &Document, op: &OperationRef<'_>) -> Option<Side> {
    Some(Side { route: route(op), target: target::operation(document, op)?, amount: guess::amount(document, op) })
}

/// The operations whose path ends with the pattern, else those that hold it; `POST` before the rest.
fn quotes<'d>(document: &'d Document, pattern: &str) -> Vec<OperationRef<'d>> {
    let wanted: Vec<_> = pattern.split('/').filter(|s| !s.is_empty()).collect();
    let matching = |whole: bool| -> Vec<OperationRef<'d>> {
        let all =
            document.operations().filter(|op| !matches!(op.method, Method::Delete | Method::Head | Method::Options));
        all.filter(|op| {
            let have: Vec<_> = op.path.split('/').filter(|s| !s.is_empty()).collect();
            match whole {
                true => {
                    have.len() >= wanted.len() && have.iter().rev().zip(wanted.iter().rev()).all(|(h, w)| fits(w, h))
                }
                false => have.windows(wanted.len()).any(|run| run.iter().zip(&wanted).all(|(h, w)| fits(w, h))),
            }
        })
        .collect()
    };
    if wanted.is_empty() {
        return Vec::new();
    }
    let found = Some(matching(true)).filter(|found| !found.is_empty()).unwrap_or_else(|| matching(false));
    let posts: Vec<_> = found.iter().filter(|op| op.method == Method::Post).copied().collect();
    if posts.is_empty() { found } else { posts }
}

/// Whether a segment fits one of the pattern's, where `*` stands for any text.
fn fits(pattern: &str, segment: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == segment,
        Some((start, rest)) => segment.strip_prefix(start).is_some_and(|tail| {
            tail.char_indices()
                .map(|(at, _)| at)
                .chain([tail.len()])
                .any(|at| fits(rest, tail.get(at..).unwrap_or_default()))
        }),
    }
}

/// How much an operation looks like what `quote` quotes.
fn score(document: &Document, quote: &OperationRef<'_>, op: &OperationRef<'_>) -> u32 {
    if op.method.is_safe() || op.method == Method::Delete {
        return 0;
    }
    let body = |op: &OperationRef<'_>| {
        let body = document.resolve(op.node.get("requestBody")?).ok()?;
        Some(body.get("content")?.members().first()?.value.get("schema")?.to_json())
    };
    let same_body = body(quote).is_some() && body(quote) == body(op);
    let parent = quote.path.trim_end_matches('/').rsplit_once('/').map_or("", |(parent, _)| parent);
    let neighbours = !parent.is_empty() && op.path.starts_with(parent);
    let words = format!("{} {}", op.path, op.node.str_at("operationId").unwrap_or_default()).to_ascii_lowercase();
    let sells =
        ["order", "purchase", "book", "checkout", "buy", "pay", "reserv", "charge"].iter().any(|w| words.contains(w));
    let undoes = ["cancel", "refund", "return", "void", "{"].iter().any(|word| words.contains(word));
    let points = [
        (same_body, 4),
        (neighbours, 3),
        (sells, 2),
        (op.method == Method::Post, 1),
        (guess::amount(document, op).is_some(), 2),
        (guess::transaction_id(document, op).is_some(), 1),
    ];
    let sum: u32 = points.iter().filter(|(holds, _)| *holds).map(|(_, points)| points).sum();
    if undoes { sum.saturating_sub(4) } else { sum }
}

impl Suggestion {
    /// The question to put to a person.
    pub(crate) fn question(&self) -> Question {
        let place = "overlay.yaml".to_owned();
        let others = match self.others.as_slice() {
            [] => String::new(),
            others => format!(" Other candidates are {}.", others.join(", ")),
        };
        match &self.purchase {
            Some(purchase) => Question {
                what: format!("is {} the purchase that {} quotes?", purchase.route, self.quote.route),
                place,
                edit: format!(
                    "if so, take the comment signs off the block at the end and check its paths; if not, delete the block.{others}"
                ),
            },
            None => Question {
                what: format!("which operation is the purchase that {} quotes?", self.quote.route),
                place,
                edit: "complete the block at the end and take off its comment signs, or delete it".to_owned(),
            },
        }
    }

    /// The actions that make the pair, as far as they can be guessed; `?` where they can't.
    pub(crate) fn actions(&self) -> Vec<Action> {
        let unknown = || "$.?".to_owned();
        let amount = |guess: &Option<AmountGuess>| {
            let path = guess.as_ref().map_or_else(unknown, |g| g.path.clone());
            let minor = guess.as_ref().is_none_or(|g| g.minor);
            let mut members = vec![
                ("x-amount-path", Yaml::text(path)),
                ("x-amount-unit", Yaml::text(if minor { "minor" } else { "major" })),
            ];
            members.push(match guess.as_ref().and_then(|g| g.currency.clone()) {
                Some(path) => ("x-currency-path", Yaml::text(path)),
                None => ("x-currency", Yaml::text("USD")),
            });
            members
        };
        let mut purchase = vec![
            ("x-purchase-endpoint", Yaml::Bool(true)),
            ("x-purchase-precheck", Yaml::text(self.quote_path.clone())),
        ];
        purchase.extend(amount(&self.purchase.as_ref().and_then(|side| side.amount.clone())));
        purchase.push(("x-transaction-id-path", Yaml::text(self.transaction_id.clone().unwrap_or_else(unknown))));
        vec![
            Action::update(
                self.quote.target.clone(),
                "Where the quote tells its price".to_owned(),
                Yaml::map(amount(&self.quote.amount)),
            ),
            Action::update(
                self.purchase.as_ref().map_or_else(unknown, |side| side.target.clone()),
                format!("The purchase that {} quotes", self.quote.route),
                Yaml::map(purchase),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(fits("estimates", "estimates"));
        assert!(fits("*quote*", "prequotes"));
        assert!(!fits("*quote", "quotes"));
        assert!(fits("*", "{id}"));
    }
}
