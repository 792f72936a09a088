//! ## What it does
//!
//! Reports schemas whose `type` is none of `string`, `number`, `integer`, `boolean`, `array` and `object`, nor a list of
//! them with `null`.
//!
//! ## Why
//!
//! Nothing can be checked against an unknown type, and no client has one for it: such a schema accepts any value. Lists of
//! types and `null` came with OpenAPI 3.1; in an older document they are read as what they mean there.
//!
//! ## Example
//!
//! ```yaml
//! components:
//!   schemas:
//!     Ride:
//!       type: object
//!       properties:
//!         seats: { type: int }
//!         departs: { type: datetime }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! components:
//!   schemas:
//!     Ride:
//!       type: object
//!       properties:
//!         seats: { type: integer }
//!         departs: { type: string, format: date-time }
//! ```

use crate::context::Context;
use crate::edit::same_quotes;
use crate::rule::rule;
use uaps_model::nearest;
use uaps_spec::{Diagnostic, Kind, Node};

rule!(Warning "UAPS304" "schema-type-unknown" in "schema_type_unknown.rs": "a schema has an unknown type");

const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "array", "object", "null"];

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let shaped = |schema: &&Node| match schema.kind {
        // `additionalProperties: true` and the like.
        Kind::Object(_) | Kind::Bool(_) => None,
        _ => Some(RULE.at(schema.span, format!("a schema must be an object, not {}", schema.describe()))),
    };
    let schemas = context.tree.schemas.iter();
    let found = schemas.flat_map(|schema| match shaped(schema) {
        Some(finding) => vec![finding],
        None => schema.get("type").map(types).unwrap_or_default(),
    });
    found.collect()
}

/// What is wrong with a word, or with the words of a list.
fn types(node: &Node) -> Vec<Diagnostic> {
    match &node.kind {
        Kind::Array(items) => items.iter().filter_map(named).collect(),
        // A plain YAML `null` is the word to whoever writes it.
        Kind::Null => Vec::new(),
        _ => named(node).into_iter().collect(),
    }
}

fn named(node: &Node) -> Option<Diagnostic> {
    if matches!(node.kind, Kind::Null) {
        return None;
    }
    let Some(name) = node.as_str() else {
        return Some(
            RULE.at(node.span, format!("a `type` must be a word or a list of words, not {}", node.describe())),
        );
    };
    if TYPES.contains(&name) {
        return None;
    }
    let finding = RULE.at(node.span, format!("`{name}` is no type"));
    let short = |name: &str| match name {
        "int" | "int32" | "int64" | "long" => Some("integer"),
        "float" | "double" | "decimal" => Some("number"),
        "bool" => Some("boolean"),
        "str" | "text" => Some("string"),
        "list" => Some("array"),
        "map" | "dict" => Some("object"),
        _ => None,
    };
    let near = nearest(name, TYPES.into_iter()).first().copied().or_else(|| short(name));
    Some(match (near, name) {
        (Some(near), _) => finding.fix(format!("write `{near}`"), node.span, same_quotes(name, node.span, near)),
        (None, "file") => finding.help("a file is `type: string` with `format: binary`"),
        (None, "date" | "uuid") => finding.help(format!("write `type: string` and `format: {name}`")),
        (None, "datetime" | "timestamp") => finding.help("write `type: string` and `format: date-time`"),
        (None, "any") => finding.help("leave `type` out: any value will do then"),
        (None, _) => finding.help(format!("use {}; leave `type` out where any value will do", TYPES.join(", "))),
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn types() {
        let text = "components:\n  schemas:\n    A: {type: strnig}\n    B: {type: \"int\"}\n    C: {type: [string, 'null', strnig]}\n    D: {type: file}\n    E: {type: whatever}\n    F: text\n    G: {additionalProperties: true}\n";
        assert_snapshot!(check(&RULE, text), @r#"
        warning[UAPS304 schema-type-unknown]: `strnig` is no type
         --> openapi.yaml:3:15
          |
        3 |     A: {type: strnig}
          |               ^^^^^^
          |
        fix: write `string`
          |
        3 -     A: {type: strnig}
        3 +     A: {type: string}
          |

        warning[UAPS304 schema-type-unknown]: `int` is no type
         --> openapi.yaml:4:15
          |
        4 |     B: {type: "int"}
          |               ^^^^^
          |
        fix: write `integer`
          |
        4 |     B: {type: "integer"}
          |                   ++++

        warning[UAPS304 schema-type-unknown]: `strnig` is no type
         --> openapi.yaml:5:32
          |
        5 |     C: {type: [string, 'null', strnig]}
          |                                ^^^^^^
          |
        fix: write `string`
          |
        5 -     C: {type: [string, 'null', strnig]}
        5 +     C: {type: [string, 'null', string]}
          |

        warning[UAPS304 schema-type-unknown]: `file` is no type
         --> openapi.yaml:6:15
          |
        6 |     D: {type: file}
          |               ^^^^
          |
          = help: a file is `type: string` with `format: binary`

        warning[UAPS304 schema-type-unknown]: `whatever` is no type
         --> openapi.yaml:7:15
          |
        7 |     E: {type: whatever}
          |               ^^^^^^^^
          |
          = help: use string, number, integer, boolean, array, object, null; leave `type` out where any value will do

        warning[UAPS304 schema-type-unknown]: a schema must be an object, not text
         --> openapi.yaml:8:8
          |
        8 |     F: text
          |        ^^^^
        "#);
    }

    #[test]
    fn a_property_called_type_is_none() {
        assert_snapshot!(check(&RULE, "components: {schemas: {A: {properties: {type: {type: string}}, example: {type: x}}}}\n"), @"");
    }
}
