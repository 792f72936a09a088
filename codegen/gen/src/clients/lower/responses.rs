//! Answers: one type for every success, one for every failure.
//!
//! Several types become a `oneOf`, an empty answer beside a full one makes it nullable, and `default` stands for 4XX and
//! 5XX wherever a success is announced.

use super::{
    pointer::follow,
    walk::{self, JSON},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use uaps_model::{BodyKind, Method};

/// What a response brings.
#[derive(Debug, Clone, PartialEq)]
enum Content {
    Nothing,
    Json(Value),
    Text,
    Bytes,
}

/// The `responses` of a lowered operation.
pub(super) fn lower(responses: Option<&Value>, source: &Value, method: Method) -> Value {
    let mut declared = BTreeMap::new();
    for (status, response) in responses.and_then(Value::as_object).into_iter().flatten() {
        declared.insert(status.to_ascii_uppercase(), content(source, response));
    }
    let default = declared.remove("DEFAULT");
    let of = |class: char| declared.iter().filter(move |(status, _)| status.starts_with(class));

    let mut successes: Vec<_> = of('2').map(|(_, content)| content.clone()).collect();
    if successes.is_empty() {
        // Nothing is known of the success: `default` describes every answer, else any answer is one.
        successes.push(default.clone().unwrap_or_else(|| Content::Json(Map::new().into())));
    }
    let mut failures: Vec<_> = of('4').chain(of('5')).map(|(_, content)| content.clone()).collect();
    failures.extend(default.clone());

    let mut lowered = Map::new();
    let success = if method == Method::Head { Content::Nothing } else { one(successes, true) };
    lowered.insert("2XX".into(), response(&success));
    if !failures.is_empty() {
        let failure = response(&one(failures, false));
        for class in ['4', '5'] {
            let range = format!("{class}XX");
            if default.is_some() || declared.contains_key(&range) {
                lowered.insert(range, failure.clone());
            } else {
                lowered.extend(of(class).filter(|(s, _)| is_status(s)).map(|(s, _)| (s.clone(), failure.clone())));
            }
        }
    }
    lowered.into()
}

fn is_status(text: &str) -> bool {
    text.len() == 3 && text.chars().all(|c| c.is_ascii_digit())
}

/// The content of a response object: JSON where there is a choice, then text.
fn content(source: &Value, response: &Value) -> Content {
    let media = follow(source, response).and_then(|response| response.get("content")).and_then(Value::as_object);
    let Some(media) = media.filter(|media| !media.is_empty()) else { return Content::Nothing };
    let schema = |media: &Value| follow(source, media).and_then(|media| media.get("schema")).cloned();
    let json = |name: &str| BodyKind::of(name) == BodyKind::Json;
    if let Some((_, media)) = media.iter().find(|(name, _)| *name == JSON).or(media.iter().find(|(name, _)| json(name)))
    {
        return Content::Json(schema(media).unwrap_or_else(|| Map::new().into()));
    }
    // `*/*` with a schema of something else than bytes is how documents that came from version 2.0 say JSON.
    if let Some(schema) = media.get("*/*").and_then(schema).filter(|s| s.get("type") != Some(&"string".into())) {
        return Content::Json(schema);
    }
    if media.keys().any(|name| BodyKind::of(name) == BodyKind::Text && !name.starts_with("text/event-stream")) {
        return Content::Text;
    }
    Content::Bytes
}

/// One content for all of `contents`.
fn one(contents: Vec<Content>, success: bool) -> Content {
    let empty = contents.contains(&Content::Nothing);
    if contents.contains(&Content::Bytes) {
        // A stream of bytes can be anything. A failure is to be shown, so it is read whole.
        return if success { Content::Bytes } else { Content::Json(Map::new().into()) };
    }
    let mut types: Vec<Value> = Vec::new();
    for content in contents {
        let schema = match content {
            Content::Json(schema) => schema,
            Content::Text => json!({"type": "string"}),
            Content::Nothing | Content::Bytes => continue,
        };
        if !types.contains(&schema) {
            types.push(schema);
        }
    }
    let mut schema = match types.len() {
        0 if success => return Content::Nothing,
        // A provider that announces no words for its failures often has some.
        0 => return Content::Json(Map::new().into()),
        1 => types.swap_remove(0),
        _ => json!({"oneOf": types}),
    };
    if empty && !walk::is_nullable(&schema) {
        match schema.as_object_mut() {
            Some(members) => drop(members.insert("nullable".into(), true.into())),
            None => schema = Map::new().into(),
        }
    }
    Content::Json(schema)
}

fn response(content: &Content) -> Value {
    match content {
        Content::Nothing => json!({"description": ""}),
        Content::Json(schema) => json!({"description": "", "content": {JSON: {"schema": schema}}}),
        Content::Text => json!({"description": "", "content": {JSON: {"schema": {"type": "string"}}}}),
        Content::Bytes => json!({"description": "", "content": {"application/octet-stream": {}}}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(responses: Value, expected: &str) {
        let lowered = lower(Some(&responses), &Value::Null, Method::Get);
        let text: Vec<String> = lowered
            .as_object()
            .into_iter()
            .flatten()
            .map(|(status, response)| match response.get("content") {
                None => format!("{status} -"),
                Some(content) => match content.pointer("/application~1json/schema") {
                    Some(schema) => format!("{status} {schema}"),
                    None => format!("{status} bytes"),
                },
            })
            .collect();
        assert_eq!(text.join("\n"), expected);
    }

    fn json_of(schema: &str) -> Value {
        json!({"content": {"application/json": {"schema": {"type": schema}}}})
    }

    #[test]
    fn default_beside_a_success_is_every_failure() {
        check(
            json!({"200": json_of("object"), "default": json_of("string")}),
            "2XX {\"type\":\"object\"}\n4XX {\"type\":\"string\"}\n5XX {\"type\":\"string\"}",
        );
    }

    #[test]
    fn default_alone_is_every_answer() {
        check(
            json!({"default": json_of("object")}),
            "2XX {\"type\":\"object\"}\n4XX {\"type\":\"object\"}\n5XX {\"type\":\"object\"}",
        );
    }

    #[test]
    fn an_empty_answer_beside_a_full_one_is_a_null() {
        check(
            json!({"200": json_of("object"), "204": {"description": "none"}, "404": {}}),
            "2XX {\"nullable\":true,\"type\":\"object\"}\n404 {}",
        );
    }

    #[test]
    fn several_types_are_a_union_and_several_media_types_a_choice() {
        check(
            json!({"200": json_of("object"), "202": json_of("array")}),
            "2XX {\"oneOf\":[{\"type\":\"object\"},{\"type\":\"array\"}]}",
        );
        check(
            json!({"200": {"content": {"application/xml": {}, "application/vnd.x+json": {"schema": {"type": "object"}}}}}),
            "2XX {\"type\":\"object\"}",
        );
        check(json!({"200": {"content": {"text/csv": {}}}}), "2XX {\"type\":\"string\"}");
        check(json!({"200": {"content": {"image/png": {}}}, "302": {}}), "2XX bytes");
        check(json!({}), "2XX {}");
    }
}
