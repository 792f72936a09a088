//! `catalog/<id>.json`.

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{PrettyFormatter, Serializer};
use std::collections::BTreeMap;
use uaps_model::Service;

/// The canonical text of a service: keys sorted, one space of indentation, a newline at the end. Reviewable in a diff,
/// and the same on every machine.
pub fn catalog_text(service: &Service) -> String {
    // Both steps only fail for maps with keys that aren't text, which the model has none of.
    let value = serde_json::to_value(service).unwrap_or_default();
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(b" "));
    let _ = Sorted(&value).serialize(&mut serializer);
    bytes.push(b'\n');
    String::from_utf8(bytes).unwrap_or_default()
}

/// A value whose keys are written in order, however `serde_json` was built: another crate may ask it to keep insertion
/// order.
struct Sorted<'v>(&'v Value);

impl Serialize for Sorted<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                serializer.collect_map(members.iter().map(|(k, v)| (k, Sorted(v))).collect::<BTreeMap<_, _>>())
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Sorted)),
            plain => plain.serialize(serializer),
        }
    }
}
