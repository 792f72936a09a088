//! Which field of an answer looks like a price, and which like the number of an order. Guesses, for a person to check.

use crate::target;
use std::collections::BTreeSet;
use uaps_spec::{Document, Node, OperationRef, Span};

/// How deep an answer is searched.
const DEPTH: usize = 5;
/// How many fields of an answer are looked at.
const FIELDS: usize = 400;

/// A field of an answer.
struct Field<'d> {
    /// Its query: `$.fare.amount`.
    path: String,
    /// The query of the object that holds it.
    parent: String,
    /// Names from the root, lower case.
    names: Vec<String>,
    schema: &'d Node,
    /// What the document leaves open on the way.
    open: Vec<Open>,
}

/// A property that the document does not require, though it may always be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Open {
    /// Where the schema stands that declares it.
    pub(crate) holder: Span,
    /// The property.
    pub(crate) name: String,
}

/// A likely price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AmountGuess {
    /// Its query.
    pub(crate) path: String,
    /// Whether it counts cents.
    pub(crate) minor: bool,
    /// The query of the currency beside it.
    pub(crate) currency: Option<String>,
    /// What must be required for both to be sure.
    pub(crate) open: Vec<Open>,
}

/// A likely number of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdGuess {
    /// Its query.
    pub(crate) path: String,
    /// What must be required for it to be sure.
    pub(crate) open: Vec<Open>,
}

/// What a field that is always there is worth more.
const SURE: i32 = 3;

/// The likeliest price in an operation's answer.
pub(crate) fn amount(document: &Document, op: &OperationRef<'_>) -> Option<AmountGuess> {
    let fields = fields(document, op);
    let scored = fields.iter().filter(|f| is_number(f.schema)).map(|f| (price_score(&f.names), f));
    let scored = scored.filter(|(score, _)| *score > 0);
    let worth = |score: i32, f: &Field<'_>| score + if f.open.is_empty() { SURE } else { 0 };
    let best = scored.min_by_key(|(score, f)| (-worth(*score, f), f.names.len()))?.1;
    let cents = best.names.last().is_some_and(|name| ["cents", "minor"].iter().any(|word| name.contains(word)));
    let currency = fields.iter().find(|f| {
        f.parent == best.parent
            && f.schema.str_at("type") == Some("string")
            && f.names.last().is_some_and(|n| n.contains("currency"))
    });
    let mut open = best.open.clone();
    open.extend(currency.into_iter().flat_map(|f| f.open.iter().cloned()));
    open.dedup();
    Some(AmountGuess {
        path: best.path.clone(),
        minor: cents || best.schema.str_at("type") == Some("integer"),
        currency: currency.map(|f| f.path.clone()),
        open,
    })
}

/// A number, or a decimal written as text.
fn is_number(schema: &Node) -> bool {
    match schema.str_at("type") {
        Some("number" | "integer") => !schema.is_true("nullable"),
        Some("string") => {
            let pattern = schema.str_at("pattern").unwrap_or_default();
            schema.str_at("format") == Some("decimal") || (pattern.contains("0-9") || pattern.contains("\\d"))
        }
        _ => false,
    }
}

/// The likeliest number of an order in an operation's answer.
pub(crate) fn transaction_id(document: &Document, op: &OperationRef<'_>) -> Option<IdGuess> {
    let fields = fields(document, op);
    let text = fields.into_iter().filter(|f| matches!(f.schema.str_at("type"), Some("string" | "integer")));
    text.filter_map(|f| {
        let name = f.names.last()?;
        let is_id = ["id", "uuid", "reference", "number", "code"].iter().any(|end| name.ends_with(end));
        let is_sale = ["order", "booking", "ride", "transaction", "purchase", "reservation", "payment", "confirmation"]
            .iter()
            .any(|word| name.contains(word));
        let worth = (!f.open.is_empty(), f.names.len(), !is_sale, !name.ends_with("id"));
        is_id.then_some((worth, IdGuess { path: f.path, open: f.open }))
    })
    .min_by_key(|(worth, _)| *worth)
    .map(|(_, guess)| guess)
}

fn price_score(names: &[String]) -> i32 {
    const NOT: [&str; 17] = [
        "count", "quantity", "tax", "tip", "discount", "distance", "minutes", "percent", "rate", "page", "items",
        "seat", "points", "paid", "refund", "shipping", "saving",
    ];
    let Some(last) = names.last().filter(|last| !NOT.iter().any(|word| last.contains(word))) else { return 0 };
    let word = |name: &str| {
        [("total", 4), ("amount", 3), ("price", 3), ("fare", 3), ("cost", 2), ("cents", 2), ("charge", 2), ("value", 1)]
            .iter()
            .filter(|(word, _)| name.contains(word))
            .map(|(_, score)| score)
            .sum::<i32>()
    };
    let own = word(last);
    // `pricing.total` beats `page.total`; `fare.amount` beats `amount`.
    let context =
        names.iter().rev().skip(1).map(|name| word(name) + i32::from(name.contains("pricing")) * 2).sum::<i32>();
    if own == 0 { 0 } else { own * 2 + context }
}

/// The fields of the successful answer, outermost first.
fn fields<'d>(document: &'d Document, op: &OperationRef<'d>) -> Vec<Field<'d>> {
    let mut found: Vec<Field<'d>> = Vec::new();
    let Some(schema) = document.success_schema(op) else { return found };
    let mut level = vec![("$".to_owned(), Vec::new(), Vec::new(), schema)];
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for (parent, names, open, schema) in level {
            for Property { name, schema, holder } in properties(document, schema) {
                if found.len() >= FIELDS {
                    return found;
                }
                let mut names: Vec<String> = Vec::clone(&names);
                names.push(name.to_ascii_lowercase());
                let mut open: Vec<Open> = Vec::clone(&open);
                open.extend(holder.map(|holder| Open { holder, name: name.to_owned() }));
                let path = target::member(&parent, name);
                next.push((path.clone(), names.clone(), open.clone(), schema));
                found.push(Field { path, parent: parent.clone(), names, schema, open });
            }
        }
        level = next;
    }
    found
}

struct Property<'d> {
    name: &'d str,
    schema: &'d Node,
    /// The schema that declares it, where no part requires it.
    holder: Option<Span>,
}

/// The properties of an object schema and of everything it is composed of with `allOf`.
fn properties<'d>(document: &'d Document, schema: &'d Node) -> Vec<Property<'d>> {
    let mut parts = vec![schema];
    let mut visited = 0;
    let (mut declared, mut required) = (Vec::new(), BTreeSet::new());
    while let Some(part) = parts.pop() {
        visited += 1;
        let Ok(part) = document.resolve(part) else { continue };
        if visited > 50 {
            break;
        }
        declared.extend(part.get("properties").map_or(&[][..], Node::members).iter().map(|member| (part.span, member)));
        required.extend(part.get("required").into_iter().flat_map(Node::items).filter_map(Node::as_str));
        parts.extend(part.get("allOf").map_or(&[][..], Node::items));
    }
    let found = declared.into_iter().filter_map(|(span, member)| {
        let holder = (!required.contains(member.key.as_str())).then_some(span);
        Some(Property { name: &member.key, schema: document.resolve(&member.value).ok()?, holder })
    });
    found.collect()
}
