//! Writing into JSON documents.

use serde_json::{Map, Value};
use uaps_model::{Query, Segment};

/// Puts `value` where `query` leads, making the objects on the way. `false`, and no change beyond such objects, where the
/// way leads through something else or to an element that a list does not have.
pub(crate) fn set(document: &mut Value, query: &Query, value: Value) -> bool {
    let mut node = document;
    for segment in &query.segments {
        let next = match segment {
            Segment::Name(name) => {
                if node.is_null() {
                    *node = Map::new().into();
                }
                node.as_object_mut().map(|object| object.entry(name.as_str()).or_insert(Value::Null))
            }
            Segment::Index(index) => {
                let at = node.as_array().and_then(|items| position(items.len(), *index));
                at.and_then(|at| node.as_array_mut()?.get_mut(at))
            }
        };
        match next {
            Some(next) => node = next,
            None => return false,
        }
    }
    *node = value;
    true
}

fn position(length: usize, index: i64) -> Option<usize> {
    let index = isize::try_from(index).ok()?;
    if index < 0 { length.checked_add_signed(index) } else { usize::try_from(index).ok() }
}

/// The object around the node that `query` selects, and the node's name in it.
pub(crate) fn around<'d>(document: &'d mut Value, query: &Query) -> Option<(&'d mut Map<String, Value>, String)> {
    let (last, before) = query.segments.split_last()?;
    let Segment::Name(name) = last else { return None };
    let mut node = document;
    for segment in before {
        node = match segment {
            Segment::Name(name) => node.as_object_mut()?.get_mut(name)?,
            Segment::Index(index) => {
                let items = node.as_array_mut()?;
                let at = position(items.len(), *index)?;
                items.get_mut(at)?
            }
        };
    }
    Some((node.as_object_mut()?, name.clone()))
}

/// Puts `new` in the place of every node that equals `old`.
pub(crate) fn replace(document: &mut Value, old: &Value, new: &Value) {
    let mut todo = vec![document];
    while let Some(node) = todo.pop() {
        if node == old {
            *node = new.clone();
            continue;
        }
        match node {
            Value::Array(items) => todo.extend(items),
            Value::Object(members) => todo.extend(members.values_mut()),
            _ => {}
        }
    }
}

/// Whether `value` could stand where `example` does: the same kind, and for objects no member that the example lacks,
/// for lists no element unlike its first.
pub(crate) fn fits(value: &Value, example: &Value) -> bool {
    match (value, example) {
        (Value::Object(members), Value::Object(known)) => {
            members.iter().all(|(name, value)| known.get(name).is_some_and(|example| fits(value, example)))
        }
        (Value::Array(items), Value::Array(known)) => {
            known.first().is_some_and(|example| items.iter().all(|item| fits(item, example)))
        }
        (Value::String(_), Value::String(_))
        | (Value::Number(_), Value::Number(_))
        | (Value::Bool(_), Value::Bool(_)) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn query(segments: Vec<Segment>) -> Query {
        Query { text: "$".into(), segments }
    }

    #[test]
    fn a_value_is_put_where_its_path_leads() {
        let deep = query(vec![Segment::Name("a".into()), Segment::Name("b".into())]);
        let mut document = json!({});
        assert!(set(&mut document, &deep, json!(1)));
        assert_eq!(document, json!({"a": {"b": 1}}));
        assert!(!set(&mut json!({"a": "text"}), &deep, json!(1)));
        let last = query(vec![Segment::Index(-1)]);
        let mut list = json!([1, 2]);
        assert!(set(&mut list, &last, json!(3)));
        assert_eq!(list, json!([1, 3]));
        assert!(!set(&mut json!([]), &last, json!(3)));
    }

    #[test]
    fn an_id_is_replaced_wherever_it_stands() {
        let mut document = json!({"id": "x", "links": ["x", "y", {"self": "x"}]});
        replace(&mut document, &json!("x"), &json!("z"));
        assert_eq!(document, json!({"id": "z", "links": ["z", "y", {"self": "z"}]}));
    }

    #[test]
    fn only_what_looks_alike_fits() {
        assert!(fits(&json!([{"id": "a"}]), &json!([{"id": "b", "n": 1}])));
        assert!(!fits(&json!([{"id": "a", "other": 1}]), &json!([{"id": "b", "n": 1}])));
        assert!(!fits(&json!(null), &json!("x")));
    }
}
