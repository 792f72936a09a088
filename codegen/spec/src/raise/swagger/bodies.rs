//! `body` and `formData` parameters become a request body.

use super::{keywords::FILE, parameters};
use crate::{
    Node, Span,
    node::{Kind, Member},
    raise::build::{boolean, into_members, list, member, object, take as take_member, take_all, text},
    unescape,
};

const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// Whether a parameter is (part of) a body.
pub(super) fn is_body(parameter: &Node) -> bool {
    matches!(parameter.str_at("in"), Some("body" | "formData"))
}

/// Takes the parameters that are a body out of a list. References are followed into the shared ones.
pub(super) fn take(parameters: &mut Node, shared: &[Member]) -> Vec<Node> {
    let Kind::Array(items) = &mut parameters.kind else { return Vec::new() };
    let resolve = |parameter: &Node| match parameter.str_at("$ref") {
        Some(reference) => {
            let name = unescape(reference.strip_prefix("#/components/parameters/")?);
            shared.iter().find(|m| m.key == name).map(|m| m.value.clone())
        }
        None => Some(parameter.clone()),
    };
    let mut taken = Vec::new();
    items.retain(|item| match resolve(item).filter(is_body) {
        Some(body) => {
            taken.push(body);
            false
        }
        None => true,
    });
    taken
}

/// The request body of an operation: its own, else that of its path; the fields of a form may come from both.
pub(super) fn request_body(span: Span, own: &[Node], shared: &[Node], consumes: &[String]) -> Option<Node> {
    let body = own.iter().chain(shared).find(|parameter| parameter.str_at("in") == Some("body"));
    let of_form = |parameters: &[Node]| parameters.iter().any(|p| p.str_at("in") == Some("formData"));
    match body {
        Some(body) if !of_form(own) => Some(whole(body.clone(), consumes)),
        _ => {
            let name = |p: &Node| p.str_at("name").map(str::to_owned);
            let inherited = shared.iter().filter(|p| !own.iter().any(|o| name(o) == name(p)));
            let fields: Vec<Node> =
                inherited.chain(own).filter(|p| p.str_at("in") == Some("formData")).cloned().collect();
            (!fields.is_empty()).then(|| form(span, fields, consumes))
        }
    }
}

fn whole(parameter: Node, consumes: &[String]) -> Node {
    let span = parameter.span;
    let mut members = into_members(parameter);
    members.retain(|m| m.key != "in" && m.key != "name");
    let schema = take_member(&mut members, "schema").map(|m| m.value);
    // Some write the type of a body beside it, as for any other parameter.
    let beside = take_all(&mut members, parameters::is_of_schema);
    let schema = schema.or_else(|| (!beside.is_empty()).then(|| object(span, beside)));
    let media = |name: &str| {
        let members = schema.iter().map(|schema| member("schema", schema.clone())).collect();
        Member { key: name.to_owned(), key_span: span, value: object(span, members) }
    };
    let json = ["application/json".to_owned()];
    let types = if consumes.is_empty() { &json } else { consumes };
    members.push(member("content", object(span, types.iter().map(|name| media(name)).collect())));
    object(span, members)
}

/// A form: an object with a property for each field.
fn form(span: Span, fields: Vec<Node>, consumes: &[String]) -> Node {
    let (mut properties, mut required, mut encoding) = (Vec::new(), Vec::new(), Vec::new());
    let has_file = fields.iter().any(|field| field.is_true(FILE));
    for field in fields {
        let span = field.span;
        let mut members = into_members(field);
        let Some(name) = take_member(&mut members, "name") else { continue };
        let Some(key) = name.value.as_str().map(str::to_owned) else { continue };
        if take_member(&mut members, "required").is_some_and(|m| m.value.as_bool() == Some(true)) {
            required.push(text(span, key.clone()));
        }
        let format = take_member(&mut members, "collectionFormat");
        if members.iter().any(|m| m.key == "type" && m.value.as_str() == Some("array")) {
            let named = format.as_ref().and_then(|m| m.value.as_str()).unwrap_or("csv");
            let (style, explode) = parameters::style(named, true);
            let style = member("style", text(span, style.unwrap_or("form")));
            let style = vec![style, member("explode", boolean(span, explode))];
            encoding.push(Member { key: key.clone(), key_span: name.value.span, value: object(span, style) });
        }
        members.retain(|m| !matches!(m.key.as_str(), "in" | "allowEmptyValue"));
        properties.push(Member { key, key_span: name.value.span, value: object(span, members) });
    }
    let is_required = !required.is_empty();
    let mut schema = vec![member("type", text(span, "object")), member("properties", object(span, properties))];
    if is_required {
        schema.push(member("required", list(span, required)));
    }
    let mut media = vec![member("schema", object(span, schema))];
    if !encoding.is_empty() {
        media.push(member("encoding", object(span, encoding)));
    }
    let essence = |name: &str| name.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let fits = |name: &&String| essence(name) == MULTIPART || (essence(name) == FORM && !has_file);
    let mut types: Vec<&str> = consumes.iter().filter(fits).map(String::as_str).collect();
    if types.is_empty() {
        types.push(if has_file { MULTIPART } else { FORM });
    }
    let content = types.into_iter().map(|name| member(name, object(span, media.clone()))).collect();
    object(span, vec![member("required", boolean(span, is_required)), member("content", object(span, content))])
}
