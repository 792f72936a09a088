//! Which field of an answer looks like a price, and which like the number of an order. Guesses, for a person to check.

use crate::target;
use std::collections::BTreeSet;
use uaps_spec::{Document, Node, OperationRef};

/// How deep an answer is searched.
const DEPTH: usize = 5;
/// How many fields of an answer are looked at.
const FIELDS: usize = 400;

/// A field of an answer that is always there.
struct Field<'d> {
    /// Its query: `$.fare.amount`.
    path: String,
    /// The query of the object that holds it.
    parent: String,
    /// Names from the root, lower case.
    names: Vec<String>,
    schema: &'d Node,
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
}

/// The likeliest price in an operation's answer.
pub(crate) fn amount(document: &Document, op: &OperationRef<'_>) -> Option<AmountGuess> {
    let fields = required_fields(document, op);
    let scored = fields.iter().filter(|f| matches!(f.schema.str_at("type"), Some("number" | "integer")));
    let scored = scored.map(|f| (price_score(&f.names), f)).filter(|(score, _)| *score > 0);
    let best = scored.min_by_key(|(score, f)| (-score, f.names.len()))?.1;
    let cents = best.names.last().is_some_and(|name| ["cents", "minor"].iter().any(|word| name.contains(word)));
    let currency = fields.iter().find(|f| {
        f.parent == best.parent
            && f.schema.str_at("type") == Some("string")
            && f.names.last().is_some_and(|n| n.contains("currency"))
    });
    Some(AmountGuess {
        path: best.path.clone(),
        minor: cents || best.schema.str_at("type") == Some("integer"),
        currency: currency.map(|f| f.path.clone()),
    })
}

/// The likeliest number of an order in an operation's answer.
pub(crate) fn transaction_id(document: &Document, op: &OperationRef<'_>) -> Option<String> {
    let fields = required_fields(document, op);
    let text = fields.into_iter().filter(|f| matches!(f.schema.str_at("type"), Some("string" | "integer")));
    text.filter_map(|f| {
        let name = f.names.last()?;
        let is_id = ["id", "uuid", "reference", "number", "code"].iter().any(|end| name.ends_with(end));
        let is_sale = ["order", "booking", "ride", "transaction", "purchase", "reservation", "payment", "confirmation"]
            .iter()
            .any(|word| name.contains(word));
        is_id.then_some((f.names.len(), !is_sale, !name.ends_with("id"), f.path))
    })
    .min_by(|a, b| (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)))
    .map(|(_, _, _, path)| path)
}

fn price_score(names: &[String]) -> i32 {
    const NOT: [&str; 13] = [
        "count", "quantity", "tax", "tip", "discount", "distance", "minutes", "percent", "rate", "page", "items",
        "seat", "points",
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

/// The fields of the successful answer that are required all the way down, outermost first.
fn required_fields<'d>(document: &'d Document, op: &OperationRef<'d>) -> Vec<Field<'d>> {
    let mut found: Vec<Field<'d>> = Vec::new();
    let Some(schema) = document.success_schema(op) else { return found };
    let mut level = vec![("$".to_owned(), Vec::new(), schema)];
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for (parent, names, schema) in level {
            for (key, schema) in members(document, schema) {
                if found.len() >= FIELDS {
                    return found;
                }
                let mut names: Vec<String> = Vec::clone(&names);
                names.push(key.to_ascii_lowercase());
                let path = target::member(&parent, key);
                next.push((path.clone(), names.clone(), schema));
                found.push(Field { path, parent: parent.clone(), names, schema });
            }
        }
        level = next;
    }
    found
}

/// The required properties of an object schema and of everything it is composed of with `allOf`.
fn members<'d>(document: &'d Document, schema: &'d Node) -> Vec<(&'d str, &'d Node)> {
    let mut parts = vec![schema];
    let mut visited = 0;
    let (mut properties, mut required) = (Vec::new(), BTreeSet::new());
    while let Some(part) = parts.pop() {
        visited += 1;
        let Ok(part) = document.resolve(part) else { continue };
        if visited > 50 {
            break;
        }
        properties.extend(part.get("properties").map_or(&[][..], Node::members));
        required.extend(part.get("required").into_iter().flat_map(Node::items).filter_map(Node::as_str));
        parts.extend(part.get("allOf").map_or(&[][..], Node::items));
    }
    let resolved = properties.into_iter().filter(|m| required.contains(m.key.as_str()));
    resolved.filter_map(|m| Some((m.key.as_str(), document.resolve(&m.value).ok()?))).collect()
}
