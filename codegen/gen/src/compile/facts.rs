//! `x-services.<id>`.

use super::text;
use uaps_model::{Facts, ServiceId};
use uaps_spec::Document;

/// What the document tells assistants of the service; empty where it is silent, which a rule reports.
pub(super) fn facts(document: &Document, id: &ServiceId) -> Facts {
    let node = document.root.get("x-services").and_then(|services| services.get(id.as_str()));
    let text = |key: &str| text::plain(node.and_then(|node| node.str_at(key)).unwrap_or_default());
    Facts {
        description: text("description"),
        flow: text("flow"),
        pricing_model: text("pricing_model"),
        typical_response_time: text("typical_response_time"),
    }
}
