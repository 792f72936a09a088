//! Security definitions.

use crate::{
    node::Member,
    raise::build::{into_members, member, object, take, take_all, text},
};

/// A security scheme as 3.0 writes it.
pub(super) fn raise(mut scheme: Member) -> Member {
    let kind = scheme.value.str_at("type").unwrap_or_default().to_owned();
    let span = scheme.value.span;
    if !scheme.value.is_object() {
        return scheme;
    }
    let mut members = into_members(scheme.value);
    match kind.as_str() {
        "basic" => {
            for kind in members.iter_mut().filter(|m| m.key == "type") {
                kind.value = text(kind.value.span, "http");
            }
            members.push(member("scheme", text(span, "basic")));
        }
        "oauth2" => {
            let flow = take(&mut members, "flow").and_then(|m| m.value.as_str().map(str::to_owned));
            let name = match flow.as_deref() {
                Some("password") => "password",
                Some("application") => "clientCredentials",
                Some("accessCode") => "authorizationCode",
                _ => "implicit",
            };
            let parts = take_all(&mut members, |key| matches!(key, "authorizationUrl" | "tokenUrl" | "scopes"));
            members.push(member("flows", object(span, vec![member(name, object(span, parts))])));
        }
        _ => {}
    }
    scheme.value = object(span, members);
    scheme
}
