//! A provider's line in the facade, from its catalogue file, which is not parsed further than that.

use serde::Deserialize;
use serde::de::IgnoredAny;
use uaps_gen::Summary;

#[derive(Deserialize)]
struct Head {
    id: String,
    name: String,
    category: String,
    operations: Vec<IgnoredAny>,
}

/// Reads `catalog/<id>.json`.
pub(crate) fn summary(text: &str) -> serde_json::Result<Summary> {
    let Head { id, name, category, operations } = serde_json::from_str(text)?;
    Ok(Summary { id, name, category, operations: operations.len() })
}
