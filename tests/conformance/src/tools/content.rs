//! Tools that answer the same thing always: one of each kind of content.

use crate::json::{PNG, WAV};
use serde_json::{Value, json};

/// The result of `tool`, if it is one of these.
pub fn of(tool: &str) -> Option<Value> {
    let text = |text: &str| json!({"type": "text", "text": text});
    let image = || json!({"type": "image", "data": PNG, "mimeType": "image/png"});
    let resource = |uri: &str, kind: &str, text: &str| json!({"type": "resource", "resource": {"uri": uri, "mimeType": kind, "text": text}});
    Some(match tool {
        "test_simple_text" | "json_schema_2020_12_tool" | "test_x_mcp_header" => {
            json!({"content": [text("Some text.")]})
        }
        "test_image_content" => json!({"content": [image()]}),
        "test_audio_content" => {
            json!({"content": [{"type": "audio", "data": WAV, "mimeType": "audio/wav"}]})
        }
        "test_embedded_resource" => {
            json!({"content": [resource("test://embedded-resource", "text/plain", "What it holds.")]})
        }
        "test_multiple_content_types" => {
            let resource = resource("test://mixed-content-resource", "application/json", "{\"value\": 1}");
            json!({"content": [text("Three kinds:"), image(), resource]})
        }
        "test_error_handling" => json!({"isError": true, "content": [text("This tool always fails.")]}),
        _ => return None,
    })
}
