//! Operations.

use crate::found::{Found, subject};
use crate::pairing::{Pairs, shape};
use crate::schema::Schemas;
use crate::{Effect, Kind, body, commerce, params, responses};
use std::collections::BTreeSet;
use uaps_model::Operation;

/// An operation that is gone.
pub(crate) fn removed(operation: &Operation, found: &mut Found) {
    let message = format!("{} {} is gone, and with it the tool `{}`", operation.method, operation.path, operation.tool);
    found.add(Kind::OperationRemoved, Effect::Breaking, &subject(operation), "", message);
}

/// An operation that is new.
pub(crate) fn added(operation: &Operation, found: &mut Found) {
    let message = format!("{} {} is new, as the tool `{}`", operation.method, operation.path, operation.tool);
    found.add(Kind::OperationAdded, Effect::Compatible, &subject(operation), "", message);
}

/// An operation of both revisions.
pub(crate) fn compare<'s>(
    before: &'s Operation,
    after: &'s Operation,
    pairs: &Pairs<'s>,
    schemas: &mut Schemas<'s>,
    found: &mut Found,
) {
    names(before, after, found);
    access(before, after, found);
    hints(before, after, found);
    commerce::compare(before, after, pairs, found);
    params::compare(before, after, schemas, found);
    body::compare(before, after, schemas, found);
    responses::compare(before, after, schemas, found);
}

fn names(before: &Operation, after: &Operation, found: &mut Found) {
    let subject = subject(before);
    // A path variable with another name is the same URL; what it does to tools is said of the parameter.
    if (before.method, shape(&before.path)) != (after.method, shape(&after.path)) {
        let place = |op: &Operation| format!("{} {}", op.method, op.path);
        let message = format!("{} has moved to {}", place(before), place(after));
        found.add(Kind::OperationMoved, Effect::Breaking, &subject, "", message).values(place(before), place(after));
    }
    // The same variables in other places: whoever fills them in by position means something else now.
    let (old, new) = (variables(&before.path), variables(&after.path));
    let sorted = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    if old != new && shape(&before.path) == shape(&after.path) && sorted(&old) == sorted(&new) {
        let message = format!("the path variables are {} instead of {}", new.join(", "), old.join(", "));
        found
            .add(Kind::OperationMoved, Effect::Breaking, &subject, "/path", message)
            .values(old.join(" "), new.join(" "));
    }
    if before.tool != after.tool {
        let message = format!("the tool `{}` is called `{}` now", before.tool, after.tool);
        found
            .add(Kind::ToolRenamed, Effect::Breaking, &subject, "/tool", message)
            .values(before.tool.to_string(), after.tool.to_string());
    }
    let (kind, message) = match (before.deprecated, after.deprecated) {
        (false, true) => (Kind::Deprecated, "the operation is deprecated"),
        (true, false) => (Kind::DeprecationWithdrawn, "the operation is no longer deprecated"),
        _ => return,
    };
    found.add(kind, Effect::Compatible, &subject, "", message);
}

/// The names between braces, in order.
fn variables(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

fn access(before: &Operation, after: &Operation, found: &mut Found) {
    let (old, new) = (before.access, after.access);
    let (kind, effect) = match new.cmp(&old) {
        std::cmp::Ordering::Greater => (Kind::AccessRaised, Effect::Breaking),
        std::cmp::Ordering::Less => (Kind::AccessLowered, Effect::Compatible),
        std::cmp::Ordering::Equal => return,
    };
    let message = format!("callers must be {new} instead of {old}");
    found.add(kind, effect, &subject(before), "/access", message).values(old.to_string(), new.to_string());
}

fn hints(before: &Operation, after: &Operation, found: &mut Found) {
    let (old, new) = (&before.hints, &after.hints);
    for (name, old, new) in [
        ("read_only", old.read_only, new.read_only),
        ("destructive", old.destructive, new.destructive),
        ("idempotent", old.idempotent, new.idempotent),
    ] {
        if old != new {
            let message = format!("the tool's hint `{name}` is {new} instead of {old}");
            found
                .add(Kind::HintChanged, Effect::Compatible, &subject(before), format!("/hints/{name}"), message)
                .values(old.to_string(), new.to_string());
        }
    }
}
