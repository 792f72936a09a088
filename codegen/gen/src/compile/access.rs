//! Who may call an operation, what it costs, and what a client may assume of it.

use uaps_model::{AccessLevel, AccessPolicy, Commerce, Hints, Method};
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

/// What follows from the method, and from the part in a purchase.
pub(super) fn hints(operation: &Node, method: Method, commerce: Option<&Commerce>) -> Hints {
    let purchase = matches!(commerce, Some(Commerce::Purchase { .. }));
    let read_only = method.is_safe() && !purchase || matches!(commerce, Some(Commerce::Quote { .. }));
    Hints {
        read_only,
        destructive: purchase || method == Method::Delete && !read_only,
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

    #[test]
    fn a_quote_reads_and_a_deletion_destroys() {
        let quote = hints(&node("{}"), Method::Post, Some(&Commerce::Quote { amount: None }));
        assert_eq!(quote, Hints { read_only: true, destructive: false, idempotent: true });
        let delete = hints(&node("{}"), Method::Delete, None);
        assert_eq!(delete, Hints { read_only: false, destructive: true, idempotent: true });
        let post = hints(&node("{x-idempotency-header: K}"), Method::Post, None);
        assert_eq!(post, Hints { read_only: false, destructive: false, idempotent: true });
    }
}
