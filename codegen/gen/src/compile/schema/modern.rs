//! Keywords that came with 3.1, whose schemas are JSON Schema 2020-12. They go through as they are, as far as each has the
//! shape that the meta-schema asks for.

use super::{Schemas, View, keywords::distinct, keywords::is_schema, keywords::plain};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use uaps_spec::Node;

/// Keywords whose value is a schema.
const SCHEMAS: [&str; 8] =
    ["contains", "if", "then", "else", "propertyNames", "unevaluatedItems", "unevaluatedProperties", "contentSchema"];

/// Keywords whose value is an object of schemas by a name of the author's.
const SCHEMAS_BY_NAME: [&str; 2] = ["patternProperties", "dependentSchemas"];

impl<'d> Schemas<'d> {
    /// Adds what `node` says with keywords that 3.0 lacks.
    pub(super) fn modern(
        &mut self,
        node: &'d Node,
        view: View,
        level: usize,
        hidden: &BTreeSet<&'d str>,
        out: &mut Map<String, Value>,
    ) {
        if let Some(only) = node.get("const").and_then(|only| plain(only, level + 1)) {
            out.insert("const".into(), only);
        }
        for keyword in SCHEMAS {
            if let Some(schema) = node.get(keyword).filter(|schema| is_schema(schema)) {
                // What must be there if something else is. A condition only asks whether it is: that stays as it was.
                let raised = match keyword {
                    "then" | "else" => self.schema_within(schema, view, level + 1, hidden),
                    _ => self.schema(schema, view, level + 1),
                };
                out.insert(keyword.into(), raised);
            }
        }
        for keyword in SCHEMAS_BY_NAME {
            let named = node.get(keyword).map(Node::members).unwrap_or_default().iter();
            let named =
                named.filter(|member| is_schema(&member.value)).map(|member| (member.key.as_str(), &member.value));
            let named: Vec<(&'d str, &'d Node)> = match keyword {
                "patternProperties" => named.filter(|(pattern, _)| self.pattern_works(pattern)).collect(),
                _ => named.filter(|(name, _)| !hidden.contains(name)).collect(),
            };
            let raised: Map<String, Value> = named
                .into_iter()
                .map(|(name, schema)| match keyword {
                    "dependentSchemas" => (name.to_owned(), self.schema_within(schema, view, level + 2, hidden)),
                    _ => (name.to_owned(), self.schema(schema, view, level + 2)),
                })
                .collect();
            if !raised.is_empty() {
                out.insert(keyword.into(), raised.into());
            }
        }
        let tuple = node.get("prefixItems").map(Node::items).unwrap_or_default();
        if !tuple.is_empty() {
            let raised: Vec<Value> = tuple.iter().map(|item| self.schema(item, view, level + 2)).collect();
            out.insert("prefixItems".into(), raised.into());
        }
        let dependent = node.get("dependentRequired").map(Node::members).unwrap_or_default();
        let dependent = dependent.iter().filter(|member| !hidden.contains(member.key.as_str()));
        let dependent: Map<String, Value> =
            dependent.map(|member| (member.key.clone(), names(&member.value, hidden))).collect();
        if !dependent.is_empty() {
            out.insert("dependentRequired".into(), dependent.into());
        }
        for keyword in ["contentEncoding", "contentMediaType"] {
            if let Some(text) = node.str_at(keyword) {
                out.insert(keyword.into(), text.into());
            }
        }
        // `minContains` alone judges nothing.
        if out.contains_key("contains") {
            for keyword in ["minContains", "maxContains"] {
                if let Some(count) = node.get(keyword).and_then(Node::as_i64).filter(|count| *count >= 0) {
                    out.insert(keyword.into(), count.into());
                }
            }
        }
    }
}

/// A list of distinct names, without those that are hidden.
fn names(node: &Node, hidden: &BTreeSet<&str>) -> Value {
    json!(distinct(node.items().iter().filter_map(Node::as_str).filter(|name| !hidden.contains(name))))
}
