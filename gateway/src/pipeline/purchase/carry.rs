//! Writing our reference into an order, where its look-up will find it.

use super::kept::reference;
use ledger::PurchaseId;
use serde_json::{Map, Value};
use uaps_model::{Lookup, Operation, Problem, ProblemKind, Query, Reference, Segment};

/// The key of the body among the arguments.
const BODY: &str = "body";

/// The arguments of an order with our reference in them, over whatever a caller wrote there: two callers may choose one
/// text, and then a look-up would speak of the other's order. The idempotency header is set later.
pub(super) fn carry(
    op: &Operation,
    lookup: Option<&Lookup>,
    arguments: &Value,
    id: &PurchaseId,
) -> Result<Value, Problem> {
    let mut arguments = arguments.clone();
    let Some(lookup) = lookup else { return Ok(arguments) };
    match &lookup.reference {
        Reference::IdempotencyHeader => {}
        Reference::Parameter(name) => {
            let gone = || Problem::new(ProblemKind::Internal, format!("the order has no parameter `{name}`"));
            let param = op.params.iter().find(|param| param.name == *name).ok_or_else(gone)?;
            let members = arguments.as_object_mut().ok_or_else(gone)?;
            members.insert(param.key.clone(), reference(id));
        }
        Reference::Body(query) => {
            let no_place = || {
                let detail =
                    format!("`{}` of the body is the gateway's to fill, so all above it must be objects", query.text);
                Problem::new(ProblemKind::InvalidParameters, detail)
            };
            let members = arguments.as_object_mut().ok_or_else(no_place)?;
            let body = members.entry(BODY).or_insert(Value::Null);
            *place(body, query).ok_or_else(no_place)? = reference(id);
        }
    }
    Ok(arguments)
}

/// Where a query leads in a body; objects that are not there are made.
fn place<'v>(body: &'v mut Value, query: &Query) -> Option<&'v mut Value> {
    query.segments.iter().try_fold(body, |node, segment| {
        let Segment::Name(name) = segment else { return None };
        if node.is_null() {
            *node = Value::Object(Map::new());
        }
        Some(node.as_object_mut()?.entry(name).or_insert(Value::Null))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{LOOKUP, op, service};
    use serde_json::json;

    #[track_caller]
    fn check(reference: Value, arguments: Value, expected: Option<Value>) {
        let service = service("http://127.0.0.1");
        let mut lookup: Value = serde_json::from_str(LOOKUP).unwrap();
        lookup["reference"] = reference;
        let lookup: Lookup = serde_json::from_value(lookup).unwrap();
        let id: PurchaseId = "pur_0123456789abcdef0123456789abcdef".parse().unwrap();
        let carried = carry(op(&service, "get_item"), Some(&lookup), &arguments, &id);
        match expected {
            Some(expected) => assert_eq!(carried.unwrap(), expected),
            None => assert!(carried.is_err(), "{carried:?}"),
        }
    }

    #[test]
    fn the_reference_goes_where_the_document_says() {
        let ours = "pur_0123456789abcdef0123456789abcdef";
        let body = |names: &[&str]| {
            let segments: Vec<_> = names.to_vec();
            json!({"body": {"text": format!("$.{}", names.join(".")), "segments": segments}})
        };
        check(json!("idempotency_header"), json!({"id": "a"}), Some(json!({"id": "a"})));
        check(json!({"parameter": "lang"}), json!({"id": "a", "lang": "de"}), Some(json!({"id": "a", "lang": ours})));
        check(json!({"parameter": "nowhere"}), json!({"id": "a"}), None);
        check(body(&["ref"]), json!({"body": {"a": 1}}), Some(json!({"body": {"a": 1, "ref": ours}})));
        // A caller's own is replaced, and what is not there is made.
        check(body(&["ref"]), json!({"body": {"ref": "mine"}}), Some(json!({"body": {"ref": ours}})));
        check(body(&["meta", "ref"]), json!({}), Some(json!({"body": {"meta": {"ref": ours}}})));
        check(body(&["meta", "ref"]), json!({"body": {"meta": null}}), Some(json!({"body": {"meta": {"ref": ours}}})));
        check(body(&["meta", "ref"]), json!({"body": {"meta": "text"}}), None);
        check(body(&["ref"]), json!({"body": [1]}), None);
    }
}
