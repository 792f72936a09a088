//! How the gateway will prove itself: as the caller says, else as the document says.

use crate::{NewProvider, Question};
use uaps_model::{Auth, AuthScheme, SecretPlace};
use uaps_spec::{Document, Node};

/// The `auth` of the manifest.
pub(crate) fn choose(new: &NewProvider, document: &Document) -> Auth {
    let offered = offered(document);
    let first = offered.first();
    let scheme = new.auth.scheme.or(first.map(|auth| auth.scheme)).unwrap_or(match new.auth.name {
        // Whoever names a header means an API key.
        Some(_) => AuthScheme::ApiKey,
        None => AuthScheme::None,
    });
    if scheme != AuthScheme::ApiKey {
        return Auth { scheme, place: new.auth.place, name: new.auth.name.clone() };
    }
    let known = offered.iter().find(|auth| auth.scheme == AuthScheme::ApiKey);
    Auth {
        scheme,
        place: new.auth.place.or(known.and_then(|auth| auth.place)).or(Some(SecretPlace::Header)),
        name: new.auth.name.clone().or(known.and_then(|auth| auth.name.clone())).or(Some("X-API-Key".to_owned())),
    }
}

/// Asks where the document offers a choice that nobody made.
pub(crate) fn question(new: &NewProvider, document: &Document) -> Option<Question> {
    let offered = offered(document);
    if new.auth.scheme.is_some() || offered.len() < 2 {
        return None;
    }
    let names: Vec<_> = offered.iter().map(describe).collect();
    let taken = describe(&choose(new, document));
    Some(Question {
        what: format!(
            "the document offers {} kinds of authentication ({}); {taken} was taken",
            names.len(),
            names.join(", ")
        ),
        place: "provider.yaml".to_owned(),
        edit: "keep `auth` as it is, or write the scheme that the operator's credential belongs to".to_owned(),
    })
}

/// The scheme's name in a manifest.
pub(crate) fn scheme_name(scheme: AuthScheme) -> &'static str {
    match scheme {
        AuthScheme::None => "none",
        AuthScheme::ApiKey => "apiKey",
        AuthScheme::Oauth2 => "oauth2",
        AuthScheme::Jwt => "jwt",
        AuthScheme::Custom => "custom",
    }
}

/// The place's name in a manifest.
pub(crate) fn place_name(place: SecretPlace) -> &'static str {
    match place {
        SecretPlace::Header => "header",
        SecretPlace::Query => "query",
    }
}

fn describe(auth: &Auth) -> String {
    match (auth.place, &auth.name) {
        (Some(place), Some(name)) => format!("{} {name} in the {}", scheme_name(auth.scheme), place_name(place)),
        _ => scheme_name(auth.scheme).to_owned(),
    }
}

/// The distinct kinds of proof that the document knows, those of its root `security` first.
fn offered(document: &Document) -> Vec<Auth> {
    let schemes = document.root.get("components").and_then(|c| c.get("securitySchemes")).map_or(&[][..], Node::members);
    let preferred: Vec<&str> = document
        .root
        .get("security")
        .into_iter()
        .flat_map(Node::items)
        .flat_map(Node::members)
        .map(|m| m.key.as_str())
        .collect();
    let (first, rest): (Vec<_>, Vec<_>) = schemes.iter().partition(|m| preferred.contains(&m.key.as_str()));
    let mut offered = Vec::new();
    for member in first.into_iter().chain(rest) {
        let Some(auth) = document.resolve(&member.value).ok().and_then(translate) else { continue };
        if !offered.contains(&auth) {
            offered.push(auth);
        }
    }
    offered
}

fn translate(scheme: &Node) -> Option<Auth> {
    let other = |scheme| Some(Auth { scheme, place: None, name: None });
    match scheme.str_at("type")? {
        "apiKey" => {
            let place = match scheme.str_at("in")? {
                "header" => SecretPlace::Header,
                "query" => SecretPlace::Query,
                _ => return other(AuthScheme::Custom),
            };
            let name = scheme.str_at("name")?.to_owned();
            if !uaps_model::is_header_name(&name) {
                return other(AuthScheme::Custom);
            }
            Some(Auth { scheme: AuthScheme::ApiKey, place: Some(place), name: Some(name) })
        }
        "http" if scheme.str_at("scheme").is_some_and(|s| s.eq_ignore_ascii_case("bearer")) => other(AuthScheme::Jwt),
        "http" => other(AuthScheme::Custom),
        "oauth2" | "openIdConnect" => other(AuthScheme::Oauth2),
        _ => None,
    }
}
