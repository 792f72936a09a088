//! `host`, `basePath` and `schemes` become servers.

use crate::{
    Node, Span,
    node::Member,
    raise::build::{list, member, object, take, text},
};

/// A server for each scheme, the safest first. `None` where the document says nothing of where it is served.
pub(super) fn raise(root: Span, members: &mut Vec<Member>) -> Option<Node> {
    let (host, base, schemes) = (take(members, "host"), take(members, "basePath"), take(members, "schemes"));
    let span = [&host, &base].into_iter().flatten().next().map_or(root, |m| m.value.span);
    let host = host.as_ref().and_then(|m| m.value.as_str()).map(|host| host.trim_matches('/').to_owned());
    let base = base.as_ref().and_then(|m| m.value.as_str()).unwrap_or_default().trim_end_matches('/').to_owned();
    let base = if base.is_empty() || base.starts_with('/') { base } else { format!("/{base}") };
    let urls: Vec<String> = match host.filter(|host| !host.is_empty()) {
        Some(host) => {
            let named = schemes.iter().flat_map(|m| m.value.items()).filter_map(Node::as_str);
            let mut schemes: Vec<&str> = named.filter(|scheme| matches!(*scheme, "http" | "https")).collect();
            schemes.sort_by_key(|scheme| *scheme != "https");
            if schemes.is_empty() {
                schemes.push("https");
            }
            schemes.into_iter().map(|scheme| format!("{scheme}://{host}{base}")).collect()
        }
        None if base.is_empty() => return None,
        None => vec![base],
    };
    let server = |url| object(span, vec![member("url", text(span, url))]);
    Some(list(span, urls.into_iter().map(server).collect()))
}
