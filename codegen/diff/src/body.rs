//! Request bodies.

use crate::found::{Found, Shift, subject};
use crate::path::{Path, Step};
use crate::schema::{Origin, Schemas, Site};
use crate::service::text;
use crate::{Direction, Effect, Kind, Subject};
use std::collections::{BTreeMap, BTreeSet};
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
            encodings(old, new, name, &subject, found);
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

/// How the properties of a form are written.
fn encodings(old: &MediaType, new: &MediaType, name: &str, subject: &Subject, found: &mut Found) {
    let names: BTreeSet<&String> = old.encoding.keys().chain(new.encoding.keys()).collect();
    for property in names {
        let (was, is) = (old.encoding.get(property), new.encoding.get(property));
        if was != is {
            let path = path(name).then(Step::Property(property.clone()));
            let message = format!("{} is written in another way", path.label());
            found
                .add(Kind::EncodingChanged, Effect::Breaking, subject, path.pointer(), message)
                .values(was.map(text), is.map(text));
        }
    }
}

fn by_type(body: &Body) -> BTreeMap<String, &MediaType> {
    body.media.iter().rev().map(|media| (essence(&media.content_type), media)).collect()
}

/// A media type without case, and without the parameters that make no other type: `charset` and `boundary`. `version`
/// does.
pub(crate) fn essence(content_type: &str) -> String {
    let mut parts = content_type.split(';').map(|part| part.trim().to_ascii_lowercase());
    let essence = parts.next().unwrap_or_default();
    let mut parameters: Vec<String> = parts
        .filter(|part| !part.is_empty() && !part.starts_with("charset=") && !part.starts_with("boundary="))
        .collect();
    parameters.sort();
    [vec![essence], parameters].concat().join(";")
}

fn path(media: &str) -> Path {
    Path::new(["body", media], "the body")
}
