//! The executor against the golden table of the wire, which the typed clients are held to as well.

use super::*;
use crate::executor::{body, header, path, query};
use serde_json::json;
use std::collections::BTreeMap;
use uaps_model::{Encoding, MediaType, Param, Place, Style};

#[path = "../../../codegen/model/golden/wire.rs"]
mod table;

pub(super) fn param(name: &str, place: Place, style: Style, explode: bool, schema: Value) -> Param {
    Param {
        name: name.into(),
        key: name.into(),
        place,
        required: place == Place::Path,
        style,
        explode,
        allow_reserved: false,
        json: false,
        schema,
    }
}

/// How a row's form is described: a property, and how it is encoded.
fn media(row: &table::Row) -> MediaType {
    let media = if row.place == "form" { "application/x-www-form-urlencoded" } else { "multipart/form-data" };
    let (property, style) = match row.style.split_once(':') {
        _ if row.style == "binary" => (json!({"format": "binary"}), "default"),
        Some(("binary", media)) => (json!({"format": "binary"}), media),
        _ => (json!({}), row.style),
    };
    let property = if row.value.is_array() { json!({"type": "array", "items": property}) } else { property };
    let mut media = MediaType::new(media, json!({"type": "object", "properties": {"color": property}}));
    let encoding = if style.contains('/') {
        Some(Encoding::Media { content_type: style.to_owned() })
    } else {
        serde_json::from_value(json!(style)).ok().map(|style| Encoding::Styled {
            style,
            explode: row.explode,
            allow_reserved: row.reserved,
        })
    };
    media.encoding.extend(encoding.map(|encoding| ("color".to_owned(), encoding)));
    media
}

/// What goes over the wire for a row.
fn wire(row: &table::Row) -> Result<String, BuildError> {
    let service = crate::testing::service("https://api.example.com");
    let value = number::plain(&row.value).into_owned();
    if matches!(row.place, "form" | "multipart") {
        let media = media(row);
        let written = body::write(&service.operations[0], &media, &json!({ "color": value }), &BTreeMap::new())?;
        let text = String::from_utf8(written.bytes.to_vec()).unwrap();
        return Ok(if row.place == "multipart" { table::parts(&text) } else { text });
    }
    let place: Place = serde_json::from_value(json!(row.place)).unwrap();
    let style = serde_json::from_value(json!(row.style)).unwrap_or(place.default_style());
    let mut param = param("color", place, style, row.explode, json!(true));
    (param.json, param.allow_reserved) = (row.style == "json", row.reserved);
    let mut pairs = Vec::new();
    match place {
        Place::Path => return path::write(&param, &value),
        Place::Header => return Ok(header::header(&param, &value)?.unwrap_or_default()),
        Place::Query => query::write(&param, &value, &mut pairs)?,
        Place::Cookie => header::cookie(&param, &value, &mut pairs),
    }
    let between = if place == Place::Query { "&" } else { "; " };
    Ok(pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(between))
}

#[test]
fn every_row_of_the_table() {
    let rows = table::rows();
    assert!(rows.len() > 100);
    for row in rows {
        let expected = match row.wire {
            "!" => None,
            "-" => Some(""),
            text => Some(text),
        };
        assert_eq!(wire(&row).ok().as_deref(), expected, "line {} of wire.txt", row.line);
    }
}

#[test]
fn a_template_may_hold_a_query_and_a_fragment() {
    let mut service = crate::testing::service("https://api.example.com");
    let mut url = |template: &str| {
        service.operations[1].path = template.to_owned();
        build(&service, &service.operations[1], &json!({"q": "tea"})).unwrap().url.to_string()
    };
    assert_eq!(url("/search#by_text"), "https://api.example.com/search?q=tea");
    assert_eq!(url("/search?mode=text"), "https://api.example.com/search?mode=text&q=tea");
}
