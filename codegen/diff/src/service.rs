//! Whole services, and sets of them.

use crate::found::Found;
use crate::schema::Schemas;
use crate::{Change, Effect, Kind, Subject, operation, pairing};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use uaps_model::{Service, ServiceId};

/// What changed from one revision of a service to the next: breaking changes first, each group by place.
///
/// The services are taken for revisions of one, whatever their ids; changes bear the id of `before`.
pub fn compare(before: &Service, after: &Service) -> Vec<Change> {
    let mut found = Found::new(&before.id);
    whole(before, after, &mut found);
    let mut schemas = Schemas::new(before, after);
    let pairs = pairing::pair(&before.operations, &after.operations);
    for removed in &pairs.removed {
        operation::removed(removed, &mut found);
    }
    for added in &pairs.added {
        operation::added(added, &mut found);
    }
    for (before, after) in &pairs.both {
        operation::compare(before, after, &pairs, &mut schemas, &mut found);
    }
    schemas.finish(&mut found);
    found.sorted()
}

/// What changed from one set of services to the next, by service.
pub fn compare_all<'s>(
    before: impl IntoIterator<Item = &'s Service>,
    after: impl IntoIterator<Item = &'s Service>,
) -> Vec<Change> {
    let by_id = |service: &'s Service| (&service.id, service);
    let before: BTreeMap<_, _> = before.into_iter().map(by_id).collect();
    let after: BTreeMap<_, _> = after.into_iter().map(by_id).collect();
    let ids: BTreeSet<_> = before.keys().chain(after.keys()).copied().collect();
    let changes = ids.into_iter().flat_map(|id| match (before.get(id), after.get(id)) {
        (Some(before), Some(after)) => compare(before, after),
        (Some(_), None) => one(id, Kind::ServiceRemoved, Effect::Breaking, "the service is gone"),
        (None, Some(service)) => {
            let operations = service.operations.len();
            let s = if operations == 1 { "" } else { "s" };
            one(id, Kind::ServiceAdded, Effect::Compatible, &format!("a service of {operations} operation{s} is new"))
        }
        (None, None) => Vec::new(),
    });
    changes.collect()
}

/// The finding for a service whose `before` can't be read, with the codes of the errors, in order. It counts as breaking,
/// because nobody knows; `why` is words for people and not part of its fingerprint.
pub fn not_comparable(id: &ServiceId, codes: &str, why: &str) -> Change {
    Change {
        service: id.clone(),
        effect: Effect::Breaking,
        subject: Subject::Service,
        pointer: String::new(),
        kind: Kind::ServiceNotComparable,
        before: Some(codes.to_owned()),
        after: None,
        message: why.to_owned(),
        tools: Vec::new(),
    }
}

fn one(id: &ServiceId, kind: Kind, effect: Effect, message: &str) -> Vec<Change> {
    let mut found = Found::new(id);
    found.add(kind, effect, &Subject::Service, "", message);
    found.sorted()
}

/// What is said of the service itself.
fn whole(before: &Service, after: &Service, found: &mut Found) {
    if before.upstream != after.upstream {
        let message = format!("requests go to {} instead of {}", after.upstream, before.upstream);
        found
            .add(Kind::UpstreamChanged, Effect::Breaking, &Subject::Service, "/upstream", message)
            .values(before.upstream.clone(), after.upstream.clone());
    }
    if before.auth != after.auth {
        let message = "the gateway proves itself in another way, and needs another credential";
        found
            .add(Kind::AuthChanged, Effect::Breaking, &Subject::Service, "/auth", message)
            .values(text(&before.auth), text(&after.auth));
    }
    let (old, new) = (&before.rate_limits, &after.rate_limits);
    for (name, what, old, new) in [
        ("default_per_minute", "calls a minute", old.default_per_minute, new.default_per_minute),
        ("burst", "calls at once", old.burst, new.burst),
    ] {
        let (kind, effect) = match new.cmp(&old) {
            std::cmp::Ordering::Less => (Kind::RateLimitLowered, Effect::Breaking),
            std::cmp::Ordering::Greater => (Kind::RateLimitRaised, Effect::Compatible),
            std::cmp::Ordering::Equal => continue,
        };
        let message = format!("a key may make {new} {what} instead of {old}");
        found
            .add(kind, effect, &Subject::Service, format!("/rate_limits/{name}"), message)
            .values(old.to_string(), new.to_string());
    }
}

/// A value of the model in its stored form, which has one order of members.
pub(crate) fn text(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(text)) => text,
        Ok(value) => value.to_string(),
        Err(_) => String::new(),
    }
}
