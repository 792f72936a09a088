//! Bounds: OpenAPI 3.0 marks a bound as exclusive with a truth value, 2020-12 with a keyword of its own.

use serde_json::{Map, Number, Value};
use uaps_spec::{Kind, Node};

const COUNTS: [&str; 6] = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];

/// Translates every numeric keyword. One that isn't a number is left out.
pub(super) fn raise(node: &Node, out: &mut Map<String, Value>) {
    for keyword in COUNTS {
        if let Some(count) = node.get(keyword).and_then(number).and_then(count) {
            out.insert(keyword.into(), count.into());
        }
    }
    if let Some(step) = node.get("multipleOf").and_then(number).filter(|n| n.as_f64().is_some_and(|n| n > 0.0)) {
        out.insert("multipleOf".into(), Value::Number(step.clone()));
    }
    for (inclusive, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        let bound = node.get(inclusive).and_then(number);
        let marked = node.get(exclusive);
        if let Some(bound) = bound {
            let keyword = if marked.and_then(Node::as_bool) == Some(true) { exclusive } else { inclusive };
            out.insert(keyword.into(), Value::Number(bound.clone()));
        }
        if let Some(own) = marked.and_then(number) {
            out.insert(exclusive.into(), Value::Number(own.clone()));
        }
    }
}

fn number(node: &Node) -> Option<&Number> {
    match &node.kind {
        Kind::Number(number) => Some(number),
        _ => None,
    }
}

/// A count, also where it was written as `5.0`.
fn count(number: &Number) -> Option<u64> {
    let whole = |n: &f64| n.fract() == 0.0 && (0.0..9.0e15).contains(n);
    number.as_u64().or_else(|| number.as_f64().filter(whole).map(|n| n as u64))
}
