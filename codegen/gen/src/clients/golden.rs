//! The writers in `runtime/` against the golden table of the wire, which the gateway's executor is held to as well.

#[path = "runtime/bytes.rs"]
#[allow(dead_code, reason = "belongs to the generated clients; here only its tests run")]
mod bytes;
#[path = "runtime/encode.rs"]
#[allow(dead_code, reason = "belongs to the generated clients; here only its tests run")]
mod encode;
#[path = "runtime/multipart.rs"]
#[allow(dead_code, reason = "belongs to the generated clients; here only its tests run")]
mod multipart;
#[path = "../../../model/golden/wire.rs"]
mod table;

use encode::{Field, Format, Style};
use serde_json::json;

/// The format of a row's style. `None` for what is no style.
fn format(row: &table::Row) -> Option<Format> {
    let style = match row.style {
        "matrix" => Style::Matrix,
        "label" => Style::Label,
        "simple" => Style::Simple,
        "form" => Style::Form,
        "spaceDelimited" => Style::SpaceDelimited,
        "pipeDelimited" => Style::PipeDelimited,
        "tabDelimited" => Style::TabDelimited,
        "deepObject" => Style::DeepObject,
        "json" => Style::Json,
        _ => return None,
    };
    let format = if row.explode { style.exploded() } else { style.plain() };
    Some(if row.reserved { format.reserved() } else { format })
}

/// What goes over the wire for a row.
fn wire(row: &table::Row) -> Result<String, String> {
    let value = encode::plain(row.value.clone());
    let field = match row.style.split_once(':') {
        _ if row.style == "binary" => Some(Field::File("application/octet-stream")),
        Some(("binary", media)) => Some(Field::File(media)),
        _ if row.style.contains('/') => Some(Field::Media(row.style)),
        _ => format(row).map(Field::Styled),
    };
    let fields: Vec<_> = field.map(|field| ("color", field)).into_iter().collect();
    let body = json!({ "color": value });
    match (row.place, format(row)) {
        ("path", Some(format)) => Ok(encode::path("color", format, &value)),
        ("query", Some(format)) => Ok(encode::joined(&encode::query("color", format, &value)?, "&")),
        ("cookie", Some(format)) => Ok(encode::joined(&encode::query("color", format, &value)?, "; ")),
        ("header", Some(format)) => encode::header(format, &value),
        ("form", _) => encode::form(&body, &fields),
        ("multipart", _) => {
            let (_, bytes) = multipart::write(&fields, Some(&body)).expect("a body")?;
            Ok(table::parts(&String::from_utf8(bytes).expect("text")))
        }
        (place, _) => panic!("no place `{place}`"),
    }
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
