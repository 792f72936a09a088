//! What the compiler guarantees of a service, checked again where one comes from elsewhere: from a folder or a gateway.
//!
//! Reading the JSON has checked ids, names, currencies and queries. This is what a type can't say: that the parts fit
//! together. Schemas are not looked into.

use crate::{Commerce, Operation, Place, Service, ToolName};
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
            if let Some(Commerce::Purchase { quote, lookup, .. }) = &op.commerce {
                if !self.operation(quote.as_str()).is_some_and(Operation::is_quote) {
                    return wrong("/commerce/quote", format!("names `{quote}`, which is no quote of this service"));
                }
                let takes = |tool: &ToolName| self.operation(tool.as_str()).is_some_and(|op| op.method.is_safe());
                if let Some(lookup) = lookup.as_ref().filter(|lookup| !takes(&lookup.tool)) {
                    return wrong("/commerce/lookup/tool", format!("names `{}`, which looks nothing up", lookup.tool));
                }
            }
        }
        Ok(())
    }
}

/// From the root, without steps out of it, and with a parameter for each of its variables.
fn path(op: &Operation) -> Result<(), String> {
    if !op.path.starts_with('/') || op.path.chars().any(char::is_control) {
        return Err(format!("is `{}`; it must start with `/` and hold no control character", op.path.escape_debug()));
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
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn service() -> Value {
        let operation = |tool: &str, method: &str, path: &str| {
            json!({
                "tool": tool, "operation_id": tool, "method": method, "path": path, "title": "",
                "access": "anonymous", "hints": {"read_only": true, "destructive": false, "idempotent": true},
                "responses": [], "input": {}, "example": {"arguments": {}, "status": 200},
            })
        };
        let mut get = operation("get_item", "GET", "/items/{id}.json");
        get["params"] = json!([{
            "name": "id", "key": "id", "place": "path", "style": "simple", "explode": false, "schema": {},
        }]);
        json!({
            "format": crate::FORMAT, "id": "shop", "name": "", "description": "", "category": "", "version": "",
            "upstream": "", "auth": {"scheme": "none"}, "rate_limits": {"default_per_minute": 1, "burst": 1},
            "access": {}, "facts": {"description": "", "flow": "", "pricing_model": "", "typical_response_time": ""},
            "operations": [get, operation("list", "GET", "/items"), operation("add", "POST", "/items")],
        })
    }

    /// What is said of the service with `value` at `/operations/<at>/<member>`.
    #[track_caller]
    fn check(at: usize, member: &str, value: Value, expected: &str) {
        let mut service = service();
        service["operations"][at][member] = value;
        let service: Service = serde_json::from_value(service).unwrap();
        assert_eq!(service.check().unwrap_err().to_string(), expected);
    }

    #[test]
    fn parts_that_do_not_fit_are_named() {
        assert_eq!(serde_json::from_value::<Service>(service()).unwrap().check(), Ok(()));
        check(1, "tool", json!("add"), "/operations/2/tool is `add`, as another operation's");
        check(2, "method", json!("GET"), "/operations/2/path is `/items`, as another operation's of this method");
        check(
            1,
            "path",
            json!("items"),
            "/operations/1/path is `items`; it must start with `/` and hold no control character",
        );
        check(
            1,
            "path",
            json!("/a\nb"),
            "/operations/1/path is `/a\\nb`; it must start with `/` and hold no control character",
        );
        check(1, "path", json!("/a/../b"), "/operations/1/path is `/a/../b`, which leads elsewhere");
        check(1, "path", json!("/a/%2E."), "/operations/1/path is `/a/%2E.`, which leads elsewhere");
        check(1, "path", json!("/a/{id"), "/operations/1/path is `/a/{id`, with braces that don't close");
        check(1, "path", json!("/a/{id}"), "/operations/1/path has `{id}`, which no parameter fills");
        check(0, "fee_cents", json!(-1), "/operations/0/fee_cents is less than nothing");
        check(0, "input", json!(true), "/operations/0/input is no object");
    }
}
