//! The little that the gateway must know of a JSON Schema beside validating with it: what type a value has, and what
//! is declared under a name. References, `allOf`, `anyOf` and `oneOf` are looked through, to a bounded depth.

use serde_json::Value;
use std::collections::BTreeMap;

/// Named schemas of a service.
pub type Named = BTreeMap<String, Value>;

const MAX_DEPTH: usize = 8;
const MAX_PARTS: usize = 64;
const DEFS: &str = "#/$defs/";

/// Types that a schema allows. Nothing set means that the schema does not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Types {
    /// `string`.
    pub string: bool,
    /// `integer` or `number`.
    pub number: bool,
    /// `boolean`.
    pub boolean: bool,
    /// `array`.
    pub array: bool,
    /// `object`.
    pub object: bool,
    /// `null`.
    pub null: bool,
}

impl Types {
    fn add(&mut self, name: &str) {
        match name {
            "string" => self.string = true,
            "integer" | "number" => self.number = true,
            "boolean" => self.boolean = true,
            "array" => self.array = true,
            "object" => self.object = true,
            "null" => self.null = true,
            _ => {}
        }
    }

    fn add_type_of(&mut self, value: &Value) {
        self.add(match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        });
    }

    /// Whether the schema says nothing.
    pub fn is_unknown(self) -> bool {
        self == Types::default()
    }
}

/// The types a value may have.
pub fn types(schema: &Value, named: &Named) -> Types {
    let mut types = Types::default();
    for part in parts(schema, named) {
        match part.get("type") {
            Some(Value::String(name)) => types.add(name),
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).for_each(|name| types.add(name)),
            _ => {
                part.get("enum").and_then(Value::as_array).into_iter().flatten().for_each(|v| types.add_type_of(v));
                part.get("const").into_iter().for_each(|v| types.add_type_of(v));
                types.object |= part.get("properties").is_some();
                types.array |= part.get("items").is_some();
            }
        }
    }
    types
}

/// Whether numbers are integers here, and nothing else.
pub fn is_integer(schema: &Value, named: &Named) -> bool {
    let parts = parts(schema, named);
    let says = |name: &str| {
        parts.iter().filter_map(|part| part.get("type")).any(|found| match found {
            Value::Array(names) => names.iter().any(|found| found == name),
            found => found == name,
        })
    };
    says("integer") && !says("number")
}

/// The schema of an object's member: the declared one, else the one for members that are not.
pub fn property<'s>(schema: &'s Value, name: &str, named: &'s Named) -> Option<&'s Value> {
    let parts = parts(schema, named);
    let declared = parts.iter().find_map(|part| part.get("properties")?.get(name));
    declared.or_else(|| parts.iter().find_map(|part| part.get("additionalProperties").filter(|s| s.is_object())))
}

/// The schema of an array's elements.
pub fn items<'s>(schema: &'s Value, named: &'s Named) -> Option<&'s Value> {
    parts(schema, named).into_iter().find_map(|part| part.get("items"))
}

/// The names of an object's declared members.
pub fn property_names<'s>(schema: &'s Value, named: &'s Named) -> Vec<&'s str> {
    let mut names: Vec<&str> = parts(schema, named)
        .into_iter()
        .filter_map(|part| part.get("properties")?.as_object())
        .flat_map(|properties| properties.keys().map(String::as_str))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether a string stands for bytes, so that it is a file in a multipart body. One with a `contentEncoding`, or of the
/// format `byte`, is text already.
pub fn is_binary(schema: &Value, named: &Named) -> bool {
    let parts = parts(schema, named);
    let has = |key: &str, value: &str| parts.iter().any(|part| part.get(key).is_some_and(|found| found == value));
    let encoded = parts.iter().any(|part| part.get("contentEncoding").is_some());
    has("format", "binary") || has("contentMediaType", "application/octet-stream") && !encoded
}

/// The schema and all that it is composed of.
fn parts<'s>(schema: &'s Value, named: &'s Named) -> Vec<&'s Value> {
    let mut found = Vec::new();
    collect(schema, named, MAX_DEPTH, &mut found);
    found
}

fn collect<'s>(schema: &'s Value, named: &'s Named, depth: usize, found: &mut Vec<&'s Value>) {
    if depth == 0 || found.len() >= MAX_PARTS || !schema.is_object() {
        return;
    }
    found.push(schema);
    let target = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| reference.strip_prefix(DEFS))
        .and_then(|name| named.get(&name.replace("~1", "/").replace("~0", "~")));
    let composed = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    for part in target.into_iter().chain(composed) {
        collect(part, named, depth - 1, found);
    }
}
