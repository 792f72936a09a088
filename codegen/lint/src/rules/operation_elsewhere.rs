//! ## What it does
//!
//! Reports operations for which the document names servers of their own, none of which is the manifest's `upstream`.
//!
//! ## Why
//!
//! Every request goes to the upstream, with the provider's credential. An operation that is served by another host, such
//! as an upload, fails there.
//!
//! ## Example
//!
//! ```yaml
//! # provider.yaml
//! upstream: https://api.shop.example
//! ```
//!
//! ```yaml
//! paths:
//!   /photos:
//!     post:
//!       operationId: upload_photo
//!       servers: [{ url: https://upload.shop.example }]
//!       responses: { "201": { description: Taken } }
//! ```
//!
//! ## Use instead
//!
//! A second provider for that server, with `upstream: https://upload.shop.example` and an overlay that removes the other
//! paths; and here an overlay that removes the operation.

use crate::context::{Context, title};
use crate::rule::rule;
use crate::rules::upstream_differs::{address, is_local, same_place};
use uaps_spec::{Diagnostic, Node};
use url::Url;

rule!(Warning "UAPS603" "operation-elsewhere" in "operation_elsewhere.rs": "an operation is served by another server");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let upstream = Url::parse(&context.provider.manifest.upstream).ok().filter(|url| !is_local(url));
    let Some(upstream) = upstream else { return Vec::new() };
    let elsewhere = context.operations.iter().filter_map(|operation| {
        let own = [operation.node, operation.item].into_iter().find_map(|holder| holder.get("servers"))?.items();
        let known: Vec<(&Node, Url)> =
            own.iter().filter_map(|server| Some((server.get("url")?, address(server, &upstream)?))).collect();
        let (node, url) = known.first().filter(|_| !known.iter().any(|(_, url)| same_place(url, &upstream)))?;
        let message = format!("{} is served by {url}, not by the upstream `{upstream}`", title(operation));
        Some(
            RULE.at(node.span, message)
                .help("make a provider of its own for that server, and remove the operation here by overlay"),
        )
    });
    elsewhere.collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn servers_of_operations() {
        let text = "paths:\n  /a:\n    servers: [{url: https://upload.shop.example}]\n    post: {}\n    get: {servers: [{url: https://api.shop.example/}]}\n";
        assert_snapshot!(check(&RULE, text), @"
        warning[UAPS603 operation-elsewhere]: POST /a is served by https://upload.shop.example/, not by the upstream `https://api.shop.example/`
         --> openapi.yaml:3:21
          |
        3 |     servers: [{url: https://upload.shop.example}]
          |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          = help: make a provider of its own for that server, and remove the operation here by overlay
        ");
    }
}
