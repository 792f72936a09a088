//! Arguments, read back from the wire.

use http::HeaderMap;
use serde_json::{Map, Number, Value};
use std::collections::{BTreeMap, BTreeSet};
use uaps_model::{BodyKind, Operation, Param, Place, Service, Style};

/// A request to an operation, decoded.
pub(crate) struct Call<'c> {
    pub(crate) service: &'c Service,
    pub(crate) operation: &'c Operation,
    /// The path's variables, decoded.
    pub(crate) path: Vec<(String, String)>,
    /// The query, decoded.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: &'c HeaderMap,
    pub(crate) body: &'c [u8],
}

impl Call<'_> {
    /// The texts under which a path or query parameter came, in order; none where it is missing. Parameters of other
    /// places have none here.
    pub(crate) fn texts(&self, param: &Param) -> Vec<&str> {
        let pairs = match param.place {
            Place::Path => &self.path,
            Place::Query => &self.query,
            Place::Header | Place::Cookie => return Vec::new(),
        };
        let deep = format!("{}[", param.name);
        let named = |name: &str| {
            name == param.name
                || (param.style == Style::DeepObject && name.starts_with(&deep))
                // PHP's way to write a list, which some documents call by its plain name.
                || name.strip_suffix("[]") == Some(&param.name)
        };
        pairs.iter().filter(|(name, _)| named(name)).map(|(_, value)| value.as_str()).collect()
    }

    /// The body as JSON: itself, or the object that a form describes. `None` for other bodies.
    pub(crate) fn body(&self) -> Option<Value> {
        let kind = self.operation.body.as_ref()?.preferred()?.kind;
        match kind {
            BodyKind::Json => serde_json::from_slice(self.body).ok(),
            BodyKind::Form => {
                let pairs = url::form_urlencoded::parse(self.body).into_owned();
                Some(pairs.map(|(name, value)| (name, Value::String(value))).collect::<Map<_, _>>().into())
            }
            BodyKind::Multipart | BodyKind::Text | BodyKind::Binary => None,
        }
    }

    /// The arguments as `quote` takes them: path and query parameters that it has under the same key, and those members of
    /// the body that its own body declares. This is what a price depends on, so a quote and its purchase agree.
    ///
    /// Headers are left out: they carry keys and request ids, which differ from call to call.
    pub(crate) fn as_for(&self, quote: &Operation) -> Value {
        let mut arguments = Map::new();
        for param in &self.operation.params {
            if !quote.params.iter().any(|wanted| wanted.key == param.key) {
                continue;
            }
            let values: Vec<Value> = self.texts(param).into_iter().map(|text| typed(text, param)).collect();
            if !values.is_empty() {
                arguments.insert(param.key.clone(), values.into());
            }
        }
        let wanted = quote.body.as_ref().and_then(uaps_model::Body::preferred);
        if let (Some(wanted), Some(mut body)) = (wanted, self.body()) {
            let declared = declared(&wanted.schema, &self.service.schemas);
            if let Some(members) = body.as_object_mut().filter(|_| !declared.is_empty()) {
                members.retain(|name, _| declared.contains(name.as_str()));
            }
            arguments.insert("body".into(), body);
        }
        arguments.into()
    }
}

/// A number where the schema says so, for only a number can count as a quantity.
fn typed(text: &str, param: &Param) -> Value {
    let kind = param.schema.get("type").and_then(Value::as_str);
    let number = match kind {
        Some("integer" | "number") => text.parse::<Number>().ok(),
        _ => None,
    };
    number.map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

/// How deep `allOf` and references are followed; real documents stay below ten.
const DEPTH: usize = 32;

/// The names of the properties that `schema` declares, through references and combinations.
fn declared<'s>(schema: &'s Value, named: &'s BTreeMap<String, Value>) -> BTreeSet<&'s str> {
    let mut names = BTreeSet::new();
    let mut visited = BTreeSet::new();
    let mut todo = vec![(schema, 0)];
    while let Some((schema, depth)) = todo.pop() {
        if depth > DEPTH {
            continue;
        }
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            names.extend(properties.keys().map(String::as_str));
        }
        let reference = schema.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/$defs/"));
        if let Some(name) = reference.map(|r| r.replace("~1", "/").replace("~0", "~"))
            && let Some((name, target)) = named.get_key_value(&name)
            && visited.insert(name.as_str())
        {
            todo.push((target, depth + 1));
        }
        for keyword in ["allOf", "oneOf", "anyOf"] {
            let parts = schema.get(keyword).and_then(Value::as_array);
            todo.extend(parts.into_iter().flatten().map(|part| (part, depth + 1)));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn properties_are_found_through_references_and_combinations() {
        let named = BTreeMap::from([
            ("Base".to_owned(), json!({"properties": {"a": {}}, "allOf": [{"$ref": "#/$defs/Loop"}]})),
            ("Loop".to_owned(), json!({"allOf": [{"$ref": "#/$defs/Base"}, {"properties": {"b": {}}}]})),
        ]);
        let schema = json!({"allOf": [{"$ref": "#/$defs/Base"}, {"oneOf": [{"properties": {"c": {}}}]}]});
        assert_eq!(declared(&schema, &named).into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
        assert!(declared(&json!(true), &named).is_empty());
    }
}
