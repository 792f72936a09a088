//! ## What it does
//!
//! Reports a manifest whose `auth` fits none of the document's security schemes: no credential where the document asks
//! for one, a key under another name or in another place, a bearer token that nothing takes.
//!
//! ## Why
//!
//! The gateway would prove itself in a way that the provider does not look at, and every call would be a 401.
//!
//! ## Example
//!
//! ```yaml
//! # provider.yaml
//! auth: { scheme: apiKey, in: header, name: X-Key }
//! ```
//!
//! ```yaml
//! security:
//!   - key: []
//! components:
//!   securitySchemes:
//!     key: { type: apiKey, in: header, name: X-API-Key }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! # provider.yaml
//! auth: { scheme: apiKey, in: header, name: X-API-Key }
//! ```
//!
//! ```yaml
//! security:
//!   - key: []
//! components:
//!   securitySchemes:
//!     key: { type: apiKey, in: header, name: X-API-Key }
//! ```

use crate::context::Context;
use crate::rule::rule;
use uaps_model::{AuthScheme, SecretPlace};
use uaps_spec::{Diagnostic, Node};

rule!(Warning "UAPS602" "auth-differs" in "auth_differs.rs": "the manifest's `auth` fits none of the document's security schemes");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    finding(context).into_iter().collect()
}

fn finding(context: &Context<'_>) -> Option<Diagnostic> {
    let auth = &context.provider.manifest.auth;
    let declared = context.document.root.get("components")?.member("securitySchemes")?;
    let schemes: Vec<_> =
        declared.value.members().iter().filter_map(|m| context.document.resolve(&m.value).ok()).collect();
    let bearer = |scheme: &&&Node| takes_bearer(scheme);
    let fits = match auth.scheme {
        AuthScheme::Custom => true,
        AuthScheme::None => !asks(context),
        AuthScheme::Oauth2 | AuthScheme::Jwt => schemes.iter().any(|scheme| takes_bearer(scheme)),
        AuthScheme::ApiKey => {
            let name = auth.name.as_deref().unwrap_or_default();
            let place = if auth.place == Some(SecretPlace::Query) { "query" } else { "header" };
            let is_bearer = place == "header" && name.eq_ignore_ascii_case("authorization");
            schemes.iter().any(|scheme| takes_key(scheme, place, name))
                || (is_bearer && schemes.iter().find(bearer).is_some())
        }
    };
    if fits || schemes.is_empty() {
        return None;
    }
    let wanted: Vec<_> = schemes.iter().map(|scheme| describe(scheme)).collect();
    let message = format!("the manifest's `auth` is not what this document asks for: {}", wanted.join(", or "));
    let finding = RULE.at(declared.key_span, message);
    let finding = match context.provider.manifest_node.get("auth") {
        Some(node) => finding.related(node.span, "what the gateway will send"),
        None => finding,
    };
    Some(finding.help("correct `auth` in the manifest; `scheme: custom` sends headers that the operator sets"))
}

/// Whether calls need a credential: by the document's default, or by every operation.
fn asks(context: &Context<'_>) -> bool {
    let demands = |security: &Node| {
        let choices = security.items();
        !choices.is_empty() && choices.iter().all(|choice| !choice.members().is_empty())
    };
    match context.document.root.get("security") {
        Some(security) => demands(security),
        None => {
            let own = |op: &uaps_spec::OperationRef<'_>| op.node.get("security").is_some_and(demands);
            !context.operations.is_empty() && context.operations.iter().all(own)
        }
    }
}

fn takes_key(scheme: &Node, place: &str, name: &str) -> bool {
    let named = scheme.str_at("name").is_some_and(|other| match place {
        "header" => other.eq_ignore_ascii_case(name),
        _ => other == name,
    });
    scheme.str_at("type") == Some("apiKey") && scheme.str_at("in") == Some(place) && named
}

fn takes_bearer(scheme: &Node) -> bool {
    match scheme.str_at("type") {
        Some("oauth2" | "openIdConnect") => true,
        Some("http") => scheme.str_at("scheme").is_some_and(|s| s.eq_ignore_ascii_case("bearer")),
        _ => takes_key(scheme, "header", "authorization"),
    }
}

fn describe(scheme: &Node) -> String {
    let at = |key| scheme.str_at(key).unwrap_or("?");
    match at("type") {
        "apiKey" => format!("a key in the {} `{}`", at("in"), at("name")),
        "http" => format!("HTTP {}", at("scheme")),
        "oauth2" | "openIdConnect" => "an OAuth 2.0 token".to_owned(),
        other => format!("`{other}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::testing::{MANIFEST, check_with};
    use insta::assert_snapshot;

    const KEY: &str =
        "security: [{k: []}]\ncomponents:\n  securitySchemes:\n    k: {type: apiKey, in: header, name: X-API-Key}\n";

    #[track_caller]
    fn with(auth: &str, document: &str) -> String {
        check_with(&RULE, &MANIFEST.replace("{ scheme: none }", auth), document)
    }

    #[test]
    fn differences() {
        assert_snapshot!(with("{scheme: none}", KEY), @"
        warning[UAPS602 auth-differs]: the manifest's `auth` is not what this document asks for: a key in the header `X-API-Key`
         --> openapi.yaml:3:3
          |
        3 |   securitySchemes:
          |   ^^^^^^^^^^^^^^^
         ::: provider.yaml:6:7
          |
        6 | auth: {scheme: none}
          |       -------------- what the gateway will send
          |
          = help: correct `auth` in the manifest; `scheme: custom` sends headers that the operator sets
        ");
        assert_snapshot!(with("{scheme: jwt}", KEY), @"
        warning[UAPS602 auth-differs]: the manifest's `auth` is not what this document asks for: a key in the header `X-API-Key`
         --> openapi.yaml:3:3
          |
        3 |   securitySchemes:
          |   ^^^^^^^^^^^^^^^
         ::: provider.yaml:6:7
          |
        6 | auth: {scheme: jwt}
          |       ------------- what the gateway will send
          |
          = help: correct `auth` in the manifest; `scheme: custom` sends headers that the operator sets
        ");
        assert_snapshot!(with("{scheme: apiKey, in: query, name: X-API-Key}", KEY), @"
        warning[UAPS602 auth-differs]: the manifest's `auth` is not what this document asks for: a key in the header `X-API-Key`
         --> openapi.yaml:3:3
          |
        3 |   securitySchemes:
          |   ^^^^^^^^^^^^^^^
         ::: provider.yaml:6:7
          |
        6 | auth: {scheme: apiKey, in: query, name: X-API-Key}
          |       -------------------------------------------- what the gateway will send
          |
          = help: correct `auth` in the manifest; `scheme: custom` sends headers that the operator sets
        ");
    }

    #[test]
    fn agreement() {
        assert_eq!(with("{scheme: apiKey, in: header, name: x-api-key}", KEY), "");
        assert_eq!(with("{scheme: custom}", KEY), "");
        assert_eq!(with("{scheme: none}", &KEY.replace("security: [{k: []}]", "security: [{k: []}, {}]")), "");
        assert_eq!(with("{scheme: jwt}", "paths: {}\n"), "");
        let bearer = "components: {securitySchemes: {b: {type: http, scheme: Bearer}}}\n";
        assert_eq!(with("{scheme: apiKey, in: header, name: Authorization}", bearer), "");
    }
}
