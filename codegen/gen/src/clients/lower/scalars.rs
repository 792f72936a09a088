//! Scalars: text stays text, a number a number.
//!
//! A format other than an integer's width goes into the description. A typed timestamp would be sent as it is rendered,
//! not as the caller wrote it, and one malformed date in an answer would lose the whole answer. `float` goes too: its
//! decimal digits aren't those of the JSON text.

use super::walk;
use serde_json::Value;

/// The formats that decide a Rust type.
const WIDTHS: &[&str] = &["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"];

/// Mends every schema of `document`.
pub(super) fn lower(document: &mut Value) {
    walk::each_schema(document, &mut mend);
}

fn mend(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    let Some(Value::String(format)) = members.remove("format") else { return };
    match members.get("type").and_then(Value::as_str) {
        Some("integer") if WIDTHS.contains(&format.as_str()) => drop(members.insert("format".into(), format.into())),
        Some("string") if format.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)) => {
            let words = members.get("description").and_then(Value::as_str).unwrap_or_default();
            let text = format!("{words}\n\nFormat: `{format}`");
            members.insert("description".into(), text.trim().into());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(schema: Value, expected: Value) {
        let mut schema = schema;
        mend(&mut schema);
        assert_eq!(schema, expected);
    }

    #[test]
    fn only_the_width_of_an_integer_is_a_type() {
        check(json!({"type": "integer", "format": "int32"}), json!({"type": "integer", "format": "int32"}));
        check(json!({"type": "integer", "format": "timestamp"}), json!({"type": "integer"}));
        check(json!({"type": "number", "format": "float"}), json!({"type": "number"}));
        check(
            json!({"type": "string", "format": "date-time", "description": "When"}),
            json!({"type": "string", "description": "When\n\nFormat: `date-time`"}),
        );
        check(json!({"format": "wrong"}), json!({}));
    }
}
