//! What the compiler guarantees of a service, checked again where one comes from elsewhere: from a folder or a gateway.
//!
//! Reading the JSON has checked ids, names, currencies and queries. This is what a type can't say: that the parts fit
//! together, and that none is longer than a compiler of ours would let it be. Schemas are not looked into.

mod bounds;
mod commerce;

use crate::{AuthScheme, Operation, Place, Service, is_header_name};
use std::collections::HashSet;

/// What is wrong with a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// JSON Pointer into the service's JSON.
    pub pointer: String,
    /// What is wrong there.
    pub detail: String,
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.pointer, self.detail)
    }
}

impl std::error::Error for Flaw {}

impl Service {
    /// Whether its parts fit together as the compiler would have made them. The first flaw, otherwise.
    pub fn check(&self) -> Result<(), Flaw> {
        auth(self)?;
        bounds::service(self)?;
        let (mut tools, mut routes) = (HashSet::new(), HashSet::new());
        for (at, op) in self.operations.iter().enumerate() {
            let wrong =
                |member: &str, detail: String| Err(Flaw { pointer: format!("/operations/{at}{member}"), detail });
            if !tools.insert(&op.tool) {
                return wrong("/tool", format!("is `{}`, as another operation's", op.tool));
            }
            if !routes.insert((op.method, &op.path)) {
                return wrong("/path", format!("is `{}`, as another operation's of this method", op.path));
            }
            if let Err(detail) = path(op) {
                return wrong("/path", detail);
            }
            if op.fee_cents < 0 {
                return wrong("/fee_cents", "is less than nothing".into());
            }
            if !op.input.is_object() {
                return wrong("/input", "is no object".into());
            }
            if !op.example.arguments.is_object() {
                return wrong("/example/arguments", "is no object".into());
            }
            commerce::commerce(self, op)
                .map_err(|flaw| Flaw { pointer: format!("/operations/{at}{}", flaw.pointer), ..flaw })?;
        }
        Ok(())
    }
}

/// An API key has a place and a name; no other scheme has either.
fn auth(service: &Service) -> Result<(), Flaw> {
    let wrong = |detail: String| Err(Flaw { pointer: "/auth".into(), detail });
    let auth = &service.auth;
    match (auth.scheme, auth.place, auth.name.as_deref()) {
        (AuthScheme::ApiKey, Some(_), Some(name)) => match is_header_name(name) {
            true => Ok(()),
            false => wrong(format!("has the name `{}`, which no header or parameter has", name.escape_debug())),
        },
        (AuthScheme::ApiKey, ..) => wrong("needs `in` and `name` for an API key".into()),
        (_, None, None) => Ok(()),
        _ => wrong("has `in` or `name`, which belong to an API key only".into()),
    }
}

/// From the root, without steps out of it, and with a parameter for each of its variables.
fn path(op: &Operation) -> Result<(), String> {
    if !op.path.starts_with('/') || op.path.chars().any(char::is_control) {
        return Err(format!("is `{}`; it must start with `/` and hold no control character", op.path.escape_debug()));
    }
    // Addresses take it for `/`.
    if op.path.contains('\\') {
        return Err(format!("is `{}`, which holds a `\\`", op.path));
    }
    // A provider's server would take these for steps out of its own folder.
    let plain = op.path.to_ascii_lowercase().replace("%2e", ".");
    if plain.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err(format!("is `{}`, which leads elsewhere", op.path));
    }
    let mut rest = op.path.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let variable = after.split_once('}').filter(|(name, _)| !name.contains(['{', '/']) && !before.contains('}'));
        let Some((name, after)) = variable else {
            return Err(format!("is `{}`, with braces that don't close", op.path));
        };
        if !op.params_in(Place::Path).any(|param| param.name == name) {
            return Err(format!("has `{{{name}}}`, which no parameter fills"));
        }
        rest = after;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
