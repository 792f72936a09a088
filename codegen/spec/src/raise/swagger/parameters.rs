//! Parameters that are no body: their type moves into a schema, and `collectionFormat` becomes `style` and `explode`.

use crate::{
    Node, Span,
    node::{Kind, Member},
    raise::build::{boolean, member, members_mut, object, take, take_all, text},
};

/// What says which values a parameter takes.
pub(super) fn is_of_schema(key: &str) -> bool {
    const KEYWORDS: [&str; 18] = [
        "type",
        "format",
        "items",
        "default",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "enum",
        "multipleOf",
        "nullable",
        "x-file",
    ];
    KEYWORDS.contains(&key)
}

/// Raises each parameter of a list.
pub(super) fn raise_all(list: &mut Node) {
    if let Kind::Array(items) = &mut list.kind {
        items.iter_mut().for_each(raise);
    }
}

/// Raises one parameter; a reference stays one.
pub(super) fn raise(parameter: &mut Node) {
    let span = parameter.span;
    let place = parameter.str_at("in").unwrap_or_default().to_owned();
    let Some(members) = members_mut(parameter) else { return };
    if members.iter().any(|m| m.key == "$ref") {
        return;
    }
    into_schema(span, members, &place);
}

/// Moves the keywords of a type into `schema`. Also for headers, which are parameters without a place.
pub(super) fn into_schema(span: Span, members: &mut Vec<Member>, place: &str) {
    let format = take(members, "collectionFormat");
    if members.iter().any(|m| m.key == "schema" || m.key == "content") {
        // Written as in 3.0 already. A type beside it says nothing more.
        members.retain(|m| !is_of_schema(&m.key));
        return;
    }
    let keywords = take_all(members, is_of_schema);
    let is_list = keywords.iter().any(|m| m.key == "type" && m.value.as_str() == Some("array"));
    members.push(member("schema", object(span, keywords)));
    if is_list && !members.iter().any(|m| m.key == "style" || m.key == "explode") {
        let named = format.as_ref().and_then(|format| format.value.as_str());
        let (style, explode) = style(named.unwrap_or("csv"), matches!(place, "query" | "formData"));
        let span = format.as_ref().map_or(span, |format| format.value.span);
        members.extend(style.map(|style| member("style", text(span, style))));
        members.push(member("explode", boolean(span, explode)));
    }
}

/// `style` and `explode` of a `collectionFormat`; no style is that of the place.
pub(super) fn style(format: &str, is_query: bool) -> (Option<&'static str>, bool) {
    match format {
        "multi" if is_query => (None, true),
        "ssv" if is_query => (Some("spaceDelimited"), false),
        "pipes" if is_query => (Some("pipeDelimited"), false),
        "tsv" if is_query => (Some("tabDelimited"), false),
        _ => (None, false),
    }
}
