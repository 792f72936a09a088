//! ## What it does
//!
//! Reports an `x-purchase-endpoint` or `x-purchase-precheckout` that is neither `true` nor `false`.
//!
//! ## Why
//!
//! A mark that is not understood marks nothing, and the purchase would go through as a call that costs nothing.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   /quotes:
//!     get:
//!       operationId: get_quote
//!       x-purchase-precheckout: "true"
//!       responses: { "200": { description: A price } }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /quotes:
//!     get:
//!       operationId: get_quote
//!       x-purchase-precheckout: true
//!       responses: { "200": { description: A price } }
//! ```

use crate::context::Context;
use crate::extension::{ENDPOINT, PRECHECKOUT};
use crate::rule::rule;
use uaps_spec::{Diagnostic, OperationRef};

rule!(Error "UAPS501" "purchase-flag" in "purchase_flag.rs": "the mark of a quote or purchase is no truth value");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    context.operations.iter().flat_map(findings).collect()
}

/// What is wrong with an operation's marks.
pub(crate) fn findings(operation: &OperationRef<'_>) -> Vec<Diagnostic> {
    let marks = [ENDPOINT, PRECHECKOUT].into_iter().filter_map(|key| Some((key, operation.node.get(key)?)));
    let wrong = marks.filter(|(_, node)| node.as_bool().is_none());
    wrong
        .map(|(key, node)| {
            let finding = RULE.at(node.span, format!("`{key}` must be true or false, not {}", node.describe()));
            match node.as_str().map(str::to_ascii_lowercase).as_deref() {
                Some("true" | "yes" | "on") => finding.fix("write `true`", node.span, "true"),
                Some("false" | "no" | "off") => finding.fix("write `false`", node.span, "false"),
                _ => finding.help(format!("write `{key}: true`")),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn marks() {
        assert_snapshot!(check(&RULE, "paths: {/a: {post: {x-purchase-endpoint: yes}, get: {x-purchase-precheckout: 1}}}\n"), @"
        error[UAPS501 purchase-flag]: `x-purchase-endpoint` must be true or false, not text
         --> openapi.yaml:1:42
          |
        1 | paths: {/a: {post: {x-purchase-endpoint: yes}, get: {x-purchase-precheckout: 1}}}
          |                                          ^^^
          |
        fix: write `true`
          |
        1 - paths: {/a: {post: {x-purchase-endpoint: yes}, get: {x-purchase-precheckout: 1}}}
        1 + paths: {/a: {post: {x-purchase-endpoint: true}, get: {x-purchase-precheckout: 1}}}
          |

        error[UAPS501 purchase-flag]: `x-purchase-precheckout` must be true or false, not a number
         --> openapi.yaml:1:78
          |
        1 | paths: {/a: {post: {x-purchase-endpoint: yes}, get: {x-purchase-precheckout: 1}}}
          |                                                                              ^
          |
          = help: write `x-purchase-precheckout: true`
        ");
        assert_snapshot!(check(&RULE, "paths: {/a: {post: {x-purchase-endpoint: false}}}\n"), @"");
    }
}
