//! What a gateway says it has: `GET /catalog`, read as foreign text.

use crate::published::{MAX_SERVICES, is_digest};
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashSet;
use uaps_model::{FORMAT, Layer, ServiceId, one_line};

/// Characters that are kept of why a service can't be used: the reason may quote all that was sent.
pub(super) const MAX_REASON: usize = 160;

/// One service, by the gateway's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) id: String,
    /// SHA-256 of what `GET /catalog/{id}` answers, in hexadecimal. Safe as a file's name.
    pub(super) digest: String,
    pub(super) layer: Layer,
}

/// The services of a gateway, and what of them can't be used.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) rows: Vec<Row>,
    /// A sentence each.
    pub(super) wrong: Vec<String>,
}

#[derive(Deserialize)]
struct Wire {
    version: u32,
    services: Vec<Value>,
}

#[derive(Deserialize)]
struct WireRow {
    id: ServiceId,
    digest: String,
    layer: Layer,
}

impl Index {
    /// Reads an index. A row that can't be read is left out and told; `Err` where nothing can be read.
    pub(super) fn read(text: &[u8]) -> Result<Self, String> {
        let wire: Wire =
            serde_json::from_slice(text).map_err(|error| format!("its catalogue can't be read: {error}"))?;
        if wire.version != FORMAT {
            return Err(format!(
                "its catalogue has version {}, this program reads {FORMAT}; both must be of one version",
                wire.version
            ));
        }
        let (mut index, mut seen) = (Index::default(), HashSet::new());
        let beyond = wire.services.len().saturating_sub(MAX_SERVICES);
        for row in wire.services.into_iter().take(MAX_SERVICES) {
            let named = row.get("id").and_then(Value::as_str).unwrap_or("a service without an id").to_owned();
            match serde_json::from_value::<WireRow>(row) {
                Err(error) => index.wrong.push(told(&named, &error.to_string())),
                Ok(row) if !is_digest(&row.digest) => index.wrong.push(told(&named, "its digest is none")),
                Ok(row) if !seen.insert(row.id.clone()) => index.wrong.push(told(&named, "it is named twice")),
                Ok(WireRow { id, digest, layer }) => index.rows.push(Row { id: id.to_string(), digest, layer }),
            }
        }
        if beyond > 0 {
            index.wrong.push(format!("{beyond} services beyond the first {MAX_SERVICES}"));
        }
        Ok(index)
    }
}

/// Why a service is left out, in a line that foreign text can't stretch.
pub(super) fn told(id: &str, reason: &str) -> String {
    format!("`{}`: {}", cut(id, 40), cut(reason, MAX_REASON))
}

/// The beginning of a foreign text, on one line.
pub(super) fn cut(text: &str, most: usize) -> String {
    one_line(text).chars().take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: Value) -> Result<Index, String> {
        Index::read(value.to_string().as_bytes())
    }

    #[test]
    fn a_row_that_is_wrong_is_told_and_the_others_stay() {
        let digest = "0123456789abcdef".repeat(4);
        let row = |id: &str| json!({"id": id, "digest": digest, "layer": "built_in"});
        let rows = json!([
            row("a1"), row("../etc"), row("admin"), row("a1"), {"id": "b1", "digest": "../../x", "layer": "external"},
            {"id": "c1", "digest": digest, "layer": "moon"}, 7, {"id": "d1", "digest": digest, "layer": "external"},
        ]);
        let index = read(json!({"version": FORMAT, "services": rows})).unwrap();
        assert_eq!(index.rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), ["a1", "d1"]);
        insta::assert_snapshot!(index.wrong.join("\n"), @r"
        `../etc`: must start with a lower-case letter
        `admin`: is reserved: the gateway answers on that path itself
        `a1`: it is named twice
        `b1`: its digest is none
        `c1`: unknown variant `moon`, expected one of `built_in`, `gateway`, `external`
        `a service without an id`: invalid type: integer `7`, expected struct WireRow
        ");
    }

    #[test]
    fn what_is_no_index_is_told() {
        insta::assert_snapshot!(read(json!([])).unwrap_err(), @"its catalogue can't be read: invalid length 0, expected struct Wire with 2 elements at line 1 column 2");
        insta::assert_snapshot!(read(json!({"version": 77, "services": []})).unwrap_err(), @"its catalogue has version 77, this program reads 1; both must be of one version");
        let many = vec![json!(0); MAX_SERVICES + 3];
        let wrong = read(json!({"version": FORMAT, "services": many})).unwrap().wrong;
        assert_eq!(wrong.last().map(String::as_str), Some("3 services beyond the first 5000"));
    }
}
