//! Quotes by the caller's pattern, and the purchases they may belong to.

use crate::guess::{self, AmountGuess, Open};
use crate::overlay::Action;
use crate::tree::Tree;
use crate::yaml::Yaml;
use crate::{Question, ScaffoldError, target};
use std::collections::{BTreeMap, BTreeSet};
use uaps_model::Method;
use uaps_spec::{Document, OperationRef};

/// A purchase that a quote may belong to. Money is involved, so a person confirms it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Suggestion {
    quote: Side,
    quote_path: String,
    /// Whether the quote is only guessed, and so not marked yet.
    guessed: bool,
    purchase: Option<Side>,
    transaction_id: Option<String>,
    idempotency: Option<String>,
    /// Schemas that must require more, and what.
    open: BTreeMap<String, BTreeSet<String>>,
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

/// What is found of quotes and purchases.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// What is sure.
    pub(crate) actions: Vec<Action>,
    /// What a person must confirm.
    pub(crate) suggestions: Vec<Suggestion>,
    /// What can't even be guessed.
    pub(crate) question: Option<Question>,
}

/// Pairs that are suggested without a pattern.
const MOST: usize = 3;
/// Points that make a purchase likely.
const LIKELY: u32 = 5;
/// Words by which quotes are called.
const QUOTES: [&str; 9] =
    ["quote", "estimate", "pricing", "price", "preview", "calculat", "simulat", "fare", "precheck"];
/// Words by which purchases are called.
const SALES: [&str; 10] =
    ["order", "purchase", "book", "checkout", "buy", "pay", "reserv", "charge", "subscription", "rental"];

/// Marks the quotes of the pattern and suggests a purchase for each; without a pattern both are suggested.
pub(crate) fn find(tree: &Tree, pattern: Option<&str>) -> Result<Found, ScaffoldError> {
    let document = &tree.raised;
    let quotes = match pattern {
        Some(pattern) => quotes(document, pattern),
        None => likely_quotes(document),
    };
    if let (true, Some(pattern)) = (quotes.is_empty(), pattern) {
        let paths =
            document.operations().filter(|op| op.node.get("requestBody").is_some()).map(|op| op.path.to_owned());
        let mut paths: Vec<_> = paths.collect();
        paths.dedup();
        paths.truncate(12);
        return Err(ScaffoldError::NoQuote { pattern: pattern.to_owned(), paths });
    }
    let mut found = Found::default();
    for quote in &quotes {
        let Some(side) = side(tree, quote) else { continue };
        if pattern.is_some() {
            let mark = Yaml::map([("x-purchase-precheckout", Yaml::Bool(true))]);
            found.actions.push(Action::update(&side.target, "A quote: it tells a price and commits to nothing", mark));
        }
        let mut candidates: Vec<_> = document
            .operations()
            .filter(|op| !quotes.iter().any(|q| q.path == op.path && q.method == op.method))
            .map(|op| (score(document, quote, &op), op))
            .filter(|(score, _)| *score >= LIKELY)
            .collect();
        candidates.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        if pattern.is_none() && (candidates.is_empty() || found.suggestions.len() == MOST) {
            continue;
        }
        let best = candidates.first().map(|(_, op)| *op);
        let id = best.and_then(|op| guess::transaction_id(document, &op));
        let purchase = best.and_then(|op| self::side(tree, &op));
        let amounts = [Some(&side), purchase.as_ref()].into_iter().flatten().filter_map(|side| side.amount.as_ref());
        let open = amounts.flat_map(|amount| &amount.open).chain(id.iter().flat_map(|id| &id.open));
        let mut required: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for Open { holder, name } in open {
            if let Some(target) = target::at(&tree.written.root, *holder) {
                required.entry(target).or_default().insert(name.clone());
            }
        }
        found.suggestions.push(Suggestion {
            quote: side,
            quote_path: quote.path.to_owned(),
            guessed: pattern.is_none(),
            transaction_id: id.map(|id| id.path),
            idempotency: best.and_then(|op| idempotency(document, &op)),
            open: required,
            purchase,
            others: candidates.iter().skip(1).take(3).map(|(_, op)| route(op)).collect(),
        });
    }
    if found.suggestions.is_empty() {
        found.question = Some(no_quote(document));
    }
    Ok(found)
}

/// Nothing looks like a quote of anything that is sold: what looks like a half of a pair is named.
fn no_quote(document: &Document) -> Question {
    let routes = |looks: fn(&OperationRef<'_>) -> bool| {
        let found: Vec<_> = document.operations().filter(looks).take(5).map(|op| route(&op)).collect();
        found.join(", ")
    };
    let sales = routes(|op| op.method == Method::Post && is_sale(op.path));
    let quotes = routes(|op| matches!(op.method, Method::Get | Method::Post) && is_quote(op));
    let what = match (quotes.as_str(), sales.as_str()) {
        ("", "") => "no operation looks like a purchase or its quote".to_owned(),
        ("", sales) => format!("no operation looks like the quote of {sales}"),
        (quotes, "") => format!("no operation looks like the purchase that {quotes} quotes"),
        (quotes, sales) => format!("does {quotes} quote {sales}? No answer shows a price at a place that is sure"),
    };
    let edit = "name the quote's path with --precheck-pattern; what can't be quoted can't be sold through the gateway";
    Question { what, place: "overlay.yaml".to_owned(), edit: edit.to_owned() }
}

/// Whether the last word of a path is something that is bought: `/booking/flight-orders`, `/payments`.
fn is_sale(path: &str) -> bool {
    const NOUNS: [&str; 9] =
        ["order", "purchase", "booking", "checkout", "payment", "reservation", "charge", "subscription", "rental"];
    let last = path.rsplit('/').find(|segment| !segment.is_empty()).unwrap_or_default();
    let start = last.rfind(|c: char| !c.is_ascii_lowercase()).unwrap_or(0);
    let word = last.get(start..).unwrap_or_default().trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let word = word.to_ascii_lowercase();
    NOUNS.contains(&word.strip_suffix('s').unwrap_or(&word))
}

/// Whether path or id call an operation a quote.
fn is_quote(op: &OperationRef<'_>) -> bool {
    let literal = op.path.rsplit('/').find(|segment| !segment.is_empty() && !segment.starts_with('{'));
    let last = literal.unwrap_or_default().to_ascii_lowercase();
    let id = op.node.str_at("operationId").unwrap_or_default().to_ascii_lowercase();
    QUOTES.iter().any(|word| last.contains(word) || id.starts_with(word))
}

/// The header by which a provider knows a resend.
fn idempotency(document: &Document, op: &OperationRef<'_>) -> Option<String> {
    let headers = document.parameters(op).into_iter().filter(|p| p.str_at("in") == Some("header"));
    let names = headers.filter_map(|p| Some((p.str_at("name")?, p.str_at("description").unwrap_or_default())));
    let speaks = |text: &str| text.to_ascii_lowercase().contains("idempot");
    let of_request = |name: &str| name.to_ascii_lowercase().ends_with("request-id");
    names
        .filter(|(name, says)| speaks(name) || (of_request(name) && speaks(says)))
        .map(|(name, _)| name.to_owned())
        .next()
}

/// Operations with a name for quotes and a price in their answer, those whose price is surest first.
fn likely_quotes(document: &Document) -> Vec<OperationRef<'_>> {
    let asks = |op: &OperationRef<'_>| matches!(op.method, Method::Get | Method::Post);
    let found = document.operations().filter(|op| asks(op) && is_quote(op));
    let mut found: Vec<_> = found.filter_map(|op| Some((guess::amount(document, &op)?.open.len(), op))).collect();
    found.sort_by_key(|(open, _)| *open);
    found.into_iter().map(|(_, op)| op).collect()
}

/// Whether path or id of an operation hold one of the words.
fn named(op: &OperationRef<'_>, words: &[&str]) -> bool {
    let name = format!("{} {}", op.path, op.node.str_at("operationId").unwrap_or_default()).to_ascii_lowercase();
    words.iter().any(|word| name.contains(word))
}

fn route(op: &OperationRef<'_>) -> String {
    format!("{} {}", op.method, op.path)
}

/// `op` is the raised document's; the overlay names its place in the one that was written.
fn side(tree: &Tree, op: &OperationRef<'_>) -> Option<Side> {
    let written = tree.written.operation_at(op.path, op.method)?;
    let amount = guess::amount(&tree.raised, op);
    Some(Side { route: route(op), target: target::operation(&tree.written, &written)?, amount })
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
    let sells = named(op, &SALES);
    let variables = |path: &str| path.matches('{').count();
    let undoes = named(op, &["cancel", "refund", "return", "void"]) || variables(op.path) > variables(quote.path);
    let points = [
        (same_body, 4),
        (neighbours, 3),
        (sells, 2),
        (is_sale(op.path), 3),
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
                    "if so, take the comment signs off the block at the end and check its paths; if not, delete the block.{}{others}",
                    self.doubts(purchase)
                ),
            },
            None => Question {
                what: format!("which operation is the purchase that {} quotes?", self.quote.route),
                place,
                edit: "complete the block at the end and take off its comment signs, or delete it".to_owned(),
            },
        }
    }

    /// What the guess is unsure of.
    fn doubts(&self, purchase: &Side) -> String {
        let mut doubts = String::new();
        let unpriced = [&self.quote, purchase].into_iter().find(|side| side.amount.is_none());
        if let Some(side) = unpriced {
            doubts.push_str(&format!(" No field of {}'s answer looks like a price; write it for `$.?`.", side.route));
        }
        let mut priced = [&self.quote, purchase].into_iter().filter_map(|side| side.amount.as_ref());
        if priced.any(|amount| amount.currency.is_none()) {
            doubts.push_str(" No currency stands beside the price; USD is a guess.");
        }
        if self.transaction_id.is_none() {
            doubts.push_str(" Nor does one look like the number of an order.");
        }
        let named: BTreeSet<_> = self.open.values().flatten().map(|name| format!("`{name}`")).collect();
        if !named.is_empty() {
            let named: Vec<_> = named.into_iter().collect();
            doubts.push_str(&format!(
                " The block says that the provider always answers {}, which its document leaves open.",
                named.join(", ")
            ));
        }
        doubts
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
        purchase.extend(self.idempotency.iter().map(|name| ("x-idempotency-header", Yaml::text(name))));
        let mut quote = amount(&self.quote.amount);
        if self.guessed {
            quote.insert(0, ("x-purchase-precheckout", Yaml::Bool(true)));
        }
        let mut actions: Vec<Action> = self
            .open
            .iter()
            .map(|(target, names)| {
                let names = names.iter().map(Yaml::text).collect();
                Action::update(target, "The provider always answers this", Yaml::map([("required", Yaml::List(names))]))
            })
            .collect();
        actions.extend([
            Action::update(self.quote.target.clone(), "Where the quote tells its price".to_owned(), Yaml::map(quote)),
            Action::update(
                self.purchase.as_ref().map_or_else(unknown, |side| side.target.clone()),
                format!("The purchase that {} quotes", self.quote.route),
                Yaml::map(purchase),
            ),
        ]);
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::{fits, is_sale};

    #[test]
    fn what_is_bought() {
        for path in ["/orders", "/booking/flight-orders", "/v1/Payments", "/checkouts/{id}/carOrders"] {
            assert!(is_sale(path), "{path}");
        }
        for path in ["/booklets", "/paymentMethods", "/orders/{id}/cancel", "/orders/{id}", "/payments/details"] {
            assert!(!is_sale(path), "{path}");
        }
    }

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(fits("estimates", "estimates"));
        assert!(fits("*quote*", "prequotes"));
        assert!(!fits("*quote", "quotes"));
        assert!(fits("*", "{id}"));
    }
}
