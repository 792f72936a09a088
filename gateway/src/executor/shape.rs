//! The three shapes that OpenAPI's styles know how to write.

use serde_json::Value;

/// An argument as its style sees it. What is nested deeper than a style can say is JSON text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// A string, number or boolean.
    Scalar(String),
    /// An array, without its nulls.
    List(Vec<String>),
    /// An object, without its nulls, by key.
    Record(Vec<(String, String)>),
}

/// The shape of an argument. `None` for null, which means "not given" (RFC 6570, section 2.3).
pub fn shape(value: &Value) -> Option<Shape> {
    match value {
        Value::Null => None,
        Value::Array(items) => Some(Shape::List(items.iter().filter_map(text).collect())),
        Value::Object(members) => {
            let mut pairs: Vec<_> = members.iter().filter_map(|(k, v)| Some((k.clone(), text(v)?))).collect();
            // Sorted here, so that the wire does not depend on how the map of this build keeps its keys.
            pairs.sort();
            Some(Shape::Record(pairs))
        }
        scalar => text(scalar).map(Shape::Scalar),
    }
}

/// The text of one value. `None` for null.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

impl Shape {
    /// Applies `encode` to every name and value.
    pub fn map(self, encode: impl Fn(&str) -> String) -> Shape {
        match self {
            Shape::Scalar(text) => Shape::Scalar(encode(&text)),
            Shape::List(items) => Shape::List(items.iter().map(|t| encode(t)).collect()),
            Shape::Record(pairs) => Shape::Record(pairs.iter().map(|(k, v)| (encode(k), encode(v))).collect()),
        }
    }

    /// Whether nothing is left to write.
    pub fn is_empty(&self) -> bool {
        match self {
            Shape::Scalar(_) => false,
            Shape::List(items) => items.is_empty(),
            Shape::Record(pairs) => pairs.is_empty(),
        }
    }

    /// Whether a name or an element holds `separator`, so that a reader could not find its ends.
    pub fn holds(&self, separator: char) -> bool {
        match self {
            Shape::Scalar(_) => false,
            Shape::List(items) => items.iter().any(|t| t.contains(separator)),
            Shape::Record(pairs) => pairs.iter().any(|(k, v)| k.contains(separator) || v.contains(separator)),
        }
    }

    /// All of it as one text: elements joined, names and values too.
    pub fn joined(&self, separator: &str) -> String {
        match self {
            Shape::Scalar(text) => text.clone(),
            Shape::List(items) => items.join(separator),
            Shape::Record(pairs) => {
                pairs.iter().map(|(k, v)| format!("{k}{separator}{v}")).collect::<Vec<_>>().join(separator)
            }
        }
    }

    /// As [`Shape::joined`], but names are tied to their values with `=`.
    pub fn exploded(&self, separator: &str) -> String {
        match self {
            Shape::Record(pairs) => pairs.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(separator),
            other => other.joined(separator),
        }
    }
}
