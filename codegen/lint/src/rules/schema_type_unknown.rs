//! ## What it does
//!
//! Reports schemas whose `type` is none of `string`, `number`, `integer`, `boolean`, `array` and `object`.
//!
//! ## Why
//!
//! Nothing can be checked against an unknown type, and no client has one for it. OpenAPI 3.0 knows no lists of types and
//! no `null`; a value that may be null has `nullable: true`.
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
//!         note: { type: [string, "null"] }
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
//!         note: { type: string, nullable: true }
//! ```

use crate::context::Context;
use crate::edit::same_quotes;
use crate::rule::rule;
use uaps_model::nearest;
use uaps_spec::{Diagnostic, Kind, Node};

rule!(Error "UAPS304" "schema-type-unknown" in "schema_type_unknown.rs": "a schema has an unknown type");

const TYPES: [&str; 6] = ["string", "number", "integer", "boolean", "array", "object"];

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let shaped = |schema: &&Node| match schema.kind {
        // `additionalProperties: true` and the like.
        Kind::Object(_) | Kind::Bool(_) => None,
        _ => Some(RULE.at(schema.span, format!("a schema must be an object, not {}", schema.describe()))),
    };
    let schemas = context.tree.schemas.iter();
    schemas.filter_map(|schema| shaped(schema).or_else(|| named(schema.get("type")?))).collect()
}

fn named(node: &Node) -> Option<Diagnostic> {
    let Some(name) = node.as_str() else {
        let finding = RULE.at(node.span, format!("a `type` must be a word, not {}", node.describe()));
        return Some(match node.kind {
            Kind::Array(_) => finding.help("OpenAPI 3.0 takes one type; for `null` beside it write `nullable: true`"),
            Kind::Null => finding.help("write the type of the other values, and `nullable: true`"),
            _ => finding,
        });
    };
    if TYPES.contains(&name) {
        return None;
    }
    let finding = RULE.at(node.span, format!("`{name}` is no type of OpenAPI 3.0"));
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
        (None, "null") => finding.help("write the type of the other values, and `nullable: true`"),
        (None, "file") => finding.help("a file is `type: string` with `format: binary`"),
        (None, "date" | "datetime" | "uuid") => finding.help(format!("write `type: string` and `format: {name}`")),
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
        let text = "components:\n  schemas:\n    A: {type: strnig}\n    B: {type: \"int\"}\n    C: {type: [string, 'null']}\n    D: {type: file}\n    E: {type: whatever}\n    F: text\n    G: {additionalProperties: true}\n";
        assert_snapshot!(check(&RULE, text), @r#"
        error[UAPS304 schema-type-unknown]: `strnig` is no type of OpenAPI 3.0
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

        error[UAPS304 schema-type-unknown]: `int` is no type of OpenAPI 3.0
         --> openapi.yaml:4:15
          |
        4 |     B: {type: "int"}
          |               ^^^^^
          |
        fix: write `integer`
          |
        4 |     B: {type: "integer"}
          |                   ++++

        error[UAPS304 schema-type-unknown]: a `type` must be a word, not a list
         --> openapi.yaml:5:15
          |
        5 |     C: {type: [string, 'null']}
          |               ^^^^^^^^^^^^^^^^
          |
          = help: OpenAPI 3.0 takes one type; for `null` beside it write `nullable: true`

        error[UAPS304 schema-type-unknown]: `file` is no type of OpenAPI 3.0
         --> openapi.yaml:6:15
          |
        6 |     D: {type: file}
          |               ^^^^
          |
          = help: a file is `type: string` with `format: binary`

        error[UAPS304 schema-type-unknown]: `whatever` is no type of OpenAPI 3.0
         --> openapi.yaml:7:15
          |
        7 |     E: {type: whatever}
          |               ^^^^^^^^
          |
          = help: use string, number, integer, boolean, array, object; leave `type` out where any value will do

        error[UAPS304 schema-type-unknown]: a schema must be an object, not text
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
