//! How a value is written in a path, a query, a header or a form: OpenAPI's styles, which are those of RFC 6570.

use serde_json::{Map, Value};

/// OpenAPI's `style`, and `Json` for a parameter with `content: application/json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "which of them are used depends on the operations")]
pub(crate) enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    Json,
}

/// A style with `explode` and `allowReserved`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Format {
    style: Style,
    explode: bool,
    reserved: bool,
}

#[allow(dead_code, reason = "which of them are used depends on the operations")]
impl Style {
    /// `explode: false`
    pub(crate) const fn plain(self) -> Format {
        Format { style: self, explode: false, reserved: false }
    }

    /// `explode: true`
    pub(crate) const fn exploded(self) -> Format {
        Format { style: self, explode: true, reserved: false }
    }
}

#[allow(dead_code, reason = "which of them are used depends on the operations")]
impl Format {
    /// `allowReserved: true`
    pub(crate) const fn reserved(self) -> Format {
        Format { reserved: true, ..self }
    }

    fn encode(self, text: &str) -> String {
        percent_encoded(text, if self.reserved { RESERVED } else { UNRESERVED })
    }
}

/// The text of a variable in a path template.
pub(crate) fn path(name: &str, format: Format, value: &Value) -> String {
    let encode = |text: &str| format.encode(text);
    match format.style {
        Style::Label => {
            let separator = if format.explode { "." } else { "," };
            // A dot separates here, so one in a value is encoded.
            format!(".{}", listed(value, separator, format.explode, |text| percent_encoded(text, "-_~")))
        }
        Style::Matrix => match (value, format.explode) {
            (Value::Array(items), true) => given(items).map(|v| format!(";{name}={}", encode(&scalar(v)))).collect(),
            (Value::Object(_), true) => format!(";{}", listed(value, ";", true, encode)),
            _ => match listed(value, ",", false, encode) {
                text if text.is_empty() => format!(";{name}"),
                text => format!(";{name}={text}"),
            },
        },
        Style::Json => encode(&value.to_string()),
        _ => listed(value, ",", format.explode, encode),
    }
}

/// The `name=value` pairs of a query parameter, encoded. None for an empty list.
pub(crate) fn query(name: &str, format: Format, value: &Value) -> Vec<String> {
    let encode = |text: &str| format.encode(text);
    let key = percent_encoded(name, UNRESERVED);
    let pair = |value: &str| format!("{key}={value}");
    match (format.style, value) {
        (Style::Json, _) => vec![pair(&percent_encoded(&value.to_string(), UNRESERVED))],
        (_, Value::Array(items)) if given(items).next().is_none() => Vec::new(),
        (_, Value::Object(members)) if sorted(members).is_empty() => Vec::new(),
        (Style::DeepObject, Value::Object(_) | Value::Array(_)) => {
            let mut pairs = Vec::new();
            let mut write = |key: &str, text: &str| {
                pairs.push(format!("{}={}", percent_encoded(key, UNRESERVED), encode(text)));
            };
            deep(name, value, &mut write);
            pairs
        }
        (_, Value::Array(items)) if format.explode => given(items).map(|v| pair(&encode(&scalar(v)))).collect(),
        (_, Value::Object(members)) if format.explode => {
            sorted(members).into_iter().map(|(k, v)| format!("{}={}", encode(k), encode(&scalar(v)))).collect()
        }
        (Style::SpaceDelimited, _) => vec![pair(&listed(value, "%20", false, encode))],
        (Style::PipeDelimited, _) => vec![pair(&listed(value, "%7C", false, encode))],
        _ => vec![pair(&listed(value, ",", false, encode))],
    }
}

/// The text of a header, unencoded.
pub(crate) fn header(format: Format, value: &Value) -> String {
    match format.style {
        Style::Json => value.to_string(),
        _ => listed(value, ",", format.explode, str::to_owned),
    }
}

/// A form's text: `a=1&a=2&b=x`. Lists are repeated; what is deeper is written as JSON.
pub(crate) fn form(value: &Value) -> String {
    let mut pairs = Vec::new();
    for (name, value) in value.as_object().map(sorted).unwrap_or_default() {
        pairs.extend(query(name, if value.is_object() { Style::Json.plain() } else { Style::Form.exploded() }, value));
    }
    pairs.join("&")
}

/// A scalar as text; anything deeper as JSON.
pub(crate) fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// `a,b` for a list, `k,v,k,v` or (exploded) `k=v,k=v` for an object, and a scalar as it is.
fn listed(value: &Value, separator: &str, explode: bool, encode: impl Fn(&str) -> String) -> String {
    let parts: Vec<String> = match value {
        Value::Array(items) => given(items).map(|v| encode(&scalar(v))).collect(),
        Value::Object(members) => sorted(members)
            .into_iter()
            .map(|(name, v)| format!("{}{}{}", encode(name), if explode { "=" } else { separator }, encode(&scalar(v))))
            .collect(),
        other => return encode(&scalar(other)),
    };
    parts.join(separator)
}

/// The elements that are not null.
fn given(items: &[Value]) -> impl Iterator<Item = &Value> {
    items.iter().filter(|item| !item.is_null())
}

/// The members that are not null, by name: the wire does not depend on how a map keeps its keys.
fn sorted(members: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let mut members: Vec<_> =
        members.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.as_str(), value)).collect();
    members.sort_by_key(|(name, _)| *name);
    members
}

/// `filter[a][b]=1&filter[c][0]=2`
fn deep(key: &str, value: &Value, write: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::Object(members) => {
            for (name, value) in sorted(members) {
                deep(&format!("{key}[{name}]"), value, write);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                deep(&format!("{key}[{at}]"), item, write);
            }
        }
        Value::Null => {}
        other => write(key, &scalar(other)),
    }
}

/// What stays as it is beside letters and digits: the unreserved characters of RFC 3986.
const UNRESERVED: &str = "-._~";

/// With `allowReserved`. `#` would end the query, `&` and `+` would change its pairs, `[` and `]` are not allowed there.
const RESERVED: &str = "-._~:/?@!$()*,;=";

fn percent_encoded(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check_query(format: Format, value: Value, expected: &str) {
        assert_eq!(query("p", format, &value).join("&"), expected);
    }

    #[track_caller]
    fn check_path(format: Format, value: Value, expected: &str) {
        assert_eq!(path("p", format, &value), expected);
    }

    #[test]
    fn queries() {
        let object = json!({"R": 100, "G": null, "B": "a b"});
        check_query(Style::Form.exploded(), json!("a b&c"), "p=a%20b%26c");
        check_query(Style::Form.exploded(), json!(["a", "b"]), "p=a&p=b");
        check_query(Style::Form.plain(), json!(["a", "b,c"]), "p=a,b%2Cc");
        check_query(Style::Form.plain(), object.clone(), "p=B,a%20b,R,100");
        check_query(Style::Form.exploded(), object.clone(), "B=a%20b&R=100");
        check_query(Style::SpaceDelimited.plain(), json!([1, 2]), "p=1%202");
        check_query(Style::PipeDelimited.plain(), json!([1, 2]), "p=1%7C2");
        check_query(
            Style::DeepObject.exploded(),
            json!({"a": {"b": 1}, "c": [1, 2]}),
            "p%5Ba%5D%5Bb%5D=1&p%5Bc%5D%5B0%5D=1&p%5Bc%5D%5B1%5D=2",
        );
        check_query(Style::Json.plain(), json!({"a": 1}), "p=%7B%22a%22%3A1%7D");
        check_query(Style::Form.plain().reserved(), json!("a/b"), "p=a/b");
        check_query(Style::Form.plain(), json!([]), "");
    }

    #[test]
    fn paths() {
        let (list, object) = (json!(["a", "b"]), json!({"R": 1, "G": 2}));
        check_path(Style::Simple.plain(), json!("a/b"), "a%2Fb");
        check_path(Style::Simple.plain(), list.clone(), "a,b");
        check_path(Style::Simple.plain(), object.clone(), "G,2,R,1");
        check_path(Style::Simple.exploded(), object.clone(), "G=2,R=1");
        check_path(Style::Label.plain(), list.clone(), ".a,b");
        check_path(Style::Label.plain(), json!("a.b"), ".a%2Eb");
        check_path(Style::Label.exploded(), list.clone(), ".a.b");
        check_path(Style::Matrix.plain(), list.clone(), ";p=a,b");
        check_path(Style::Matrix.exploded(), list, ";p=a;p=b");
        check_path(Style::Matrix.exploded(), object, ";G=2;R=1");
        check_path(Style::Matrix.plain(), json!(""), ";p");
    }

    #[test]
    fn headers_and_forms() {
        assert_eq!(header(Style::Simple.plain(), &json!(["a", "b c"])), "a,b c");
        assert_eq!(
            form(&json!({"a": [1, 2], "b": "x y", "c": null, "d": {"e": 1}})),
            "a=1&a=2&b=x%20y&d=%7B%22e%22%3A1%7D"
        );
    }
}
