//! ## What it does
//!
//! Reports paths that do not start with `/`, whose braces do not pair, that name a variable twice or leave its name
//! empty.
//!
//! ## Why
//!
//! No request can be matched against such a path, and none can be built from it.
//!
//! ## Example
//!
//! ```yaml
//! paths:
//!   rides/{ride_id:
//!     get: { operationId: get_ride, responses: { "200": { description: A ride } } }
//! ```
//!
//! ## Use instead
//!
//! ```yaml
//! paths:
//!   /rides/{ride_id}:
//!     get:
//!       operationId: get_ride
//!       parameters:
//!         - { name: ride_id, in: path, required: true, schema: { type: string } }
//!       responses:
//!         "200": { description: A ride }
//! ```

use crate::context::Context;
use crate::rule::rule;
use uaps_spec::Diagnostic;

rule!(Error "UAPS201" "path-template" in "path_template.rs": "a path is no template that requests can match");

fn check(context: &Context<'_>) -> Vec<Diagnostic> {
    let wrong = context.paths().filter_map(|path| Some((path, variables(&path.key).err()?)));
    wrong.map(|(path, reason)| RULE.at(path.key_span, format!("the path `{}` {reason}", path.key))).collect()
}

/// The names of a template's variables. The error completes the sentence "the path `…` …".
pub(super) fn variables(path: &str) -> Result<Vec<&str>, String> {
    if !path.starts_with('/') {
        return Err("must start with `/`".to_owned());
    }
    let mut names = Vec::new();
    let mut rest = path;
    while let Some(at) = rest.find(['{', '}']) {
        let (_, after) = rest.split_at_checked(at).unwrap_or_default();
        let unpaired = || "has a brace without its partner".to_owned();
        let inner = after.strip_prefix('{').ok_or_else(unpaired)?;
        let (name, after) = inner.split_once('}').ok_or_else(unpaired)?;
        match name {
            "" => return Err("has a variable without a name".to_owned()),
            name if name.contains(['{', '/']) => return Err(unpaired()),
            name if names.contains(&name) => return Err(format!("names the variable `{name}` twice")),
            name => names.push(name),
        }
        rest = after;
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::{RULE, variables};
    use crate::testing::check;
    use insta::assert_snapshot;

    #[test]
    fn templates() {
        assert_eq!(variables("/a/{b}/{c}.json"), Ok(vec!["b", "c"]));
        assert_eq!(variables("/"), Ok(vec![]));
        for bad in ["", "a", "/{", "/}", "/{a", "/{}", "/{a}{a}", "/{a/b}", "/{{a}}"] {
            assert!(variables(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn findings() {
        assert_snapshot!(check(&RULE, "paths: {rides: {}, '/a/{id}/{id}': {}, '/b}': {}, x-note: {}}\n"), @"
        error[UAPS201 path-template]: the path `rides` must start with `/`
         --> openapi.yaml:1:9
          |
        1 | paths: {rides: {}, '/a/{id}/{id}': {}, '/b}': {}, x-note: {}}
          |         ^^^^^

        error[UAPS201 path-template]: the path `/a/{id}/{id}` names the variable `id` twice
         --> openapi.yaml:1:20
          |
        1 | paths: {rides: {}, '/a/{id}/{id}': {}, '/b}': {}, x-note: {}}
          |                    ^^^^^^^^^^^^^^

        error[UAPS201 path-template]: the path `/b}` has a brace without its partner
         --> openapi.yaml:1:40
          |
        1 | paths: {rides: {}, '/a/{id}/{id}': {}, '/b}': {}, x-note: {}}
          |                                        ^^^^^
        ");
    }
}
