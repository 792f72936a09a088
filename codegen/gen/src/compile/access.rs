//! Who may call an operation, what it costs, and what a client may assume of it.

use uaps_model::{AccessLevel, AccessPolicy, Commerce, Hints, Method, ToolName};
use uaps_spec::Node;

/// The level an operation asks for: its own, else that of its kind. Who pays must be known.
pub(super) fn level(
    policy: &AccessPolicy,
    operation: &Node,
    method: Method,
    commerce: Option<&Commerce>,
    fee_cents: i64,
) -> AccessLevel {
    let of_kind = match commerce {
        Some(Commerce::Purchase { .. }) => policy.purchase,
        Some(Commerce::Quote { .. }) => policy.read,
        None if method.is_safe() => policy.read,
        None => policy.write,
    };
    let level = operation.str_at("x-access-level").and_then(|level| level.parse().ok()).unwrap_or(of_kind);
    if fee_cents > 0 { level.max(AccessLevel::Identified) } else { level }
}

/// `x-usage-fee-cents`; a rule refuses what is no count of cents.
pub(super) fn fee_cents(operation: &Node) -> i64 {
    operation.get("x-usage-fee-cents").and_then(Node::as_i64).filter(|cents| *cents > 0).unwrap_or(0)
}

/// Words of a tool's name by which a `POST` takes something away or changes it beyond return.
const DESTROYING: [&str; 22] = [
    "archive",
    "cancel",
    "clear",
    "close",
    "deactivate",
    "delete",
    "deny",
    "destroy",
    "detach",
    "disable",
    "discard",
    "drop",
    "kick",
    "purge",
    "reject",
    "remove",
    "reset",
    "revoke",
    "terminate",
    "uninstall",
    "void",
    "wipe",
];

/// What follows from the method, the name, and the part in a purchase. MCP's hints: what isn't destructive only adds.
pub(super) fn hints(operation: &Node, tool: &ToolName, method: Method, commerce: Option<&Commerce>) -> Hints {
    let purchase = matches!(commerce, Some(Commerce::Purchase { .. }));
    let read_only = method.is_safe() && !purchase || matches!(commerce, Some(Commerce::Quote { .. }));
    let replaces = matches!(method, Method::Delete | Method::Put | Method::Patch);
    // The verb stands at one of the ends: `delete_users`, `users_delete`, `batch_delete_users` too rarely to guess at.
    let words = uaps_spec::words(tool.as_str());
    let destroys = [words.first(), words.last()].into_iter().flatten().any(|word| DESTROYING.contains(&word.as_str()));
    Hints {
        read_only,
        destructive: purchase || !read_only && (replaces || destroys),
        idempotent: read_only || method.is_idempotent() || operation.str_at("x-idempotency-header").is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uaps_spec::{Sources, parse};

    fn node(text: &str) -> Node {
        let mut sources = Sources::default();
        let file = sources.add("x.yaml", text);
        parse(&sources, file).0.unwrap()
    }

    #[track_caller]
    fn check(operation: &str, method: Method, commerce: Option<Commerce>, expected: AccessLevel) {
        let operation = node(operation);
        let fee = fee_cents(&operation);
        assert_eq!(level(&AccessPolicy::default(), &operation, method, commerce.as_ref(), fee), expected);
    }

    #[test]
    fn levels_follow_the_kind() {
        check("{}", Method::Get, None, AccessLevel::Anonymous);
        check("{}", Method::Post, None, AccessLevel::Identified);
        check("{}", Method::Post, Some(Commerce::Quote { amount: None }), AccessLevel::Anonymous);
        check("{x-access-level: authenticated}", Method::Get, None, AccessLevel::Authenticated);
        check("{x-usage-fee-cents: 5, x-access-level: anonymous}", Method::Get, None, AccessLevel::Identified);
        check("{x-usage-fee-cents: -5}", Method::Get, None, AccessLevel::Anonymous);
    }

    #[track_caller]
    fn check_hints(operation: &str, tool: &str, method: Method, commerce: Option<Commerce>, expected: [bool; 3]) {
        let found = hints(&node(operation), &tool.parse().unwrap(), method, commerce.as_ref());
        assert_eq!([found.read_only, found.destructive, found.idempotent], expected, "{tool}");
    }

    #[test]
    fn hints_follow_from_method_name_and_commerce() {
        check_hints("{}", "get_order", Method::Get, None, [true, false, true]);
        check_hints("{}", "get_reset", Method::Get, None, [true, false, true]);
        check_hints("{}", "quote", Method::Post, Some(Commerce::Quote { amount: None }), [true, false, true]);
        check_hints("{}", "drop_user", Method::Delete, None, [false, true, true]);
        check_hints("{}", "put_user", Method::Put, None, [false, true, true]);
        check_hints("{}", "edit_user", Method::Patch, None, [false, true, false]);
        check_hints("{}", "create_user", Method::Post, None, [false, false, false]);
        check_hints("{x-idempotency-header: K}", "create_user", Method::Post, None, [false, false, true]);
        check_hints("{}", "removeMembers", Method::Post, None, [false, true, false]);
        check_hints("{}", "tokens_revoke", Method::Post, None, [false, true, false]);
    }
}
