//! JSON pointers within a document.

use serde_json::Value;

/// Reference chains longer than this are taken for circles.
const LONGEST_CHAIN: usize = 32;

/// `value`, or what its `$ref` leads to. `None` for a reference that leads out of the document, nowhere, or in a circle.
pub(in crate::clients) fn follow<'d>(document: &'d Value, value: &'d Value) -> Option<&'d Value> {
    let mut value = value;
    for _ in 0..LONGEST_CHAIN {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => value = resolve(document, reference)?,
            None => return Some(value),
        }
    }
    None
}

/// What `#/a/b/0` points to. A reference on the way there is followed.
pub(super) fn resolve<'d>(document: &'d Value, reference: &str) -> Option<&'d Value> {
    resolve_within(document, reference, LONGEST_CHAIN)
}

fn resolve_within<'d>(document: &'d Value, reference: &str, left: usize) -> Option<&'d Value> {
    let left = left.checked_sub(1)?;
    let mut value = document;
    for token in tokens(reference)? {
        if let Some(elsewhere) = value.get("$ref").and_then(Value::as_str) {
            value = resolve_within(document, elsewhere, left)?;
        }
        value = match value {
            Value::Object(members) => members.get(&token)?,
            Value::Array(items) => items.get(token.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value)
}

/// The steps of a local reference: percent decoded, `~1` and `~0` undone.
pub(super) fn tokens(reference: &str) -> Option<Vec<String>> {
    let pointer = reference.strip_prefix('#')?;
    let steps = pointer.split('/').skip(1);
    Some(steps.map(|step| percent_decoded(step).replace("~1", "/").replace("~0", "~")).collect())
}

fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(reference: &str, expected: Option<Value>) {
        let document = json!({
            "paths": {"/a/{b}": {"get": 1}},
            "here": {"$ref": "#/there"}, "there": {"items": [2]},
            "circle": {"$ref": "#/circle"},
            "out": {"$ref": "other.yaml#/x"},
        });
        assert_eq!(follow(&document, &json!({"$ref": reference})).cloned(), expected, "{reference}");
    }

    #[test]
    fn references_are_followed_within_the_document() {
        check("#/paths/~1a~1%7Bb%7D/get", Some(json!(1)));
        check("#/here", Some(json!({"items": [2]})));
        check("#/here/items/0", Some(json!(2)));
        for lost in ["#/nothing", "#/circle", "#/circle/x", "#/out", "other.yaml#/x", "", "#/there/items/9"] {
            check(lost, None);
        }
    }
}
