//! Answers: the one schema goes under each media type that the operation produces.

use super::{keywords::FILE, parameters};
use crate::{
    Node,
    node::Member,
    raise::build::{into_members, member, members_mut, object, take},
};
use uaps_model::BodyKind;

/// Raises one answer; a reference stays one, and so does what is written as in 3.0.
pub(super) fn raise(response: &mut Node, produces: &[String]) {
    let span = response.span;
    let Some(members) = members_mut(response) else { return };
    for headers in members.iter_mut().filter(|m| m.key == "headers") {
        for header in members_mut(&mut headers.value).into_iter().flatten() {
            let span = header.value.span;
            if let Some(members) = members_mut(&mut header.value) {
                parameters::into_schema(span, members, "header");
            }
        }
    }
    let schema = take(members, "schema").map(|m| m.value);
    let mut examples = take(members, "examples").map(|m| into_members(m.value)).unwrap_or_default();
    if members.iter().any(|m| m.key == "content") || schema.is_none() && examples.is_empty() {
        return;
    }
    let is_file = schema.as_ref().is_some_and(|schema| schema.is_true(FILE));
    // Some give an example without saying whose: not by media type but as it stands.
    let by_type = examples.iter().all(|example| example.key.contains('/'));
    let mut types: Vec<String> = produces.to_vec();
    if types.is_empty() && (schema.is_some() || !by_type) {
        types.push("application/json".to_owned());
    }
    if is_file {
        // A file is bytes, whatever else the operation produces.
        types.retain(|name| BodyKind::of(name) != BodyKind::Json);
        if types.is_empty() {
            types.push("application/octet-stream".to_owned());
        }
    }
    if !by_type {
        let whole = member("example", object(span, std::mem::take(&mut examples)));
        let media = |(at, name): (usize, String)| {
            let example = (at == 0).then(|| whole.clone());
            let members = schema.clone().map(|schema| member("schema", schema)).into_iter().chain(example).collect();
            member(&name, object(span, members))
        };
        let content = types.into_iter().enumerate().map(media).collect();
        members.push(member("content", object(span, content)));
        return;
    }
    types.extend(
        examples.iter().map(|example| example.key.clone()).filter(|name| !types.contains(name)).collect::<Vec<_>>(),
    );
    let content = types.into_iter().map(|name| {
        let example = take(&mut examples, &name).map(|m| Member { key: "example".to_owned(), ..m });
        let schema = schema.clone().map(|schema| member("schema", schema));
        member(&name, object(span, schema.into_iter().chain(example).collect()))
    });
    let content = content.collect();
    members.push(member("content", object(span, content)));
}
