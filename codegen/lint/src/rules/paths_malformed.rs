//! ## What it does
//!
//! Reports a document without a `paths` object, paths that are no objects, operations that are no objects, and `get` or
//! `post` written otherwise (`Get`, `POST`).
//!
//! ## Why
//!
//! What has the wrong shape is skipped by every tool that reads the document, and its operations would be missing
//! without a word.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /rides:
//!     GET: { operationId: list_rides, responses: { "200": { description: Rides } } }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /rides:
//!     get: { operationId: list_rides, responses: { "200": { description: Rides } } }
//! ```

use crate::context::Context;
use crate::edit::same_quotes;
use crate::rule::rule;
use uaps_model::Method;
use uaps_spec::{Diagnostic, Member, Span};

rule!(Error "UAPS106" "paths-malformed" in "paths_malformed.rs": "paths or operations have the wrong shape");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let root = &context.document.root;
    let Some(paths) = root.get("paths") else {
        let at = Span { end: root.span.start, ..root.span };
        return vec![RULE.at(at, "this document has no `paths`").help("describe at least one operation under `paths`")];
    };
    if !paths.is_object() {
        return vec![RULE.at(paths.span, format!("`paths` must be an object by path, not {}", paths.describe()))];
    }
    let mut findings = Vec::new();
    for path in context.paths() {
        // A broken reference is said by its own rule.
        let Ok(item) = context.document.resolve(&path.value) else { continue };
        if !item.is_object() {
            let message = format!("the path `{}` must be an object by method, not {}", path.key, item.describe());
            findings.push(RULE.at(path.key_span, message));
        }
        findings.extend(item.members().iter().filter_map(operation));
    }
    findings
}

fn operation(member: &Member) -> Option<Diagnostic> {
    Method::parse(&member.key)?;
    let lower = member.key.to_ascii_lowercase();
    if lower != member.key {
        let finding = RULE.at(member.key_span, format!("OpenAPI writes the method `{}` in lower case", member.key));
        let text = same_quotes(&member.key, member.key_span, &lower);
        return Some(finding.fix(format!("write `{lower}`"), member.key_span, text));
    }
    let (node, says) = (&member.value, |message: String| Some(RULE.at(member.key_span, message)));
    match (node.is_object(), node.get("$ref").is_some()) {
        (false, _) => says(format!("an operation must be an object, not {}", node.describe())),
        (true, true) => says("an operation can't be a reference; only its whole path can".to_owned()),
        (true, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn shapes() {
        assert_snapshot!(check(&RULE, "paths: 3\n"), @"
        error[UAPS106 paths-malformed]: `paths` must be an object by path, not a number
         --> openapi.yaml:1:8
          |
        1 | paths: 3
          |        ^
        ");
        assert_snapshot!(check(&RULE, "paths: {/a: [], /b: {get: text, Post: {}}, /c: {put: {$ref: '#/paths/~1b/get'}}}\n"), @"
        error[UAPS106 paths-malformed]: the path `/a` must be an object by method, not a list
         --> openapi.yaml:1:9
          |
        1 | paths: {/a: [], /b: {get: text, Post: {}}, /c: {put: {$ref: '#/paths/~1b/get'}}}
          |         ^^

        error[UAPS106 paths-malformed]: an operation must be an object, not text
         --> openapi.yaml:1:22
          |
        1 | paths: {/a: [], /b: {get: text, Post: {}}, /c: {put: {$ref: '#/paths/~1b/get'}}}
          |                      ^^^

        error[UAPS106 paths-malformed]: OpenAPI writes the method `Post` in lower case
         --> openapi.yaml:1:33
          |
        1 | paths: {/a: [], /b: {get: text, Post: {}}, /c: {put: {$ref: '#/paths/~1b/get'}}}
          |                                 ^^^^
          |
        fix: write `post`
          |
        1 - paths: {/a: [], /b: {get: text, Post: {}}, /c: {put: {$ref: '#/paths/~1b/get'}}}
        1 + paths: {/a: [], /b: {get: text, post: {}}, /c: {put: {$ref: '#/paths/~1b/get'}}}
          |

        error[UAPS106 paths-malformed]: an operation can't be a reference; only its whole path can
         --> openapi.yaml:1:49
          |
        1 | paths: {/a: [], /b: {get: text, Post: {}}, /c: {put: {$ref: '#/paths/~1b/get'}}}
          |                                                 ^^^
        ");
    }
}
