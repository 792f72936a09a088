//! Request bodies: the one media type that is sent.

use super::{pointer::follow, prose, walk::JSON};
use crate::clients::plan::OperationPlan;
use serde_json::{Map, Value, json};
use uaps_model::BodyKind;

/// The `requestBody` of a lowered operation. Everything that has a schema stands as JSON here, forms and text too: it
/// only decides the argument's type. Bytes stand as bytes.
pub(super) fn lower(op: &OperationPlan<'_>, source: &Value) -> Option<Value> {
    let plan = op.body.as_ref()?;
    let declared = op.source.get("requestBody").and_then(|body| follow(source, body));
    let schema = declared
        .and_then(|body| follow(source, chosen(body.get("content")?.as_object()?, plan.content_type)?))
        .and_then(|media| media.get("schema"))
        .cloned();
    let (media, schema) = match plan.kind {
        BodyKind::Json | BodyKind::Form | BodyKind::Multipart => (JSON, schema.unwrap_or_else(|| Map::new().into())),
        BodyKind::Text => (JSON, json!({"type": "string"})),
        BodyKind::Binary => ("application/octet-stream", json!({"type": "string", "format": "binary"})),
    };
    let mut lowered = json!({"required": true, "content": {media: {"schema": schema}}});
    let description = declared.and_then(|body| body.get("description")).and_then(Value::as_str);
    if let (Some(text), Some(lowered)) = (description, lowered.as_object_mut()) {
        lowered.insert("description".into(), prose::clean(text).into());
    }
    Some(lowered)
}

/// The media type object that the model chose. It names no range, so a range is what it was made of.
fn chosen<'d>(content: &'d Map<String, Value>, content_type: &str) -> Option<&'d Value> {
    let named = content.iter().find(|(name, _)| name.trim() == content_type);
    named.or_else(|| content.iter().find(|(name, _)| name.contains('*'))).map(|(_, media)| media)
}
