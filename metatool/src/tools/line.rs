//! A tool in one line: `request_ride(pickup, dropoff, +2): Request a ride [price from quote_ride, authenticated]`.

use serde_json::Value;
use std::collections::HashSet;
use uaps_model::{Commerce, Money, Operation, Service};

/// Names of required parameters that a line shows.
const MAX_NAMES: usize = 6;
/// Characters of a title.
const MAX_TITLE: usize = 80;

/// Signature, title, cost and access level.
pub(super) fn line(service: &Service, operation: &Operation) -> String {
    let title = cut(&operation.title, MAX_TITLE);
    let deprecated = if operation.deprecated { ", deprecated" } else { "" };
    format!("{}: {title} [{}, {}{deprecated}]", signature(service, operation), cost(operation), operation.access)
}

/// The tool's name with its required parameters, and how many optional ones there are: `search(q, +3)`.
fn signature(service: &Service, operation: &Operation) -> String {
    let required = required(&operation.input);
    let known: HashSet<&str> = required.iter().copied().collect();
    let optional = members(&operation.input).filter(|name| !known.contains(name)).count();
    let mut parts: Vec<String> = Vec::new();
    for name in &required {
        let inner = match *name {
            "body" => operation.input.pointer("/properties/body").map(|body| required_of(service, body)),
            _ => None,
        };
        parts.push(match inner {
            Some(inner) if !inner.is_empty() => format!("body{{{}}}", shorten(inner)),
            _ => (*name).to_owned(),
        });
    }
    let mut all = shorten(parts);
    if optional > 0 {
        let comma = if all.is_empty() { "" } else { ", " };
        all = format!("{all}{comma}+{optional}");
    }
    format!("{}({all})", operation.tool)
}

fn shorten(mut names: Vec<String>) -> String {
    if names.len() > MAX_NAMES {
        names.truncate(MAX_NAMES);
        names.push("…".into());
    }
    names.join(", ")
}

fn members(schema: &Value) -> impl Iterator<Item = &str> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str())
}

fn required(schema: &Value) -> Vec<&str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The required members of a body, through one named schema and the parts of an `allOf`.
fn required_of(service: &Service, body: &Value) -> Vec<String> {
    let schema = named(service, body);
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    let inherited = parts.flat_map(|part| required(named(service, part)));
    inherited.chain(required(schema)).map(str::to_owned).collect()
}

fn named<'s>(service: &'s Service, schema: &'s Value) -> &'s Value {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/$defs/"));
    name.and_then(|name| service.schemas.get(name)).unwrap_or(schema)
}

/// `free`, `fee 0.05 USD`, `quote`, `price from quote_ride`.
pub(super) fn cost(operation: &Operation) -> String {
    let fee = (operation.fee_cents > 0).then(|| format!("fee {}", Money::usd(operation.fee_cents)));
    let price = match &operation.commerce {
        Some(Commerce::Purchase { quote, .. }) => Some(format!("price from {quote}")),
        Some(Commerce::Quote { .. }) => Some("quote".to_owned()),
        None => None,
    };
    match (price, fee) {
        (Some(price), Some(fee)) => format!("{price} + {fee}"),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => "free".to_owned(),
    }
}

/// The beginning of a text, in one line, of at most `most` characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        None => line,
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
    }
}
