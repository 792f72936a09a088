//! How deeply a value is nested.

use serde_json::Value;

/// Whether a value has no more than so many levels of arrays and objects. Looks no deeper than that.
pub fn is_shallow(value: &Value, levels: usize) -> bool {
    match value {
        Value::Array(items) => levels > 0 && items.iter().all(|item| is_shallow(item, levels - 1)),
        Value::Object(members) => levels > 0 && members.values().all(|member| is_shallow(member, levels - 1)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::is_shallow;
    use serde_json::json;

    #[test]
    fn levels_are_counted() {
        assert!(is_shallow(&json!(1), 0));
        assert!(!is_shallow(&json!([]), 0));
        assert!(is_shallow(&json!({"a": [1, 2]}), 2));
        assert!(!is_shallow(&json!({"a": [1, []]}), 2));
    }
}
