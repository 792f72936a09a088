//! Request bodies.

use crate::found::{Found, Shift, subject};
use crate::path::Path;
use crate::schema::{Origin, Schemas, Site};
use crate::{Direction, Effect, Kind};
use std::collections::BTreeMap;
use uaps_model::{Body, MediaType, Operation};

/// Compares bodies, each media type with itself.
pub(crate) fn compare<'s>(before: &'s Operation, after: &'s Operation, schemas: &mut Schemas<'s>, found: &mut Found) {
    let subject = subject(before);
    let (old, new) = match (&before.body, &after.body) {
        (None, None) => return,
        (Some(_), None) => {
            found.add(Kind::BodyRemoved, Effect::Breaking, &subject, "/body", "there is no request body any more");
            return;
        }
        (None, Some(new)) => {
            let (kind, effect, message) = match new.required {
                true => (Kind::RequiredBodyAdded, Effect::Breaking, "a request body is new and required"),
                false => (Kind::BodyAdded, Effect::Compatible, "a request body is new"),
            };
            found.add(kind, effect, &subject, "/body", message);
            return;
        }
        (Some(old), Some(new)) => (old, new),
    };
    match (old.required, new.required) {
        (false, true) => {
            let effect = Shift::Narrowed.effect(Direction::Request);
            found.add(Kind::BodyBecameRequired, effect, &subject, "/body", "the body must be sent now");
        }
        (true, false) => {
            let effect = Shift::Widened.effect(Direction::Request);
            found.add(Kind::BodyBecameOptional, effect, &subject, "/body", "the body may be left out now");
        }
        _ => {}
    }
    let (old_media, new_media) = (by_type(old), by_type(new));
    for name in old_media.keys().filter(|name| !new_media.contains_key(*name)) {
        let message = format!("the body may no longer be {name}");
        found.add(Kind::MediaTypeRemoved, Effect::Breaking, &subject, path(name).pointer(), message);
    }
    for name in new_media.keys().filter(|name| !old_media.contains_key(*name)) {
        let message = format!("the body may be {name}");
        found.add(Kind::MediaTypeAdded, Effect::Compatible, &subject, path(name).pointer(), message);
    }
    let preferred = |body: &Body| body.preferred().map(|media| essence(&media.content_type));
    let (first, now) = (preferred(old), preferred(new));
    if first != now && first.as_ref().is_some_and(|first| new_media.contains_key(first)) {
        let name = |name: &Option<String>| name.clone().unwrap_or_default();
        let message = format!("the tool's `body` is sent as {} instead of {}", name(&now), name(&first));
        found.add(Kind::PreferredMediaTypeChanged, Effect::Breaking, &subject, "/body", message).values(first, now);
    }
    for (name, old) in &old_media {
        if let Some(new) = new_media.get(name) {
            let site = Site {
                subject: subject.clone(),
                origin: Origin::Tool(before.tool.clone()),
                direction: Direction::Request,
                path: path(name),
            };
            schemas.compare(&old.schema, &new.schema, site, found);
        }
    }
}

fn by_type(body: &Body) -> BTreeMap<String, &MediaType> {
    body.media.iter().rev().map(|media| (essence(&media.content_type), media)).collect()
}

/// A media type without parameters and case: `charset=utf-8` makes no other type.
pub(crate) fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn path(media: &str) -> Path {
    Path::new(["body", media], "the body")
}
