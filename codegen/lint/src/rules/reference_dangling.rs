//! ## What it does
//!
//! Reports a `$ref` to a place in the document where nothing is.
//!
//! ## Why
//!
//! What it stands for is unknown: a parameter that can't be passed, an answer that can't be checked.
//!
//! ## Example
//!
//! ```yaml
//! components:
//!   schemas:
//!     Rides: { type: array, items: { $ref: "#/components/schemas/Rode" } }
//!     Ride: { type: object }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! components:
//!   schemas:
//!     Rides: { type: array, items: { $ref: "#/components/schemas/Ride" } }
//!     Ride: { type: object }
//! ```

use crate::context::Context;
use crate::edit::same_quotes;
use crate::rule::rule;
use uaps_model::nearest;
use uaps_spec::{Diagnostic, Document, Node, RefError, escape, unescape};

rule!(Error "UAPS302" "reference-dangling" in "reference_dangling.rs": "a reference points to nothing");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for member in &context.tree.references {
        let Some(reference) = member.value.as_str() else { continue };
        if context.document.target(reference) != Err(RefError::Dangling) {
            continue;
        }
        let span = member.value.span;
        let finding = RULE.at(span, format!("the reference `{reference}` {}", RefError::Dangling));
        findings.push(match neighbour(context.document, reference) {
            Some(near) => finding.fix(format!("refer to `{near}`"), span, quoted(reference, span, &near)),
            None if !reference.starts_with("#/") => finding.help("a reference into this document starts with `#/`"),
            None => finding.help("add what it names, or correct the name"),
        });
    }
    findings
}

/// A `#` needs quotes in YAML, whatever stood there before.
fn quoted(old: &str, span: uaps_spec::Span, new: &str) -> String {
    let text = same_quotes(old, span, new);
    if text.starts_with('"') { text } else { format!("\"{text}\"") }
}

/// The reference with its first wrong name exchanged for the nearest right one, if that leads somewhere.
fn neighbour(document: &Document, reference: &str) -> Option<String> {
    let mut node = &document.root;
    let mut right = String::from("#");
    let mut tokens = reference.strip_prefix("#/")?.split('/');
    for token in tokens.by_ref() {
        let name = unescape(token);
        match node.get(&name) {
            Some(next) => {
                node = next;
                right = format!("{right}/{token}");
            }
            None => {
                let near = *nearest(&name, node.members().iter().map(|m| m.key.as_str())).first()?;
                right = format!("{right}/{}", escape(near));
                break;
            }
        }
    }
    right = tokens.fold(right, |text, token| format!("{text}/{token}"));
    document.target(&right).ok().filter(|found: &&Node| found.is_object()).map(|_| right)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn dangling() {
        let text = "components:\n  schemas:\n    Ride: {type: object}\n    A: {$ref: '#/components/schema/Ride'}\n    B: {$ref: '#/components/schemas/Rode'}\n    C: {$ref: '#/components/schemas/Zebra'}\n    D: {$ref: '#components'}\n";
        assert_snapshot!(check(&RULE, text), @r##"
        error[UAPS302 reference-dangling]: the reference `#/components/schema/Ride` points to nothing
         --> openapi.yaml:4:15
          |
        4 |     A: {$ref: '#/components/schema/Ride'}
          |               ^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
        fix: refer to `#/components/schemas/Ride`
          |
        4 -     A: {$ref: '#/components/schema/Ride'}
        4 +     A: {$ref: "#/components/schemas/Ride"}
          |

        error[UAPS302 reference-dangling]: the reference `#/components/schemas/Rode` points to nothing
         --> openapi.yaml:5:15
          |
        5 |     B: {$ref: '#/components/schemas/Rode'}
          |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
        fix: refer to `#/components/schemas/Ride`
          |
        5 -     B: {$ref: '#/components/schemas/Rode'}
        5 +     B: {$ref: "#/components/schemas/Ride"}
          |

        error[UAPS302 reference-dangling]: the reference `#/components/schemas/Zebra` points to nothing
         --> openapi.yaml:6:15
          |
        6 |     C: {$ref: '#/components/schemas/Zebra'}
          |               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = help: add what it names, or correct the name

        error[UAPS302 reference-dangling]: the reference `#components` points to nothing
         --> openapi.yaml:7:15
          |
        7 |     D: {$ref: '#components'}
          |               ^^^^^^^^^^^^^
          |
          = help: a reference into this document starts with `#/`
        "##);
    }

    #[test]
    fn a_path_is_written_with_escapes() {
        assert_snapshot!(check(&RULE, "paths: {'/a/{b}': {get: {}}, /c: {$ref: '#/paths/~1a~1%7Bb%7D'}}\n"), @"");
    }
}
