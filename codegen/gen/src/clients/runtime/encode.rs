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
    TabDelimited,
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

    /// What stands between the elements of a query value, and whether it can't be told from the same character in one.
    fn separator(self) -> (char, bool) {
        match self.style {
            Style::SpaceDelimited => (' ', true),
            Style::PipeDelimited => ('|', true),
            Style::TabDelimited => ('\t', true),
            _ => (',', self.reserved),
        }
    }
}

/// How a property of a form is written, where that isn't as text, or as JSON where it is an object.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "which of them are used depends on the operations")]
pub(crate) enum Field {
    /// As a query parameter of its name.
    Styled(Format),
    /// As a text of this media type.
    Media(&'static str),
    /// Bytes, given as base64, of this media type: a file of a multipart body.
    File(&'static str),
}

/// The fields of a body that are not written in the default way.
pub(crate) type Fields<'f> = &'f [(&'static str, Field)];

/// How the property `name` is written.
pub(crate) fn field(fields: Fields<'_>, name: &str) -> Option<Field> {
    fields.iter().find(|(known, _)| *known == name).map(|(_, field)| *field)
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

/// The pairs of a query parameter, names and values encoded. None for an empty list.
pub(crate) fn query(name: &str, format: Format, value: &Value) -> Result<Vec<(String, String)>, String> {
    let unreserved = |text: &str| percent_encoded(text, UNRESERVED);
    pairs(name, format, value, &unreserved, &|text: &str| format.encode(text), false)
}

/// As [`query`], names and values as they are: the parts of a multipart body.
#[allow(dead_code, reason = "whether it is used depends on the operations")]
pub(crate) fn parts(name: &str, format: Format, value: &Value) -> Result<Vec<(String, String)>, String> {
    pairs(name, format, value, &str::to_owned, &str::to_owned, true)
}

fn pairs(
    name: &str,
    format: Format,
    value: &Value,
    name_in: &dyn Fn(&str) -> String,
    value_in: &dyn Fn(&str) -> String,
    plain: bool,
) -> Result<Vec<(String, String)>, String> {
    let key = name_in(name);
    Ok(match (format.style, value) {
        (Style::Json, _) => vec![(key, name_in(&value.to_string()))],
        (_, Value::Array(items)) if given(items).next().is_none() => Vec::new(),
        (_, Value::Object(members)) if sorted(members).is_empty() => Vec::new(),
        (Style::DeepObject, Value::Object(_) | Value::Array(_)) => {
            let mut pairs = Vec::new();
            deep(name, value, &mut |key: &str, text: &str| pairs.push((name_in(key), value_in(text))));
            pairs
        }
        (_, Value::Array(items)) if format.explode => {
            given(items).map(|v| (key.clone(), value_in(&scalar(v)))).collect()
        }
        (_, Value::Object(members)) if format.explode => {
            sorted(members).into_iter().map(|(k, v)| (value_in(k), value_in(&scalar(v)))).collect()
        }
        _ => {
            let (separator, always) = format.separator();
            if (always || plain) && holds(value, separator) {
                return Err(format!("may not hold {separator:?}, because that separates its elements"));
            }
            // A comma stands as it is: one in a value is encoded.
            let text = if always && separator != ',' { name_in(&separator.to_string()) } else { separator.to_string() };
            vec![(key, listed(value, &text, false, value_in))]
        }
    })
}

/// Whether an element of a list or object holds a character.
fn holds(value: &Value, separator: char) -> bool {
    match value {
        Value::Array(items) => given(items).any(|v| scalar(v).contains(separator)),
        Value::Object(members) => {
            sorted(members).into_iter().any(|(k, v)| k.contains(separator) || scalar(v).contains(separator))
        }
        _ => false,
    }
}

/// The text of a header, unencoded.
pub(crate) fn header(format: Format, value: &Value) -> Result<String, String> {
    match format.style {
        Style::Json => Ok(ascii_json(value)),
        _ if holds(value, ',') => Err("may not hold ',', because that separates its elements".to_owned()),
        _ => Ok(listed(value, ",", format.explode, str::to_owned)),
    }
}

/// JSON text in ASCII, because that is all a header carries.
fn ascii_json(value: &Value) -> String {
    let mut out = String::new();
    for unit in value.to_string().encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\u{unit:04x}")),
        }
    }
    out
}

/// A form's text: `a=1&a=2&b=x`. Lists are repeated; what is deeper is written as JSON.
pub(crate) fn form(value: &Value, fields: Fields<'_>) -> Result<String, String> {
    let mut pairs = Vec::new();
    for (name, value) in value.as_object().map(sorted).ok_or("it must be an object")? {
        match field(fields, name) {
            Some(Field::Styled(format)) => {
                pairs.extend(query(name, format, value).map_err(|reason| format!("`{name}` {reason}"))?);
            }
            other => {
                let texts = items(value).map(|v| text(v, other));
                let encoded = |text: &str| percent_encoded(text, UNRESERVED);
                pairs.extend(texts.map(|text| (encoded(name), encoded(&text))));
            }
        }
    }
    Ok(joined(&pairs, "&"))
}

/// What is written one by one: the elements of a list, else the value itself.
pub(crate) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    given(value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice))
}

/// The text of a field: JSON where its media type is JSON.
pub(crate) fn text(value: &Value, field: Option<Field>) -> String {
    match field {
        Some(Field::Media(media)) if is_json(media) => value.to_string(),
        _ => scalar(value),
    }
}

/// Whether a media type is JSON.
pub(crate) fn is_json(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

/// `a=1&b=2`
pub(crate) fn joined(pairs: &[(String, String)], separator: &str) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(separator)
}

/// A scalar as text; anything deeper as JSON.
pub(crate) fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Whole numbers without a fraction: the caller's `5` stays `5` on its way through a typed `5.0`.
pub(crate) fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            // Every whole number of this size is exact, in either form.
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 => {
                Value::from(float as i64)
            }
            _ => Value::Number(number),
        },
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, plain(value))).collect(),
        other => other,
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
pub(crate) fn sorted(members: &Map<String, Value>) -> Vec<(&str, &Value)> {
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
