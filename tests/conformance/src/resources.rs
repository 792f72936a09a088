//! Resources: two that are plain, one to subscribe to, and a template.

use crate::json::{PNG, typed};
use rmcp::ErrorData;
use rmcp::model::{ListResourceTemplatesResult, ListResourcesResult, ReadResourceResponse, ReadResourceResult};
use serde_json::{Value, json};

pub fn list() -> Result<ListResourcesResult, ErrorData> {
    typed(json!({
        "resultType": "complete",
        "resources": [
            {"uri": "test://static-text", "name": "text", "description": "A line of text", "mimeType": "text/plain"},
            {"uri": "test://static-binary", "name": "binary", "description": "One pixel", "mimeType": "image/png"},
            {"uri": "test://watched-resource", "name": "watched", "description": "To subscribe to",
             "mimeType": "text/plain"},
        ],
    }))
}

pub fn templates() -> Result<ListResourceTemplatesResult, ErrorData> {
    typed(json!({
        "resultType": "complete",
        "resourceTemplates": [{"uriTemplate": "test://template/{id}/data", "name": "template",
            "description": "Data of an id", "mimeType": "application/json"}],
    }))
}

pub fn read(uri: &str) -> Result<ReadResourceResponse, ErrorData> {
    let mut content = find(uri)?;
    content["uri"] = json!(uri);
    let result: ReadResourceResult = typed(json!({"resultType": "complete", "contents": [content]}))?;
    Ok(result.into())
}

/// What is at `uri`.
pub fn find(uri: &str) -> Result<Value, ErrorData> {
    let of_template = uri.strip_prefix("test://template/").and_then(|rest| rest.strip_suffix("/data"));
    match (uri, of_template) {
        ("test://static-text", _) => Ok(json!({"mimeType": "text/plain", "text": "A line of text."})),
        ("test://static-binary", _) => Ok(json!({"mimeType": "image/png", "blob": PNG})),
        ("test://watched-resource", _) => Ok(json!({"mimeType": "text/plain", "text": "Nothing has changed."})),
        (_, Some(id)) => Ok(json!({"mimeType": "application/json", "text": json!({"id": id}).to_string()})),
        _ => Err(ErrorData::resource_not_found(format!("there is no resource {uri}"), Some(json!({"uri": uri})))),
    }
}
