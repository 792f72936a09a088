//! ## What it does
//!
//! Reports a `$ref` that points to another file or to the web.
//!
//! ## Why
//!
//! The compiler reads one document, opens no other file and uses no network, so that the same input gives the same
//! output on every machine.
//!
//! ## Example
//!
//! ```yaml
//! components:
//!   schemas:
//!     Ride: { $ref: "schemas/ride.yaml#/Ride" }
//! ```
//!
//! ## Use instead
//!
//! Bundle the files into one document. `cargo xtask scaffold-provider` does so with files below the document's folder, or
//! on its own host; where a file can't be had, its overlay leaves out what the reference stands for and says so.
//!
//! ```yaml
//! components:
//!   schemas:
//!     Ride: { $ref: "#/components/schemas/Trip" }
//!     Trip: { type: object }
//! ```

use crate::context::Context;
use crate::rule::rule;
use uaps_spec::{Diagnostic, RefError};

rule!(Error "UAPS301" "reference-external" in "reference_external.rs": "a reference points outside the document");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for member in &context.tree.references {
        let Some(reference) = member.value.as_str() else { continue };
        if context.document.target(reference) != Err(RefError::External) {
            continue;
        }
        let finding = RULE.at(member.value.span, format!("the reference `{reference}` {}", RefError::External));
        let inside = format!("#/components/schemas/{reference}");
        findings.push(if context.document.target(&inside).is_ok() {
            finding.help(format!("did you mean `{inside}`?"))
        } else {
            finding.help("bundle the files into one document")
        });
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn external() {
        assert_snapshot!(check(&RULE, "components: {schemas: {A: {$ref: 'a.yaml#/A'}, B: {$ref: A}, C: {$ref: '#/nowhere'}}}\n"), @"
        error[UAPS301 reference-external]: the reference `a.yaml#/A` points outside the document
         --> openapi.yaml:1:34
          |
        1 | components: {schemas: {A: {$ref: 'a.yaml#/A'}, B: {$ref: A}, C: {$ref: '#/nowhere'}}}
          |                                  ^^^^^^^^^^^
          |
          = help: bundle the files into one document

        error[UAPS301 reference-external]: the reference `A` points outside the document
         --> openapi.yaml:1:58
          |
        1 | components: {schemas: {A: {$ref: 'a.yaml#/A'}, B: {$ref: A}, C: {$ref: '#/nowhere'}}}
          |                                                          ^
          |
          = help: did you mean `#/components/schemas/A`?
        ");
    }
}
