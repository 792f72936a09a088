//! Lowering: a document of any make becomes one in the dialect that typify reads without surprises.
//!
//! A pass a file; each takes the document as plain JSON and mends one thing. The order matters, and is this:
//!
//! | pass | mends |
//! |---|---|
//! | [`operations`] | every operation under its name, with the parameters, the one body and the one answer and error of its method |
//! | [`references`] | schemas that are reached, and no others, under names that Rust keeps apart; deep and dangling pointers |
//! | [`shapes`] | keywords of the wrong JSON type |
//! | [`nulls`] | every way to say "or null", as `nullable`; `const`; lists of types |
//! | [`compositions`] | `allOf` |
//! | [`unions`] | `oneOf` and `anyOf`, kept where a reader can tell the variants apart |
//! | [`enums`] | enumerations of anything but distinct strings |
//! | [`scalars`] | formats, bounds, patterns |
//! | [`objects`] | maps, undeclared `required`, lists that may be absent |
//! | [`hoist`] | inline schemas that need a name |
//! | [`wire_names`] | properties and enumeration values that earn the same Rust name |
//! | [`dialect`] | whatever is left that is not in the dialect |
//!
//! The dialect: `{}`; `boolean`, `integer` (with a width), `number`, `string`; a named `string` enumeration; `array`;
//! map; a named object; a named `oneOf`; a reference; each with `nullable` and `description`. Nothing else passes.

mod bodies;
mod compositions;
mod dialect;
mod enums;
mod hoist;
mod nulls;
mod objects;
mod operations;
mod params;
pub(super) mod pointer;
mod prose;
mod references;
mod responses;
mod scalars;
mod shapes;
mod unions;
mod walk;
mod wire_names;

use super::plan::Plan;
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) use operations::{only, operation_of};
pub(super) use prose::clean;
pub(super) use walk::JSON;

/// A document in the dialect.
pub(super) struct Lowered {
    /// `operations` by lowered name, and the schemas they use under `components`, as in OpenAPI.
    pub(super) document: Value,
    /// Placeholders that stand where Rust needs another name than the wire has, with the name of the wire.
    pub(super) wire_names: BTreeMap<String, String>,
}

/// Runs every pass.
pub(super) fn run(plan: &Plan<'_>, source: &Value) -> Lowered {
    let mut document = operations::lower(plan, source);
    references::lower(&mut document, source);
    for pass in [
        shapes::lower,
        nulls::lower,
        compositions::lower,
        // What a composition brought together may be a union or an enumeration with null again.
        nulls::lower,
        unions::lower,
        // Nor does the null of a variant belong to the variant.
        nulls::lower,
        enums::lower,
        scalars::lower,
        objects::lower,
        hoist::lower,
    ] {
        pass(&mut document);
    }
    let wire_names = wire_names::lower(&mut document);
    dialect::lower(&mut document);
    Lowered { document, wire_names }
}

/// Runs one pass over a document that has nothing but the named schemas `schemas`, and answers what became of them.
#[cfg(test)]
fn on_schemas(pass: fn(&mut Value), schemas: Value) -> String {
    let mut document = serde_json::json!({"operations": {}, "components": {"schemas": schemas}});
    pass(&mut document);
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    serde_json::to_string_pretty(&schemas).unwrap()
}
