//! ## What it does
//!
//! Reports a document none of whose `servers` is the manifest's `upstream`: another host, or another base path.
//!
//! ## Why
//!
//! Requests go to the upstream, with paths as the document writes them. A base path such as `/v1` that stands in
//! `servers` and not in the upstream makes every call a 404; another host is often a test system.
//!
//! ## Example
//!
//! ```yaml
//! # provider.yaml
//! upstream: https://api.shop.example
//! ```
//!
//! ```yaml
//! servers:
//!   - url: https://api.shop.example/v1
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! # provider.yaml
//! upstream: https://api.shop.example/v1
//! ```
//!
//! ```yaml
//! servers:
//!   - url: https://api.shop.example/v1
//! ```

use crate::context::Context;
use crate::rule::rule;
use uaps_spec::{Diagnostic, Node, is_loopback};
use url::Url;

rule!(Warning "UAPS601" "upstream-differs" in "upstream_differs.rs": "the manifest's upstream is none of the document's servers");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    finding(context).into_iter().collect()
}

fn finding(context: &Context<'_>) -> Option<Diagnostic> {
    let upstream = Url::parse(&context.provider.manifest.upstream).ok().filter(|url| !is_local(url))?;
    let servers = context.document.root.get("servers")?.items();
    let known: Vec<_> =
        servers.iter().filter_map(|server| Some((server.get("url")?, address(server, &upstream)?))).collect();
    if known.iter().any(|(_, url)| same_place(url, &upstream)) {
        return None;
    }
    let same_host = known.iter().find(|(_, url)| url.host() == upstream.host());
    let (node, url) = same_host.or(known.first())?;
    let what = if same_host.is_some() { "base path" } else { "host" };
    let message =
        format!("the {what} of this server differs from the upstream `{}`", context.provider.manifest.upstream);
    let finding = RULE.at(node.span, message);
    let finding = match context.provider.manifest_node.get("upstream") {
        Some(node) => finding.related(node.span, "the upstream"),
        None => finding,
    };
    let right = url.as_str().trim_end_matches('/');
    Some(finding.help(format!("write `upstream: {right}` in the manifest if that is where requests should go")))
}

/// A server's address with the defaults of its variables; a relative one lies on the upstream's host.
pub(super) fn address(server: &Node, upstream: &Url) -> Option<Url> {
    let mut text = server.str_at("url")?.to_owned();
    for variable in server.get("variables").map(Node::members).unwrap_or_default() {
        let default = variable.value.str_at("default")?;
        text = text.replace(&format!("{{{}}}", variable.key), default);
    }
    if text.contains(['{', '}']) {
        return None;
    }
    let mut root = upstream.clone();
    root.set_path("/");
    root.join(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && !is_local(url))
}

/// Whether requests to both go to one place, whatever the scheme.
pub(super) fn same_place(one: &Url, other: &Url) -> bool {
    let base = |url: &Url| url.path().trim_end_matches('/').to_owned();
    one.host() == other.host() && base(one) == base(other)
}

/// Whether a server says nothing of the world: it is this machine, or nowhere.
pub(super) fn is_local(url: &Url) -> bool {
    url.host().is_none() || is_loopback(url)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn differences() {
        assert_snapshot!(check(&RULE, "servers:\n  - url: https://test.shop.example\n"), @"
        warning[UAPS601 upstream-differs]: the host of this server differs from the upstream `https://api.shop.example`
         --> openapi.yaml:2:10
          |
        2 |   - url: https://test.shop.example
          |          ^^^^^^^^^^^^^^^^^^^^^^^^^
         ::: provider.yaml:5:11
          |
        5 | upstream: https://api.shop.example
          |           ------------------------ the upstream
          |
          = help: write `upstream: https://test.shop.example` in the manifest if that is where requests should go
        ");
        assert_snapshot!(check(&RULE, "servers: [{url: https://x.example}, {url: https://api.shop.example/v1/}]\n"), @"
        warning[UAPS601 upstream-differs]: the base path of this server differs from the upstream `https://api.shop.example`
         --> openapi.yaml:1:43
          |
        1 | servers: [{url: https://x.example}, {url: https://api.shop.example/v1/}]
          |                                           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
         ::: provider.yaml:5:11
          |
        5 | upstream: https://api.shop.example
          |           ------------------------ the upstream
          |
          = help: write `upstream: https://api.shop.example/v1` in the manifest if that is where requests should go
        ");
        assert_snapshot!(check(&RULE, "servers: [{url: /v2}]\n"), @"
        warning[UAPS601 upstream-differs]: the base path of this server differs from the upstream `https://api.shop.example`
         --> openapi.yaml:1:17
          |
        1 | servers: [{url: /v2}]
          |                 ^^^
         ::: provider.yaml:5:11
          |
        5 | upstream: https://api.shop.example
          |           ------------------------ the upstream
          |
          = help: write `upstream: https://api.shop.example/v2` in the manifest if that is where requests should go
        ");
    }

    #[test]
    fn what_can_not_be_compared() {
        for same in [
            "[{url: 'https://api.shop.example/'}]",
            "[{url: /}]",
            "[{url: 'https://{region}.example'}]",
            "[{url: 'https://{region}.shop.example', variables: {region: {default: api}}}]",
            "[{url: 'http://localhost:8080'}]",
            "[{url: 3}, 4]",
            "text",
        ] {
            assert_eq!(check(&RULE, &format!("servers: {same}\n")), "", "{same}");
        }
    }
}
