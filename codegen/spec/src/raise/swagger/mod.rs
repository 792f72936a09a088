//! Swagger 2.0 in the structure of OpenAPI 3.0.
//!
//! First words change where they stand ([`keywords`]: references, `discriminator`, `type: file`, `x-nullable`), then
//! parts move: `body` and `formData` parameters into request bodies, the type of a parameter into its schema, answers
//! under their media types, and what was at the root into `components` and `servers`.

mod bodies;
mod hoist;
mod keywords;
mod parameters;
mod responses;
mod security;
mod servers;

use super::build::{into_members, member, members_mut, object, take, text};
use crate::{Node, node::Member};
use uaps_model::Method;

/// What holds for every operation unless it says otherwise.
struct Defaults {
    consumes: Vec<String>,
    produces: Vec<String>,
    /// Shared parameters by name, in the form of 2.0.
    parameters: Vec<Member>,
}

/// Raises a whole document.
pub(super) fn raise(mut root: Node) -> Node {
    hoist::references_into_paths(&mut root);
    keywords::raise(&mut root);
    let span = root.span;
    let mut members = into_members(root);
    let named =
        |members: &mut Vec<Member>, key: &str| take(members, key).map(|m| into_members(m.value)).unwrap_or_default();
    let version = take(&mut members, "swagger");
    let servers = servers::raise(span, &mut members);
    let defaults = Defaults {
        consumes: media_types(take(&mut members, "consumes")).unwrap_or_default(),
        produces: media_types(take(&mut members, "produces")).unwrap_or_default(),
        parameters: named(&mut members, "parameters"),
    };
    for path in members.iter_mut().filter(|m| m.key == "paths").flat_map(|m| members_mut(&mut m.value)).flatten() {
        path_item(&mut path.value, &defaults);
    }
    let schemas = named(&mut members, "definitions");
    let mut shared_responses = named(&mut members, "responses");
    for response in &mut shared_responses {
        responses::raise(&mut response.value, &defaults.produces);
    }
    let schemes = named(&mut members, "securityDefinitions").into_iter().map(security::raise).collect();
    let parameters = defaults.parameters.into_iter().filter(|m| !bodies::is_body(&m.value)).map(|mut shared| {
        parameters::raise(&mut shared.value);
        shared
    });
    let components = [
        ("schemas", schemas),
        ("parameters", parameters.collect()),
        ("responses", shared_responses),
        ("securitySchemes", schemes),
    ];
    let components = components.into_iter().filter(|(_, members)| !members.is_empty());
    let components = components.map(|(key, members)| member(key, object(span, members))).collect();

    let version_span = version.map_or(span, |version| version.value.span);
    let mut raised = vec![member("openapi", text(version_span, "3.0.3"))];
    raised.append(&mut members);
    raised.extend(servers.map(|servers| member("servers", servers)));
    raised.push(member("components", object(span, components)));
    object(span, raised)
}

/// A path item: bodies that it declares for all its operations go to each that has none of its own.
fn path_item(item: &mut Node, defaults: &Defaults) {
    let Some(members) = members_mut(item) else { return };
    let mut shared = Vec::new();
    if let Some(list) = members.iter_mut().find(|m| m.key == "parameters") {
        shared = bodies::take(&mut list.value, &defaults.parameters);
        parameters::raise_all(&mut list.value);
    }
    for operation in members.iter_mut().filter(|m| Method::parse(&m.key).is_some()) {
        self::operation(&mut operation.value, &shared, defaults);
    }
}

fn operation(operation: &mut Node, shared: &[Node], defaults: &Defaults) {
    let span = operation.span;
    let Some(members) = members_mut(operation) else { return };
    let consumes = media_types(take(members, "consumes")).unwrap_or_else(|| defaults.consumes.clone());
    let produces = media_types(take(members, "produces")).unwrap_or_else(|| defaults.produces.clone());
    let mut own = Vec::new();
    if let Some(list) = members.iter_mut().find(|m| m.key == "parameters") {
        own = bodies::take(&mut list.value, &defaults.parameters);
        parameters::raise_all(&mut list.value);
    }
    if let Some(body) = bodies::request_body(span, &own, shared, &consumes)
        && !members.iter().any(|m| m.key == "requestBody")
    {
        let after = members.iter().position(|m| m.key == "parameters").map_or(members.len(), |at| at + 1);
        members.insert(after, member("requestBody", body));
    }
    for response in
        members.iter_mut().filter(|m| m.key == "responses").flat_map(|m| members_mut(&mut m.value)).flatten()
    {
        responses::raise(&mut response.value, &produces);
    }
}

/// A list of media types. One that is empty, or no list, says nothing.
fn media_types(member: Option<Member>) -> Option<Vec<String>> {
    let value = member?.value;
    let listed: Vec<String> = value
        .items()
        .iter()
        .chain(value.as_str().map(|_| &value))
        .filter_map(Node::as_str)
        .map(str::to_owned)
        .collect();
    (!listed.is_empty()).then_some(listed)
}
